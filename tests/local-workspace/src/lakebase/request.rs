//! Code shared by the Lakebase calls: ids, bodies, masks, pages, durations.

use axum::body::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::clock::Timestamp;
use crate::extract::{Unreadable, read_json};
use crate::problem::Problem;

/// The maximum size of a page.
const LONGEST_PAGE: usize = 100;

/// The query parameters of all Lakebase calls.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[allow(clippy::struct_excessive_bools, reason = "they are separate switches on the wire")]
pub(crate) struct Parameters {
    pub(crate) project_id: String,
    pub(crate) branch_id: String,
    pub(crate) endpoint_id: String,
    pub(crate) role_id: String,
    pub(crate) database_id: String,
    pub(crate) update_mask: String,
    pub(crate) replace_existing: bool,
    pub(crate) reassign_owned_to: String,
    pub(crate) allow_missing: bool,
    pub(crate) show_deleted: bool,
    pub(crate) purge: Option<bool>,
    pub(crate) force: bool,
    pub(crate) uid: String,
    page_size: usize,
    page_token: String,
}

/// Parses a JSON body; an empty one counts as `{}`.
pub(crate) fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    read_json(bytes).map_err(|why| {
        let message = format!("Could not parse request object: {}", why.words());
        match why {
            Unreadable::Syntax(_) => Problem::malformed(message),
            Unreadable::Field(_) => Problem::invalid_parameter(message),
        }
    })
}

/// A body with its settings in `spec`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Specified {
    #[serde(default)]
    pub(crate) spec: Map<String, Value>,
}

/// Checks an id that the caller chose: `field` is its query parameter.
pub(crate) fn resource_id<'a>(field: &str, id: &'a str) -> Result<&'a str, Problem> {
    if id.is_empty() {
        return Err(required(field));
    }
    let first = id.starts_with(|c: char| c.is_ascii_lowercase());
    let last = id.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let all = id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if first && last && all && id.len() <= 63 {
        return Ok(id);
    }
    Err(Problem::invalid_parameter(format!(
        "Field {field} must match pattern ^[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?$, got '{id}'."
    )))
}

/// The refusal of an empty required field.
pub(crate) fn required(field: &str) -> Problem {
    Problem::invalid_parameter(format!("Field '{field}' is required, expected non-default value (not \"\")!"))
}

/// The refusal for a resource that doesn't exist.
pub(crate) fn missing(what: &str) -> Problem {
    Problem::not_found(format!("{what} id not found [TraceId: {}]", trace_id()))
}

/// A request number for the platform's own logs.
pub(crate) fn trace_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// The fields that a PATCH changes, without their `spec.`.
pub(crate) fn mask(parameters: &Parameters, known: &[&str]) -> Result<Vec<String>, Problem> {
    if parameters.update_mask.is_empty() {
        return Err(required("update_mask"));
    }
    parameters
        .update_mask
        .split(',')
        .map(|path| {
            let field = path.strip_prefix("spec.").unwrap_or(path);
            let top = field.split('.').next().unwrap_or(field);
            if known.contains(&top) {
                Ok(field.to_owned())
            } else {
                Err(Problem::invalid_parameter(format!(
                    "Field mask path '{path}' is not valid for an update."
                )))
            }
        })
        .collect()
}

/// Moves the masked fields of `from` into `into`; a field that is absent there is removed. A dotted path
/// addresses one member of an object.
pub(crate) fn apply_mask(mask: &[String], from: &Map<String, Value>, into: &mut Map<String, Value>) {
    for path in mask {
        let mut steps = path.splitn(2, '.');
        let top = steps.next().unwrap_or(path);
        match steps.next() {
            None => set(into, top, from.get(top)),
            Some(rest) => {
                let inner_from = from.get(top).and_then(Value::as_object).cloned();
                let inner = into.entry(top).or_insert_with(|| json!({})).as_object_mut();
                if let Some(inner) = inner {
                    apply_mask(&[rest.to_owned()], &inner_from.unwrap_or_default(), inner);
                }
            }
        }
    }
}

fn set(into: &mut Map<String, Value>, key: &str, value: Option<&Value>) {
    match value {
        Some(value) => into.insert(key.to_owned(), value.clone()),
        None => into.remove(key),
    };
}

/// One page of a list, under its key.
pub(crate) fn page(key: &str, items: Vec<Value>, parameters: &Parameters) -> Result<Value, Problem> {
    if parameters.page_size > LONGEST_PAGE {
        return Err(Problem::invalid_parameter(format!(
            "page_size must be at most {LONGEST_PAGE}, got {}.",
            parameters.page_size
        )));
    }
    let size = match parameters.page_size {
        0 => LONGEST_PAGE,
        size => size,
    };
    let start = if parameters.page_token.is_empty() {
        0
    } else {
        parameters
            .page_token
            .strip_prefix("after-")
            .and_then(|number| number.parse::<usize>().ok())
            .ok_or_else(|| Problem::invalid_parameter("Invalid page token."))?
    };
    let end = items.len().min(start.saturating_add(size));
    let mut answer = json!({});
    answer[key] = items.get(start..end).unwrap_or_default().into();
    if end < items.len() {
        answer["next_page_token"] = format!("after-{end}").into();
    }
    Ok(answer)
}

/// A duration in the JSON format of protocol buffers: `"300s"`, with optional fraction. In milliseconds.
pub(crate) fn duration_ms(field: &str, value: &Value) -> Result<u64, Problem> {
    let invalid = || {
        Problem::invalid_parameter(format!(
            "Field '{field}' must be a duration such as \"300s\", got {value}."
        ))
    };
    let text = value.as_str().ok_or_else(invalid)?;
    let number = text.strip_suffix('s').ok_or_else(invalid)?;
    let (seconds, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let seconds: u64 = seconds.parse().map_err(|_| invalid())?;
    let fraction = format!("{fraction:0<3}");
    let milliseconds: u64 = fraction.get(..3).and_then(|digits| digits.parse().ok()).ok_or_else(invalid)?;
    seconds.checked_mul(1000).and_then(|ms| ms.checked_add(milliseconds)).ok_or_else(invalid)
}

/// A duration within bounds given in seconds.
pub(crate) fn bounded_duration_ms(
    field: &str,
    value: &Value,
    least_secs: u64,
    most_secs: u64,
) -> Result<u64, Problem> {
    let ms = duration_ms(field, value)?;
    if (least_secs * 1000..=most_secs * 1000).contains(&ms) {
        return Ok(ms);
    }
    Err(Problem::invalid_parameter(format!(
        "Field '{field}' must be between {least_secs}s and {most_secs}s, got {value}."
    )))
}

/// A time in RFC 3339.
pub(crate) fn timestamp(field: &str, value: &Value) -> Result<Timestamp, Problem> {
    value.as_str().and_then(Timestamp::parse_rfc3339).ok_or_else(|| {
        Problem::invalid_parameter(format!("Field '{field}' must be a timestamp in RFC 3339, got {value}."))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Parameters, apply_mask, duration_ms, mask, page, resource_id};

    #[test]
    fn ids_follow_the_platforms_pattern() {
        for good in ["a", "tellr-db", "a1", &"a".repeat(63)] {
            assert!(resource_id("project_id", good).is_ok(), "{good}");
        }
        for bad in ["1a", "-a", "a-", "Aa", "a_b", "ä", &"a".repeat(64)] {
            let problem = resource_id("database_id", bad).expect_err(bad);
            assert_eq!(
                problem.message,
                format!(
                    "Field database_id must match pattern ^[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?$, got '{bad}'."
                )
            );
        }
        assert_eq!(
            resource_id("project_id", "").expect_err("empty").message,
            "Field 'project_id' is required, expected non-default value (not \"\")!"
        );
    }

    #[test]
    fn durations_have_a_unit_and_may_have_a_fraction() {
        assert_eq!(duration_ms("ttl", &json!("300s")), Ok(300_000));
        assert_eq!(duration_ms("ttl", &json!("1.5s")), Ok(1500));
        for bad in [json!("300"), json!(300), json!("s"), json!("-1s"), json!("1.xs")] {
            assert!(duration_ms("ttl", &bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_mask_changes_what_it_names_and_nothing_else() {
        let parameters = Parameters { update_mask: "spec.a,spec.c.x".to_owned(), ..Parameters::default() };
        let mask = mask(&parameters, &["a", "c"]).expect("both are known");
        let mut settings = json!({"a": 1, "b": 2, "c": {"x": 3, "y": 4}});
        let change = json!({"a": 10, "b": 20, "c": {"x": 30, "y": 40}});
        if let (Value::Object(from), Value::Object(into)) = (&change, &mut settings) {
            apply_mask(&mask, from, into);
        }
        assert_eq!(settings, json!({"a": 10, "b": 2, "c": {"x": 30, "y": 4}}));
    }

    #[test]
    fn pages_end_without_a_token() {
        let items: Vec<Value> = (0..3).map(Value::from).collect();
        let mut parameters = Parameters { page_size: 2, ..Parameters::default() };
        let first = page("roles", items.clone(), &parameters).expect("a page");
        assert_eq!(first["roles"], json!([0, 1]));
        first["next_page_token"].as_str().expect("there is more").clone_into(&mut parameters.page_token);
        let second = page("roles", items, &parameters).expect("a page");
        assert_eq!(second, json!({"roles": [2]}));
    }
}

//! Request parsing, with the platform's refusals for invalid input.
//!
//! A refusal names the field as the caller wrote it and doesn't repeat the parser's message: the platform
//! has another parser.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::identity::Principal;
use crate::problem::Problem;

/// Why something could not be parsed, in words for the caller.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is not valid JSON.
    Syntax(String),
    /// It is JSON, but a field is missing or invalid.
    Field(String),
}

impl Unreadable {
    /// The message.
    pub(crate) fn words(&self) -> &str {
        match self {
            Self::Syntax(words) | Self::Field(words) => words,
        }
    }
}

/// Parses JSON; an empty text counts as `{}`.
pub(crate) fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    let text: &[u8] = if bytes.is_empty() { b"{}" } else { bytes };
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        if error.inner().is_data() {
            Unreadable::Field(field_words(&error.path().to_string(), &error.inner().to_string()))
        } else {
            not_json()
        }
    })?;
    json.end().map_err(|_| not_json())?;
    Ok(value)
}

/// Parses a part of a parsed body; `at` is its path.
pub(crate) fn read_value<T: DeserializeOwned>(at: &str, value: &serde_json::Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let inner = error.path().to_string();
        let path = match (at, inner.as_str()) {
            ("", _) => inner,
            (at, ".") => at.to_owned(),
            (at, inner) => format!("{at}.{inner}"),
        };
        field_words(&path, &error.inner().to_string())
    })
}

fn not_json() -> Unreadable {
    Unreadable::Syntax("the body is not valid JSON.".to_owned())
}

/// Describes the problem with a field. The parser reports missing and unknown fields only in its message.
fn field_words(path: &str, told: &str) -> String {
    let named =
        |kind: &str| told.strip_prefix(kind).and_then(|rest| rest.split('`').nth(1)).map(str::to_owned);
    if let Some(missing) = named("missing field ") {
        let prefix = if path == "." { String::new() } else { format!("{path}.") };
        return format!("missing required field: {prefix}{missing}.");
    }
    if let Some(unknown) = named("unknown field ") {
        return format!("unknown field: {unknown}.");
    }
    match path {
        "." => "a JSON object is expected.".to_owned(),
        path => format!("invalid value for field '{path}'."),
    }
}

/// A JSON body; an empty one counts as `{}`.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        // The edge has already read the whole body and enforced the limit.
        let bytes = axum::body::to_bytes(request.into_body(), usize::MAX)
            .await
            .map_err(|_| Problem::malformed("Could not read the request's body."))?;
        read_json(&bytes)
            .map(Self)
            .map_err(|why| Problem::malformed(format!("Could not parse request object: {}", why.words())))
    }
}

/// Parses the query parameters.
pub(crate) fn read_query<T: DeserializeOwned>(query: Option<&str>) -> Result<T, Problem> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map_err(|error| {
        let words = field_words(&error.path().to_string(), &error.inner().to_string());
        Problem::invalid_parameter(format!("Could not parse query parameters: {words}"))
    })
}

/// Query parameters.
#[derive(Debug)]
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read_query(parts.uri.query()).map(Self)
    }
}

/// The authenticated caller.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) Principal);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Principal>()
            .cloned()
            .map(Self)
            .ok_or_else(|| Problem::unauthenticated("Credential was not sent."))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::{read_json, read_query, read_value};

    #[derive(Debug, Deserialize)]
    struct Outer {
        #[serde(default)]
        list: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Inner {
        size: u8,
    }

    fn words(text: &str) -> String {
        read_json::<Outer>(text.as_bytes()).expect_err("unreadable").words().to_owned()
    }

    #[test]
    fn refusals_name_the_field_and_not_the_parser() {
        assert_eq!(
            words(r#"{"list": [{"size": 1}, {"size": "x"}]}"#),
            "invalid value for field 'list[1].size'."
        );
        assert_eq!(words(r#"{"list": [{"size": 300}]}"#), "invalid value for field 'list[0].size'.");
        assert_eq!(words(r#"{"list": [{}]}"#), "missing required field: list[0].size.");
        assert_eq!(words(r#"{"list": [{"size": 1, "colour": 2}]}"#), "unknown field: colour.");
        assert_eq!(words("7"), "a JSON object is expected.");
        for broken in ["{", "{} {}", "no", "\u{feff}{}"] {
            assert_eq!(words(broken), "the body is not valid JSON.", "{broken}");
        }
        assert!(read_json::<Outer>(b"").expect("empty").list.is_empty());
    }

    #[test]
    fn parts_and_parameters_name_their_field_too() {
        let told = read_value::<Outer>("spec", &json!({"list": [{"size": -1}]})).expect_err("negative");
        assert_eq!(told, "invalid value for field 'spec.list[0].size'.");
        let told = read_query::<Inner>(Some("size=many")).expect_err("no number");
        assert_eq!(told.message, "Could not parse query parameters: invalid value for field 'size'.");
    }
}

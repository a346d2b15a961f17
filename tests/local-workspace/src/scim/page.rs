//! Lists: filtered, sorted, paged and reduced to the requested attributes.

use std::cmp::Reverse;

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::filter::{Filter, Path, text};
use super::problem::ScimProblem;

/// The maximum number of resources of one page.
const MAX_COUNT: usize = 10_000;

/// The query parameters of a list, and of one resource.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Query {
    filter: Option<String>,
    attributes: Option<String>,
    excluded_attributes: Option<String>,
    start_index: Option<i64>,
    count: Option<i64>,
    sort_by: Option<String>,
    sort_order: Option<String>,
}

/// A page of these resources.
pub(super) fn list(resources: Vec<Value>, query: &Query) -> Result<Response, ScimProblem> {
    let filter = query.filter.as_deref().map(Filter::parse).transpose()?;
    let mut found = resources;
    found.retain(|resource| filter.as_ref().is_none_or(|filter| filter.matches(resource)));
    if let Some(attribute) = query.sort_by.as_deref().filter(|name| !name.is_empty()) {
        let path = attribute_path(attribute)?;
        let key = |resource: &Value| path.values(resource).first().map(|value| text(value));
        match query.sort_order.as_deref() {
            Some("descending") => found.sort_by_key(|resource| Reverse(key(resource))),
            _ => found.sort_by_key(key),
        }
    }
    let total = found.len();
    let start = query.start_index.unwrap_or(1).max(1);
    let skipped = usize::try_from(start - 1).unwrap_or(usize::MAX);
    let count = query.count.map_or(MAX_COUNT, |count| usize::try_from(count).unwrap_or(0).min(MAX_COUNT));
    let page: Vec<Value> = found
        .into_iter()
        .skip(skipped)
        .take(count)
        .map(|resource| reduced(resource, query))
        .collect::<Result<_, _>>()?;
    Ok(Json(json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "startIndex": start,
        "itemsPerPage": page.len(),
        "totalResults": total,
        "Resources": page,
    }))
    .into_response())
}

fn attribute_path(text: &str) -> Result<Path, ScimProblem> {
    Path::parse(text).ok_or_else(|| ScimProblem::bad("invalidPath", format!("{text} is not an attribute.")))
}

fn paths(list: Option<&str>) -> Result<Vec<Path>, ScimProblem> {
    let names = list.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(attribute_path).collect()
}

/// The resource with the requested attributes; its id is always included.
pub(super) fn reduced(resource: Value, query: &Query) -> Result<Value, ScimProblem> {
    let (wanted, unwanted) =
        (paths(query.attributes.as_deref())?, paths(query.excluded_attributes.as_deref())?);
    let Value::Object(mut fields) = resource else {
        return Ok(resource);
    };
    if !wanted.is_empty() {
        fields = fields
            .into_iter()
            .filter_map(|(name, value)| {
                let asked: Vec<&Path> =
                    wanted.iter().filter(|path| path.names()[0].eq_ignore_ascii_case(&name)).collect();
                if name == "id" || asked.iter().any(|path| path.names().len() == 1) {
                    return Some((name, value));
                }
                let inner: Vec<&str> = asked.iter().map(|path| path.names()[1].as_str()).collect();
                (!inner.is_empty()).then(|| (name, with_only(value, &inner)))
            })
            .collect();
    }
    for path in unwanted {
        let is_named = |name: &str| path.names()[0].eq_ignore_ascii_case(name) && name != "id";
        match path.names() {
            [_] => fields.retain(|name, _| !is_named(name)),
            [_, inner, ..] => {
                for (_, value) in fields.iter_mut().filter(|(name, _)| is_named(name)) {
                    strip(value, inner);
                }
            }
            [] => {}
        }
    }
    Ok(Value::Object(fields))
}

fn with_only(value: Value, names: &[&str]) -> Value {
    match value {
        Value::Array(list) => list.into_iter().map(|one| with_only(one, names)).collect(),
        Value::Object(fields) => {
            let kept: Map<String, Value> = fields
                .into_iter()
                .filter(|(name, _)| names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)))
                .collect();
            Value::Object(kept)
        }
        other => other,
    }
}

fn strip(value: &mut Value, unwanted: &str) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|one| strip(one, unwanted)),
        Value::Object(fields) => fields.retain(|name, _| !name.eq_ignore_ascii_case(unwanted)),
        _ => {}
    }
}

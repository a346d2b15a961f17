//! What the platform's interface doesn't take.
//!
//! Keywords and the 16 keys of a tool are from Databricks' page on function calling; the 64 keys of a
//! schema and the rules for Claude are from a digest of its documentation. The words of the refusals are
//! not known; they name the field, as the platform's do.

use serde_json::Value;

use super::request::ChatRequest;
use crate::problem::Problem;

const MAX_SCHEMA_KEYS: usize = 64;
const MAX_TOOLS: usize = 32;
const MAX_TOOL_KEYS: usize = 16;
const FORBIDDEN: [&str; 6] = ["$ref", "anyOf", "oneOf", "allOf", "prefixItems", "pattern"];

/// Refuses a request that the platform would refuse.
///
/// # Errors
/// 400 `BAD_REQUEST`.
pub(super) fn check(endpoint: &str, request: &ChatRequest) -> Result<(), Problem> {
    let refused = |message: String| Err(Problem::bad_request(message));
    if request.tools.len() > MAX_TOOLS {
        return refused(format!(
            "Invalid tools: at most {MAX_TOOLS} tools are supported, got {}.",
            request.tools.len()
        ));
    }
    for tool in &request.tools {
        let name = &tool.name;
        if let Some(keyword) = forbidden(&tool.parameters) {
            return refused(format!(
                "Invalid tools: the parameters of '{name}' use '{keyword}', which is not supported."
            ));
        }
        let keys = keys(&tool.parameters);
        if keys > MAX_TOOL_KEYS {
            return refused(format!(
                "Invalid tools: the parameters of '{name}' have {keys} keys, at most {MAX_TOOL_KEYS} are supported."
            ));
        }
    }
    if let Some(schema) = &request.schema {
        if let Some(keyword) = forbidden(&schema.schema) {
            return refused(format!(
                "Invalid response_format: the JSON schema uses '{keyword}', which is not supported."
            ));
        }
        let keys = keys(&schema.schema);
        if keys > MAX_SCHEMA_KEYS {
            return refused(format!(
                "Invalid response_format: the JSON schema has {keys} keys, at most {MAX_SCHEMA_KEYS} are supported."
            ));
        }
    }
    if !endpoint.contains("claude") {
        return Ok(());
    }
    let format = request.body["response_format"]["type"].as_str();
    if format == Some("json_object") {
        return refused(
            "Invalid response_format: only 'json_schema' is supported for this model.".to_owned(),
        );
    }
    if request.schema.is_some() && request.stream {
        return refused(
            "Invalid response_format: it is not supported together with 'stream' for this model.".to_owned(),
        );
    }
    if request.schema.is_some() && !request.tools.is_empty() {
        return refused(
            "Invalid response_format: it is not supported together with 'tools' for this model.".to_owned(),
        );
    }
    Ok(())
}

/// The names of properties, at all depths.
fn keys(schema: &Value) -> usize {
    let below = |value: &Value| match value {
        Value::Object(members) => members.values().map(keys).sum(),
        Value::Array(items) => items.iter().map(keys).sum(),
        _ => 0,
    };
    match schema {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match (name.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    properties.len() + properties.values().map(keys).sum::<usize>()
                }
                _ => keys(value),
            })
            .sum(),
        other => below(other),
    }
}

/// A keyword that isn't supported. A property may be called like one.
fn forbidden(schema: &Value) -> Option<&'static str> {
    match schema {
        Value::Object(members) => members.iter().find_map(|(name, value)| match (name.as_str(), value) {
            ("properties", Value::Object(properties)) => properties.values().find_map(forbidden),
            ("enum" | "const" | "default" | "examples", _) => None,
            _ => FORBIDDEN.into_iter().find(|keyword| keyword == name).or_else(|| forbidden(value)),
        }),
        Value::Array(items) => items.iter().find_map(forbidden),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{forbidden, keys};

    #[test]
    fn keys_are_counted_at_all_depths_and_keywords_found_among_them() {
        let schema = json!({
            "type": "object",
            "properties": {
                "title": {"type": "string"},
                "pattern": {"type": "string"},
                "slides": {"type": "array", "items": {"type": "object", "properties": {"properties": {"type": "string"}}}},
            },
        });
        assert_eq!((keys(&schema), forbidden(&schema)), (4, None));
        let with_reference = json!({"properties": {"a": {"items": {"$ref": "#/x"}}}});
        assert_eq!(forbidden(&with_reference), Some("$ref"));
        assert_eq!(forbidden(&json!({"properties": {"a": {"pattern": "^x"}}})), Some("pattern"));
    }
}

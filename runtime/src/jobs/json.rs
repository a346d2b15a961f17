//! JSON that the tables can keep.
//!
//! It may come from a model or a page, through the code of a job: it is bounded, and a NUL character, which JSON
//! allows and PostgreSQL doesn't keep, is replaced.

use std::borrow::Cow;

use serde_json::Value;

use super::types::LARGEST_JSON_BYTES;

/// The JSON as it is kept; `None` if it is too large.
pub(super) fn kept(json: &Value) -> Option<Cow<'_, Value>> {
    let text = json.to_string();
    if text.len() > LARGEST_JSON_BYTES {
        return None;
    }
    if !text.contains("\\u0000") {
        return Some(Cow::Borrowed(json));
    }
    let mut json = json.clone();
    replace(&mut json);
    Some(Cow::Owned(json))
}

fn replace(json: &mut Value) {
    match json {
        Value::String(text) => *text = without_nul(text),
        Value::Array(items) => items.iter_mut().for_each(replace),
        Value::Object(fields) => {
            *fields = std::mem::take(fields)
                .into_iter()
                .map(|(name, mut value)| {
                    replace(&mut value);
                    (without_nul(&name), value)
                })
                .collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A text with a replacement character for each NUL.
pub(super) fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_can_not_be_kept_is_replaced_or_refused() {
        let plain = json!({ "a": ["b", 1, null] });
        assert_eq!(kept(&plain).as_deref(), Some(&plain));
        let odd = json!({ "a\0": [{ "b": "\0c\0" }], "d": "\\u0000" });
        let wanted = json!({ "a\u{fffd}": [{ "b": "\u{fffd}c\u{fffd}" }], "d": "\\u0000" });
        assert_eq!(kept(&odd).as_deref(), Some(&wanted));
        assert_eq!(kept(&json!("x".repeat(LARGEST_JSON_BYTES))), None);
    }
}

//! Values across the border, as JSON.

use js_sys::{JSON, TypeError};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::json::{self, FromJson};

/// Reads a value of the page's.
///
/// # Errors
/// A `TypeError` that repeats nothing of it, as it may hold a secret.
pub(super) fn read<T: FromJson>(value: &JsValue) -> Result<T, JsValue> {
    let not_this = || JsValue::from(TypeError::new("This is not a value of the deployer's types"));
    // JavaScript has no text for `undefined`, which means here what `null` does.
    let text = if value.is_undefined() {
        "null".to_owned()
    } else {
        JSON::stringify(value).ok().and_then(|text| text.as_string()).ok_or_else(not_this)?
    };
    json::parse(&text).ok().and_then(T::from_json).ok_or_else(not_this)
}

/// Writes a value for the page.
///
/// # Errors
/// None in practice: what is written has texts as keys.
pub(super) fn write(value: &impl Serialize) -> Result<JsValue, JsValue> {
    JSON::parse(&json::write(value))
}

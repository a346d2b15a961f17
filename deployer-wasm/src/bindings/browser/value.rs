//! Conversion of values between a page and the module.

use js_sys::TypeError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::decode::decode;

/// Reads a value from the page; `undefined` counts as `null`.
///
/// # Errors
/// A `TypeError` that names the location but doesn't repeat the value, as it may hold a secret.
pub(super) fn read<T: DeserializeOwned>(value: &JsValue) -> Result<T, JsValue> {
    let refused =
        |why: &str| JsValue::from(TypeError::new(&format!("The deployer can't read this value: {why}")));
    // Converted to JSON first: its types are the ones that a page, a kernel and a file have in common.
    let value: Value = serde_wasm_bindgen::from_value(value.clone())
        .map_err(|_| refused("it contains a value that JSON doesn't have"))?;
    decode(value).map_err(|mismatch| refused(&mismatch.to_string()))
}

/// Converts a value for the page, using JSON types only.
///
/// # Errors
/// None in practice: all map keys are strings.
pub(super) fn write(value: &impl Serialize) -> Result<JsValue, JsValue> {
    // Through JSON here too, so that each type has one serializer, whether for a page, a journal or a kernel.
    let value =
        serde_json::to_value(value).map_err(|problem| JsValue::from(TypeError::new(&problem.to_string())))?;
    Ok(value.serialize(&Serializer::json_compatible())?)
}

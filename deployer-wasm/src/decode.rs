//! Reads JSON into types, and describes mismatches.
//!
//! Serde's own message repeats the value that it found, which may be a secret. So a mismatch is reported as
//! its location, the type of the value found, and what was expected.
//!
//! Values are read through `json::Json`, which doesn't accept a list for an object.

mod json;

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::{Map, Value};
use zeroize::Zeroize as _;

use json::Json;

/// The maximum length of a reported location: a key may have any length.
const LONGEST_PLACE: usize = 120;

/// Reads a value into a type. The value is overwritten, as a secret may be among its texts.
///
/// # Errors
/// The location and description of a mismatch.
pub fn decode<T: DeserializeOwned>(mut value: Value) -> Result<T, Mismatch> {
    let complaint = |value: &Value| T::deserialize(Json(value)).err().map(|error| error.to_string());
    let read = T::deserialize(Json(&value))
        .map_err(|error| Mismatch::of(&mut value, &error.to_string(), &complaint));
    wipe(&mut value);
    read
}

/// Reads a text into a type, through a value: each type has one reader, for text and values alike.
///
/// # Errors
/// As [`decode`], and a text that is not JSON.
pub fn decode_text<T: DeserializeOwned>(text: &str) -> Result<T, Mismatch> {
    let value = serde_json::from_str(text).map_err(|_| Mismatch::not_json())?;
    decode(value)
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Reads a field that may be `null` for its default: the platform writes either.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Why a value can't be read as a type. Repeats nothing of the value but its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The location, such as `compute_status.state`; empty for the whole value.
    path: String,
    /// What is wrong there, as in "`state` *is a number, text was expected*".
    problem: String,
}

impl Mismatch {
    /// From serde's message, which gives the value found first, and then what was expected.
    fn of(value: &mut Value, message: &str, complaint: Complaint<'_>) -> Self {
        let mut path = place(value, message, complaint);
        let expected = message.rsplit_once(", expected ").map(|(_, expected)| expected);
        let quoted = || message.split('`').nth(1).unwrap_or_default();
        let problem = if message.starts_with("missing field ") {
            path = if path.is_empty() { quoted().to_owned() } else { format!("{path}.{}", quoted()) };
            "is missing".to_owned()
        } else if message.starts_with("unknown field ") {
            "has an unknown key".to_owned()
        } else if let Some(found) = message.strip_prefix("invalid type: ") {
            format!("is {}, {} was expected", kind(found), wanted(expected.unwrap_or_default()))
        } else if let Some(expected) = expected {
            format!("can't be used, {} was expected", wanted(expected))
        } else {
            "has a value that can't be used".to_owned()
        };
        if path.chars().count() > LONGEST_PLACE {
            path = path.chars().take(LONGEST_PLACE).chain(['…']).collect();
        }
        Self { path, problem }
    }

    fn not_json() -> Self {
        Self { path: String::new(), problem: "is not JSON".to_owned() }
    }

    /// The whole value has a type that nothing here is read from.
    pub(crate) fn of_kind(found: &Value, expected: &str) -> Self {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Self { path: String::new(), problem: format!("is {found}, {expected} was expected") }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "it {}", self.problem),
            path => write!(f, "`{path}` {}", self.problem),
        }
    }
}

impl std::error::Error for Mismatch {}

/// Serde's message for a value.
type Complaint<'a> = &'a dyn Fn(&Value) -> Option<String>;

/// The location in `whole` that caused serde's `message`. Serde doesn't report it, and tracking the path in
/// every reader (`serde_path_to_error`) would add a twentieth to a module's size. Serde reads in order and
/// stops at the first mismatch, so the location is the last member of the shortest prefix that gives the same
/// message.
fn place(whole: &mut Value, message: &str, complaint: Complaint<'_>) -> String {
    let named = message.split('`').nth(1).unwrap_or_default();
    let (is_missing, is_unknown) =
        (message.starts_with("missing field "), message.starts_with("unknown field "));
    let (mut path, mut pointer) = (String::new(), String::new());
    while let Some(here) = whole.pointer(&pointer).cloned() {
        let mut fails_as = |part: Value| {
            if let Some(here) = whole.pointer_mut(&pointer) {
                *here = part;
            }
            complaint(whole).as_deref() == Some(message)
        };
        let next = match &here {
            Value::Object(_) if !is_missing && !is_unknown && fails_as(Value::Object(Map::new())) => None,
            Value::Object(fields) => {
                let with = |name: &str| {
                    let mut fields = fields.clone();
                    fields.insert(name.to_owned(), Value::Null);
                    Value::Object(fields)
                };
                if is_missing && !fields.contains_key(named) && !fails_as(with(named)) {
                    None
                } else {
                    let until = |last: &String| {
                        let mut part = Map::new();
                        let before = fields.iter().filter(|(key, _)| *key <= last);
                        part.extend(before.map(|(key, value)| (key.clone(), value.clone())));
                        Value::Object(part)
                    };
                    let key = fields.keys().find(|key| fails_as(until(key)));
                    key.filter(|key| !(is_unknown && *key == named)).map(|key| {
                        let dot = if path.is_empty() { "" } else { "." };
                        (format!("{dot}{key}"), key.replace('~', "~0").replace('/', "~1"))
                    })
                }
            }
            // The list itself is the mismatch, not one of its items.
            Value::Array(_) if fails_as(Value::Array(Vec::new())) => None,
            Value::Array(items) => (0..items.len())
                .find(|index| fails_as(items[..=*index].into()))
                .map(|index| (format!("[{index}]"), index.to_string())),
            _ => None,
        };
        fails_as(here);
        let Some((shown, segment)) = next else { break };
        path.push_str(&shown);
        pointer = format!("{pointer}/{segment}");
    }
    path
}

/// What serde found, in plain words. Serde's text starts with the type; a value may follow.
fn kind(found: &str) -> &'static str {
    match found.split([' ', ',']).next().unwrap_or_default() {
        "integer" | "floating" | "number" => "a number",
        "string" | "character" => "text",
        "boolean" => "true or false",
        "sequence" => "a list",
        "map" => "an object",
        "null" | "unit" => "null",
        _ => "something else",
    }
}

/// What serde expected, in plain words.
fn wanted(expected: &str) -> &str {
    match expected {
        "a string" => "text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "u16" | "u32" | "u64" | "i64" | "usize" => "a whole number",
        "f32" | "f64" => "a number",
        _ if expected.starts_with("struct ") || expected == "a map" => "an object",
        _ if expected.starts_with("internally tagged enum ") => "an object",
        other => other,
    }
}

#[cfg(test)]
mod tests;

//! The JSON document in a model's text.
//!
//! Asked for JSON, models answer with JSON, with JSON in a fence, with a sentence before it, or with JSON in
//! a JSON string.

use serde_json::Value;

/// How often a document may stand inside a string.
const DEEPEST: usize = 2;

/// The first JSON object or array in `text`; `None` if there is none that is complete.
///
/// Nothing is repaired: half a document is none, because what a repair invents looks like what the model
/// said.
pub fn json_in(text: &str) -> Option<Value> {
    within(text, DEEPEST)
}

fn within(text: &str, deeper: usize) -> Option<Value> {
    let trimmed = text.trim();
    match serde_json::from_str(trimmed) {
        Ok(Value::String(inner)) if deeper > 0 => return within(&inner, deeper - 1),
        Ok(value @ (Value::Object(_) | Value::Array(_))) => return Some(value),
        _ => {}
    }
    fenced(trimmed).and_then(first_document).or_else(|| first_document(trimmed))
}

/// The text in the first fence.
fn fenced(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("```")?;
    let (_, rest) = rest.split_once('\n')?;
    rest.split_once("```").map(|(inside, _)| inside)
}

/// The document at the first bracket that begins one; brackets of a sentence before it don't.
fn first_document(text: &str) -> Option<Value> {
    let (at, _) = text.match_indices(['{', '[']).find(|(at, _)| begins_document(&text[*at..]))?;
    // What follows may be a sentence. What is incomplete or wrong is no document, and neither is a part of it.
    serde_json::Deserializer::from_str(&text[at..]).into_iter().next()?.ok()
}

/// Whether JSON could go on as `text` does after its bracket.
fn begins_document(text: &str) -> bool {
    let rest = text[1..].trim_start();
    match text.as_bytes()[0] {
        b'{' => rest.starts_with('"'),
        _ => rest.starts_with(['{', '[']),
    }
}

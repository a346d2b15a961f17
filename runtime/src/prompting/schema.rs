//! JSON Schemas of the forms, in the few words that Databricks takes.
//!
//! A schema there has at most 64 keys and none of `$ref`, `anyOf`, `oneOf`, `allOf`, `prefixItems`, `pattern`;
//! lengths aren't enforced. So only the words listed here are kept of what the Rust types give, and everything
//! is inlined, required and closed.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The schema of a form.
pub fn schema_of<T: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let mut flat = flattened(schema.as_value());
    if let Some(fields) = flat.as_object_mut() {
        fields.remove("description");
    }
    flat
}

fn flattened(schema: &Value) -> Value {
    // What is wrapped once, because it has a description beside it.
    if let Some([one]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        return flattened(one);
    }
    let mut flat = Map::new();
    if let Some(kind) = schema.get("type").and_then(plain_type) {
        flat.insert("type".to_owned(), json!(kind));
    }
    if let Some(names) = names(schema) {
        flat.insert("type".to_owned(), json!("string"));
        flat.insert("enum".to_owned(), json!(names));
    }
    if let Some(description) = schema.get("description").and_then(Value::as_str) {
        let one_line = description.split_whitespace().collect::<Vec<_>>().join(" ");
        flat.insert("description".to_owned(), json!(one_line.replace('`', "").trim_end_matches('.')));
    }
    if let Some(items) = schema.get("items") {
        flat.insert("items".to_owned(), flattened(items));
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let flattened: Map<String, Value> =
            properties.iter().map(|(name, schema)| (name.clone(), flattened(schema))).collect();
        flat.insert("required".to_owned(), json!(flattened.keys().collect::<Vec<_>>()));
        flat.insert("properties".to_owned(), Value::Object(flattened));
        flat.insert("additionalProperties".to_owned(), json!(false));
    }
    Value::Object(flat)
}

/// A type; of one that may also be `null`, the other.
fn plain_type(kind: &Value) -> Option<&str> {
    match kind {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ => None,
    }
}

/// The names of an enumeration, also of one whose names are described one by one.
fn names(schema: &Value) -> Option<Vec<&str>> {
    if let Some(names) = schema.get("enum").and_then(Value::as_array) {
        return names.iter().map(Value::as_str).collect();
    }
    let names =
        schema.get("oneOf")?.as_array()?.iter().map(|one| {
            one.get("const").and_then(Value::as_str).map(|name| vec![name]).or_else(|| names(one))
        });
    Some(names.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
}

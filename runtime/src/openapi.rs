//! The OpenAPI document of the API: what the routes say of themselves, and the schemas of decks and patches.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use utoipa::openapi::{Info, OpenApi, Paths};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::http::error::Failure;

/// The document for routes below `/api`.
///
/// # Panics
/// Never: a test makes it.
pub fn document(routes: OpenApi) -> Value {
    let api = OpenApi::new(Info::new("Tellr", crate::VERSION), Paths::new()).nest("/api", routes);
    let mut document = serde_json::to_value(api).expect("a document is JSON");
    document["info"]["license"] = json!({ "name": "Apache-2.0", "identifier": "Apache-2.0" });
    for operation in operations(&mut document) {
        describe(&mut operation["responses"]);
        // Only errors, so that a successful answer that isn't described is none of the document's.
        for status in ["4XX", "5XX"] {
            operation["responses"][status] = json!({
                "description": "What is wrong, why, and what to do",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Failure" } } },
            });
        }
    }
    let mut schemas = Vec::new();
    Failure::schemas(&mut schemas);
    schemas.push((Failure::name().into_owned(), Failure::schema()));
    for (name, schema) in schemas {
        document["components"]["schemas"][name] = serde_json::to_value(schema).expect("a schema is JSON");
    }
    add(&mut document, "Deck", tellr_slides::schema::deck_schema().to_value());
    add(&mut document, "Patch", tellr_slides::schema::patch_schema().to_value());
    document
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut)
}

/// Gives each answer the description that it must have: what its status means.
fn describe(answers: &mut Value) {
    for (status, answer) in answers.as_object_mut().into_iter().flatten() {
        let status = status.parse().ok().and_then(|status: StatusCode| status.canonical_reason());
        if answer["description"].as_str().is_none_or(str::is_empty) {
            answer["description"] = json!(status.unwrap_or_default());
        }
    }
}

/// Adds a JSON Schema, and those that it defines.
fn add(document: &mut Value, name: &str, mut schema: Value) {
    refer_to_components(&mut schema);
    let mut schemas = Map::new();
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("$schema");
        if let Some(Value::Object(defined)) = fields.remove("$defs") {
            schemas = defined;
        }
    }
    schemas.insert(name.to_owned(), schema);
    for (name, schema) in schemas {
        document["components"]["schemas"][name] = schema;
    }
}

fn refer_to_components(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get_mut("$ref") {
                *target = target.replace("#/$defs/", "#/components/schemas/");
            }
            fields.values_mut().for_each(refer_to_components);
        }
        Value::Array(items) => items.iter_mut().for_each(refer_to_components),
        _ => {}
    }
}

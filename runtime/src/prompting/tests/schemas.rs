//! The schemas keep to what Databricks takes.

use schemars::JsonSchema;
use serde_json::Value;
use tellr_slides::theme::built_in;

use crate::prompting::{
    Changes, Guidance, Outline, Prompt, SlideAsk, SlideDraft, SpaceBrief, gather, outline, schema_of, slide,
};

/// The words that may stand in a schema.
const WORDS: [&str; 7] =
    ["type", "properties", "required", "additionalProperties", "items", "enum", "description"];
const MOST_KEYS: usize = 64;
const MOST_KEYS_OF_A_TOOL: usize = 16;
const MOST_TOOLS: usize = 32;

/// Counts the names of properties, at all depths, and refuses other words than those known.
fn keys(schema: &Value) -> usize {
    let fields = schema.as_object().expect("a schema is an object");
    for word in fields.keys() {
        assert!(WORDS.contains(&word.as_str()), "`{word}` in {schema}");
    }
    let mut count = 0;
    if let Some(description) = fields.get("description") {
        assert!(description.as_str().unwrap().len() <= 100, "{description}");
    }
    if let Some(properties) = fields.get("properties") {
        let properties = properties.as_object().unwrap();
        count += properties.len() + properties.values().map(keys).sum::<usize>();
        let mut required: Vec<&str> =
            fields["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        required.sort_unstable();
        let mut names: Vec<&str> = properties.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(required, names);
        assert_eq!(fields["additionalProperties"], false);
    }
    if let Some(items) = fields.get("items") {
        count += keys(items);
    }
    assert!(fields["type"].is_string(), "{schema}");
    count
}

fn assert_taken<T: JsonSchema>(least: usize) {
    let schema = schema_of::<T>();
    let count = keys(&schema);
    assert!((least..=MOST_KEYS).contains(&count), "{count} keys");
    let text = schema.to_string();
    for word in [
        "$ref",
        "$defs",
        "anyOf",
        "oneOf",
        "allOf",
        "prefixItems",
        "pattern",
        "minLength",
        "maxItems",
        "null",
    ] {
        assert!(!text.contains(&format!("\"{word}\"")), "{word}");
    }
}

#[test]
fn schemas_keep_to_what_databricks_takes() {
    assert_taken::<Outline>(8);
    assert_taken::<Changes>(10);
    assert_taken::<SlideDraft>(40);
}

#[test]
fn a_schema_names_what_the_form_has() {
    let schema = schema_of::<SlideDraft>();
    assert_eq!(schema["properties"]["charts"]["items"]["properties"]["kind"]["enum"][1], "stacked_bar");
    assert_eq!(schema["properties"]["layout"]["enum"].as_array().unwrap().len(), 15);
    assert_eq!(schema["properties"]["metrics"]["items"]["properties"]["value"]["type"], "number");
    let values =
        &schema["properties"]["charts"]["items"]["properties"]["own_series"]["items"]["properties"]["values"];
    assert_eq!(values["items"]["type"], "number");
    assert!(schema["properties"].get("remarks").is_none());
}

#[test]
fn tools_keep_to_what_databricks_takes() {
    let spaces = (0..50).map(|n| SpaceBrief { title: format!("Space {n}"), description: "x".repeat(5_000) });
    let guidance = Guidance {
        deck_prompt: Some("a".repeat(100_000)),
        style: Some("b".repeat(100_000)),
        theme: built_in().remove(0),
        themes: Vec::new(),
        spaces: spaces.collect(),
    };
    let asked = gather(&guidance, "Review", None, &[]);
    assert_eq!(asked.tools.len(), 1);
    for tool in &asked.tools {
        let count = keys(&tool.parameters);
        assert!((1..=MOST_KEYS_OF_A_TOOL).contains(&count));
    }
    assert!(asked.tools.len() <= MOST_TOOLS);
    assert!(asked.schema.is_none());
    // Schema and tools never go together.
    let ask = SlideAsk { number: 1, ..SlideAsk::default() };
    for Prompt { schema, tools, .. } in [outline(&guidance, "Review", &[]), slide(&guidance, &ask)] {
        assert!(schema.is_some() && tools.is_empty());
    }
}

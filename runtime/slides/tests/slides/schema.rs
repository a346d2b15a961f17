//! The schema that is published, and that it agrees with the reader.

use expect_test::expect_file;
use serde_json::{Value, json};
use tellr_slides::display::display_schema;
use tellr_slides::read;
use tellr_slides::schema::deck_schema;

use crate::generate::Chance;
use crate::sample;

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(deck_schema().as_value()).expect("the schema is one")
}

#[test]
fn the_published_schema_is_current() {
    let text = format!("{}\n", serde_json::to_string_pretty(&deck_schema()).unwrap());
    expect_file!["../../deck.schema.json"].assert_eq(&text);
}

#[test]
fn the_schema_refuses_what_types_refuse() {
    let validator = validator();
    let sample = sample::deck();
    assert!(validator.is_valid(&sample), "{:?}", validator.iter_errors(&sample).collect::<Vec<_>>());
    for (pointer, value) in [
        ("/format", json!(2)),
        ("/theme", json!("a b")),
        ("/slides/0/layout", json!("spiral")),
        ("/slides/0/blocks/0/type", json!("script")),
        ("/slides/0/blocks/0/text", json!(7)),
        ("/slides/2/blocks/0/source/url", json!("javascript:x")),
        ("/slides/2/blocks/3/value", json!("18")),
    ] {
        let mut deck = sample.clone();
        *deck.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&deck), "{pointer}");
        assert!(read::from_value(deck).is_err(), "{pointer}");
    }
    for pointer in
        ["", "/slides/0", "/slides/0/blocks/0", "/slides/2/blocks/1/series/0", "/slides/2/blocks/0/source"]
    {
        let mut deck = sample.clone();
        deck.pointer_mut(pointer).unwrap()["surprise"] = json!(1);
        assert!(!validator.is_valid(&deck), "{pointer}");
        assert!(read::from_value(deck).is_err(), "{pointer}");
    }
}

/// Changes one value somewhere in a deck.
fn mutate(deck: &mut Value, chance: &mut Chance) {
    let mut pointers = Vec::new();
    pointers_of(deck, String::new(), &mut pointers);
    let pointer = chance.pick(&pointers).clone();
    let place = deck.pointer_mut(&pointer).unwrap();
    let values = [
        Value::Null,
        json!(-1),
        json!(1e300),
        json!(0.5),
        json!("x"),
        json!("x".repeat(301)),
        json!("x".repeat(5_001)),
        json!(""),
        json!([]),
        json!({}),
        json!(true),
        json!({ "id": "x" }),
        json!([null]),
        json!("javascript:x"),
    ];
    match place {
        Value::Object(fields) if chance.one_in(2) && !fields.is_empty() => {
            let names: Vec<String> = fields.keys().cloned().collect();
            let gone = fields.remove(chance.pick(&names));
            if chance.one_in(2) {
                fields.insert("renamed".to_owned(), gone.unwrap());
            }
        }
        Value::Array(items) if chance.one_in(2) && !items.is_empty() => {
            let copy = chance.pick(items).clone();
            items.resize(items.len() + 1 + chance.below(60), copy);
        }
        place => *place = chance.pick(&values).clone(),
    }
}

fn pointers_of(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| pointers_of(value, format!("{at}/{name}"), pointers));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| pointers_of(value, format!("{at}/{index}"), pointers));
        }
        _ => {}
    }
    pointers.push(at);
}

#[test]
fn what_the_reader_accepts_the_schema_accepts() {
    let validator = validator();
    let (mut accepted, mut refused_by_both, mut refused_by_reader) = (0, 0, 0);
    for seed in 0..2_000 {
        let mut chance = Chance::new(seed);
        let mut deck = serde_json::to_value(chance.deck()).unwrap();
        assert!(validator.is_valid(&deck), "valid, but not to the schema: {deck}");
        mutate(&mut deck, &mut chance);
        match (read::from_value(deck.clone()).is_ok(), validator.is_valid(&deck)) {
            (true, true) => accepted += 1,
            (false, false) => refused_by_both += 1,
            (false, true) => refused_by_reader += 1,
            (true, false) => panic!("read, but not valid to the schema: {deck}"),
        }
    }
    // All three happen.
    assert!(
        accepted > 100 && refused_by_both > 300 && refused_by_reader > 30,
        "{accepted} {refused_by_both} {refused_by_reader}"
    );
}

#[test]
fn the_published_schema_of_display_lists_is_current() {
    let text = format!("{}\n", serde_json::to_string_pretty(&display_schema()).unwrap());
    expect_file!["../../display.schema.json"].assert_eq(&text);
}

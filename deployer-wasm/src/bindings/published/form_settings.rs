//! `frontend/src/deploy/form/settings.ts`: the settings as the form shows them. And
//! `frontend/mock/deployer/settings.ts`: the checks of the mock deployer that replaces the module during page
//! development.

use std::fmt::Write as _;

use expect_test::expect_file;
use serde_json::json;

use crate::config::{Kind, SETTINGS, Setting, Taker};

const HEAD: &str = "\
// Generated from the deployer's table of settings; a test says when it is stale.
// UPDATE_EXPECT=1 cargo test -p deployer-wasm published

/** The settings that a form has a field for, in its order. */
export const SETTINGS = [
";

fn kind(setting: &Setting) -> &'static str {
    match setting.kind {
        Kind::Text | Kind::Count => "text",
        Kind::Flag => "flag",
        Kind::Texts => "texts",
        Kind::Map => "map",
        Kind::Secret => "secret",
        Kind::Wheel => "wheel",
    }
}

/// The form's operations for which a condition holds.
fn operations(holds: impl Fn(Taker) -> bool) -> serde_json::Value {
    let all = [Taker::Create, Taker::Update, Taker::Delete];
    all.into_iter().filter(|taker| holds(*taker)).map(Taker::as_str).collect()
}

fn entry(setting: &Setting) -> String {
    let choices: Vec<_> = setting
        .choices
        .iter()
        .map(|choice| json!({"value": choice.value, "label": choice.label, "note": choice.note}))
        .collect();
    let properties = [
        ("name", json!(setting.name)),
        ("label", json!(setting.label)),
        ("help", json!(setting.help())),
        ("kind", json!(kind(setting))),
        ("choices", json!(choices)),
        (
            "leftOut",
            json!({
                "create": setting.left_out(Taker::Create),
                "update": setting.left_out(Taker::Update),
                "delete": setting.left_out(Taker::Delete),
            }),
        ),
        ("takenBy", operations(|taker| setting.is_taken_by(taker))),
        ("neededBy", operations(|taker| setting.is_needed_by(taker))),
        ("keptByUpdate", json!(!setting.kept.is_empty())),
        ("inFile", json!(setting.file.is_some())),
        ("folded", json!(setting.folded)),
    ];
    object(&properties)
}

fn object(properties: &[(&str, serde_json::Value)]) -> String {
    properties.iter().fold("  {\n".to_owned(), |mut text, (name, value)| {
        // Writing to a string can't fail.
        let _ = writeln!(text, "    {name}: {value},");
        text
    }) + "  },\n"
}

#[test]
fn the_settings_of_the_form_are_up_to_date() {
    // Settings without a label are not shown in a form, nor those of other operations.
    let is_shown = |setting: &&Setting| {
        let is_taken = |taker| setting.is_taken_by(taker);
        !setting.label.is_empty() && [Taker::Create, Taker::Update, Taker::Delete].into_iter().any(is_taken)
    };
    let shown = SETTINGS.iter().filter(is_shown);
    let text = HEAD.to_owned() + &shown.map(entry).collect::<String>() + "] as const;\n";
    expect_file!["../../../../frontend/src/deploy/form/settings.ts"].assert_eq(&text);
}

const MOCK_HEAD: &str = "\
// Generated from the deployer's table of settings; a test says when it is stale.
// UPDATE_EXPECT=1 cargo test -p deployer-wasm published

/** What there is to check of the settings. */
export const SETTINGS = [
";

#[test]
fn the_settings_of_the_stand_in_are_up_to_date() {
    let entry = |setting: &Setting| {
        let choices: Vec<&str> = setting.choices.iter().map(|choice| choice.value).collect();
        object(&[
            ("name", json!(setting.name)),
            ("kind", json!(kind(setting))),
            ("default", json!(setting.default)),
            ("choices", json!(choices)),
            ("pattern", json!(setting.pattern)),
            ("neededBy", operations(|taker| setting.is_needed_by(taker))),
            ("takenBy", operations(|taker| setting.is_taken_by(taker))),
            ("file", json!(setting.file)),
        ])
    };
    let text = MOCK_HEAD.to_owned() + &SETTINGS.iter().map(entry).collect::<String>() + "] as const;\n";
    expect_file!["../../../../frontend/mock/deployer/settings.ts"].assert_eq(&text);
}

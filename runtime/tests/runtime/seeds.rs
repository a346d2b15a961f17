//! A new app has something to start with, and what people change stays changed.

use serde_json::Value;
use tellr_app::database::seeds::Selection;

use crate::support::app::{RunningApp, Variables};
use crate::support::postgres;

async fn names(app: &RunningApp, list: &str) -> Vec<String> {
    let (status, body) = app.json(&format!("/api/settings/{list}")).await;
    assert_eq!(status, 200, "{body}");
    body[list]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| item["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[tokio::test]
async fn a_new_app_has_two_prompts_a_style_and_a_profile() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    let app = variables.serve().await;

    assert_eq!(names(&app, "prompts").await, ["Executive Summary", "Quarterly Business Review"]);
    assert_eq!(names(&app, "styles").await, ["Clear Light"]);
    assert_eq!(names(&app, "profiles").await, ["Default"]);

    let (_, prompts) = app.json("/api/settings/prompts").await;
    let (_, styles) = app.json("/api/settings/styles").await;
    let (_, profiles) = app.json("/api/settings/profiles").await;
    let profile = &profiles["profiles"][0];
    assert_eq!(profile["is_default"], true);
    assert_eq!(profile["style_id"], styles["styles"][0]["id"]);
    assert_eq!(styles["styles"][0]["is_default"], true);
    assert!(
        prompts["prompts"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|prompt| prompt["id"] == profile["prompt_id"]),
        "{profiles}"
    );
    for prompt in prompts["prompts"].as_array().expect("a list") {
        assert_eq!(prompt["origin"], "seed");
        for field in ["id", "name", "description", "category", "content"] {
            assert!(matches!(&prompt[field], Value::String(text) if !text.is_empty()), "{field}: {prompt}");
        }
    }
}

#[tokio::test]
async fn the_databricks_defaults_come_when_asked_for_also_later() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    let planted = variables
        .database()
        .initialise(Selection::WithDatabricksDefaults)
        .await
        .expect("initialised")
        .planted;
    assert_eq!(planted, ["Platform Consumption Review", "Use Case Portfolio", "Data Platform"]);

    let app = variables.serve().await;
    assert_eq!(names(&app, "prompts").await.len(), 4);
    assert_eq!(names(&app, "styles").await, ["Clear Light", "Data Platform"], "the default comes first");
    let (_, prompts) = app.json("/api/settings/prompts").await;
    let origins =
        prompts["prompts"].as_array().expect("a list").iter().filter(|p| p["origin"] == "databricks");
    assert_eq!(origins.count(), 2);
}

#[tokio::test]
async fn edited_renamed_and_deleted_seeds_stay_so() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    postgres::run(&format!(
        "SET search_path TO {};
         UPDATE deck_prompts SET content = 'mine' WHERE name = 'Executive Summary';
         DELETE FROM deck_prompts WHERE name = 'Quarterly Business Review';
         UPDATE slide_styles SET name = 'House style', is_default = false;
         UPDATE profiles SET name = 'Ours'",
        variables.schema()
    ))
    .await;

    let again = variables.initialise().await.expect("initialised");

    assert_eq!(again.planted, Vec::<&str>::new());
    let app = variables.serve().await;
    let (_, prompts) = app.json("/api/settings/prompts").await;
    assert_eq!(prompts["prompts"].as_array().map(Vec::len), Some(1));
    assert_eq!(prompts["prompts"][0]["content"], "mine");
    assert_eq!(names(&app, "styles").await, ["House style"]);
    let (_, profiles) = app.json("/api/settings/profiles").await;
    assert_eq!(profiles["profiles"][0]["name"], "Ours");
    assert_eq!(profiles["profiles"][0]["prompt_id"], Value::Null, "the prompt was deleted");
}

#[tokio::test]
async fn a_name_that_somebody_uses_already_is_left_to_them() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    postgres::run(&format!(
        "SET search_path TO {};
         INSERT INTO deck_prompts (name, content) VALUES ('use case PORTFOLIO', 'mine')",
        variables.schema()
    ))
    .await;
    variables.database().initialise(Selection::WithDatabricksDefaults).await.expect("initialised");
    let contents: String = postgres::one(&format!(
        "SELECT string_agg(content, ',') FROM {}.deck_prompts WHERE lower(name) = 'use case portfolio'",
        variables.schema()
    ))
    .await;
    assert_eq!(contents, "mine");
}

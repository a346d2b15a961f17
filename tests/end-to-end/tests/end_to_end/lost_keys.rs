//! A key that has encrypted something and is gone: no new one takes its place.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::config::{CreateArguments, DeleteArguments, UpdateArguments};
use end_to_end::database;
use end_to_end::stage::{FOLDER, Stage, delete_of_default, update_of_default};
use end_to_end::words::{Expected, assert_says};
use serde_json::json;

const OWN: &str = "Zmlyc3QtZmlyc3QtZmlyc3QtZmlyc3QtZmlyc3QtMTI=";
/// What the app writes when it first starts: proof of the key that it encrypts with.
const IN_USE: &str = "CREATE TABLE app_data.encryption_check (id int PRIMARY KEY, token text NOT NULL);
    INSERT INTO app_data.encryption_check VALUES (1, 'gAAAA-something-encrypted')";
const MISSING: Expected<'_> =
    Expected { code: "KEY_MISSING", names: "`tellr`", because: "tellr-tellr/encryption-key" };

async fn lose_the_key(stage: &Stage) {
    let (status, _) = stage.post("/api/2.0/secrets/scopes/delete", json!({"scope": "tellr-tellr"})).await;
    assert_eq!(status, 200);
}

async fn scopes(stage: &Stage) -> usize {
    let (_, list) = stage.get("/api/2.0/secrets/scopes/list").await;
    list["scopes"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn an_update_makes_no_key_where_one_is_in_use() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    database::execute(&stage, IN_USE).await;
    lose_the_key(&stage).await;
    let error = stage.update(update_of_default()).await.expect_err("the key is gone");
    assert_says(&error, MISSING);
    assert_eq!(scopes(&stage).await, 0, "no new key");

    let given = UpdateArguments { encryption_key: Some(OWN.to_owned().into()), ..update_of_default() };
    stage.update(given).await.expect("with the key that the person had kept");
    assert_eq!(scopes(&stage).await, 1);
    stage.end().await;
}

#[tokio::test]
async fn a_create_on_the_data_of_an_app_that_was_deleted_wants_its_key() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    database::execute(&stage, IN_USE).await;
    stage.delete(delete_of_default()).await.expect("delete");
    // With its key still in the scope, the app comes back to its data.
    stage.create(CreateArguments::default()).await.expect("create");
    stage.delete(delete_of_default()).await.expect("delete");
    lose_the_key(&stage).await;
    let error = stage.create(CreateArguments::default()).await.expect_err("the key is gone");
    assert_says(&error, MISSING);
    assert_eq!(scopes(&stage).await, 0);
    // Repeating it does not make one either.
    let error = stage.create(CreateArguments::default()).await.expect_err("the key is still gone");
    assert_says(&error, MISSING);
    stage.end().await;
}

#[tokio::test]
async fn a_reset_needs_no_key_of_before() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    database::execute(&stage, IN_USE).await;
    lose_the_key(&stage).await;
    let reset = UpdateArguments { reset_database: Some(true), ..update_of_default() };
    let result = stage.update(reset).await.expect("reset");
    assert!(result.restore_point.is_some(), "the encrypted data is in a branch");
    assert_eq!(scopes(&stage).await, 1);
    let state = stage.schema_state("tellr-db", "autoscaling", "app_data").await;
    assert_eq!(state.tables, 0);
    let reset = DeleteArguments { reset_database: Some(true), ..delete_of_default() };
    stage.delete(reset).await.expect("delete");
    assert!(stage.file(&format!("{FOLDER}/app.yaml")).await.is_some(), "files stay");
    stage.end().await;
}

/// Writes the deployed `app.yaml`, as somebody does who edits it in the workspace.
async fn edit(stage: &Stage, content: &[u8]) {
    let content = STANDARD.encode(content);
    let path = format!("{FOLDER}/app.yaml");
    let body = json!({"path": path, "content": content, "format": "AUTO", "overwrite": true});
    assert_eq!(stage.post("/api/2.0/workspace/import", body).await.0, 200);
}

async fn app_yaml(stage: &Stage) -> String {
    stage.file(&format!("{FOLDER}/app.yaml")).await.expect("it is there")
}

fn create_with_key_in_file() -> CreateArguments {
    CreateArguments {
        encryption_key: Some(OWN.to_owned().into()),
        encryption_key_storage: Some("app_yaml".into()),
        ..CreateArguments::default()
    }
}

#[tokio::test]
async fn a_comment_in_a_deployed_file_does_not_lose_the_key() {
    let stage = Stage::realistic().await;
    stage.create(create_with_key_in_file()).await.expect("create");
    let text = app_yaml(&stage).await;
    let stage_of_ours = text.replace("value: production", "value: production # our stage");
    assert_ne!(text, stage_of_ours);
    edit(&stage, stage_of_ours.as_bytes()).await;
    stage.update(update_of_default()).await.expect("update");
    assert!(app_yaml(&stage).await.contains(OWN), "the same key");
    assert_eq!(scopes(&stage).await, 0, "and no other");

    // The same by a key entry that somebody turned around and folded.
    let entry = format!("- name: GOOGLE_OAUTH_ENCRYPTION_KEY\n  value: {OWN}\n");
    let (head, tail) = OWN.split_at(30);
    let folded = format!("- value: >\n    {head}\n    {tail}\n  name: GOOGLE_OAUTH_ENCRYPTION_KEY # ours\n");
    let text = app_yaml(&stage).await;
    assert!(text.contains(&entry), "{text}");
    edit(&stage, text.replace(&entry, &folded).replace('\n', "\r\n").as_bytes()).await;
    stage.update(update_of_default()).await.expect("update");
    assert!(app_yaml(&stage).await.contains(&entry), "the same key");
    stage.end().await;
}

#[tokio::test]
async fn a_deployed_file_that_cannot_be_read_stops_plan_and_update() {
    let stage = Stage::realistic().await;
    stage.create(create_with_key_in_file()).await.expect("create");
    let good = app_yaml(&stage).await;
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let no_key = good.replace(OWN, "<auto-generated Fernet key>");
    let unknown_form = good.replace("value: Zm", "value_from: Zm");
    for (content, code) in [
        (good.replace("env:", "env: [").into_bytes(), "APP_YAML_UNREADABLE"),
        (utf16, "APP_YAML_UNREADABLE"),
        (good.replace("  value:", "value:").into_bytes(), "APP_YAML_UNREADABLE"),
        (no_key.into_bytes(), "KEY_ENTRY_UNREADABLE"),
        (unknown_form.into_bytes(), "KEY_ENTRY_UNREADABLE"),
    ] {
        edit(&stage, &content).await;
        let before = stage.file(&format!("{FOLDER}/app.yaml")).await;
        let planned = stage.plan_update(update_of_default()).await.expect_err("the plan stops");
        let updated = stage.update(update_of_default()).await.expect_err("the update stops");
        let created = stage.create(CreateArguments::default()).await.expect_err("so does create");
        for error in [planned, updated, created] {
            assert_says(&error, Expected { code, names: "app.yaml", because: "" });
            assert!(!format!("{error:?}").contains(OWN), "{error:?}");
        }
        assert_eq!(stage.file(&format!("{FOLDER}/app.yaml")).await, before, "the file stays as it is");
        assert_eq!(scopes(&stage).await, 0, "no new key");
    }
    edit(&stage, good.as_bytes()).await;
    stage.update(update_of_default()).await.expect("once it is corrected");
    assert!(app_yaml(&stage).await.contains(OWN));
    stage.end().await;
}

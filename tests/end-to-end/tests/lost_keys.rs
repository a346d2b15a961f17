//! A key that has encrypted something and is gone: no new one takes its place.

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

//! A 404 that isn't the platform's own, from a proxy or a gateway on the way, never counts as "does not exist".

use std::collections::BTreeMap;

use deployer::config::{CreateArguments, DeleteArguments};
use end_to_end::stage::{Stage, delete_of_default};
use end_to_end::words::{Expected, assert_says};
use local_workspace::faults::{Action, Rule};
use serde_json::{Value, json};

const PAGE: &str = "<html><head><title>404 Not Found</title></head><body>nginx</body></html>";

/// Answers all requests of `method` to `path` with a 404 of another service.
fn not_found(stage: &Stage, method: &str, path: &str, body: Value) {
    let action = Action::Answer { status: 404, headers: BTreeMap::new(), body };
    stage
        .workspace
        .control()
        .faults
        .add(Rule::next(path, action).on(method).times(1_000))
        .expect("a good rule");
}

async fn key(stage: &Stage) -> Value {
    stage.get("/api/2.0/secrets/get?scope=tellr-tellr&key=encryption-key").await.1["value"].clone()
}

#[tokio::test]
async fn the_data_of_a_running_app_is_not_deleted() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    for body in [json!(PAGE), json!({"detail": "Not Found"}), json!("")] {
        not_found(&stage, "GET", "/api/2.0/apps/tellr", body.clone());
        let deleting = DeleteArguments { reset_database: Some(true), ..delete_of_default() };
        let error = stage.delete(deleting).await.expect_err("nobody knows whether the app exists");
        assert_says(&error, Expected { code: "UNEXPECTED_ANSWER", names: "app", because: "" });
        stage.workspace.control().faults.clear();
        assert!(stage.schema_state("tellr-db", "autoscaling", "app_data").await.exists, "{body}");
        assert_eq!(stage.get("/api/2.0/apps/tellr").await.0, 200);
    }
    stage.end().await;
}

#[tokio::test]
async fn the_deletion_of_an_app_is_not_reported() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    not_found(&stage, "DELETE", "/api/2.0/apps/tellr", json!(PAGE));
    let error = stage.delete(delete_of_default()).await.expect_err("it is still there");
    assert_says(&error, Expected { code: "UNEXPECTED_ANSWER", names: "app", because: "" });
    stage.end().await;
}

#[tokio::test]
async fn a_key_is_not_replaced() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let before = key(&stage).await;
    stage.delete(delete_of_default()).await.expect("delete");
    not_found(&stage, "GET", "/api/2.0/secrets/list", json!({"detail": "Not Found"}));
    stage.create(CreateArguments::default()).await.expect_err("nobody knows whether there is a key");
    assert_eq!(key(&stage).await, before);

    // Not even where the platform itself says so and then knows the scope after all.
    stage.workspace.control().faults.clear();
    let absent = Action::error(404, "RESOURCE_DOES_NOT_EXIST", "Scope tellr-tellr does not exist!");
    let once = Rule::next("/api/2.0/secrets/list", absent).on("GET");
    stage.workspace.control().faults.add(once).expect("a good rule");
    let _ = stage.create(CreateArguments::default()).await;
    assert_eq!(key(&stage).await, before);
    stage.end().await;
}

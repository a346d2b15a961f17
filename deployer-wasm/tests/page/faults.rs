//! What goes wrong on the way to the workspace, and in it.

use deployer::events::EventKind;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, create, fetch};

/// The writes of a `create`, each of which must not happen twice.
fn writes(app: &str) -> [String; 5] {
    [
        "/api/2.0/postgres/projects".to_owned(),
        "/api/2.0/apps".to_owned(),
        "/api/2.0/secrets/put".to_owned(),
        format!("/api/2.0/apps/{app}/update"),
        format!("/api/2.0/apps/{app}/deployments"),
    ]
}

/// Every write of a `create` meets the fault; the run gets past all of them.
async fn gets_past(app: &'static str, when: &str, action: Value) {
    let stage = Stage::open(app).await;
    for path in writes(app) {
        stage.fault(json!({"method": "POST", "path": path, "when": when, "action": action})).await;
    }
    let created = create(&fetch(), stage.create_arguments(json!({}))).await;
    assert_eq!(created.result()["status"], "created");
    let standing = stage.control("GET", "/faults", None).await;
    let met =
        standing["faults"].as_array().expect("a list").iter().filter(|fault| fault["fired"] == 1).count();
    assert_eq!(met, writes(app).len(), "{standing:#}");
    stage.assert_deployed_once().await;
}

#[wasm_bindgen_test]
async fn too_many_requests_are_waited_out() {
    let answer = json!({"answer": {"status": 429, "headers": {"Retry-After": "7"}, "body": ""}});
    gets_past("hurried", "before", answer).await;
}

#[wasm_bindgen_test]
async fn a_gateway_that_fails_is_asked_again() {
    let answer = json!({"answer": {"status": 503, "headers": {"Content-Type": "text/html"}, "body": "<html>gone</html>"}});
    gets_past("gateway", "before", answer).await;
}

#[wasm_bindgen_test]
async fn a_connection_that_is_cut_after_the_effect_makes_nothing_twice() {
    gets_past("cut", "after", json!("cut")).await;
}

#[wasm_bindgen_test]
async fn half_an_answer_is_no_answer() {
    gets_past("half", "after", json!("truncate")).await;
}

#[wasm_bindgen_test]
async fn a_workspace_that_stays_broken_is_told_in_its_own_words_and_the_next_run_goes_on() {
    let stage = Stage::open("broken").await;
    let body = json!({"error_code": "TEMPORARILY_UNAVAILABLE", "message": "Taking a break."});
    let action = json!({"answer": {"status": 503, "headers": {}, "body": body}});
    stage.fault(json!({"method": "POST", "path": "/api/2.0/apps", "times": null, "action": action})).await;
    let failed = create(&fetch(), stage.create_arguments(json!({}))).await;
    let error = failed.error();
    assert_eq!(
        (&error["code"], &error["step"]),
        (&json!("WORKSPACE_UNAVAILABLE"), &json!("app")),
        "{error:#}"
    );
    assert!(error["cause"].as_str().is_some_and(|cause| cause.contains("Taking a break.")), "{error:#}");
    assert_eq!(failed.events.last().map(|event| event.kind), Some(EventKind::Failed));
    stage.control("DELETE", "/faults", None).await;
    create(&fetch(), stage.create_arguments(json!({}))).await.result();
    stage.assert_deployed_once().await;
}

#[wasm_bindgen_test]
async fn a_deployment_that_fails_brings_the_apps_last_lines() {
    let stage = Stage::open("crashing").await;
    let failure = json!({"failed": {"message": "Error installing packages", "logs": ["no such wheel"]}});
    stage.control("PATCH", "/settings", Some(json!({"outcomes": {"deployment": failure}}))).await;
    let failed = create(&fetch(), stage.create_arguments(json!({}))).await;
    stage.control("PATCH", "/settings", Some(json!({"outcomes": {"deployment": "real"}}))).await;
    let error = failed.error();
    assert_eq!(
        (&error["code"], &error["step"]),
        (&json!("DEPLOYMENT_FAILED"), &json!("deployment")),
        "{error:#}"
    );
    assert!(
        error["cause"].as_str().is_some_and(|cause| cause.contains("Error installing packages")),
        "{error:#}"
    );
    create(&fetch(), stage.create_arguments(json!({}))).await.result();
    stage.assert_deployed_once().await;
}

//! The two ways to the workspace where they differ: functions that misbehave, and a server that
//! refuses.

use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, create, fetch, fetch_from, functions, functions_with};

/// In place of the first request for the app: what a function of the host does.
async fn answered_once(app: &'static str, answer: &str) {
    let stage = Stage::open(app).await;
    let answer = format!(
        "if (method !== 'GET' || path !== '/api/2.0/apps/{app}' || this.done) return undefined;
         this.done = true;
         {answer}"
    );
    let created = create(&functions_with(&answer), stage.create_arguments(json!({}))).await;
    assert_eq!(created.result()["status"], "created");
    stage.assert_deployed_once().await;
}

#[wasm_bindgen_test]
async fn a_function_that_throws_counts_as_a_broken_connection() {
    answered_once("throws", "throw new Error('the comm is closed');").await;
}

#[wasm_bindgen_test]
async fn a_promise_that_is_rejected_with_a_text_counts_as_a_broken_connection() {
    answered_once("rejects", "return Promise.reject('busy');").await;
}

#[wasm_bindgen_test]
async fn an_answer_of_another_shape_counts_as_a_broken_connection() {
    answered_once("shapeless", "return {status: 'fine'};").await;
}

#[wasm_bindgen_test]
async fn an_error_of_the_hosts_own_kind_is_believed() {
    let stage = Stage::open("signed-out").await;
    let answer = "throw {kind: 'credential', message: 'Nobody is signed in'};";
    let failed = create(&functions_with(answer), stage.create_arguments(json!({}))).await;
    let error = failed.error();
    assert!(error["cause"].as_str().is_some_and(|cause| cause.contains("Nobody is signed in")), "{error:#}");
    assert_eq!(stage.journal("").await.len(), 0, "it is not asked again");
}

#[wasm_bindgen_test]
async fn a_function_that_throws_for_ever_is_told_with_its_words() {
    let stage = Stage::open("dead-comm").await;
    let failed =
        create(&functions_with("throw new Error('the comm is closed');"), stage.create_arguments(json!({})))
            .await;
    let error = failed.error();
    assert_eq!(error["code"], "WORKSPACE_UNREACHABLE", "{error:#}");
    assert!(error["cause"].as_str().is_some_and(|cause| cause.contains("the comm is closed")), "{error:#}");
}

#[wasm_bindgen_test]
async fn a_token_that_expires_half_way_is_told_by_both_and_the_next_run_goes_on() {
    let stage = Stage::open("expired").await;
    let body =
        json!({"error_code": "401", "message": "Credential was not sent or was of an unsupported type."});
    let action = json!({"answer": {"status": 401, "headers": {}, "body": body}});
    for deployer in [fetch(), functions()] {
        stage.fault(json!({"path": "/api/2.0/secrets/.*", "times": null, "action": action})).await;
        let failed = create(&deployer, stage.create_arguments(json!({}))).await;
        assert_eq!(failed.error()["code"], "TOKEN_EXPIRED", "{:#}", failed.error());
        stage.control("DELETE", "/faults", None).await;
    }
    create(&fetch(), stage.create_arguments(json!({}))).await.result();
    stage.assert_deployed_once().await;
}

#[wasm_bindgen_test]
async fn a_server_that_is_not_there_is_told_as_that() {
    let stage = Stage::open("alone").await;
    // Nobody listens on the first port of all.
    let failed = create(&fetch_from("http://127.0.0.1:1"), stage.create_arguments(json!({}))).await;
    let error = failed.error();
    assert_eq!(error["code"], "WORKSPACE_UNREACHABLE", "{error:#}");
    let cause = error["cause"].as_str().expect("a text");
    assert!(cause.contains("The page's server can't be reached"), "{cause}");
    assert_eq!(stage.journal("").await.len(), 0);
}

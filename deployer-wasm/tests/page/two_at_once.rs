//! Two pages that deploy the same app at the same time.

use futures_util::join;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, create, fetch, functions};

#[wasm_bindgen_test]
async fn one_deploys_and_the_other_is_told_who_and_since_when() {
    let stage = Stage::open("wanted").await;
    let (one, other) = (fetch(), functions());
    let arguments = || stage.create_arguments(json!({}));
    let (one, other) = join!(create(&one, arguments()), create(&other, arguments()));
    let (deployed, told) = if one.ended.is_ok() { (one, other) } else { (other, one) };
    assert_eq!(deployed.result()["status"], "created");
    let error = told.error();
    assert_eq!(error["code"], "DEPLOY_LOCKED", "{error:#}");
    let message = error["message"].as_str().expect("a text");
    assert!(
        message.contains("ada@example.com has been running `create` on app `wanted` since 20"),
        "{message}"
    );
    stage.assert_deployed_once().await;
}

#[wasm_bindgen_test]
async fn two_apps_do_not_disturb_each_other() {
    let stage = Stage::open("left").await;
    let (one, other) = (fetch(), fetch());
    let right = json!({"app_name": "right", "lakebase_name": "right-db"});
    let (left, right) = join!(create(&one, stage.create_arguments(json!({}))), create(&other, right));
    assert_eq!(left.result()["app_name"], "left");
    assert_eq!(right.result()["app_name"], "right");
    assert_eq!(stage.made("POST", "/api/2.0/apps").await, 2);
}

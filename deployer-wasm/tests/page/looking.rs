//! What would happen, and how things stand: both only look.

use js_sys::{Object, Reflect};
use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

use crate::stage::{Stage, as_caught, create, fetch, functions, js, plan, status, text};

#[wasm_bindgen_test]
async fn what_is_planned_is_what_happens() {
    let stage = Stage::open("planned").await;
    for deployer in [fetch(), functions()] {
        let planned = plan(&deployer, "create", stage.create_arguments(json!({}))).await;
        assert!(planned.events.is_empty(), "a look tells nothing");
        let files: Vec<&str> = planned.result()["files"]
            .as_array()
            .expect("files")
            .iter()
            .map(|file| text(&file["name"]))
            .collect();
        assert_eq!(files, ["app.yaml", "requirements.txt"]);
        assert_eq!(planned.result()["resumes"], false);
    }
    assert!(stage.journal("").await.iter().all(|entry| entry["method"] == "GET"), "it only reads");
    let planned = plan(&fetch(), "create", stage.create_arguments(json!({}))).await;
    let created = create(&fetch(), stage.create_arguments(json!({}))).await;
    let told = created.events.iter().find(|event| !event.steps.is_empty()).expect("the run's plan");
    assert_eq!(planned.result()["steps"], serde_json::to_value(&told.steps).expect("JSON"));
    let again = plan(&fetch(), "create", stage.create_arguments(json!({}))).await;
    assert_eq!(again.error()["code"], "APP_ALREADY_EXISTS", "{:#}", again.error());
}

#[wasm_bindgen_test]
async fn how_things_stand_is_told_with_the_arguments_to_go_on_with() {
    let stage = Stage::open("standing").await;
    let asked = json!({"app_name": stage.app});
    let nothing = status(&fetch(), asked.clone()).await;
    assert_eq!((nothing.result().get("app"), &nothing.result()["can_resume"]), (None, &json!(false)));
    let rule = json!({"method": "POST", "path": "/api/2.0/secrets/put", "times": null, "action":
        {"answer": {"status": 403, "headers": {}, "body": {"error_code": "PERMISSION_DENIED", "message": "no"}}}});
    stage.fault(rule).await;
    let arguments = stage.create_arguments(json!({"app_compute": "LARGE"}));
    create(&fetch(), arguments).await.error();
    stage.control("DELETE", "/faults", None).await;
    let stands = status(&fetch(), asked).await;
    let result = stands.result();
    assert_eq!((&result["can_resume"], &result["last_run"]["status"]), (&json!(true), &json!("failed")));
    let kept = result["last_run"]["arguments"].clone();
    assert_eq!(kept["app_compute"], "LARGE");
    create(&functions(), kept).await.result();
    stage.assert_deployed_once().await;
}

#[wasm_bindgen_test]
async fn a_plan_that_is_aborted_ends() {
    let stage = Stage::open("unplanned").await;
    let controller = AbortController::new().expect("a controller");
    controller.abort();
    let options = Object::new();
    Reflect::set(&options, &"signal".into(), &controller.signal()).expect("a property");
    let arguments = js(&stage.create_arguments(json!({})));
    let ended = fetch().plan("create".into(), arguments, options.into()).await;
    assert_eq!(as_caught(&ended.expect_err("it was aborted"))["code"], "CANCELLED");
    let no_operation = fetch().plan(JsValue::from_str("explode"), js(&json!({})), JsValue::UNDEFINED).await;
    assert!(no_operation.is_err());
}

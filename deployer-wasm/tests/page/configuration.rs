//! A form's values and files, checked in the page before anything is sent.

use deployer::bindings::browser::Deployer;
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{as_caught, js, value};

const FILE: &str = "\
environments:
  development:
    app_name: tellr-dev
    workspace_path: /Workspace/Users/me@example.com/.apps/tellr-dev
    lakebase:
      database_name: tellr-db
      schema: app_data_dev
      capacity: CU_2
";

/// A deployer that asks nobody.
fn deployer() -> Deployer {
    Deployer::new(js(&json!({"kind": "fetch"}))).expect("a host")
}

/// What is wrong with arguments for `operation`.
fn problem(operation: &str, arguments: &Value) -> Option<Value> {
    let found = deployer().validate(js(arguments), operation.into()).expect("an answer");
    (!found.is_undefined()).then(|| value(&found))
}

#[wasm_bindgen_test]
fn a_wrong_value_is_told_with_its_key_and_what_would_be_right() {
    for (key, wrong) in [
        ("app_name", "Has Spaces"),
        ("schema_name", "app-data"),
        ("lakebase_compute", "CU_3"),
        ("app_compute", "TINY"),
        ("app_version", ">=1"),
        ("encryption_key", "short"),
    ] {
        let error = problem("create", &json!({key: wrong})).unwrap_or_else(|| panic!("{key}: {wrong}"));
        assert_eq!((&error["class"], &error["refused"]["key"]), (&json!("input"), &json!(key)), "{error:#}");
        assert!(error["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()), "{error:#}");
    }
    assert_eq!(problem("create", &json!({})), None, "everything has a default");
    assert_eq!(problem("create", &json!({"app_name": "tellr", "app_compute": "LARGE"})), None);
    assert!(problem("update", &json!({})).is_some(), "`update` needs to know what");
}

#[wasm_bindgen_test]
fn a_file_becomes_arguments_and_a_file_again() {
    let arguments = deployer().parse_yaml(FILE, Some("development".to_owned())).expect("a good file");
    let read: Value = value(&arguments);
    assert_eq!(read["app_name"], "tellr-dev");
    assert_eq!(read["lakebase_compute"], "CU_2");
    assert_eq!(read["app_compute"], "MEDIUM", "defaults are filled in");
    let written = deployer().to_yaml(arguments).expect("a file");
    let again: Value = value(&deployer().parse_yaml(&written, None).expect("its own file"));
    assert_eq!(again, read);
}

#[wasm_bindgen_test]
fn a_file_with_a_mistake_is_told_by_line_and_column() {
    let broken = FILE.replace("schema: app_data_dev", "schema: [app_data_dev");
    let error = as_caught(&deployer().parse_yaml(&broken, None).expect_err("it is broken"));
    assert_eq!(error["code"], "YAML_SYNTAX", "{error:#}");
    assert!(error["refused"]["line"].as_u64().is_some_and(|line| line >= 7), "{error:#}");
    assert!(error["refused"]["column"].as_u64().is_some(), "{error:#}");
}

#[wasm_bindgen_test]
fn what_is_no_host_is_a_type_error() {
    for wrong in [JsValue::NULL, JsValue::from_str("fetch"), js(&json!({"kind": "pigeon"}))] {
        let error = Deployer::new(wrong).err().expect("it is no host");
        let error = js_sys::TypeError::from(error);
        assert!(String::from(error.message()).contains("`request` and `schema`"));
    }
}

//! OpenAI's own Python client, unchanged, against the serving endpoints.

use std::path::Path;

use local_workspace::serving::behavior::{Behavior, Busy};
use reqwest::Method;
use serde_json::json;
use tokio::process::Command;

use crate::support::{ADA, BEN, Local};

const OPEN: &str = "databricks-gpt-oss-120b";

#[tokio::test]
async fn the_client_that_databricks_documents_works_unchanged() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the repository");
    let python = root.join(".venv/bin/python");
    assert!(
        python.is_file(),
        "there is no Python environment at {}; run `make setup-tests`",
        python.display()
    );
    let local = Local::start().await;
    let id = local.get(&format!("/api/2.0/serving-endpoints/{OPEN}")).await.ok()["id"].clone();
    let list = format!("/api/2.0/permissions/serving-endpoints/{}", id.as_str().expect("an id"));
    local
        .send(local.request_by(ADA, Method::PUT, &list).json(&json!({"access_control_list": []})))
        .await
        .ok();
    // The last call finds the other endpoint busy.
    let busy =
        Behavior { busy: Some(Busy { requests: 1, retry_after: Some("1".into()) }), ..Behavior::default() };
    local.set(|settings| drop(settings.serving.endpoints.insert(OPEN.to_owned(), busy)));
    let output = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openai_client/conversation.py"))
        .env_clear()
        .env("LOCAL_HOST", local.workspace.host())
        .env("LOCAL_TOKEN", local.workspace.token(ADA))
        .env("LOCAL_OTHER_TOKEN", local.workspace.token(BEN))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .kill_on_drop(true)
        .output()
        .await
        .expect("the interpreter; run `make setup-tests`");
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{}{}", told[0], told[1]);
    println!("{}", told[0].trim_end());
    assert!(told[0].starts_with("openai ") && told[0].contains(": 12 calls"), "{}", told[0]);
}

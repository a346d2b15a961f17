//! Deployments that start real processes.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::support::{Local, PATIENCE};

const SOURCE: &str = "/Workspace/Users/ada@example.com/tellr";
const DEPLOYMENTS: &str = "/api/2.0/apps/tellr/deployments";

/// Answers every request with its environment.
const APP: &str = r#"
import http.server, json, os

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(dict(os.environ)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.HTTPServer(("", int(os.environ["DATABRICKS_APP_PORT"])), Handler).serve_forever()
"#;

async fn upload(local: &Local, name: &str, content: &str) {
    let path = format!("{SOURCE}/{name}");
    let body = json!({"path": path, "content": BASE64.encode(content), "format": "AUTO", "overwrite": true});
    local.post("/api/2.0/workspace/import", body).await.ok();
}

/// An app with a secret and with source files.
async fn ready() -> (Local, Value) {
    let local = Local::start_with_processes().await;
    local.post("/api/2.0/secrets/scopes/create", json!({"scope": "s"})).await.ok();
    local.post("/api/2.0/secrets/put", json!({"scope": "s", "key": "k", "string_value": "hush"})).await.ok();
    local.post("/api/2.0/workspace/mkdirs", json!({"path": SOURCE})).await.ok();
    let manifest =
        "command: [python, app.py]\nenv:\n  - {name: KEY, valueFrom: key}\n  - {name: PLAIN, value: 7}\n";
    upload(&local, "app.yaml", manifest).await;
    upload(&local, "app.py", APP).await;
    let resources = json!([{"name": "key", "secret": {"scope": "s", "key": "k", "permission": "READ"}}]);
    let app = local.post("/api/2.0/apps", json!({"name": "tellr", "resources": resources})).await.ok();
    (local, app)
}

/// Deploys and waits for the end, as a deployer does.
async fn deploy(local: &Local, body: Value) -> Value {
    let deployment = local.post(DEPLOYMENTS, body).await.ok();
    let path = format!("{DEPLOYMENTS}/{}", deployment["deployment_id"].as_str().expect("an id"));
    let ended = async {
        loop {
            let status = local.get(&path).await.ok()["status"].clone();
            if status["state"] != "IN_PROGRESS" {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.expect("an end in time")
}

/// A request to an app, by a program that signed in as Ada.
fn visit(local: &Local, url: &str) -> reqwest::RequestBuilder {
    crate::support::client().get(url).bearer_auth(local.state().identities.mint_oauth("ada@example.com"))
}

async fn environment(local: &Local, app: &Value) -> Value {
    let url = app["url"].as_str().expect("a URL");
    local.send(visit(local, url)).await.ok()
}

#[tokio::test]
async fn an_app_finds_the_platforms_environment_and_its_resources() {
    let (local, app) = ready().await;
    assert_eq!(deploy(&local, json!({"source_code_path": SOURCE})).await["state"], "SUCCEEDED");
    let env = environment(&local, &app).await;
    assert_eq!(env["DATABRICKS_APP_NAME"], "tellr");
    assert_eq!(env["DATABRICKS_APP_URL"], app["url"]);
    assert_eq!(env["DATABRICKS_HOST"], local.workspace.host());
    assert_eq!(env["DATABRICKS_WORKSPACE_ID"], local.state().id.to_string());
    assert_eq!(env["DATABRICKS_CLIENT_ID"], app["service_principal_client_id"]);
    assert_eq!((&env["KEY"], &env["PLAIN"]), (&json!("hush"), &json!("7")));
    assert_eq!(env.get("DATABRICKS_TOKEN"), None);

    let (id, secret) = (env["DATABRICKS_CLIENT_ID"].as_str(), env["DATABRICKS_CLIENT_SECRET"].as_str());
    let request =
        local.request(reqwest::Method::POST, "/oidc/v1/token").basic_auth(id.expect("an id"), secret);
    local.send(request.form(&[("grant_type", "client_credentials")])).await.ok();
    local.workspace.shutdown().await;
}

#[tokio::test]
async fn the_request_overrides_the_manifest() {
    let (local, app) = ready().await;
    let body = json!({
        "source_code_path": SOURCE,
        "env_vars": [{"name": "PLAIN", "value_from": "key"}, {"name": "KEY", "value": "other"}],
    });
    assert_eq!(deploy(&local, body).await["state"], "SUCCEEDED");
    let env = environment(&local, &app).await;
    assert_eq!((&env["KEY"], &env["PLAIN"]), (&json!("other"), &json!("hush")));
    local.workspace.shutdown().await;
}

#[tokio::test]
async fn an_app_that_ends_at_once_fails_its_deployment_and_the_old_one_stays() {
    let (local, app) = ready().await;
    deploy(&local, json!({"source_code_path": SOURCE})).await;
    upload(&local, "app.py", "raise SystemExit('no database')\n").await;
    let failed = deploy(&local, json!({"source_code_path": SOURCE})).await;
    assert_eq!(failed["state"], "FAILED");
    let message = failed["message"].as_str().expect("a message");
    assert!(message.starts_with("Error deploying app:") && message.contains("no database"), "{message}");
    let logs = local.get("/__local/apps/tellr/logs").await.text;
    assert!(logs.contains("no database"), "{logs}");
    environment(&local, &app).await;
    local.workspace.shutdown().await;
}

#[tokio::test]
async fn a_stopped_app_does_not_answer_and_comes_back_with_its_last_good_source() {
    let (local, app) = ready().await;
    deploy(&local, json!({"source_code_path": SOURCE})).await;
    local.post("/api/2.0/apps/tellr/stop", json!({})).await.ok();
    let url = app["url"].as_str().expect("a URL");
    let stopped = local.send(visit(&local, url)).await;
    assert_eq!(stopped.status.as_u16(), 503);
    upload(&local, "app.py", "raise SystemExit('not this one')\n").await;
    local.post("/api/2.0/apps/tellr/start", json!({})).await.ok();
    let up = async {
        while local.get("/api/2.0/apps/tellr").await.ok()["app_status"]["state"] != "RUNNING" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, up).await.expect("a running app");
    environment(&local, &app).await;
    local.workspace.shutdown().await;
}

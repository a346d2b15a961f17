//! Deployments: what they need, and what becomes of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use local_workspace::settings::{AppAnswer, DeploymentOutcome, HealthChecks};
use serde_json::{Value, json};

use crate::support::Local;

const DEPLOYMENTS: &str = "/api/2.0/apps/tellr/deployments";
const SOURCE: &str = "/Workspace/Users/ada@example.com/tellr";
const MANIFEST: &str = "command: [python, app.py]\nenv:\n  - name: KEY\n    valueFrom: key\n";

async fn upload(local: &Local, name: &str, content: &str) {
    let path = format!("{SOURCE}/{name}");
    let body = json!({"path": path, "content": BASE64.encode(content), "format": "AUTO", "overwrite": true});
    local.post("/api/2.0/workspace/import", body).await.ok();
}

/// A running app on a virtual clock, with a secret and with source files.
async fn ready(manifest: &str) -> Local {
    let local = Local::start_virtual().await;
    local.post("/api/2.0/secrets/scopes/create", json!({"scope": "s"})).await.ok();
    local.post("/api/2.0/secrets/put", json!({"scope": "s", "key": "k", "string_value": "v"})).await.ok();
    local.post("/api/2.0/workspace/mkdirs", json!({"path": SOURCE})).await.ok();
    upload(&local, "app.yaml", manifest).await;
    let resources = json!([{"name": "key", "secret": {"scope": "s", "key": "k", "permission": "READ"}}]);
    local.post("/api/2.0/apps", json!({"name": "tellr", "resources": resources})).await.ok();
    local.pass_ms(120_000);
    local
}

async fn deploy(local: &Local) -> Value {
    local.post(DEPLOYMENTS, json!({"source_code_path": SOURCE})).await.ok()
}

async fn look(local: &Local, deployment: &Value) -> Value {
    let id = deployment["deployment_id"].as_str().expect("an id");
    local.get(&format!("{DEPLOYMENTS}/{id}")).await.ok()
}

async fn app(local: &Local) -> Value {
    local.get("/api/2.0/apps/tellr").await.ok()
}

#[tokio::test]
async fn a_deployment_is_pending_then_active() {
    let local = ready(MANIFEST).await;
    let deployment = deploy(&local).await;
    assert_eq!(deployment["status"]["state"], "IN_PROGRESS");
    let pending = app(&local).await;
    assert_eq!(pending["pending_deployment"]["deployment_id"], deployment["deployment_id"]);
    assert_eq!(pending["app_status"]["state"], "DEPLOYING");
    local.pass_ms(15_000);
    assert_eq!(look(&local, &deployment).await["status"]["state"], "SUCCEEDED");
    let active = app(&local).await;
    assert_eq!(active["active_deployment"]["deployment_id"], deployment["deployment_id"]);
    assert_eq!(active.get("pending_deployment"), None);
    assert_eq!(active["app_status"]["state"], "RUNNING");
    assert_eq!(active["default_source_code_path"], SOURCE);
}

#[tokio::test]
async fn only_one_deployment_runs_at_a_time() {
    let local = ready(MANIFEST).await;
    deploy(&local).await;
    let second = local.post(DEPLOYMENTS, json!({"source_code_path": SOURCE})).await;
    let wanted = "Cannot deploy app tellr as there is an active deployment in progress";
    assert_eq!(second.refusal(), (400, "BAD_REQUEST", wanted));
    let update = local.patch("/api/2.0/apps/tellr", json!({"description": "x"})).await;
    assert_eq!(update.refusal().2, "Cannot update app tellr as there is a pending deployment in progress");
    local.pass_ms(15_000);
    deploy(&local).await;
    let list = local.get(DEPLOYMENTS).await.ok();
    assert_eq!(list["app_deployments"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn compute_must_run_and_the_source_must_be_there() {
    let local = ready(MANIFEST).await;
    let missing =
        local.post(DEPLOYMENTS, json!({"source_code_path": "/Workspace/Users/ada@example.com/no"})).await;
    assert!(missing.refusal().2.starts_with("Invalid source code path /Workspace/Users/ada@example.com/no"));
    let none = local.post(DEPLOYMENTS, json!({})).await;
    assert_eq!(none.refusal().1, "INVALID_PARAMETER_VALUE");
    local.post("/api/2.0/apps/tellr/stop", json!({})).await.ok();
    let stopped = local.post(DEPLOYMENTS, json!({"source_code_path": SOURCE})).await;
    assert_eq!(stopped.refusal().2, "Cannot deploy app tellr as it is not in RUNNING state");
}

#[tokio::test]
async fn a_manifest_that_cannot_be_read_or_resolved_fails_the_deployment() {
    for (manifest, part) in [
        ("command: python app.py\n", "error reading app.yaml file"),
        ("command: [a]\nenv:\n  - name: X\n", "environment variable X needs either value or valueFrom"),
        ("env:\n  - name: X\n    valueFrom: nowhere\n", "resource nowhere"),
    ] {
        let local = ready(manifest).await;
        let deployment = deploy(&local).await;
        local.pass_ms(15_000);
        let failed = look(&local, &deployment).await;
        assert_eq!(failed["status"]["state"], "FAILED");
        let message = failed["status"]["message"].as_str().expect("a message");
        assert!(message.starts_with("Error deploying app:") && message.contains(part), "{message}");
        assert_eq!(app(&local).await.get("active_deployment"), None);
    }
}

#[tokio::test]
async fn undocumented_system_keys_do_not_fail_a_deployment() {
    let env = "env:\n  - {name: H, valueFrom: system.databricks_host}\n  - {name: T, valueFrom: system.databricks_token}\n";
    let local = ready(env).await;
    let deployment = deploy(&local).await;
    local.pass_ms(15_000);
    assert_eq!(look(&local, &deployment).await["status"]["state"], "SUCCEEDED");
}

#[tokio::test]
async fn a_source_file_of_more_than_ten_mebibytes_fails_the_deployment() {
    let local = ready(MANIFEST).await;
    local.set(|settings| settings.quotas.max_import_bytes = usize::MAX);
    upload(&local, "big.bin", &"x".repeat(10_485_761)).await;
    let deployment = deploy(&local).await;
    local.pass_ms(15_000);
    let failed = look(&local, &deployment).await;
    assert_eq!(failed["status"]["state"], "FAILED");
    assert_eq!(
        failed["status"]["message"],
        "Error deploying app: big.bin: File is larger than 10485760 bytes"
    );
}

#[tokio::test]
async fn a_failed_deployment_leaves_the_one_before_active() {
    let local = ready(MANIFEST).await;
    let good = deploy(&local).await;
    local.pass_ms(15_000);
    upload(&local, "app.yaml", "command: 1\n").await;
    deploy(&local).await;
    local.pass_ms(15_000);
    assert_eq!(app(&local).await["active_deployment"]["deployment_id"], good["deployment_id"]);
}

#[tokio::test]
async fn values_of_environment_variables_are_not_shown() {
    let local = ready(MANIFEST).await;
    let body = json!({
        "source_code_path": SOURCE,
        "env_vars": [{"name": "A", "value": "hush"}, {"name": "B", "value_from": "key"}],
    });
    let deployment = local.post(DEPLOYMENTS, body).await.ok();
    let shown = look(&local, &deployment).await;
    assert_eq!(shown["env_vars"], json!([{"name": "A"}, {"name": "B"}]));
}

async fn deploy_checked(local: &Local, check: &Value) -> Value {
    local.post(DEPLOYMENTS, json!({"source_code_path": SOURCE, "health_check": check})).await.ok()
}

#[tokio::test]
async fn a_health_check_decides_and_is_told() {
    let local = ready(MANIFEST).await;
    let check = json!({"path": "/api/ready", "timeout": "90s"});
    let good = deploy_checked(&local, &check).await;
    assert_eq!(good["health_check"], check);
    local.pass_ms(15_000);
    let shown = look(&local, &good).await;
    assert_eq!((&shown["status"]["state"], &shown["health_check"]), (&json!("SUCCEEDED"), &check));

    let settle = async |change: &dyn Fn(&mut local_workspace::settings::Settings)| {
        local.set(|settings| change(settings));
        let deployment = deploy_checked(&local, &check).await;
        local.pass_ms(15_000);
        look(&local, &deployment).await["status"].clone()
    };
    let sick = AppAnswer { status: 500, body: json!({}) };
    let fail = |settings: &mut local_workspace::settings::Settings| {
        settings.outcomes.app_answers.insert("/api/ready".to_owned(), sick.clone());
    };
    let failed = settle(&fail).await;
    assert_eq!(failed["state"], "FAILED");
    let wanted = "Error deploying app: the health check did not pass within 90 seconds: GET /api/ready must answer with a status of 200 to 299, it answered 500";
    assert_eq!(failed["message"], wanted);
    assert_eq!(app(&local).await["active_deployment"]["deployment_id"], good["deployment_id"]);
    let another = |settings: &mut local_workspace::settings::Settings| {
        settings.outcomes.app_answers.clear();
        settings.outcomes.unhealthy_sources = vec!["valueFrom: another".to_owned()];
    };
    assert_eq!(settle(&another).await["state"], "SUCCEEDED", "no source file has this text");
    let key = |settings: &mut local_workspace::settings::Settings| {
        settings.outcomes.unhealthy_sources = vec!["valueFrom: key".to_owned()];
    };
    let named = settle(&key);
    assert_eq!(named.await["state"], "FAILED");
}

#[tokio::test]
async fn a_health_check_that_cannot_be_read_is_refused() {
    let local = ready(MANIFEST).await;
    for (check, part) in [
        (json!({"path": "api/ready"}), "health_check.path"),
        (json!({}), "health_check.path"),
        (json!({"path": "/a b"}), "health_check.path"),
        (json!({"path": "/", "timeout": 30}), "health_check.timeout"),
        (json!({"path": "/", "timeout": "0s"}), "health_check.timeout"),
        (json!("/"), "health_check must be an object"),
    ] {
        let answer =
            local.post(DEPLOYMENTS, json!({"source_code_path": SOURCE, "health_check": check})).await;
        let (status, _, message) = answer.refusal();
        assert!(status == 400 && message.contains(part), "{message}");
    }
    let none = local.get(DEPLOYMENTS).await.ok();
    assert_eq!(none.get("app_deployments"), None, "nothing was deployed");
}

#[tokio::test]
async fn a_workspace_may_not_know_health_checks_yet() {
    let local = ready(MANIFEST).await;
    let check = json!({"path": "/api/ready", "timeout": "90s"});
    local.set(|settings| {
        settings.features.health_checks = HealthChecks::Refused;
        settings.outcomes.unhealthy_sources = vec!["valueFrom: key".to_owned()];
    });
    let body = json!({"source_code_path": SOURCE, "health_check": check});
    let refused = local.post(DEPLOYMENTS, body).await;
    assert_eq!(refused.refusal().1, "INVALID_PARAMETER_VALUE");
    assert!(refused.refusal().2.contains("unknown field 'health_check'"), "{}", refused.refusal().2);
    local.set(|settings| settings.features.health_checks = HealthChecks::Ignored);
    let deployment = deploy_checked(&local, &check).await;
    assert_eq!(deployment.get("health_check"), None);
    local.pass_ms(15_000);
    assert_eq!(look(&local, &deployment).await["status"]["state"], "SUCCEEDED");
}

#[tokio::test]
async fn scripted_endings_are_told_with_their_messages() {
    let local = ready(MANIFEST).await;
    let settled = |outcome: DeploymentOutcome| {
        local.set(|settings| settings.outcomes.deployment = outcome);
        let local = &local;
        async move {
            let deployment = deploy(local).await;
            local.pass_ms(15_000);
            look(local, &deployment).await["status"].clone()
        }
    };
    let failed = DeploymentOutcome::Failed {
        message: "pip failed".to_owned(),
        logs: vec!["no such wheel".to_owned()],
    };
    assert_eq!(settled(failed).await, json!({"state": "FAILED", "message": "pip failed"}));
    let logs = local.get("/__local/apps/tellr/logs").await;
    assert!(logs.text.contains("no such wheel"), "{}", logs.text);
    let cancelled = DeploymentOutcome::Cancelled { message: "by an administrator".to_owned() };
    assert_eq!(settled(cancelled).await["state"], "CANCELLED");
    let crash = DeploymentOutcome::CrashAfterSuccess { message: "exit status 1".to_owned() };
    assert_eq!(settled(crash).await["state"], "SUCCEEDED");
    assert_eq!(app(&local).await["app_status"], json!({"state": "CRASHED", "message": "exit status 1"}));
    assert_eq!(settled(DeploymentOutcome::Never).await["state"], "IN_PROGRESS");
}

#[tokio::test]
async fn a_start_brings_the_last_deployment_up_again_by_itself() {
    let local = ready(MANIFEST).await;
    let first = deploy(&local).await;
    local.pass_ms(15_000);
    local.post("/api/2.0/apps/tellr/stop", json!({})).await.ok();
    local.pass_ms(15_000);
    assert_eq!(app(&local).await.get("active_deployment"), None);
    local.post("/api/2.0/apps/tellr/start", json!({})).await.ok();
    local.pass_ms(120_000);
    let refused = local.post(DEPLOYMENTS, json!({"source_code_path": SOURCE})).await;
    assert_eq!(refused.refusal().2, "Cannot deploy app tellr as there is an active deployment in progress");
    local.pass_ms(15_000);
    let again = app(&local).await;
    assert_eq!(again["active_deployment"]["source_code_path"], SOURCE);
    assert_ne!(again["active_deployment"]["deployment_id"], first["deployment_id"]);
}

#[tokio::test]
async fn stopping_cancels_what_is_under_way() {
    let local = ready(MANIFEST).await;
    let deployment = deploy(&local).await;
    local.post("/api/2.0/apps/tellr/stop", json!({})).await.ok();
    assert_eq!(look(&local, &deployment).await["status"]["state"], "CANCELLED");
}

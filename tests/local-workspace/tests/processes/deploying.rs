//! What becomes of source files.

use std::time::Duration;

use local_workspace::Options;
use local_workspace::platform::LogSource;
use reqwest::Method;
use serde_json::json;

use crate::support::{Local, PATIENCE};

#[tokio::test]
async fn an_app_runs_in_an_environment_of_its_own() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let told = local.ask(local.visit("/")).await;
    assert_eq!(told["version"], "one");
    assert_eq!(told["folder"], json!(["app.yaml", "server.py"]));
    let environment = &told["environment"];
    assert_eq!(environment["DATABRICKS_APP_NAME"], "tellr");
    assert_eq!(environment["DATABRICKS_HOST"], local.workspace.host());
    assert!(environment["DATABRICKS_CLIENT_SECRET"].is_string());
    assert_eq!(environment.get("DATABRICKS_TOKEN"), None);
    assert_eq!(environment.get("CARGO_MANIFEST_DIR"), None, "nothing of ours");
    assert_eq!(told["python"], environment["VIRTUAL_ENV"]);
    let port = environment["DATABRICKS_APP_PORT"].as_str().expect("a port");
    assert!(local.has_logged(&format!("listening one with {port}")), "{:?}", local.logs());
    let app = local.call(Method::GET, "apps/tellr", json!({})).await;
    assert_eq!(app["app_status"]["state"], "RUNNING");
}

#[tokio::test]
async fn a_new_version_takes_over_and_the_old_one_is_told_to_end() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let url = local.url("/");
    local.deploy_version("two").await;
    assert_eq!(local.url("/"), url);
    assert_eq!(local.ask(local.visit("/")).await["version"], "two");
    assert!(local.has_logged("goodbye from one"), "{:?}", local.logs());
}

#[tokio::test]
async fn a_version_that_does_not_come_up_leaves_the_old_one_running() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    local.upload("server.py", "print('cannot go on')\nraise SystemExit(7)\n").await;
    let status = local.deploy().await;
    assert_eq!(status["state"], "FAILED");
    let message = status["message"].as_str().expect("a message");
    assert!(message.contains("exited with code 7"), "{message}");
    assert!(message.contains("cannot go on"), "{message}");
    assert_eq!(local.ask(local.visit("/")).await["version"], "one");
}

#[tokio::test]
async fn an_app_that_never_answers_fails() {
    let options = Options { app_start_limit: Duration::from_secs(1), ..Options::default() };
    let local = Local::start(options).await;
    local.call(Method::POST, "apps", json!({"name": "tellr"})).await;
    local.upload("main.py", "import time\ntime.sleep(600)\n").await;
    let status = local.deploy().await;
    assert_eq!(status["state"], "FAILED");
    let message = status["message"].as_str().expect("a message");
    assert!(message.contains("did not answer on DATABRICKS_APP_PORT"), "{message}");
}

#[tokio::test]
async fn a_deployment_succeeds_when_its_health_check_is_answered_with_2xx() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let check = |path: &str, timeout: &str| json!({"health_check": {"path": path, "timeout": timeout}});
    // The first answer is 503, the next 200.
    let status = local.deploy_with(check("/healthy-at-last", "60s")).await;
    assert_eq!(status["state"], "SUCCEEDED", "{status} {:?}", local.logs());

    local.upload("app.yaml", "command: [python, server.py, $DATABRICKS_APP_PORT]\n").await;
    let status = local.deploy_with(check("/never-healthy", "1s")).await;
    assert_eq!(status["state"], "FAILED");
    let wanted = "Error deploying app: the health check did not pass within 1 seconds: GET /never-healthy must answer with a status of 200 to 299, it answered 503";
    assert_eq!(status["message"], wanted);
    assert_eq!(local.ask(local.visit("/")).await["version"], "one", "the version before still runs");
}

#[tokio::test]
async fn a_requirement_that_cannot_be_had_is_named() {
    let local = Local::with_app(json!({})).await;
    local.upload("main.py", "").await;
    local.upload("requirements.txt", "./no-such-package-1.0-py3-none-any.whl\n").await;
    let status = local.deploy().await;
    assert_eq!(status["state"], "FAILED");
    let message = status["message"].as_str().expect("a message");
    assert!(message.contains("requirements.txt"), "{message}");
    assert!(message.contains("no-such-package"), "{message}");
    assert!(local.logs().iter().any(|line| line.source == LogSource::Build), "{:?}", local.logs());
}

/// A workspace with an app, and a wheel called `greeting` at hand.
async fn with_wheel() -> (Local, tempfile::TempDir) {
    let wheels = tempfile::tempdir().expect("a folder");
    let script = concat!(
        "import sys, zipfile\n",
        "with zipfile.ZipFile(sys.argv[1], 'w') as wheel:\n",
        "    wheel.writestr('greeting.py', 'TEXT = \"hello from the wheel\"')\n",
        "    wheel.writestr('greeting-1.0.dist-info/METADATA',\n",
        "        'Metadata-Version: 2.1\\nName: greeting\\nVersion: 1.0\\n')\n",
        "    wheel.writestr('greeting-1.0.dist-info/WHEEL',\n",
        "        'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n",
        "    wheel.writestr('greeting-1.0.dist-info/RECORD', '')\n",
    );
    let made = tokio::process::Command::new("python3")
        .args(["-c", script])
        .arg(wheels.path().join("greeting-1.0-py3-none-any.whl"))
        .status()
        .await
        .expect("python");
    assert!(made.success());
    let options = Options { wheels: Some(wheels.path().to_path_buf()), ..Options::default() };
    let local = Local::start(options).await;
    local.call(Method::POST, "apps", json!({"name": "tellr"})).await;
    (local, wheels)
}

#[tokio::test]
async fn a_local_wheel_is_installed() {
    let (local, _wheels) = with_wheel().await;
    // Without `--no-index` pip would ask the machine's index too, which this test has no use for.
    local.upload("requirements.txt", "--no-index\ngreeting==1.0\n").await;
    let server = format!("import greeting\nprint(greeting.TEXT, flush=True)\n{}", crate::support::APP);
    local.upload("main.py", &server).await;
    let status = local.deploy().await;
    assert_eq!(status["state"], "SUCCEEDED", "{status} {:?}", local.logs());
    assert!(local.has_logged("hello from the wheel"), "{:?}", local.logs());
}

#[tokio::test]
async fn an_app_that_installs_something_itself_changes_its_own_environment() {
    let (local, _wheels) = with_wheel().await;
    let command =
        "pip install --no-index greeting==1.0 && python -m pip show greeting && exec python main.py";
    local.upload("app.yaml", &format!("command: [sh, -c, '{command}']\n")).await;
    let server = format!("import greeting\nprint(greeting.__file__, flush=True)\n{}", crate::support::APP);
    local.upload("main.py", &server).await;
    let status = local.deploy().await;
    assert_eq!(status["state"], "SUCCEEDED", "{status} {:?}", local.logs());
    let told = local.ask(local.visit("/")).await;
    let environment = told["environment"]["VIRTUAL_ENV"].as_str().expect("a folder");
    assert!(local.has_logged(&format!("{environment}/lib/")), "{:?}", local.logs());
}

#[tokio::test]
async fn a_crash_is_seen_and_said() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let answer = local.visit("/crash").send().await.expect("an answer");
    assert_eq!(answer.status(), 502);
    let crashed = async {
        loop {
            let app = local.call(Method::GET, "apps/tellr", json!({})).await;
            if app["app_status"]["state"] == "CRASHED" {
                return app["app_status"]["message"].as_str().expect("a message").to_owned();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let message = tokio::time::timeout(PATIENCE, crashed).await.expect("the crash is seen");
    assert!(message.contains("exited with code 3"), "{message}");
    assert!(message.contains("about to crash"), "{message}");
    let page = local.visit("/").send().await.expect("an answer");
    assert_eq!(page.status(), 502);
    assert!(page.text().await.expect("a page").contains("about to crash"));
}

#[tokio::test]
async fn a_stopped_app_is_told_to_end_and_keeps_its_url() {
    let local = Local::with_app(json!({})).await;
    let page = local.visit("/").send().await.expect("an answer");
    assert_eq!(page.status(), 503);
    assert!(page.text().await.expect("a page").contains("App not available"));
    local.deploy_version("one").await;
    local.call(Method::POST, "apps/tellr/stop", json!({})).await;
    assert!(local.has_logged("goodbye from one"), "{:?}", local.logs());
    let page = local.visit("/").send().await.expect("an answer");
    assert_eq!(page.status(), 503);
}

//! A deployment that fails, or an app that crashes, is told with the last lines of the app's log.

use std::process::Stdio;

use deployer::config::CreateArguments;
use deployer::error::DeployError;
use end_to_end::kill;
use end_to_end::stage::{ADA, Stage};
use local_workspace::pace::Pace;
use local_workspace::settings::{AppAnswer, DeploymentOutcome, HealthChecks};
use local_workspace::{LocalWorkspace, Options};
use serde_json::{Value, json};
use tokio::process::Command;

const SECRET: &str = "dapi0123456789abcdef0123456789abcdef";

/// `create` that fails under this outcome, with an OAuth token unless it is to be a personal one.
async fn fails(stage: &Stage, outcome: DeploymentOutcome, personal: bool) -> DeployError {
    stage.set(|settings| settings.outcomes.deployment = outcome);
    let oauth = stage.workspace.control().identities.mint_oauth(ADA);
    let host = stage.host_with(if personal { stage.workspace.token(ADA) } else { &oauth });
    stage.create_on(&host, CreateArguments::default()).await.expect_err("it fails")
}

fn logged() -> Vec<String> {
    let mut lines: Vec<String> = (0..100).map(|number| format!("line {number}")).collect();
    lines.push(format!("\u{1b}[31mcannot connect\u{1b}[0m with {SECRET}\u{7}"));
    lines.push(String::new());
    lines
}

#[tokio::test]
async fn a_failed_deployment_shows_the_last_lines_without_secrets_and_control_characters() {
    let stage = Stage::with(Pace::none()).await;
    let outcome = DeploymentOutcome::Failed { message: "App did not start.".into(), logs: logged() };
    let error = fails(&stage, outcome, false).await;
    assert_eq!(error.code, "DEPLOYMENT_FAILED");
    assert_eq!(error.log.last().map(String::as_str), Some("cannot connect with [hidden]"));
    // The empty line is left out, and the last twenty others are shown.
    assert_eq!((error.log.len(), error.log[0].as_str()), (20, "line 81"));
    stage.end().await;
}

#[tokio::test]
async fn an_app_that_crashes_or_is_not_ready_shows_them_too() {
    let stage = Stage::with(Pace::none()).await;
    let outcome = DeploymentOutcome::CrashAfterSuccess { message: "app crashed: exit code 3".into() };
    stage.set(|settings| settings.outcomes.deployment = outcome.clone());
    // A name that is known once the app is there; its log is that of its life.
    stage.create(CreateArguments::default()).await.expect_err("it crashes");
    stage.workspace.control().platform.append_logs("tellr", &["Traceback: no module".to_owned()]);
    let error = fails(&stage, outcome, false).await;
    assert_eq!(
        (error.code.as_str(), error.log.as_slice()),
        ("APP_CRASHED", ["Traceback: no module".to_owned()].as_slice())
    );

    let answer = AppAnswer { status: 503, body: json!({"ready": false}) };
    stage.set(|settings| {
        settings.features.health_checks = HealthChecks::Ignored;
        settings.outcomes.app_answers.insert("/api/ready".to_owned(), answer);
    });
    let error = fails(&stage, DeploymentOutcome::Real, false).await;
    assert_eq!((error.code.as_str(), error.log.len()), ("APP_NOT_READY", 1), "{error:#?}");
    stage.end().await;
}

#[tokio::test]
async fn where_the_log_can_not_be_read_the_error_says_where_it_is() {
    let stage = Stage::with(Pace::none()).await;
    let outcome = DeploymentOutcome::Failed { message: "App did not start.".into(), logs: logged() };
    // An app's URL takes no personal token.
    let error = fails(&stage, outcome, true).await;
    assert_eq!(error.code, "DEPLOYMENT_FAILED");
    assert!(error.log.is_empty(), "{:?}", error.log);
    let url = stage.workspace.control().platform.url("tellr").expect("the app's URL");
    assert!(error.remedy.contains(&format!("{url}/logz")), "{}", error.remedy);
    stage.end().await;
}

/// The app's package, whose program prepares a database and then serves nothing.
const PACKAGE: &str = r#"
import sys, zipfile

PROGRAM = '''#!python
import os, sys
if sys.argv[1] == "init-database":
    sys.exit()
print("reading the settings", flush=True)
print("\x1b[31mkey", os.environ["GOOGLE_OAUTH_ENCRYPTION_KEY"], "\x1b[0mrefused", file=sys.stderr)
sys.exit(3)
'''
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    program = zipfile.ZipInfo("tellr_app-7.0.0.data/scripts/tellr-app")
    program.external_attr = 0o100755 << 16
    wheel.writestr(program, PROGRAM)
    wheel.writestr("tellr_app-7.0.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tellr-app\nVersion: 7.0.0\n")
    wheel.writestr("tellr_app-7.0.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr("tellr_app-7.0.0.dist-info/RECORD", "")
"#;

/// `tellr-app deploy create` of that package; what it printed.
async fn create(workspace: &LocalWorkspace, flags: &[&str]) -> String {
    let wheel = workspace.control().dir.join("tellr_app-7.0.0-py3-none-any.whl");
    let made = Command::new("python3").args(["-c", PACKAGE]).arg(&wheel).status().await.expect("python");
    assert!(made.success());
    let mut create = Command::new(kill::program());
    create.args(["deploy", "create", "--local-wheel-path"]).arg(&wheel).args(flags).env_clear();
    create.env("DATABRICKS_HOST", workspace.host());
    create.env("DATABRICKS_TOKEN", workspace.control().identities.mint_oauth(ADA));
    create.env("PGSSLROOTCERT", workspace.control().dir.join("ca.pem"));
    let output = create.stdin(Stdio::null()).output().await.expect("the program runs");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    text
}

#[tokio::test]
async fn the_command_line_shows_why_a_real_app_did_not_start() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let workspace = LocalWorkspace::start(Options::default()).await.expect("a workspace");
    let text = create(&workspace, &[]).await;
    let (_, log) = text.split_once("  Last lines of the log:\n").unwrap_or_else(|| panic!("{text}"));
    assert!(log.contains("  | reading the settings\n"), "{text}");
    assert!(log.contains("  | key [hidden] refused\n"), "{text}");
    assert!(text.contains("exited with code 3") && text.contains("/logz"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");

    let text = create(&workspace, &["--json"]).await;
    let last: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
    let log = last["error"]["log"].as_array().unwrap_or_else(|| panic!("{last}"));
    // Only the lines of this deployment: the first one has written the same.
    let lines = log.iter().filter(|line| **line == json!("reading the settings"));
    assert_eq!(lines.count(), 1, "{last}");
    workspace.shutdown().await;
}

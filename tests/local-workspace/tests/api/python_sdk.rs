//! Databricks' own Python SDK, unchanged, against the workspace, in three versions.
//!
//! The oldest is the one that the notebook package allows, the newest the one that tests use
//! elsewhere too; setup installs each into an environment of its own.

use std::path::{Path, PathBuf};

use local_workspace::genie::{Answer, ScriptedAnswer};
use local_workspace::identity::Right;
use local_workspace::platform::AppsMode;
use local_workspace::settings::SignInAnswer;
use local_workspace::{LocalWorkspace, Options};
use tokio::process::Command;

use crate::support::{ADA, BEN};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the repository")
}

/// The text in quotes or behind `==` that pins or bounds the SDK in a file.
fn version_in(file: &str, before: &str) -> String {
    let text = std::fs::read_to_string(root().join(file)).expect(file);
    let rest = text.split(before).nth(1).unwrap_or_else(|| panic!("{file} has no {before}"));
    rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect()
}

/// Lets the SDK in this environment say everything, and returns how many calls of how many methods
/// there were.
async fn conversation(environment: &str, version: &str) -> (usize, usize) {
    let python: PathBuf = root().join(environment).join("bin/python");
    assert!(
        python.is_file(),
        "there is no Python environment at {}; run `make setup-tests`",
        python.display()
    );
    let options = Options { apps: AppsMode::Scripted, ..Options::default() };
    let workspace = LocalWorkspace::start(options).await.expect("a workspace");
    let (robot, secret) = workspace.control().identities.add_service_principal("robot", Right::of_app());
    workspace
        .control()
        .settings
        .update(|settings| settings.sign_in.answer = SignInAnswer::As(BEN.to_owned()));
    // The SDK sleeps for a second and longer between polls.
    workspace.control().settings.update(|settings| {
        settings.genie.statuses.clear();
        settings.genie.answers.push(ScriptedAnswer {
            question: "please fail".to_owned(),
            times: None,
            stays: None,
            answer: Answer::Failed {
                kind: "GENERIC_CHAT_COMPLETION_EXCEPTION".to_owned(),
                error: "no".to_owned(),
            },
        });
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python_sdk/conversation.py");
    let output = Command::new(python)
        .arg(script)
        .env_clear()
        .env("LOCAL_HOST", workspace.host())
        .env("LOCAL_TOKEN", workspace.token(ADA))
        .env("LOCAL_OTHER_TOKEN", workspace.token(BEN))
        .env("LOCAL_CLIENT_ID", robot.user_name)
        .env("LOCAL_CLIENT_SECRET", secret)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .kill_on_drop(true)
        .output()
        .await
        .expect("the interpreter; run `make setup-tests`");
    workspace.shutdown().await;
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{}{}", told[0], told[1]);
    println!("{}", told[0].trim_end());
    let counted = told[0].strip_prefix(&format!("databricks-sdk {version}: ")).unwrap_or_default();
    let words: Vec<&str> = counted.split_whitespace().collect();
    match words.as_slice() {
        [calls, "calls", "of", methods, "methods"] => {
            (calls.parse().expect("a number"), methods.parse().expect("a number"))
        }
        _ => panic!("not what the SDK {version} tells at the end: {}{}", told[0], told[1]),
    }
}

#[tokio::test]
async fn the_oldest_sdk_works_unchanged() {
    let version = version_in("widget/pyproject.toml", "\"databricks-sdk>=");
    let pinned = version_in("tests/local-workspace/tests/python_sdk/requirements-oldest.txt", "sdk==");
    assert_eq!(
        pinned,
        format!("{version}.0"),
        "the oldest version that is tested is the one that is allowed"
    );
    let (calls, methods) = conversation(".cache/python-sdk/oldest", &pinned).await;
    assert!(calls >= 270 && methods >= 125, "{calls} calls of {methods} methods");
}

#[tokio::test]
async fn an_sdk_in_between_works_unchanged() {
    let pinned = version_in("tests/local-workspace/tests/python_sdk/requirements-middle.txt", "sdk==");
    let (calls, methods) = conversation(".cache/python-sdk/middle", &pinned).await;
    assert!(calls >= 300 && methods >= 145, "{calls} calls of {methods} methods");
}

#[tokio::test]
async fn the_newest_sdk_works_unchanged() {
    let pinned = version_in("tests/requirements.txt", "databricks-sdk==");
    let (calls, methods) = conversation(".venv", &pinned).await;
    assert!(calls >= 300 && methods >= 145, "{calls} calls of {methods} methods");
}

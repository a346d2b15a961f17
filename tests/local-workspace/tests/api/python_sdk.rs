//! Databricks' own Python SDK, unchanged, against the workspace.

use std::path::{Path, PathBuf};

use local_workspace::identity::Right;
use local_workspace::platform::AppsMode;
use local_workspace::settings::SignInAnswer;
use local_workspace::{LocalWorkspace, Options};
use tokio::process::Command;

use crate::support::{ADA, BEN};

fn interpreter() -> PathBuf {
    if let Some(named) = std::env::var_os("TELLR_TEST_PYTHON") {
        return PathBuf::from(named);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the repository");
    let python = root.join(".venv/bin/python");
    assert!(python.is_file(), "there is no Python environment at {}; run `make setup`", python.display());
    python
}

#[tokio::test]
async fn the_sdk_works_unchanged() {
    let options = Options { apps: AppsMode::Scripted, ..Options::default() };
    let workspace = LocalWorkspace::start(options).await.expect("a workspace");
    let (robot, secret) = workspace.control().identities.add_service_principal("robot", Right::of_app());
    workspace
        .control()
        .settings
        .update(|settings| settings.sign_in.answer = SignInAnswer::As(BEN.to_owned()));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python_sdk/conversation.py");
    let output = Command::new(interpreter())
        .arg(script)
        .env_clear()
        .env("LOCAL_HOST", workspace.host())
        .env("LOCAL_TOKEN", workspace.token(ADA))
        .env("LOCAL_OTHER_TOKEN", workspace.token(BEN))
        .env("LOCAL_CLIENT_ID", robot.user_name)
        .env("LOCAL_CLIENT_SECRET", secret)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .await
        .expect("the interpreter; run `make setup`");
    workspace.shutdown().await;
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{}{}", told[0], told[1]);
    assert!(told[0].ends_with("all said\n"), "{}", told[0]);
}

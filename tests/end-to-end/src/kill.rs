//! Runs deployers as real processes of the command line, and kills them.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use local_workspace::faults::{Action, Rule, When};
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::stage::{ADA, Stage};

/// The outcome for a process that is to be killed at one of its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was killed at the request.
    Killed,
    /// It ended before it had sent so many requests.
    Finished,
}

/// The command line's program. Cargo builds it beside the tests only when the whole workspace is built, so
/// a missing file gets a message that says what to do.
pub fn program() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let program = test.parent().and_then(|deps| deps.parent()).map(|folder| folder.join("tellr-app"));
    let program = program.filter(|program| program.is_file());
    program.unwrap_or_else(|| panic!("`tellr-app` is not built; run `cargo build --workspace --bins` first"))
}

/// `tellr-app deploy <operation>` as Ada, without flags.
pub fn deploy(stage: &Stage, operation: &str) -> Command {
    let mut command = Command::new(program());
    command
        .args(["deploy", operation])
        .env_clear()
        .env("DATABRICKS_HOST", stage.workspace.host())
        .env("DATABRICKS_TOKEN", stage.workspace.token(ADA))
        .env("PGSSLROOTCERT", stage.workspace.control().dir.join("ca.pem"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs `create` to its end: exit code and output.
pub async fn create(stage: &Stage) -> (Option<i32>, String) {
    let output = deploy(stage, "create").output().await.expect("the program runs");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code(), text.concat())
}

/// Runs `create` and kills it after its `nth` request has had its effect but before its answer.
pub async fn create_killed_at(stage: &Stage, nth: u64) -> Ending {
    let faults = &stage.workspace.control().faults;
    faults.add(Rule::nth_request(nth, When::After, Action::Hang)).expect("a good rule");
    let mut process = deploy(stage, "create").spawn().expect("the program runs");
    let mut out = process.stdout.take().expect("stdout is piped");
    // The output is read continuously, so that a full pipe never blocks the process.
    let reading = tokio::spawn(async move {
        let mut text = String::new();
        let _ = out.read_to_string(&mut text).await;
        text
    });
    let hanging = faults.wait_for_hanging(Duration::from_mins(1));
    tokio::select! {
        held = hanging => assert!(held.is_some(), "request {nth} neither came nor did the process end"),
        status = process.wait() => {
            let text = reading.await.unwrap_or_default();
            assert!(status.is_ok_and(|status| status.success()), "{text}");
            faults.clear();
            return Ending::Finished;
        }
    }
    process.kill().await.expect("it can be killed");
    faults.clear();
    Ending::Killed
}

//! A newcomer's first mistakes, and what the command line says of each: the texts are in `golden/mistakes`, so
//! that they can be read in one go. `UPDATE_EXPECT=1` writes them anew; read them aloud before they are committed.

use std::process::Output;
use std::time::Duration;

use deployer::config::CreateArguments;
use end_to_end::database::execute;
use end_to_end::kill;
use end_to_end::stage::{ADA, BEN, Stage};
use expect_test::{ExpectFile, expect_file};
use local_workspace::faults::{Action, Rule};
use local_workspace::identity::Right;
use local_workspace::pace::Pace;
use local_workspace::settings::Denial;
use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;

async fn stage() -> Stage {
    Stage::with(Pace::none()).await
}

/// What a person sees, without what differs from run to run.
pub(crate) fn seen(stage: &Stage, words: &str, output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code().expect("it ended by itself");
    let seen = format!("$ tellr-app {words}\n{out}{err}\n(exit code {code})\n");
    let folder = stage.workspace.control().dir.display().to_string();
    let seen = seen.replace(stage.workspace.host(), "https://my.cloud.databricks.com").replace(&folder, "~");
    // Times: " 12.3 s" at the begin of a line, and "(1.2 s)" at its end.
    seen.lines().map(without_time).collect::<Vec<_>>().join("\n") + "\n"
}

fn without_time(line: &str) -> String {
    let line = match line.split_once(" s  ") {
        Some((time, rest)) if time.trim().parse::<f64>().is_ok() => format!("    0.0 s  {rest}"),
        _ => line.to_owned(),
    };
    match line.rsplit_once("  (") {
        Some((line, took)) if took.ends_with(" s)") => line.to_owned(),
        _ => line,
    }
}

/// The same of the error alone: which of the steps that run side by side ends first differs from run to run.
fn seen_error(stage: &Stage, words: &str, output: &Output) -> String {
    seen(stage, words, &Output { stdout: Vec::new(), ..output.clone() })
}

/// Runs `deploy` with these words as Ada, and compares.
async fn says(stage: &Stage, words: &str, change: impl FnOnce(&mut Command), expected: ExpectFile) {
    let mut split = words.split(' ');
    let mut command = kill::deploy(stage, split.next().expect("an operation"));
    command.args(split);
    change(&mut command);
    let output = command.output().await.expect("the program runs");
    expected.assert_eq(&seen(stage, &format!("deploy {words}"), &output));
}

#[tokio::test]
async fn a_host_that_can_not_be_reached() {
    let stage = stage().await;
    let refuses = |command: &mut Command| {
        command.env("DATABRICKS_HOST", "https://127.0.0.1:1");
    };
    says(&stage, "create", refuses, expect_file!["golden/mistakes/host_refuses.txt"]).await;
    let is_unknown = |command: &mut Command| {
        command.env("DATABRICKS_HOST", "https://my-workspcae.invalid");
    };
    says(&stage, "create", is_unknown, expect_file!["golden/mistakes/host_unknown.txt"]).await;
    stage.end().await;
}

#[tokio::test]
async fn a_profile_that_is_not_there() {
    let stage = stage().await;
    let file = stage.workspace.control().dir.join(".databrickscfg");
    std::fs::write(&file, "[DEFAULT]\n\n[work]\nhost = https://x.example\n[__settings__]\n")
        .expect("it is written");
    let has_file = |command: &mut Command| {
        command.env("DATABRICKS_CONFIG_FILE", &file);
    };
    says(&stage, "create --profile wrok", has_file, expect_file!["golden/mistakes/profile.txt"]).await;
    stage.end().await;
}

#[tokio::test]
async fn no_right_to_create_an_app() {
    let stage = stage().await;
    let denial = Denial { principal: ADA.into(), what: Right::CreateApps };
    stage.set(|settings| settings.denials.push(denial));
    let output = kill::deploy(&stage, "create").output().await.expect("the program runs");
    expect_file!["golden/mistakes/right.txt"].assert_eq(&seen_error(&stage, "deploy create", &output));
    stage.end().await;
}

#[tokio::test]
async fn a_name_that_is_taken() {
    let stage = stage().await;
    let app = json!({"name": "tellr", "description": "somebody's"});
    stage.send_as(BEN, Method::POST, "/api/2.0/apps", Some(app)).await;
    says(&stage, "create", |_| {}, expect_file!["golden/mistakes/name.txt"]).await;
    stage.end().await;
}

#[tokio::test]
async fn a_schema_of_another_app() {
    let stage = stage().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let words = "create --app-name second";
    let output =
        kill::deploy(&stage, "create").args(["--app-name", "second"]).output().await.expect("it runs");
    let text = seen_error(&stage, &format!("deploy {words}"), &output);
    expect_file!["golden/mistakes/schema.txt"].assert_eq(&text);
    stage.end().await;
}

/// Another app takes the schema between the look at it and the statements, which refuse it themselves.
#[tokio::test]
async fn a_schema_that_another_app_takes_meanwhile() {
    let stage = stage().await;
    let faults = &stage.workspace.control().faults;
    faults.add(Rule::next("/api/2.0/apps/second/update", Action::Hang).on("POST")).expect("a good rule");
    let words = "create --app-name second";
    let process =
        kill::deploy(&stage, "create").args(["--app-name", "second"]).spawn().expect("the program runs");
    assert!(faults.wait_for_hanging(Duration::from_mins(1)).await.is_some(), "it attaches the database");
    execute(&stage, "CREATE SCHEMA app_data; COMMENT ON SCHEMA app_data IS 'Tellr app: first'; CREATE SCHEMA app_data_second").await;
    faults.clear();
    faults.release();
    let output = process.wait_with_output().await.expect("it ends");
    let text = seen_error(&stage, &format!("deploy {words}"), &output);
    expect_file!["golden/mistakes/schema_meanwhile.txt"].assert_eq(&text);
    stage.end().await;
}

#[tokio::test]
async fn a_wheel_that_is_not_there() {
    let stage = stage().await;
    let words = "create --local-wheel-path dist/tellr_app-0.1.0.whl";
    says(&stage, words, |_| {}, expect_file!["golden/mistakes/wheel.txt"]).await;
    stage.end().await;
}

#[tokio::test]
async fn a_port_that_is_in_use() {
    let stage = stage().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("it has an address").port().to_string();
    let mut command = Command::new(kill::program());
    command.args(["deploy-page", "--port", &port]).env_clear();
    command
        .env("DATABRICKS_HOST", stage.workspace.host())
        .env("DATABRICKS_TOKEN", stage.workspace.token(ADA));
    let output = command.output().await.expect("the program runs");
    let text = seen(&stage, &format!("deploy-page --port {port}"), &output).replace(&port, "8000");
    expect_file!["golden/mistakes/port.txt"].assert_eq(&text);
    stage.end().await;
}

#[tokio::test]
async fn ctrl_c() {
    let stage = stage().await;
    let faults = &stage.workspace.control().faults;
    faults.add(Rule::next("/api/2.0/apps/tellr", Action::Hang).on("GET")).expect("a good rule");
    let mut process = kill::deploy(&stage, "create").spawn().expect("the program runs");
    assert!(faults.wait_for_hanging(Duration::from_mins(1)).await.is_some(), "it asks for the app");
    let id = process.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).expect("a process");
    kill_process(id, Signal::INT).expect("it runs");
    let mut stderr = BufReader::new(process.stderr.take().expect("it is piped"));
    let mut said = String::new();
    stderr.read_line(&mut said).await.expect("it says that it stops");
    faults.clear();
    faults.release();
    stderr.read_to_string(&mut said).await.expect("it ends");
    let output = process.wait_with_output().await.expect("it ends");
    let output = Output { stderr: said.into_bytes(), ..output };
    expect_file!["golden/mistakes/ctrl_c.txt"].assert_eq(&seen(&stage, "deploy create", &output));
    stage.end().await;
}

#[tokio::test]
async fn a_token_that_has_expired() {
    let stage = stage().await;
    let is_old = |command: &mut Command| {
        command.env("DATABRICKS_TOKEN", "dapi0123456789abcdef0123456789abcdef");
    };
    says(&stage, "create", is_old, expect_file!["golden/mistakes/token.txt"]).await;
    stage.end().await;
}

#[tokio::test]
async fn an_address_that_was_pasted() {
    let stage = stage().await;
    let console = "https://accounts.cloud.databricks.com/login?account_id=1";
    let words = format!("status tellr --host {console}");
    says(&stage, &words, |_| {}, expect_file!["golden/mistakes/account_console.txt"]).await;
    let words = "status tellr --host https://tellr-123.aws.databricksapps.com/deploy";
    says(&stage, words, |_| {}, expect_file!["golden/mistakes/app_address.txt"]).await;
    // The page that somebody was on, with the workspace's id, is the workspace.
    let page = format!("{}/browse?o=123", stage.workspace.host());
    says(&stage, &format!("status tellr --host {page}"), |_| {}, expect_file!["golden/mistakes/pasted.txt"])
        .await;
    stage.end().await;
}

#[tokio::test]
async fn a_word_of_another_tool_and_values_that_are_missing() {
    let stage = stage().await;
    says(&stage, "destroy tellr", |_| {}, expect_file!["golden/mistakes/other_word.txt"]).await;
    says(&stage, "update", |_| {}, expect_file!["golden/mistakes/missing_values.txt"]).await;
    says(&stage, "delete tellr", |_| {}, expect_file!["golden/mistakes/unconfirmed.txt"]).await;
    stage.end().await;
}

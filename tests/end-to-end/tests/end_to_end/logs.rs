//! `tellr-app deploy logs` and `tellr-app deploy open`: an app's log as it is written, and its page.

use std::process::Stdio;

use deployer::config::CreateArguments;
use end_to_end::kill;
use end_to_end::stage::{ADA, Stage};
use local_workspace::identity::Right;
use local_workspace::pace::Pace;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A workspace with the app `tellr`, without lines in its log.
async fn stage() -> Stage {
    let stage = Stage::with(Pace::none()).await;
    stage.create(CreateArguments::default()).await.expect("create");
    stage
}

fn write(stage: &Stage, lines: &[&str]) {
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    stage.workspace.control().platform.append_logs("tellr", &lines);
}

/// `tellr-app deploy` as Ada, with a token that apps accept.
fn deploy(stage: &Stage, words: &[&str]) -> Command {
    let (operation, flags) = words.split_first().expect("an operation");
    let mut command = kill::deploy(stage, operation);
    command.args(flags);
    command.env("DATABRICKS_TOKEN", stage.workspace.control().identities.mint_oauth(ADA));
    command
}

async fn run(stage: &Stage, words: &[&str]) -> (Option<i32>, String) {
    let output = deploy(stage, words).output().await.expect("the program runs");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code(), text.concat())
}

/// The messages of lines as JSON.
fn messages(text: &str) -> Vec<String> {
    let read = |line: &str| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
    text.lines().map(|line| read(line)["message"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn the_last_lines_are_plain_text() {
    let stage = stage().await;
    write(
        &stage,
        &["one", "two", "\u{1b}[31mcannot connect\u{1b}[0m with dapi0123456789abcdef0123456789abcdef\u{7}"],
    );
    let (code, text) = run(&stage, &["logs", "tellr", "--tail", "2"]).await;
    assert_eq!(code, Some(0), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].ends_with("Z APP    two") && lines[0].starts_with("20"), "{text}");
    assert!(lines[1].ends_with("APP    cannot connect with [hidden]"), "{text}");

    let (code, text) = run(&stage, &["logs", "--app-name", "tellr", "--search", "on", "--json"]).await;
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(messages(&text), ["one", "cannot connect with [hidden]"]);
    let first: Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["source"], "APP");
    assert!(first["timestamp"].as_str().is_some_and(|time| time.ends_with('Z')), "{first}");
    stage.end().await;
}

#[tokio::test]
async fn a_personal_token_and_a_missing_app_are_refused_with_what_to_do() {
    let stage = stage().await;
    let words = ["logs", "tellr"];
    let (operation, flags) = words.split_first().expect("an operation");
    let output = kill::deploy(&stage, operation).args(flags).output().await.expect("the program runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    for part in [
        "The log of app `tellr` can't be read",
        "personal access token",
        "databricks auth login",
        "LOG_REFUSED",
    ] {
        assert!(text.contains(part), "`{part}` is missing in:\n{text}");
    }
    let (code, text) = run(&stage, &["logs", "other"]).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("There is no app `other`"), "{text}");
    stage.end().await;
}

/// `logs --follow --json` by a service principal, whose tokens can be renewed.
struct Following {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    principal: String,
}

impl Following {
    fn begin(stage: &Stage, tail: &str) -> Self {
        let identities = &stage.workspace.control().identities;
        let (principal, secret) = identities.add_service_principal("follower", Right::of_admin());
        let mut command = kill::deploy(stage, "logs");
        command.args(["tellr", "--follow", "--json", "--tail", tail]);
        command.env_remove("DATABRICKS_TOKEN");
        command.env("DATABRICKS_CLIENT_ID", &principal.user_name).env("DATABRICKS_CLIENT_SECRET", secret);
        let mut process = command.spawn().expect("the program runs");
        let lines = BufReader::new(process.stdout.take().expect("stdout is piped")).lines();
        Self { process, lines, principal: principal.user_name }
    }

    async fn next(&mut self) -> String {
        let line = self.lines.next_line().await.expect("it can be read").expect("a line");
        messages(&line).remove(0)
    }

    /// The exit code, after the rest of the lines, and what was written to standard error.
    async fn end(mut self) -> (Option<i32>, Vec<String>, String) {
        let mut rest = Vec::new();
        while let Some(line) = self.lines.next_line().await.expect("it can be read") {
            rest.extend(messages(&line));
        }
        let mut told = String::new();
        self.process.stderr.take().expect("piped").read_to_string(&mut told).await.expect("text");
        (self.process.wait().await.expect("it ends").code(), rest, told)
    }
}

#[tokio::test]
async fn following_loses_and_doubles_no_line_when_the_stream_is_opened_again() {
    let stage = stage().await;
    write(&stage, &["a", "b", "same", "same"]);
    let mut following = Following::begin(&stage, "3");
    for expected in ["b", "same", "same"] {
        assert_eq!(following.next().await, expected);
    }
    write(&stage, &["c"]);
    assert_eq!(following.next().await, "c");
    // The stream is closed with 4401 before the next line is sent.
    for expected in ["d", "same", "e"] {
        stage.workspace.control().identities.expire_tokens(&following.principal);
        write(&stage, &[expected]);
        assert_eq!(following.next().await, expected);
    }
    // A stopped app has no more lines.
    let stopped = stage.post("/api/2.0/apps/tellr/stop", json!({})).await;
    assert_eq!(stopped.0, 200, "{stopped:?}");
    stage.workspace.control().identities.expire_tokens(&following.principal);
    write(&stage, &["unread"]);
    let (code, rest, told) = following.end().await;
    assert_eq!((code, rest.as_slice()), (Some(0), [].as_slice()), "{told}");
    assert!(told.contains("The app's compute is STOPPED"), "{told}");
    stage.end().await;
}

#[tokio::test]
async fn ctrl_c_ends_following_and_is_no_failure() {
    let stage = stage().await;
    write(&stage, &["a"]);
    let mut following = Following::begin(&stage, "200");
    while following.next().await != "a" {}
    let id = following.process.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).expect("a process");
    kill_process(id, Signal::INT).expect("it runs");
    let (code, _, told) = following.end().await;
    assert_eq!(code, Some(0), "{told}");
    stage.end().await;
}

#[tokio::test]
async fn a_permission_that_is_removed_ends_following_with_what_to_do() {
    let stage = stage().await;
    write(&stage, &["a"]);
    let mut following = Following::begin(&stage, "1");
    assert_eq!(following.next().await, "a");
    stage.workspace.control().identities.set_rights(&following.principal, Right::of_viewer());
    write(&stage, &["b"]);
    let mut lines = Vec::new();
    while let Some(line) = following.lines.next_line().await.expect("it can be read") {
        lines.push(line);
    }
    let last: Value = serde_json::from_str(lines.last().expect("the error")).expect("JSON");
    assert_eq!(following.process.wait().await.expect("it ends").code(), Some(1));
    let code = last["error"]["code"].as_str().unwrap_or_default();
    // Without CAN MANAGE the log is refused; without CAN USE the app isn't visible either.
    assert!(["LOG_REFUSED", "PERMISSION_DENIED", "APP_NOT_FOUND"].contains(&code), "{last}");
    stage.end().await;
}

#[tokio::test]
async fn open_starts_a_browser_at_the_apps_url() {
    let stage = stage().await;
    let url = stage.workspace.control().platform.url("tellr").expect("the app's URL");
    let folder = stage.workspace.control().dir.join("bin");
    std::fs::create_dir_all(&folder).expect("a folder");
    let (browser, seen) = (folder.join("xdg-open"), folder.join("seen"));
    std::fs::write(
        &browser,
        format!("#!/bin/sh\nprintf %s \"$1\" > {0}.new\nmv {0}.new {0}\n", seen.display()),
    )
    .expect("a program");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&browser, executable).expect("it is ours");
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let mut command = deploy(&stage, &["open", "tellr", "--json"]);
    let output = command.env("PATH", path).stdin(Stdio::null()).output().await.expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    let told: Value = serde_json::from_str(&text).expect("JSON");
    let shown = told["result"]["url"].as_str().unwrap_or_default().trim_end_matches('/').to_owned();
    assert_eq!((shown.as_str(), &told["result"]["opened"]), (url.trim_end_matches('/'), &json!(true)));
    // The browser is a process of its own.
    let opened = async {
        while !seen.exists() {
            tokio::task::yield_now().await;
        }
        std::fs::read_to_string(&seen).expect("text")
    };
    let opened = tokio::time::timeout(std::time::Duration::from_secs(30), opened).await.expect("it starts");
    assert_eq!(opened.trim_end_matches('/'), url.trim_end_matches('/'));
    let (code, text) = run(&stage, &["open", "other"]).await;
    assert_eq!(code, Some(1), "{text}");
    stage.end().await;
}

//! What the command line prints where something is in the way: a result that is lost, a token that can't be sent, a
//! connection that breaks, a key of the keyboard.

use std::fs::File;
use std::process::{Output, Stdio};

use deployer::config::CreateArguments;
use end_to_end::kill;
use end_to_end::stage::Stage;
use end_to_end::terminal::Terminal;
use local_workspace::faults::{Action, Rule};
use local_workspace::pace::Pace;
use rustix::process::{Pid, Signal, kill_process};

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

#[tokio::test]
async fn a_result_that_is_lost_is_an_error() {
    let stage = Stage::with(Pace::none()).await;
    for words in [&["status"][..], &["status", "--json"], &["plan", "create"]] {
        let full = File::options().write(true).open("/dev/full").expect("a full disk");
        let mut command = kill::deploy(&stage, words[0]);
        let process = command.args(&words[1..]).stdout(full).spawn().expect("it runs");
        let output = process.wait_with_output().await.expect("it ends");
        assert_eq!(output.status.code(), Some(1), "{words:?}: {}", said(&output));
        assert!(said(&output).contains("The result couldn't be written to standard output"), "{words:?}");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_error() {
    let stage = Stage::with(Pace::none()).await;
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = kill::deploy(&stage, "status");
    let process = command.stdout(Stdio::from(writer)).spawn().expect("it runs");
    let output = process.wait_with_output().await.expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    stage.end().await;
}

#[tokio::test]
async fn a_token_that_can_not_stand_in_a_header_is_told_as_one_and_not_shown() {
    let stage = Stage::with(Pace::none()).await;
    for (token, words) in [
        ("dapi-marked\n0123456789abcdef", "has a line break in it"),
        ("dapi-marked 0123456789abcdef", "has a space in it"),
        ("dapi-marked“0123456789abcdef”", "has a character in it that no token has"),
    ] {
        let mut command = kill::deploy(&stage, "status");
        let output = command.env("DATABRICKS_TOKEN", token).output().await.expect("it runs");
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words) && said.contains("NOT_SIGNED_IN"), "{said}");
        assert!(!said.contains("marked"), "{said}");
    }
    assert!(stage.workspace.control().journal.entries().is_empty(), "nothing is sent");
    stage.end().await;
}

#[tokio::test]
async fn a_status_says_that_it_retries() {
    let stage = Stage::with(Pace::none()).await;
    let rule = Rule::next("/api/2.0/apps/tellr", Action::Cut).times(2);
    stage.workspace.control().faults.add(rule).expect("a good rule");
    let output = kill::deploy(&stage, "status").output().await.expect("it runs");
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("can't reach the workspace"), "{}", said(&output));
    assert!(said(&output).contains("retrying (2 of 5)"), "{}", said(&output));
    stage.end().await;
}

/// Runs `delete` on a terminal up to its question.
async fn asked(stage: &Stage) -> Terminal {
    let mut command = kill::deploy(stage, "delete");
    command.arg("tellr").env("NO_COLOR", "1").env("TERM", "xterm");
    let mut terminal = Terminal::start(command);
    terminal.until("to continue: ").await;
    terminal
}

#[tokio::test]
async fn ctrl_c_and_ctrl_d_at_a_question_say_that_nothing_was_changed() {
    let stage = Stage::with(Pace::none()).await;
    stage.create(CreateArguments::default()).await.expect("create");
    let before = stage.inventory().await;
    let mut left = asked(&stage).await;
    left.press('\u{4}');
    let (code, shown) = left.end().await;
    assert_eq!(code, Some(2), "{shown}");
    assert!(shown.contains("No name was typed") && shown.contains("Nothing has been changed"), "{shown}");
    let stopped = asked(&stage).await;
    kill_process(Pid::from_raw(stopped.id()).expect("a process"), Signal::INT).expect("it runs");
    let (code, shown) = stopped.end().await;
    assert_eq!(code, Some(130), "{shown}");
    assert!(shown.contains("Cancelled: the app `tellr` has not been changed"), "{shown}");
    assert_eq!(stage.inventory().await, before);
    stage.end().await;
}

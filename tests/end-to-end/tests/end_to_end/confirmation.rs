//! Nothing is lost on a command line before somebody has confirmed it.

use deployer::config::CreateArguments;
use end_to_end::kill;
use end_to_end::stage::{ADA, Stage};
use end_to_end::terminal::Terminal;
use local_workspace::faults::{Action, Rule};
use local_workspace::pace::Pace;
use rustix::process::{Pid, Signal, kill_process};

const RESET: [&str; 7] =
    ["--app-name", "tellr", "--lakebase-name", "tellr-db", "--schema-name", "app_data", "--reset-database"];

async fn deployed() -> Stage {
    let stage = Stage::with(Pace::none()).await;
    stage.create(CreateArguments::default()).await.expect("create");
    stage
}

/// How often the workspace was told to change something.
fn changes(stage: &Stage) -> usize {
    stage.workspace.control().journal.mutations().len()
}

fn terminal(stage: &Stage, operation: &str, flags: &[&str]) -> Terminal {
    let mut command = kill::deploy(stage, operation);
    command.args(flags).env("NO_COLOR", "1").env("TERM", "xterm");
    Terminal::start(command)
}

#[tokio::test]
async fn without_a_terminal_and_without_yes_nothing_is_sent() {
    let stage = deployed().await;
    stage.workspace.control().journal.clear();
    for (operation, flags) in [("delete", &["tellr"][..]), ("update", &RESET)] {
        let output = kill::deploy(&stage, operation).args(flags).output().await.expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("`tellr` is not confirmed") && said.contains("`--yes`"), "{said}");
        assert!(output.stdout.is_empty(), "an error is no output");
    }
    assert!(stage.workspace.control().journal.entries().is_empty(), "nothing was sent");
    stage.end().await;
}

#[tokio::test]
async fn a_script_says_yes() {
    let stage = deployed().await;
    let output = kill::deploy(&stage, "delete").args(["tellr", "--yes"]).output().await.expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(stage.get("/api/2.0/apps/tellr").await.0, 404);
    stage.end().await;
}

#[tokio::test]
async fn a_terminal_shows_what_is_lost_and_asks_for_the_apps_name() {
    let stage = deployed().await;
    let before = changes(&stage);
    let mut wrong = terminal(&stage, "delete", &["tellr"]);
    let shown = wrong.until("Type the app's name, tellr, to continue: ").await;
    for part in ["Lost\r\n  The app `tellr` at http", "Kept, or recoverable\r\n"] {
        assert!(shown.contains(part), "`{part}` is missing in:\n{shown}");
    }
    wrong.enter("y");
    let (code, shown) = wrong.end().await;
    assert_eq!(code, Some(2), "{shown}");
    assert!(shown.contains("The name typed is not `tellr`"), "{shown}");
    assert_eq!(changes(&stage), before, "nothing was changed");

    let mut right = terminal(&stage, "delete", &["tellr"]);
    right.until("to continue: ").await;
    right.enter("tellr");
    let (code, shown) = right.end().await;
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(stage.get("/api/2.0/apps/tellr").await.0, 404);
    stage.end().await;
}

#[tokio::test]
async fn a_reset_with_a_restore_point_asks_once() {
    let stage = deployed().await;
    let mut reset = terminal(&stage, "update", &RESET);
    let shown = reset.until("to continue: ").await;
    assert!(shown.contains("app_data"), "{shown}");
    reset.enter("tellr");
    let (code, shown) = reset.end().await;
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.contains("Previous data is kept in the branch `projects/tellr-db/branches/pre-reset-"),
        "{shown}"
    );
    stage.end().await;
}

#[tokio::test]
async fn a_reset_without_a_restore_point_asks_twice() {
    let stage = Stage::with(Pace::none()).await;
    stage.set(|settings| settings.features.autoscaling = false);
    stage.create(CreateArguments::default()).await.expect("create");
    let before = changes(&stage);
    let second =
        "There is no restore point. Type the schema's name, app_data, to delete its data permanently: ";
    for (answer, code) in [("tellr", 2), ("", 2), ("app_data", 0)] {
        let mut reset = terminal(&stage, "update", &RESET);
        let shown = reset.until("Type the app's name, tellr, to continue: ").await;
        assert!(shown.contains("No restore point is possible") && !shown.contains("permanently"), "{shown}");
        reset.enter("tellr");
        reset.until(second).await;
        assert_eq!(changes(&stage), before, "nothing is changed before both are answered");
        reset.enter(answer);
        let (ended, shown) = reset.end().await;
        assert_eq!(ended, Some(code), "{shown}");
        assert_eq!(changes(&stage) > before, code == 0, "{shown}");
    }
    stage.end().await;
}

#[tokio::test]
async fn ctrl_c_at_the_question_changes_nothing() {
    let stage = deployed().await;
    let before = changes(&stage);
    let mut asked = terminal(&stage, "delete", &["tellr"]);
    asked.until("to continue: ").await;
    let id = Pid::from_raw(asked.id()).expect("a process");
    kill_process(id, Signal::INT).expect("it runs");
    let (code, shown) = asked.end().await;
    assert_eq!(code, Some(130), "{shown}");
    assert_eq!(changes(&stage), before, "nothing was changed");
    stage.end().await;
}

#[tokio::test]
async fn the_first_line_names_the_workspace_and_who_one_is() {
    let stage = deployed().await;
    let output = kill::deploy(&stage, "status").arg("tellr").output().await.expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let first = format!("Workspace {} as {ADA}", stage.workspace.host());
    assert_eq!(said.lines().next(), Some(first.as_str()), "{said}");
    stage.end().await;
}

/// A lost connection is tried again up to five times, and each time is told with its number.
#[tokio::test]
async fn a_lost_connection_is_told_as_retries() {
    let stage = Stage::with(Pace::none()).await;
    let rule = Rule::next("/api/2.0/apps", Action::Cut).on("POST").times(2);
    stage.workspace.control().faults.add(rule).expect("a good rule");
    let output = kill::deploy(&stage, "create").output().await.expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let told: Vec<&str> = said
        .lines()
        .filter_map(|line| line.split_once("  ! ")?.1.split_once("can't reach "))
        .map(|(_, rest)| rest)
        .collect();
    assert_eq!(told.len(), 2, "{said}");
    for (line, nth) in told.iter().zip(1..) {
        assert!(
            line.starts_with("the workspace (") && line.ends_with(&format!("), retrying ({nth} of 5)")),
            "{line}"
        );
    }
    stage.end().await;
}

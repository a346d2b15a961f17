//! What `tellr-app deploy` prints of its operations, in `golden/command`. `widget/tests/test_command.py` compares the
//! Python package's command with the same files: both print the same words. `UPDATE_EXPECT=1` writes them anew.

use std::path::{Path, PathBuf};

use end_to_end::kill;
use end_to_end::stage::Stage;
use expect_test::{ExpectFile, expect_file};
use local_workspace::pace::Pace;

use crate::mistakes::seen;

const UPDATE: &str = "update --app-name tellr --lakebase-name tellr-db --schema-name app_data";

/// A folder for the files of a test; deleted with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tellr-golden-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs `deploy` with these words as Ada, and compares without what differs from run to run.
async fn says(stage: &Stage, folder: &Path, words: &str, expected: ExpectFile) {
    let mut split = words.split(' ');
    let mut command = kill::deploy(stage, split.next().expect("an operation"));
    // There is no browser on this path.
    let command = command.args(split).current_dir(folder).env("PATH", folder);
    let output = command.output().await.expect("the program runs");
    expected.assert_eq(&steady(&seen(stage, &format!("deploy {words}"), &output)));
}

/// The text without ports, moments and ids; events, which run side by side, in the order of the alphabet.
fn steady(text: &str) -> String {
    let text = without_counts(&without_ports(&without_moments(text)));
    let mut lines: Vec<&str> = text.lines().collect();
    let is_event = |line: &&str| line.starts_with("    0.0 s") || line.starts_with("{\"event\"");
    let begin = lines.iter().position(is_event).unwrap_or_default();
    let end = lines.iter().rposition(is_event).map_or(begin, |last| last + 1);
    lines[begin..end].sort_unstable();
    lines.join("\n") + "\n"
}

/// `2026-11-23T15:00:00.5Z` as `MOMENT`, `2026-11-23` as `DAY`.
fn without_moments(text: &str) -> String {
    const DAY: usize = 10;
    let is_day = |part: &str| {
        let day = part.as_bytes().get(..DAY);
        day.is_some_and(|day| day.starts_with(b"20") && day[4] == b'-' && day[7] == b'-')
    };
    let is_moment = |part: &str| is_day(part) && part.as_bytes().get(DAY) == Some(&b'T');
    let mut steady = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if is_moment(rest) {
            let end = rest.find('Z').expect("moments are in UTC") + 1;
            steady.push_str("MOMENT");
            rest = &rest[end..];
        } else if is_day(rest) {
            steady.push_str("DAY");
            rest = &rest[DAY..];
        } else {
            steady.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    steady
}

/// Addresses of this machine, as `127.0.0.1` with the port 0.
fn without_ports(text: &str) -> String {
    let text = replaced(text, "127.", "0.0.1", |c| c.is_ascii_digit() || c == '.');
    without_digits(&text, "127.0.0.1:", "0")
}

/// JSON without durations and the ids of runs and deployments; a branch without the time in its name.
fn without_counts(text: &str) -> String {
    let mut text = text.to_owned();
    for key in ["elapsed_ms", "sequence", "started_ms", "step_elapsed_ms"] {
        text = without_digits(&text, &format!("\"{key}\":"), "0");
    }
    for key in ["run", "deployment_id", "id"] {
        text = replaced(&text, &format!("\"{key}\":\""), "ID", |c| c != '"');
    }
    for kind in ["pre-reset-", "pre-delete-", "pre-restore-", "restored-"] {
        text = replaced(&text, kind, "TIME", |c| c.is_ascii_alphanumeric() || c == '-');
    }
    text
}

fn without_digits(text: &str, mark: &str, instead: &str) -> String {
    replaced(text, mark, instead, |c| c.is_ascii_digit())
}

/// What follows a mark, replaced.
fn replaced(text: &str, mark: &str, instead: &str, is_part: impl Fn(char) -> bool + Copy) -> String {
    let (mut steady, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(mark) {
        let (before, after) = rest.split_at(at + mark.len());
        steady.push_str(before);
        rest = after.trim_start_matches(is_part);
        if rest.len() < after.len() {
            steady.push_str(instead);
        }
    }
    steady + rest
}

#[tokio::test]
async fn operations_print_what_the_other_command_prints() {
    let (stage, folder) = (Stage::by_real_clock(Pace::none()).await, Folder::new("operations"));
    let says = async |words: &str, expected| says(&stage, &folder.0, words, expected).await;
    says("plan create", expect_file!["golden/command/plan_create.txt"]).await;
    says("doctor", expect_file!["golden/command/doctor.txt"]).await;
    says("create", expect_file!["golden/command/create.txt"]).await;
    says("status tellr", expect_file!["golden/command/status.txt"]).await;
    says("status tellr --json", expect_file!["golden/command/status_json.txt"]).await;
    says("list", expect_file!["golden/command/list.txt"]).await;
    says("open tellr", expect_file!["golden/command/open.txt"]).await;
    says("logs tellr", expect_file!["golden/command/logs_refused.txt"]).await;
    let plan = format!("plan {UPDATE} --reset-database --description Ours --out plan.json");
    says(&plan, expect_file!["golden/command/plan_reset.txt"]).await;
    let update = "update --plan plan.json --yes";
    says("update --plan plan.json", expect_file!["golden/command/unconfirmed_reset.txt"]).await;
    says(update, expect_file!["golden/command/update_reset.txt"]).await;
    says(update, expect_file!["golden/command/plan_outdated.txt"]).await;
    let beside = "update --plan plan.json --description Other";
    says(beside, expect_file!["golden/command/plan_beside.txt"]).await;
    says("history tellr", expect_file!["golden/command/history.txt"]).await;
    says("restore tellr --yes", expect_file!["golden/command/restore.txt"]).await;
    says("rollback tellr", expect_file!["golden/command/rollback.txt"]).await;
    says(&format!("{UPDATE} --extra-env A"), expect_file!["golden/command/pairs.txt"]).await;
    says("plan delete tellr", expect_file!["golden/command/plan_delete.txt"]).await;
    says("delete", expect_file!["golden/command/delete_unnamed.txt"]).await;
    says("delete tellr --yes --json", expect_file!["golden/command/delete_json.txt"]).await;
    says("status tellr", expect_file!["golden/command/status_deleted.txt"]).await;
    says("history tellr", expect_file!["golden/command/history_deleted.txt"]).await;
    says("update --json", expect_file!["golden/command/refused_json.txt"]).await;
    says("plan create --out none/plan.json", expect_file!["golden/command/out_unwritable.txt"]).await;
    stage.end().await;
}

#[tokio::test]
async fn words_that_are_wrong_are_refused_as_by_the_other_command() {
    let (stage, folder) = (Stage::with(Pace::none()).await, Folder::new("usage"));
    for (words, expected) in [
        ("frobnicate", expect_file!["golden/command/usage/command.txt"]),
        ("create --app-nam x", expect_file!["golden/command/usage/flag.txt"]),
        ("status tellr other", expect_file!["golden/command/usage/second_app.txt"]),
        ("status --host", expect_file!["golden/command/usage/no_value.txt"]),
        ("status --host a --host b", expect_file!["golden/command/usage/twice.txt"]),
        ("status --json=yes", expect_file!["golden/command/usage/value_of_a_switch.txt"]),
        ("status --app-name a b", expect_file!["golden/command/usage/name_twice.txt"]),
        ("logs tellr --tail -1", expect_file!["golden/command/usage/negative.txt"]),
        ("status --host --json", expect_file!["golden/command/usage/flag_as_value.txt"]),
        ("update --plan a --config b", expect_file!["golden/command/usage/conflict.txt"]),
        ("logs tellr --tail many", expect_file!["golden/command/usage/number.txt"]),
        ("rollback --help", expect_file!["golden/command/usage/help.txt"]),
    ] {
        says(&stage, &folder.0, words, expected).await;
    }
    stage.end().await;
}

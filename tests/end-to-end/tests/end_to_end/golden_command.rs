//! What `tellr-app deploy` prints of its operations, in `golden/command`. `widget/tests/test_command.py` compares the
//! Python package's command with the same files: both say the same words. `UPDATE_EXPECT=1` writes them anew.

use end_to_end::kill;
use end_to_end::stage::Stage;
use expect_test::{ExpectFile, expect_file};
use local_workspace::pace::Pace;

use crate::mistakes::seen;

/// Runs `deploy` with these words as Ada, and compares what differs from run to run left out.
async fn says(stage: &Stage, words: &str, expected: ExpectFile) {
    let mut split = words.split(' ');
    let mut command = kill::deploy(stage, split.next().expect("an operation"));
    let output = command.args(split).output().await.expect("the program runs");
    expected.assert_eq(&steady(&seen(stage, &format!("deploy {words}"), &output)));
}

/// The text without ports, moments and ids; events, which run side by side, in the order of the alphabet.
fn steady(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(without_moments).collect();
    let is_event = |line: &String| line.starts_with("    0.0 s");
    let begin = lines.iter().position(is_event).unwrap_or_default();
    let end = lines.iter().rposition(is_event).map_or(begin, |last| last + 1);
    lines[begin..end].sort();
    lines.join("\n") + "\n"
}

/// `127.0.0.1:1234` without its port, and `2026-11-23T15:00:00Z` as `MOMENT`.
fn without_moments(line: &str) -> String {
    let words = line.split(' ').map(|word| {
        let bare = word.trim_end_matches([',', ':', '`']);
        let is_moment =
            bare.len() >= 20 && bare.starts_with("20") && bare.ends_with('Z') && bare.contains('T');
        let word = if is_moment { word.replace(bare, "MOMENT") } else { word.to_owned() };
        match word.split_once("127.0.0.1:") {
            Some((before, rest)) => {
                format!("{before}127.0.0.1:0{}", rest.trim_start_matches(|c: char| c.is_ascii_digit()))
            }
            None => word,
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn operations_print_what_the_other_command_prints() {
    let stage = Stage::with(Pace::none()).await;
    let update = "update --app-name tellr --lakebase-name tellr-db --schema-name app_data";
    says(&stage, "plan create", expect_file!["golden/command/plan_create.txt"]).await;
    says(&stage, "create", expect_file!["golden/command/create.txt"]).await;
    says(&stage, "status tellr", expect_file!["golden/command/status.txt"]).await;
    let words = format!("plan {update} --reset-database --description Ours");
    says(&stage, &words, expect_file!["golden/command/plan_reset.txt"]).await;
    says(&stage, &format!("{update} --description Ours"), expect_file!["golden/command/update.txt"]).await;
    says(&stage, "plan delete tellr", expect_file!["golden/command/plan_delete.txt"]).await;
    says(&stage, "delete tellr --yes", expect_file!["golden/command/delete.txt"]).await;
    says(&stage, "update --json", expect_file!["golden/command/refused_json.txt"]).await;
    stage.end().await;
}

//! `tellr-app deploy all`: an operation for several environments of a file and several profiles.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Output;
use std::time::Duration;

use end_to_end::kill;
use end_to_end::stage::{ADA, Stage};
use local_workspace::faults::{Action, Rule};
use local_workspace::pace::Pace;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

const ENVIRONMENTS: &str = "
defaults:
  lakebase: {database_name: team-db}
environments:
  one: {app_name: one, lakebase: {schema: one}}
  two: {app_name: two, lakebase: {schema: two}}
";

async fn stage() -> Stage {
    Stage::with(Pace::none()).await
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

fn file(stage: &Stage, name: &str, text: &str) -> String {
    let path: PathBuf = stage.workspace.control().dir.join(name);
    std::fs::write(&path, text).expect("it is written");
    path.display().to_string()
}

fn all(stage: &Stage, words: &[&str]) -> Command {
    let mut command = kill::deploy(stage, "all");
    command.args(words);
    command
}

async fn run(stage: &Stage, words: &[&str]) -> Output {
    all(stage, words).output().await.expect("the program runs")
}

/// The rows of the report that ends the output of `--json`.
fn rows(output: &Output) -> Vec<Value> {
    let text = said(output);
    let last: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
    last["result"]["targets"].as_array().unwrap_or_else(|| panic!("{text}")).clone()
}

/// The last line of a text that begins with the name of a target.
fn row(text: &str, name: &str) -> String {
    text.lines().rfind(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{text}")).to_owned()
}

fn refuses(path: &str) -> Rule {
    let body = json!({"error_code": "PERMISSION_DENIED", "message": "no"});
    Rule::next(path, Action::Answer { status: 403, headers: BTreeMap::new(), body }).on("GET").times(9)
}

#[tokio::test]
async fn all_environments_are_created_and_a_failure_of_one_does_not_stop_the_others() {
    let stage = stage().await;
    let file = file(&stage, "tellr.yaml", ENVIRONMENTS);
    let output = run(&stage, &["create", "--config", &file, "--json", "--concurrency", "2"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let rows = rows(&output);
    let told: Vec<[&Value; 3]> =
        rows.iter().map(|row| [&row["target"], &row["outcome"], &row["result"]["lakebase_name"]]).collect();
    let expected = |name| [Value::from(name), "created".into(), "team-db".into()];
    assert_eq!(told, [expected("one").each_ref(), expected("two").each_ref()]);
    let event = said(&output).lines().next().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    assert!(event.is_some_and(|event| event["type"] == "event" && event["target"].is_string()));
    assert_eq!(stage.made("POST", "/api/2.0/postgres/projects"), 1, "they share a database");

    stage.workspace.control().faults.add(refuses("/api/2.0/apps/one")).expect("a good rule");
    let output = run(&stage, &["update", "--config", &file, "--concurrency", "1"]).await;
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(row(&shown, "two  ").contains("updated"), "{shown}");
    let report = shown.split_once("\nTARGET ").expect("a report").1;
    assert!(row(report, "one  ").contains("failed") && report.contains("What now:"), "{shown}");
    stage.end().await;
}

#[tokio::test]
async fn a_mistake_in_one_environment_stops_all_of_them() {
    let stage = stage().await;
    let config = file(&stage, "tellr.yaml", &ENVIRONMENTS.replace("schema: two", "schema: Two"));
    let profiles = file(
        &stage,
        ".databrickscfg",
        &format!("[a]\nhost = {}\ntoken = x\n[b]\nhost = https://b.example\n", stage.workspace.host()),
    );
    let same = file(&stage, "same.yaml", &ENVIRONMENTS.replace("app_name: two", "app_name: one"));
    let good = file(&stage, "good.yaml", ENVIRONMENTS);
    let shared = file(&stage, "shared.yaml", &ENVIRONMENTS.replace("schema: two", "schema: one"));
    let upper = stage.workspace.host().replace("127.0.0.1", "LOCALHOST");
    let lower = upper.to_lowercase();
    let twice =
        file(&stage, ".twice", &format!("[a]\nhost = {lower}\ntoken = x\n[b]\nhost = {upper}\ntoken = x\n"));
    let again = all(&stage, &["create", "--profile", "a", "--profile", "b"])
        .env("DATABRICKS_CONFIG_FILE", &twice)
        .output()
        .await
        .expect("the program runs");
    assert!(again.status.code() == Some(2) && said(&again).contains("another app for"), "{}", said(&again));
    for (words, parts) in [
        (vec!["create", "--config", &config], ["`environments.two.lakebase.schema`", "(line 6, column"]),
        (vec!["create", "--config", &good, "--environment", "tow"], ["`tow`", "`two`"]),
        (vec!["create", "--config", &same], ["`two`", "another app for"]),
        (vec!["create", "--config", &shared], ["`one`", "another value for `two`"]),
        (vec!["create", "--profile", "a", "--profile", "b"], ["Target `b`", "no token"]),
        (vec!["create", "--profile", "a", "--profile", "c"], ["no profile `c`", "`b`"]),
        (vec!["create", "--profile", "a", "--app-name", "Tellr"], ["`--app-name`", "lower-case"]),
    ] {
        let output = all(&stage, &words).env("DATABRICKS_CONFIG_FILE", &profiles).output().await;
        let output = output.expect("the program runs");
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", said(&output));
        for part in parts {
            assert!(said(&output).contains(part), "{words:?}: {part}: {}", said(&output));
        }
    }
    assert!(stage.workspace.control().journal.entries().is_empty(), "nothing was sent");
    stage.end().await;
}

#[tokio::test]
async fn what_each_would_lose_is_shown_and_needs_yes() {
    let stage = stage().await;
    let file = file(&stage, "tellr.yaml", ENVIRONMENTS);
    let output = run(&stage, &["create", "--config", &file]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));

    stage.workspace.control().journal.clear();
    let output = run(&stage, &["plan", "update", "--config", &file, "--json"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(rows(&output).iter().all(|row| row["outcome"] == "planned" && row["result"]["empty"] == true));
    let words = ["update", "--config", &file, "--reset-database"];
    let output = run(&stage, &words).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    for part in
        ["one in http", "two in http", "schema `one`", "schema `two`", "Lost", "of 2 apps is not confirmed"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(stage.workspace.control().journal.mutations().is_empty(), "nothing was changed");

    let output = run(&stage, &[&words[..], &["--yes"]].concat()).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let shown = said(&output);
    assert!(shown.find("Lost").expect("it is shown") < shown.find("\nTARGET ").expect("a report"), "{shown}");
    stage.end().await;
}

#[tokio::test]
async fn ctrl_c_stops_all_of_them() {
    let stage = stage().await;
    let file = file(&stage, "tellr.yaml", ENVIRONMENTS);
    let faults = &stage.workspace.control().faults;
    faults.add(Rule::next("/api/2.0/apps", Action::Hang).on("POST")).expect("a good rule");
    let words = ["create", "--config", &file, "--json", "--concurrency", "1"];
    let mut process = all(&stage, &words).spawn().expect("the program runs");
    assert!(faults.wait_for_hanging(Duration::from_mins(1)).await.is_some(), "it creates the first app");
    let id = process.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).expect("a process");
    kill_process(id, Signal::INT).expect("it runs");
    let mut stderr = BufReader::new(process.stderr.take().expect("it is piped"));
    stderr.read_line(&mut String::new()).await.expect("it says that it stops");
    faults.clear();
    faults.release();
    let output = process.wait_with_output().await.expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", said(&output));
    assert!(rows(&output).iter().all(|row| row["outcome"] == "cancelled"), "{}", said(&output));
    assert_eq!(stage.made("POST", "/api/2.0/apps"), 1, "the second one was not begun");
    stage.end().await;
}

#[tokio::test]
async fn each_profile_is_a_workspace_of_its_own() {
    let (here, there) = (stage().await, stage().await);
    let of = |stage: &Stage| {
        format!("host = {}\ntoken = {}\n", stage.workspace.host(), stage.workspace.token(ADA))
    };
    let profiles = file(&here, ".databrickscfg", &format!("[here]\n{}[there]\n{}", of(&here), of(&there)));
    let roots = [&here, &there].map(|stage| {
        std::fs::read_to_string(stage.workspace.control().dir.join("ca.pem")).expect("certificates")
    });
    let roots = file(&here, "both.pem", &roots.concat());
    let mut command = all(&here, &["create", "--profile", "here", "--profile", "there", "--json"]);
    command.env("DATABRICKS_CONFIG_FILE", &profiles).env("PGSSLROOTCERT", &roots);
    let output = command.output().await.expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let names: Vec<Value> = rows(&output).iter().map(|row| row["target"].clone()).collect();
    assert_eq!(names, ["here", "there"]);
    for stage in [&here, &there] {
        assert_eq!(stage.made("POST", "/api/2.0/apps"), 1);
    }
    here.end().await;
    there.end().await;
}

//! What `tellr-app deploy` writes for other tools: a configuration file, a bundle, completions; and an operation
//! for several environments.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

use deployer::config::CreateArguments;
use end_to_end::kill;
use end_to_end::stage::{ADA, Stage};
use local_workspace::faults::{Action, Rule};
use local_workspace::pace::Pace;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

async fn stage() -> Stage {
    Stage::with(Pace::none()).await
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

async fn run(stage: &Stage, words: &[&str]) -> Output {
    kill::deploy(stage, words[0]).args(&words[1..]).output().await.expect("the program runs")
}

#[tokio::test]
async fn init_writes_a_file_that_creates_what_was_answered() {
    let stage = stage().await;
    let folder = &stage.workspace.control().dir;
    let file = folder.join("tellr.yaml").display().to_string();
    let words = ["init", "--output", &file, "--app-name", "slides", "--lakebase-compute", "CU_2"];
    let output = run(&stage, &words).await;
    assert!(output.status.success(), "{}", said(&output));
    let written = std::fs::read_to_string(&file).expect("it is written");
    let first = written.lines().next().expect("a line");
    assert!(first.starts_with("# yaml-language-server: $schema=https://"), "{first}");
    let config = CreateArguments::default().resolve(Some(&written), None).expect("a valid file");
    assert_eq!((config.app_name.as_str(), config.lakebase_compute.as_str()), ("slides", "CU_2"));

    std::fs::write(&file, "app_name: mine\n").expect("it can be written");
    let refused = run(&stage, &words).await;
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(
        said(&refused).contains("exists") && said(&refused).contains("--overwrite"),
        "{}",
        said(&refused)
    );
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "app_name: mine\n");
    let replaced = run(&stage, &[&words[..], &["--overwrite"]].concat()).await;
    assert!(replaced.status.success(), "{}", said(&replaced));
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), written);
    stage.end().await;
}

/// The content of a file below `folder`.
fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[tokio::test]
async fn a_bundle_has_the_files_that_create_would_write() {
    let stage = stage().await;
    // The database is there, so that its host is known.
    stage
        .create(CreateArguments { app_name: Some("first".into()), ..CreateArguments::default() })
        .await
        .expect("create");
    let settings = ["--schema-name", "second", "--app-name", "second", "--extra-scope", "files"];
    let planned = run(&stage, &[&["plan", "create", "--json"][..], &settings].concat()).await;
    let plan: Value = serde_json::from_slice(&planned.stdout).expect("a line of JSON");
    let folder = &stage.workspace.control().dir;
    let place = folder.join("bundle");
    let shown = place.display().to_string();
    stage.workspace.control().journal.clear();
    let key = "bWFya2VkLXNlY3JldC1tYXJrZWQtc2VjcmV0LW1hcms=";
    let words = [&["export", "bundle", "--output", &shown][..], &settings].concat();
    let mut command = kill::deploy(&stage, words[0]);
    let output = command.args(&words[1..]).env("TELLR_ENCRYPTION_KEY", key).output().await.expect("it runs");
    assert!(output.status.success(), "{}", said(&output));
    assert!(stage.workspace.control().journal.mutations().is_empty(), "an export changes nothing");
    for file in plan["result"]["files"].as_array().expect("files") {
        let name = file["name"].as_str().expect("a name");
        assert_eq!(read(&place, &format!("app/{name}")), file["content"].as_str().expect("a text"), "{name}");
    }
    let whole = read(&place, "databricks.yml");
    let bundle: Value = serde_yaml_value(&whole);
    let app = &bundle["resources"]["apps"]["second"];
    assert_eq!((&app["name"], &app["source_code_path"]), (&"second".into(), &"./app".into()));
    let scopes = app["user_api_scopes"].as_array().expect("scopes");
    assert!(scopes.contains(&"files".into()), "{scopes:?}");
    let names: Vec<&str> = app["resources"]
        .as_array()
        .expect("resources")
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["app_database", "encryption_key"]);
    assert_eq!(app["resources"][0]["postgres"]["branch"], "projects/tellr-db/branches/production");
    assert_eq!(app["resources"][1]["secret"]["scope"], "tellr-second");
    for part in ["doesn't start the app", "creates no encryption key"] {
        assert!(whole.contains(part) && said(&output).contains(part), "{}", said(&output));
    }
    for name in ["databricks.yml", "app/app.yaml", "app/requirements.txt"] {
        assert!(!read(&place, name).contains(key), "{name} has the key");
    }
    let again = run(&stage, &words).await;
    assert_eq!(again.status.code(), Some(2), "no file is replaced: {}", said(&again));
    stage.end().await;
}

fn serde_yaml_value(text: &str) -> Value {
    let node = deployer::document::parse(text).unwrap_or_else(|problem| panic!("{problem:?}\n{text}"));
    node.into()
}

#[tokio::test]
async fn completions_name_the_operations_and_their_flags() {
    let stage = stage().await;
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&stage, &["completions", shell]).await;
        assert!(output.status.success(), "{}", said(&output));
        let script = text(&output.stdout);
        assert!(script.contains("lakebase-name") && script.contains("deploy-page"), "{shell}");
    }
    stage.end().await;
}

const ENVIRONMENTS: &str = "
defaults:
  lakebase: {database_name: team-db}
environments:
  one: {app_name: one, lakebase: {schema: one}}
  two: {app_name: two, lakebase: {schema: two}}
";

#[tokio::test]
async fn all_environments_are_deployed_and_reported() {
    let stage = stage().await;
    let folder = &stage.workspace.control().dir;
    let file = folder.join("tellr.yaml").display().to_string();
    std::fs::write(&file, ENVIRONMENTS).expect("it is written");
    let words = ["all", "create", "--config", &file, "--json"];
    let output = run(&stage, &words).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let last = text(&output.stdout).lines().last().map(str::to_owned).expect("a line");
    let report: Value = serde_json::from_str(&last).expect("JSON");
    let rows = report["result"]["targets"].as_array().expect("rows");
    let results: Vec<(&Value, &Value)> = rows.iter().map(|row| (&row["target"], &row["result"])).collect();
    let created = &Value::from("created");
    assert_eq!(results, [(&"one".into(), created), (&"two".into(), created)]);
    assert_eq!(stage.made("POST", "/api/2.0/postgres/projects"), 1, "they share a database");

    // One of them fails; the other is updated all the same.
    let rule = Rule::next(
        "/api/2.0/apps/two",
        Action::Answer {
            status: 403,
            headers: BTreeMap::new(),
            body: json!({"error_code": "PERMISSION_DENIED", "message": "no"}),
        },
    )
    .on("GET")
    .times(9);
    stage.workspace.control().faults.add(rule).expect("a good rule");
    let output = run(&stage, &["all", "update", "--config", &file]).await;
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let row = |name: &str| shown.lines().rfind(|line| line.starts_with(name)).expect("a row").to_owned();
    assert!(row("one").contains("updated") && row("two").contains("failed"), "{shown}");
    assert!(shown.lines().any(|line| line.starts_with("TARGET")), "{shown}");
    stage.end().await;
}

#[tokio::test]
async fn a_mistake_in_one_environment_stops_all_of_them() {
    let stage = stage().await;
    let folder = &stage.workspace.control().dir;
    let file = folder.join("tellr.yaml").display().to_string();
    std::fs::write(&file, ENVIRONMENTS.replace("schema: two", "schema: Two")).expect("it is written");
    let output = run(&stage, &["all", "create", "--config", &file]).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("`environments.two.lakebase.schema`"), "{}", said(&output));
    assert!(stage.workspace.control().journal.entries().is_empty(), "nothing was sent");
    std::fs::write(&file, ENVIRONMENTS).expect("it is written");
    let output = run(&stage, &["all", "update", "--config", &file, "--reset-database"]).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("is not confirmed"), "{}", said(&output));
    assert!(stage.workspace.control().journal.entries().is_empty(), "nothing was sent");
    stage.end().await;
}

/// Answers one request for an identity token, as GitHub does in a job; the request that came.
async fn github(listener: TcpListener, token: String) -> String {
    let (mut connection, _) = listener.accept().await.expect("a connection");
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(connection.read_u8().await.expect("a request"));
    }
    let body = json!({"value": token}).to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all((head + &body).as_bytes()).await.expect("it is read");
    text(&request)
}

#[tokio::test]
async fn a_workflow_signs_in_without_a_stored_secret() {
    let stage = stage().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/token?api-version=2", listener.local_addr().expect("an address"));
    // The local workspace exchanges a personal token as it would an identity token.
    let answering = tokio::spawn(github(listener, stage.workspace.token(ADA).to_owned()));
    let mut command = kill::deploy(&stage, "status");
    command.arg("tellr").env_remove("DATABRICKS_TOKEN").env("DATABRICKS_AUTH_TYPE", "github-oidc");
    command.env("DATABRICKS_CLIENT_ID", "1234").env("ACTIONS_ID_TOKEN_REQUEST_URL", &url);
    let alone = command.output().await.expect("it runs");
    assert!(said(&alone).contains("id-token: write"), "{}", said(&alone));
    command.env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-request");
    let output = command.output().await.expect("it runs");
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains(ADA), "{}", said(&output));
    let request = answering.await.expect("it was asked");
    assert!(request.to_lowercase().contains("authorization: bearer of-the-request"), "{request}");
    let audience = "audience=http%3A%2F%2F127.0.0.1";
    assert!(
        request.contains(&format!("&{audience}")) && request.contains("%2Foidc%2Fv1%2Ftoken"),
        "{request}"
    );
    stage.end().await;
}

//! `tellr-app deploy export bundle`: the same app as a Databricks asset bundle.

use std::path::Path;
use std::process::Output;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::config::{CreateArguments, UpdateArguments};
use end_to_end::kill;
use end_to_end::stage::{Stage, update_of_default};
use local_workspace::pace::Pace;
use serde_json::Value;

const KEY: &str = "bWFya2VkLXNlY3JldC1tYXJrZWQtc2VjcmV0LW1hcms=";

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

async fn run(stage: &Stage, words: &[&str]) -> Output {
    let mut command = kill::deploy(stage, words[0]);
    command.args(&words[1..]).env("TELLR_ENCRYPTION_KEY", KEY).output().await.expect("the program runs")
}

/// The content of a file below `folder`.
fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn yaml(text: &str) -> Value {
    deployer::document::parse(text).unwrap_or_else(|problem| panic!("{problem:?}\n{text}")).into()
}

/// A text or a number; the document's reader keeps a number as it is written.
fn plain(value: &Value) -> String {
    assert!(!value.is_null());
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A list that has no order.
fn sorted(list: &Value) -> Vec<String> {
    let mut all: Vec<String> = list.as_array().expect("a list").iter().map(Value::to_string).collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_bundle_describes_the_app_that_create_makes() {
    let stage = Stage::with(Pace::none()).await;
    // The database is there, so that its host is known.
    let first = CreateArguments { app_name: Some("first".into()), ..CreateArguments::default() };
    stage.create(first).await.expect("create");
    let settings = [
        ["--schema-name", "second"],
        ["--app-name", "second"],
        ["--extra-scope", "files"],
        ["--app-compute", "LARGE"],
        ["--instances", "1-2"],
        ["--telemetry", "main.tellr"],
        ["--share-with", "users"],
    ]
    .concat();
    let place = stage.workspace.control().dir.join("bundle");
    let shown = place.display().to_string();
    let words = [&["export", "bundle", "--output", &shown][..], &settings].concat();
    stage.workspace.control().journal.clear();
    let output = run(&stage, &words).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(stage.workspace.control().journal.mutations().is_empty(), "an export changes nothing");

    let created = run(&stage, &[&["create"][..], &settings].concat()).await;
    assert_eq!(created.status.code(), Some(0), "{}", said(&created));
    let whole = read(&place, "databricks.yml");
    let (bundle, (_, record)) = (yaml(&whole), stage.get("/api/2.0/apps/second").await);
    assert_eq!(
        (&bundle["bundle"]["name"], &bundle["targets"]["production"]["default"]),
        (&"second".into(), &true.into())
    );
    let app = &bundle["resources"]["apps"]["second"];
    assert_eq!((&app["name"], &app["source_code_path"]), (&"second".into(), &"./app".into()));
    for list in ["resources", "user_api_scopes", "telemetry_export_destinations"] {
        assert_eq!(sorted(&app[list]), sorted(&record[list]), "{list}");
    }
    for field in ["description", "compute_size", "compute_min_instances", "compute_max_instances"] {
        assert_eq!(plain(&app[field]), plain(&record[field]), "{field}: {app:#}");
    }
    assert_eq!(app["permissions"], yaml("- {group_name: users, level: CAN_USE}"));
    let folder = record["default_source_code_path"].as_str().expect("a folder");
    for name in ["app.yaml", "requirements.txt"] {
        assert_eq!(Some(read(&place, &format!("app/{name}"))), stage.file(&format!("{folder}/{name}")).await);
    }
    for part in
        ["doesn't start the app", "creates no encryption key", "scope `tellr-second`", "schema `second`"]
    {
        assert!(whole.contains(part) && said(&output).contains(part), "{part}: {}", said(&output));
    }
    for name in ["databricks.yml", "app/app.yaml", "app/requirements.txt"] {
        assert!(!read(&place, name).contains(KEY), "{name} has the key");
    }
    assert!(whole.contains("compute_max_instances: 2\n"), "a number is none in quotes: {whole}");
    let again = run(&stage, &words).await;
    assert_eq!(again.status.code(), Some(2), "no file is replaced: {}", said(&again));
    stage.end().await;
}

#[tokio::test]
async fn a_bundle_without_its_database_says_what_is_needed_and_has_the_wheel() {
    let stage = Stage::with(Pace::none()).await;
    let folder = &stage.workspace.control().dir;
    let wheel = folder.join("tellr_app-9.0.0-py3-none-any.whl");
    std::fs::write(&wheel, STANDARD.decode(WHEEL).expect("base64")).expect("it is written");
    let (place, wheel) = (folder.join("bundle"), wheel.display().to_string());
    let shown = place.display().to_string();
    let words = ["export", "bundle", "-o", &shown, "--local-wheel-path", &wheel, "--json"];
    let output = run(&stage, &words).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let last: Value = serde_json::from_str(said(&output).lines().last().expect("a line")).expect("JSON");
    let result = &last["result"];
    assert!(result["needed"][0].as_str().is_some_and(|text| text.contains("Create the database `tellr-db`")));
    let files: Vec<&str> =
        result["files"].as_array().expect("files").iter().filter_map(Value::as_str).collect();
    assert_eq!(files.len(), 4, "{files:?}");
    let packed = files.iter().find(|name| name.contains("/wheels/")).expect("the wheel");
    assert!(read(&place, "app/requirements.txt").contains(packed.strip_prefix("app/").expect("a folder")));
    let app = yaml(&read(&place, "databricks.yml"))["resources"]["apps"]["tellr"].clone();
    assert_eq!(app["resources"][0]["postgres"]["branch"], "projects/tellr-db/branches/production");
    stage.end().await;
}

/// An empty zip file.
const WHEEL: &str = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";

#[tokio::test]
async fn the_bundle_of_a_restored_app_is_on_its_branch() {
    let stage = Stage::with(Pace::none()).await;
    stage.create(CreateArguments::default()).await.expect("create");
    let reset = UpdateArguments { reset_database: Some(true), ..update_of_default() };
    stage.update(reset).await.expect("reset");
    let restored = stage.restore(None).await.expect("restore").branch;
    // Its files still name the branch if the attachment is lost.
    let detached = serde_json::json!({"app": {"resources": []}, "update_mask": "resources"});
    assert_eq!(stage.post("/api/2.0/apps/tellr/update", detached).await.0, 200);
    stage.workspace.control().clock.advance(600_000).expect("a virtual clock");
    let place = stage.workspace.control().dir.join("bundle");
    let shown = place.display().to_string();
    let output =
        run(&stage, &["export", "bundle", "-o", &shown, "--encryption-key-storage", "app_yaml"]).await;
    assert!(
        output.status.code() == Some(0) && said(&output).contains("no key in `app.yaml`"),
        "{}",
        said(&output)
    );
    let app = yaml(&read(&place, "databricks.yml"))["resources"]["apps"]["tellr"].clone();
    assert_eq!(app["resources"][0]["postgres"]["branch"], restored.as_str());
    assert!(read(&place, "app/app.yaml").contains(&restored));
    stage.end().await;
}

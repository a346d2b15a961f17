//! What users of other deployers suffer from, and what happens here instead.
//!
//! ARCHITECTURE.md, "What others suffer from", lists all of it with the tests; here are those that no other file
//! has a place for.

use deployer::config::{CreateArguments, DeleteArguments, UpdateArguments};
use end_to_end::stage::{ADA, BEN, FOLDER, Stage, delete_of_default, update_of_default};
use local_workspace::pace::Pace;
use local_workspace::settings::DeploymentOutcome;
use reqwest::Method;
use serde_json::{Value, json};

async fn deployed() -> Stage {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    stage.create(CreateArguments::default()).await.expect("create");
    stage
}

fn newer() -> UpdateArguments {
    UpdateArguments {
        app_version: Some("9.9.9".into()),
        description: Some("another".into()),
        ..update_of_default()
    }
}

/// The requests that changed something, as `METHOD /path`.
fn changes(stage: &Stage) -> Vec<String> {
    let entries = stage.workspace.control().journal.mutations();
    entries.iter().map(|entry| format!("{} {}", entry.method, entry.path)).collect()
}

/// Who may do what with the app, apart from administrators.
async fn grants(stage: &Stage) -> Value {
    let (status, body) = stage.get("/api/2.0/permissions/apps/tellr").await;
    assert_eq!(status, 200, "{body:#}");
    body["access_control_list"].clone()
}

/// 7: a second deployment took a right away that had been given since the first one.
#[tokio::test]
async fn an_update_leaves_the_grants_of_others() {
    let stage = deployed().await;
    let grant = json!({"access_control_list": [{"user_name": BEN, "permission_level": "CAN_USE"}]});
    let path = "/api/2.0/permissions/apps/tellr";
    assert_eq!(stage.send_as(ADA, Method::PATCH, path, Some(grant)).await.0, 200);
    let before = grants(&stage).await;
    assert!(before.to_string().contains(BEN), "{before:#}");
    stage.update(newer()).await.expect("update");
    assert_eq!(grants(&stage).await, before);
    let replaced: Vec<String> =
        changes(&stage).into_iter().filter(|change| change.starts_with("PUT /api/2.0/permissions")).collect();
    assert_eq!(replaced, [""; 0], "a list of grants is never replaced as a whole");
    stage.end().await;
}

/// 9: the name of a branch that was deleted stayed taken.
#[tokio::test]
async fn the_name_of_a_deleted_restore_point_is_not_needed_again() {
    let stage = deployed().await;
    let reset = || UpdateArguments { reset_database: Some(true), ..update_of_default() };
    let first = stage.update(reset()).await.expect("reset").restore_point.expect("a branch").branch;
    assert_eq!(stage.delete_at(&format!("/api/2.0/postgres/{first}")).await, 200);
    let second = stage.update(reset()).await.expect("reset").restore_point.expect("a branch").branch;
    assert_ne!(first, second);
    assert_eq!(stage.get(&format!("/api/2.0/postgres/{second}")).await.0, 200);
    stage.end().await;
}

/// 11: a database could not be deleted without a flag that a tool didn't know.
#[tokio::test]
async fn a_database_is_never_deleted() {
    let stage = deployed().await;
    stage.update(UpdateArguments { reset_database: Some(true), ..newer() }).await.expect("reset");
    let arguments = DeleteArguments { reset_database: Some(true), ..delete_of_default() };
    stage.delete(arguments).await.expect("delete");
    let deleted: Vec<String> =
        changes(&stage).into_iter().filter(|change| change.starts_with("DELETE ")).collect();
    assert_eq!(deleted, ["DELETE /api/2.0/apps/tellr"]);
    assert_eq!(stage.get("/api/2.0/postgres/projects/tellr-db").await.0, 200);
    stage.end().await;
}

/// 13 and 14: an installer tried versions until the time was over, or a list of hashes had gaps.
#[tokio::test]
async fn the_platform_installs_one_pinned_package_and_resolves_nothing() {
    let stage = deployed().await;
    let text = stage.file(&format!("{FOLDER}/requirements.txt")).await.expect("requirements.txt");
    let required: Vec<&str> =
        text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("--")).collect();
    assert_eq!(required, [format!("tellr-app=={}", env!("CARGO_PKG_VERSION"))]);
    // And the package requires no other.
    let package = include_str!("../../../../runtime/pyproject.toml");
    assert!(package.lines().any(|line| line == "dependencies = []"), "{package}");
    stage.end().await;
}

/// 17: a failed installation was told with a picture of its log at best.
#[tokio::test]
async fn a_failed_installation_is_told_with_its_cause_and_its_log() {
    let stage = Stage::with(Pace::none()).await;
    let lines = [
        "Collecting tellr-app==9.9.9",
        "ERROR: Could not find a version that satisfies the requirement tellr-app==9.9.9 (from versions: 0.1.0)",
        "ERROR: No matching distribution found for tellr-app==9.9.9",
        "[ERROR] [01f0bf7f] Error deploying app: error installing packages: error installing packages",
    ];
    let logs = lines.map(str::to_owned).to_vec();
    let message = "Error deploying app: error installing packages".to_owned();
    stage.set(|settings| settings.outcomes.deployment = DeploymentOutcome::Failed { message, logs });
    let oauth = stage.workspace.control().identities.mint_oauth(ADA);
    let host = stage.host_with(&oauth);
    let error = stage.create_on(&host, CreateArguments::default()).await.expect_err("it fails");
    assert_eq!((error.code.as_str(), error.reason.as_deref()), ("DEPLOYMENT_FAILED", Some("PIP_NO_VERSION")));
    assert!(error.cause.starts_with("The workspace's package index doesn't have this version"), "{error:#?}");
    assert!(error.remedy.contains("`app_version`") && error.remedy.contains("/logz"), "{error:#?}");
    assert_eq!(error.log, lines);
    stage.end().await;
}

/// 20: a file that was deleted in the workspace was not noticed.
#[tokio::test]
async fn a_file_that_was_deleted_by_hand_is_written_again() {
    let stage = deployed().await;
    for name in ["requirements.txt", "app.yaml"] {
        let path = format!("{FOLDER}/{name}");
        let before = stage.file(&path).await.expect("it was deployed");
        let deleted = stage.post("/api/2.0/workspace/delete", json!({"path": path})).await;
        assert_eq!(deleted.0, 200, "{deleted:?}");
        stage.update(update_of_default()).await.unwrap_or_else(|error| panic!("{name}: {error:#?}"));
        assert_eq!(stage.file(&path).await, Some(before), "{name}");
    }
    stage.end().await;
}

/// 22: an app started without its environment.
#[tokio::test]
async fn what_the_environment_takes_from_a_resource_is_attached() {
    let stage = deployed().await;
    let app_yaml = stage.file(&format!("{FOLDER}/app.yaml")).await.expect("app.yaml");
    let taken: Vec<&str> =
        app_yaml.lines().filter_map(|line| line.trim().strip_prefix("valueFrom: ")).collect();
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    let attached: Vec<&str> =
        app["resources"].as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()).collect();
    assert!(!taken.is_empty() && taken.iter().all(|name| attached.contains(name)), "{taken:?} {attached:?}");
    stage.end().await;
}

/// 27: an app that was deleted and created again lost its consents and its address.
#[tokio::test]
async fn an_update_changes_the_app_in_place() {
    let stage = deployed().await;
    let (_, before) = stage.get("/api/2.0/apps/tellr").await;
    stage.update(newer()).await.expect("update");
    let (_, after) = stage.get("/api/2.0/apps/tellr").await;
    for field in ["id", "url", "service_principal_client_id", "create_time"] {
        assert!(!before[field].is_null() && before[field] == after[field], "{field}: {before:#} {after:#}");
    }
    assert_eq!(after["description"], "another");
    assert_eq!(stage.made("POST", "/api/2.0/apps"), 1);
    stage.end().await;
}

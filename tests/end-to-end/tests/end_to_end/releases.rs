//! Each deployment is a numbered release; one that isn't healthy is followed by the one before.

use std::time::Duration;

use deployer::config::{CreateArguments, UpdateArguments, WheelArgument};
use deployer::engine::Cancellation;
use deployer::engine::releases::ReleaseState;
use deployer::error::DeployError;
use deployer::events::{DeployEvent, StepState};
use deployer::host::Host as _;
use deployer::operations::{self, Action, ResourceKind, UpdateResult};
use end_to_end::stage::{ADA, FOLDER, Stage, update_of_default};
use end_to_end::virtual_time::drive;
use futures_util::join;
use local_workspace::pace::Pace;
use local_workspace::settings::{AppAnswer, DeploymentOutcome, HealthChecks};
use serde_json::json;

/// A release of the version 7.0.`patch`, as a wheel.
fn version(patch: u8) -> UpdateArguments {
    UpdateArguments { local_wheel: Some(wheel(patch)), ..update_of_default() }
}

fn wheel(patch: u8) -> WheelArgument {
    let content = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [b'P', b'K', patch]);
    WheelArgument { file_name: format!("tellr_app-7.0.{patch}-py3-none-any.whl"), content }
}

/// A workspace with the release 1: the version 7.0.1, healthy.
async fn first() -> Stage {
    let stage = Stage::with(Pace::none()).await;
    answers(&stage, "7.0.1");
    let arguments = CreateArguments { local_wheel: Some(wheel(1)), ..CreateArguments::default() };
    let created = stage.create_on(&oauth(&stage), arguments).await.expect("create");
    assert_eq!(created.release, Some(1));
    stage
}

/// The app answers, in this version.
fn answers(stage: &Stage, version: &str) {
    let database = json!({"state": "ok", "works_from": 1});
    answer(stage, "/api/ready", 200, json!({"ready": true, "database": database}));
    answer(stage, "/api/version", 200, json!({"version": version, "migration": 5}));
}

fn answer(stage: &Stage, path: &str, status: u16, body: serde_json::Value) {
    stage.set(|settings| {
        settings.outcomes.app_answers.insert(path.to_owned(), AppAnswer { status, body });
    });
}

/// A deployer that may ask the app.
fn oauth(stage: &Stage) -> end_to_end::virtual_time::VirtualHost<'_> {
    stage.host_with(&stage.workspace.control().identities.mint_oauth(ADA))
}

async fn update(stage: &Stage, arguments: UpdateArguments) -> Result<UpdateResult, DeployError> {
    stage.update_on(&oauth(stage), arguments).await
}

fn deployments(stage: &Stage) -> usize {
    stage.made("POST", "/api/2.0/apps/tellr/deployments")
}

async fn requirements(stage: &Stage) -> String {
    stage.file(&format!("{FOLDER}/requirements.txt")).await.expect("the file")
}

#[tokio::test]
async fn what_is_deployed_already_is_not_deployed_again() {
    let stage = first().await;
    let again = update(&stage, version(1)).await.expect("update");
    assert_eq!((again.release, deployments(&stage)), (Some(1), 1));
    answers(&stage, "7.0.2");
    let second = update(&stage, version(2)).await.expect("update");
    assert_eq!((second.release, deployments(&stage)), (Some(2), 2));
    let history = stage.history().await.expect("history");
    let states: Vec<_> = history.releases.iter().map(|release| (release.number, release.state)).collect();
    assert_eq!(states, [(2, ReleaseState::Healthy), (1, ReleaseState::Healthy)]);
    assert_eq!((history.current, history.previous), (Some(2), Some(1)));
    assert_eq!(history.releases[0].runs.as_deref(), Some("7.0.2"));
    stage.end().await;
}

#[tokio::test]
async fn a_release_whose_app_is_not_healthy_is_followed_by_the_one_before() {
    let stage = first().await;
    let before = requirements(&stage).await;
    // The new version never becomes ready: the old one still answers.
    let error = update(&stage, version(2)).await.expect_err("it isn't healthy");
    assert_eq!(error.code, "RELEASE_FAILED");
    assert!(error.message.contains("release 1 runs again"), "{error:#?}");
    assert!(
        error.cause.contains("7.0.2") && error.remedy.contains("`on_failure` set to `keep`"),
        "{error:#?}"
    );
    assert_eq!(requirements(&stage).await, before);
    assert_eq!(deployments(&stage), 3);
    stage.assert_left_in_order("failed").await;
    let history = stage.history().await.expect("history");
    assert_eq!((history.current, history.releases[0].put_back), (Some(1), Some(1)));
    assert_eq!(history.releases[0].state, ReleaseState::Failed);
    // Nothing is left to resume, and nothing to do about release 1.
    let status = stage.status().await;
    assert!(!status.can_resume, "{status:#?}");
    assert!(!stage.plan_update(version(1)).await.expect("plan").resumes);
    let again = update(&stage, version(1)).await.expect("update");
    assert_eq!((again.release, deployments(&stage)), (Some(1), 3));
    stage.end().await;
}

#[tokio::test]
async fn a_failed_release_is_told_with_the_log_and_the_cause_that_was_found_in_it() {
    let stage = first().await;
    let outcome = DeploymentOutcome::Failed {
        message: "Error installing packages.".into(),
        logs: vec!["ERROR: No matching distribution found for tellr-app==7.0.2".to_owned()],
    };
    stage.set(|settings| settings.outcomes.deployment = outcome);
    let kept = UpdateArguments { on_failure: Some("keep".into()), ..version(2) };
    let kept = update(&stage, kept).await.expect_err("it fails");
    assert_eq!(kept.code, "DEPLOYMENT_FAILED");
    let told = update(&stage, version(3)).await.expect_err("it fails");
    assert_eq!(told.code, "RELEASE_FAILED");
    assert!(kept.reason.is_some() && told.reason == kept.reason, "{:?} {:?}", kept.reason, told.reason);
    assert!(told.cause.contains(&kept.cause), "{told:#?}");
    assert!(told.log.iter().any(|line| line.contains("No matching distribution")), "{told:#?}");
    stage.end().await;
}

#[tokio::test]
async fn a_run_that_is_cancelled_after_its_deployment_leaves_that_release_running() {
    let stage = first().await;
    stage.set(|settings| settings.features.health_checks = HealthChecks::Ignored);
    answer(&stage, "/api/ready", 503, json!({"ready": false}));
    let (host, cancellation) = (oauth(&stage), Cancellation::new());
    let config = version(2).resolve(None, None).expect("good arguments");
    let is_deployed = |event: &DeployEvent| {
        event.step.as_deref() == Some("deployment") && event.state == Some(StepState::Done)
    };
    let stop = async {
        while !host.events().iter().any(is_deployed) {
            host.sleep(Duration::from_millis(500)).await;
        }
        cancellation.cancel();
    };
    let work = Box::pin(operations::update(&host, &config, &cancellation));
    let (ended, ()) = drive(&stage.time, async { join!(work, stop) }).await.expect("it does not die");
    assert_eq!(ended.expect_err("it was cancelled").code, "CANCELLED");

    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    let history = stage.history().await.expect("history");
    assert_eq!(history.current, Some(2));
    let second = &history.releases[0];
    assert_eq!((second.number, second.state), (2, ReleaseState::Unchecked));
    assert_eq!(second.deployment_id.as_deref(), app["active_deployment"]["deployment_id"].as_str());
    // Run again, it only checks.
    answers(&stage, "7.0.2");
    let again = update(&stage, version(2)).await.expect("update");
    assert_eq!((again.release, deployments(&stage)), (Some(2), 2));
    stage.end().await;
}

#[tokio::test]
async fn a_rollback_names_the_branch_with_the_data_from_before_a_reset() {
    let stage = first().await;
    answers(&stage, "7.0.2");
    let reset = UpdateArguments { reset_database: Some(true), ..version(2) };
    let point = update(&stage, reset).await.expect("update").restore_point.expect("a restore point");
    let id = point.branch.rsplit('/').next().expect("an id").to_owned();
    answers(&stage, "7.0.1");
    let back = stage.rollback_on(&oauth(&stage), None).await.expect("rollback");
    let named = back.stays.iter().find(|line| line.contains(&id)).unwrap_or_else(|| panic!("{back:#?}"));
    assert!(named.contains("`restore`"), "{named}");
    stage.end().await;
}

#[tokio::test]
async fn a_failed_release_that_emptied_the_schema_names_where_the_data_is() {
    let stage = first().await;
    let reset = UpdateArguments { reset_database: Some(true), ..version(2) };
    let error = update(&stage, reset).await.expect_err("it isn't healthy");
    assert_eq!(error.code, "RELEASE_FAILED");
    assert!(error.cause.contains("stays so; its data is in the branch `pre-reset-"), "{error:#?}");
    stage.end().await;
}

#[tokio::test]
async fn a_failed_release_is_kept_where_that_is_wanted() {
    let stage = first().await;
    let arguments = UpdateArguments { on_failure: Some("keep".into()), ..version(2) };
    let error = update(&stage, arguments).await.expect_err("it isn't healthy");
    assert_eq!(error.code, "APP_VERSION_DIFFERS");
    assert_eq!(deployments(&stage), 2);
    assert!(requirements(&stage).await.contains("7.0.2"));
    stage.end().await;
}

#[tokio::test]
async fn a_first_release_that_fails_has_nothing_before_it() {
    let stage = Stage::with(Pace::none()).await;
    let outcome = DeploymentOutcome::Failed { message: "App did not start.".into(), logs: Vec::new() };
    stage.set(|settings| settings.outcomes.deployment = outcome);
    let error = stage.create(CreateArguments::default()).await.expect_err("it fails");
    assert_eq!(error.code, "DEPLOYMENT_FAILED");
    let history = stage.history().await.expect("history");
    assert_eq!((history.current, history.releases[0].state), (None, ReleaseState::Failed));
    let error = stage.rollback(None).await.expect_err("there is none");
    assert_eq!(error.code, "NO_EARLIER_RELEASE");
    stage.end().await;
}

#[tokio::test]
async fn a_release_is_gone_back_to_with_its_files_and_settings() {
    let stage = first().await;
    let before = (requirements(&stage).await, stage.file(&format!("{FOLDER}/app.yaml")).await);
    answers(&stage, "7.0.2");
    let extra = [("LOG_LEVEL".to_owned(), "debug".to_owned())].into_iter().collect();
    let second = UpdateArguments {
        extra_env: Some(extra),
        description: Some("Another".into()),
        app_compute: Some("LARGE".into()),
        ..version(2)
    };
    update(&stage, second).await.expect("update");
    answers(&stage, "7.0.1");
    let back = stage.rollback_on(&oauth(&stage), None).await.expect("rollback");
    assert_eq!((back.release, back.returned_to, back.version.as_deref()), (Some(3), 1, Some("7.0.1")));
    assert!(back.stays.iter().any(|line| line.contains("data is not brought back")), "{:?}", back.stays);
    assert_eq!((requirements(&stage).await, stage.file(&format!("{FOLDER}/app.yaml")).await), before);
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!(
        (&app["description"], &app["compute_size"]),
        (&json!("Tellr AI Slide Generator"), &json!("MEDIUM"))
    );
    // There is none before that one; those that ran are named.
    let error = stage.rollback(None).await.expect_err("which one?");
    assert_eq!(error.code, "NO_EARLIER_RELEASE");
    assert!(error.remedy.contains("`to_release`") && error.remedy.contains("one of 1, 2"), "{error:#?}");
    // From there, forward again; by its number.
    answers(&stage, "7.0.2");
    let forward = stage.rollback_on(&oauth(&stage), Some(2)).await.expect("rollback");
    assert_eq!((forward.release, forward.returned_to), (Some(4), 2));
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!((&app["description"], &app["compute_size"]), (&json!("Another"), &json!("LARGE")));
    stage.end().await;
}

#[tokio::test]
async fn a_release_that_can_not_be_gone_back_to_is_refused_before_anything_happens() {
    let stage = first().await;
    let error = update(&stage, version(2)).await.expect_err("it isn't healthy");
    assert_eq!(error.code, "RELEASE_FAILED");
    // The program of release 3 has left tables that the first one can't read.
    answer(&stage, "/api/version", 200, json!({"version": "7.0.3", "migration": 9}));
    let database = json!({"state": "ok", "works_from": 8});
    answer(&stage, "/api/ready", 200, json!({"ready": true, "database": database}));
    update(&stage, version(3)).await.expect("update");
    let effects = stage.effects_of_ada();
    for (to, code, words) in [
        (Some(2), "RELEASE_NEVER_RAN", "release"),
        (Some(1), "RELEASE_TOO_OLD", "migration 8"),
        (None, "RELEASE_TOO_OLD", "migration 5"),
        (Some(9), "RELEASE_UNKNOWN", "1, 3"),
    ] {
        let error = stage.rollback(to).await.expect_err("it is refused");
        assert_eq!(error.code, code, "{to:?}");
        assert!(format!("{} {}", error.message.to_lowercase(), error.cause).contains(words), "{error:#?}");
    }
    assert_eq!(stage.effects_of_ada(), effects, "nothing was sent that changes anything");
    stage.end().await;
}

#[tokio::test]
async fn a_release_whose_wheel_was_changed_is_refused() {
    let stage = first().await;
    answers(&stage, "7.0.2");
    update(&stage, version(2)).await.expect("update");
    let first = stage.history().await.expect("history").releases[1].clone();
    let wheel = first.files.iter().find(|file| file.text.is_none()).expect("a wheel");
    let path = format!("{FOLDER}/{}", wheel.name);
    let body = json!({"path": path, "content": "AAAA", "format": "AUTO", "overwrite": true});
    assert_eq!(stage.post("/api/2.0/workspace/import", body).await.0, 200);
    let error = stage.rollback(None).await.expect_err("it is refused");
    assert_eq!(error.code, "RELEASE_FILE_MISSING");
    stage.end().await;
}

#[tokio::test]
async fn the_wheels_of_three_releases_stay_in_the_folder() {
    let stage = first().await;
    for patch in 2..=4 {
        answers(&stage, &format!("7.0.{patch}"));
        update(&stage, version(patch)).await.expect("update");
    }
    let history = stage.history().await.expect("history");
    let removed: Vec<_> = history.releases.iter().map(|release| release.files[2].removed).collect();
    assert_eq!(removed, [false, false, false, true]);
    for release in &history.releases {
        let there = stage.file(&format!("{FOLDER}/{}", release.files[2].name)).await.is_some();
        assert_eq!(there, !release.files[2].removed, "release {}", release.number);
    }
    let error = stage.rollback(Some(1)).await.expect_err("its wheel is gone");
    assert_eq!(error.code, "RELEASE_FILE_MISSING");
    stage.end().await;
}

#[tokio::test]
async fn a_key_in_app_yaml_is_in_no_list_of_releases_and_comes_back_with_the_files() {
    let stage = Stage::with(Pace::none()).await;
    answers(&stage, "7.0.1");
    let arguments = CreateArguments {
        local_wheel: Some(wheel(1)),
        encryption_key_storage: Some("app_yaml".into()),
        ..CreateArguments::default()
    };
    stage.create_on(&oauth(&stage), arguments).await.expect("create");
    let app_yaml = format!("{FOLDER}/app.yaml");
    let before = stage.file(&app_yaml).await.expect("the file");
    let key = before
        .lines()
        .skip_while(|line| !line.contains("GOOGLE_OAUTH_ENCRYPTION_KEY"))
        .nth(1)
        .and_then(|line| line.split_once("value: "))
        .map(|(_, key)| key.trim().trim_matches('\'').trim_matches('"').to_owned())
        .expect("a key");
    answers(&stage, "7.0.2");
    update(&stage, version(2)).await.expect("update");
    let list = stage.file(&format!("{FOLDER}/.tellr/releases.json")).await.expect("the list");
    assert!(!list.contains(&key) && list.contains("(the encryption key)"));
    answers(&stage, "7.0.1");
    stage.rollback_on(&oauth(&stage), None).await.expect("rollback");
    assert_eq!(stage.file(&app_yaml).await.expect("the file"), before);
    stage.end().await;
}

#[tokio::test]
async fn what_a_rollback_brings_along_is_told_before() {
    let stage = Stage::with(Pace::none()).await;
    answers(&stage, "7.0.1");
    let arguments = CreateArguments {
        local_wheel: Some(wheel(1)),
        encryption_key_storage: Some("app_yaml".into()),
        ..CreateArguments::default()
    };
    stage.create_on(&oauth(&stage), arguments).await.expect("create");
    answers(&stage, "7.0.2");
    let second = UpdateArguments {
        schema_name: Some("other_data".into()),
        encryption_key_storage: Some("secret_scope".into()),
        serving_endpoint: Some("databricks-claude-sonnet-4-5".into()),
        ..version(2)
    };
    update(&stage, second).await.expect("update");
    let plan = stage.plan_rollback(None).await.expect("plan");
    for told in ["The app leaves its schema `other_data`", "keeps the encryption key in `app.yaml`"] {
        assert!(plan.recoverable.iter().any(|line| line.contains(told)), "{told}: {:#?}", plan.recoverable);
    }
    // What the run detaches is in the plan.
    let of_attachments = plan.changes.iter().filter(|change| change.resource == ResourceKind::Attachment);
    let detached: Vec<&str> = of_attachments
        .filter(|change| change.action == Action::Delete)
        .map(|change| change.name.as_str())
        .collect();
    assert_eq!(detached, ["serving_endpoint"], "{:#?}", plan.changes);
    answers(&stage, "7.0.1");
    stage.rollback_on(&oauth(&stage), None).await.expect("rollback");
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert!(!app["resources"].to_string().contains("serving_endpoint"), "{app}");
    stage.end().await;
}

#[tokio::test]
async fn a_list_that_can_not_be_read_is_not_written_anew() {
    let stage = first().await;
    let path = format!("{FOLDER}/.tellr/releases.json");
    let body = json!({"path": path, "content": "e30=", "format": "AUTO", "overwrite": true});
    assert_eq!(stage.post("/api/2.0/workspace/import", body).await.0, 200);
    let error = update(&stage, version(2)).await.expect_err("it is refused");
    assert_eq!(error.code, "RELEASES_UNREADABLE");
    assert_eq!(stage.file(&path).await.as_deref(), Some("{}"));
    stage.end().await;
}

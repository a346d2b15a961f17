//! Two deployers of one app at once, and one that is asked to stop.

use std::time::Duration;

use deployer::config::CreateArguments;
use deployer::engine::Cancellation;
use deployer::error::DeployError;
use deployer::events::{DeployEvent, StepState};
use deployer::operations::{self, CreateResult};
use end_to_end::rivals::LOCK;
use end_to_end::stage::{ADA, FOLDER, Stage, update_of_default};
use end_to_end::virtual_time::{VirtualHost, drive};
use end_to_end::words::{Expected, assert_says};
use futures_util::join;
use local_workspace::faults::{Action, Rule};
use serde_json::json;

async fn create(host: &VirtualHost<'_>, cancellation: &Cancellation) -> Result<CreateResult, DeployError> {
    let config = CreateArguments::default().resolve(None, None)?;
    Box::pin(operations::create(host, &config, cancellation)).await
}

#[tokio::test]
async fn of_two_deployers_at_once_one_deploys_and_the_other_is_told_who_and_since_when() {
    let stage = Stage::realistic().await;
    let (one, other) = (stage.host(ADA), stage.host(ADA));
    let cancellation = Cancellation::new();
    let both = async { join!(create(&one, &cancellation), create(&other, &cancellation)) };
    let (one_ended, other_ended) = drive(&stage.time, both).await.expect("none of them dies");
    let error = match (one_ended, other_ended) {
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => error,
        both => panic!("one of them deploys: {both:#?}"),
    };
    let names = "ada@example.com has been running `create` on app `tellr` since 2026-11-23T15:00:0";
    assert_says(
        &error,
        Expected { code: "DEPLOY_LOCKED", names, because: "/Workspace/Shared/.tellr/locks/tellr.json`" },
    );
    stage.assert_deployed_once().await;
    for (method, path) in [
        ("POST", "/api/2.0/apps"),
        ("POST", "/api/2.0/postgres/projects"),
        ("POST", "/api/2.0/secrets/put"),
        ("POST", "/api/2.0/apps/tellr/deployments"),
    ] {
        assert_eq!(stage.made(method, path), 1, "{method} {path}");
    }
    drop((one, other));
    stage.end().await;
}

#[tokio::test]
async fn a_deployer_whose_lock_was_taken_over_stops_and_leaves_it() {
    let stage = Stage::realistic().await;
    let control = stage.workspace.control();
    control.faults.add(Rule::next("/api/2.0/apps", Action::Hang).on("POST")).expect("a good rule");
    let lock = LOCK;
    let taking_over = async {
        let held = control.faults.wait_for_hanging(Duration::from_mins(1)).await;
        assert!(held.is_some(), "the request was held");
        let text = stage.file(lock).await.expect("there is a lock");
        let mut holding: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        holding["id"] = "another-run".into();
        holding["holder"] = "dora@example.com".into();
        let content = {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD.encode(holding.to_string())
        };
        let body = json!({"path": lock, "format": "AUTO", "overwrite": true, "content": content});
        assert_eq!(stage.post("/api/2.0/workspace/import", body).await.0, 200);
        control.faults.release();
    };
    let (created, ()) = join!(stage.create(CreateArguments::default()), taking_over);
    let error = created.expect_err("the lock is somebody else's");
    let names = "dora@example.com took over the lock on app `tellr`";
    assert_says(&error, Expected { code: "LOCK_LOST", names, because: "could not be renewed" });
    let left = stage.file(lock).await.expect("the lock stays");
    assert!(left.contains("dora@example.com"), "{left}");
    assert_eq!(stage.made("POST", "/api/2.0/apps/tellr/deployments"), 0, "it stopped in time");
    stage.end().await;
}

/// Asked to stop when `when` is told.
async fn cancelled(when: impl Fn(&DeployEvent) -> bool, stands: &str) {
    let stage = Stage::realistic().await;
    let cancellation = Cancellation::new();
    let handle = cancellation.clone();
    let stop = |event: &DeployEvent| {
        if when(event) {
            handle.cancel();
        }
    };
    let host = stage.host(ADA).watched(&stop);
    let ended = drive(&stage.time, create(&host, &cancellation)).await.expect("it does not die");
    let error = ended.expect_err("it was asked to stop");
    assert_says(&error, Expected { code: "CANCELLED", names: "`tellr`", because: stands });
    stage.assert_left_in_order("cancelled").await;
    drop(host);
    stage.create(CreateArguments::default()).await.unwrap_or_else(|error| panic!("{error:#?}"));
    stage.assert_deployed_once().await;
    stage.end().await;
}

#[tokio::test]
async fn a_run_that_is_asked_to_stop_says_what_stands_and_the_next_goes_on() {
    let started = |step: &'static str| {
        move |event: &DeployEvent| {
            event.step.as_deref() == Some(step) && event.state == Some(StepState::Started)
        }
    };
    cancelled(started("lakebase"), "nothing had been started").await;
    let done = |event: &DeployEvent| {
        event.step.as_deref() == Some("lakebase") && event.state == Some(StepState::Done)
    };
    cancelled(done, "`lakebase`").await;
    cancelled(started("deployment"), "`schema`").await;
}

#[tokio::test]
async fn a_journal_of_a_newer_deployer_is_not_touched() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let path = format!("{FOLDER}/.tellr/deployment.json");
    let content = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode("{\"version\": 2, \"everything\": \"else\"}")
    };
    let body = json!({"path": path, "format": "AUTO", "overwrite": true, "content": content});
    assert_eq!(stage.post("/api/2.0/workspace/import", body).await.0, 200);
    let before = stage.file(&path).await;
    let deployments = stage.made("POST", "/api/2.0/apps/tellr/deployments");
    let error = stage.update(update_of_default()).await.expect_err("it is from the future");
    assert_says(&error, Expected { code: "JOURNAL_NEWER", names: &path, because: "format 2" });
    assert!(error.remedy.contains("Upgrade"), "{error:#?}");
    assert_eq!(stage.file(&path).await, before);
    assert_eq!(stage.made("POST", "/api/2.0/apps/tellr/deployments"), deployments);
    assert_eq!(stage.file(LOCK).await, None);
    stage.end().await;
}

#[tokio::test]
async fn a_workspace_without_apps_is_told_as_that() {
    let stage = Stage::realistic().await;
    let missing = Action::error(404, "ENDPOINT_NOT_FOUND", "No API found for 'GET /api/2.0/apps/tellr'");
    let rule = Rule { times: None, ..Rule::next("/api/2.0/apps.*", missing) };
    stage.workspace.control().faults.add(rule).expect("a good rule");
    for ended in [
        stage.create(CreateArguments::default()).await.map(drop),
        stage.update(update_of_default()).await.map(drop),
    ] {
        let error = ended.expect_err("there are no apps here");
        let names = "Databricks Apps is not available";
        assert_says(&error, Expected { code: "APPS_UNAVAILABLE", names, because: "No API found" });
    }
    assert_eq!(stage.effects_of_ada(), 0);
    stage.end().await;
}

//! What the platform's own work may come to: compute, deployments, databases and names.
//!
//! Every failure is told with the thing, the reason and what to do, leaves the folder in order, and
//! is followed by a run that goes on where the first one stopped.

use deployer::config::CreateArguments;
use deployer::error::DeployError;
use end_to_end::inventory::Inventory;
use end_to_end::stage::{ADA, BEN, Stage};
use end_to_end::words::{Expected, assert_says};
use local_workspace::faults::{Action, OperationOutcome, Rule, When};
use local_workspace::pace::Pace;
use local_workspace::settings::{ComputeOutcome, DeploymentOutcome, DuplicateCode, Settings, UpdateOutcome};
use reqwest::Method;
use serde_json::json;

const HALF_AN_HOUR_MS: u64 = 30 * 60 * 1000;

/// A `create` that fails in this workspace, told as expected, with everything left in order.
async fn fails(stage: &Stage, expected: Expected<'_>) -> DeployError {
    let error = stage.create(CreateArguments::default()).await.expect_err("something is in its way");
    assert_says(&error, expected);
    stage.assert_left_in_order("failed").await;
    error
}

/// The same `create` again, once what was in its way is gone.
async fn goes_on(stage: Stage) {
    stage.create(CreateArguments::default()).await.unwrap_or_else(|error| panic!("{error:#?}"));
    stage.assert_deployed_once().await;
    stage.end().await;
}

/// Fails under these settings and goes on without them.
async fn fails_while(change: impl FnOnce(&mut Settings), expected: Expected<'_>) -> DeployError {
    let stage = Stage::realistic().await;
    let before = stage.workspace.control().settings.get();
    stage.set(change);
    let error = fails(&stage, expected).await;
    stage.set(|settings| *settings = before);
    goes_on(stage).await;
    error
}

#[tokio::test]
async fn compute_that_fails_is_told_and_started_again() {
    let message = "No capacity of this size in the region.".to_owned();
    fails_while(
        |settings| settings.outcomes.compute = ComputeOutcome::Error { message },
        Expected { code: "COMPUTE_FAILED", names: "`tellr`", because: "No capacity of this size" },
    )
    .await;
}

#[tokio::test]
async fn compute_that_is_not_ready_is_told_and_waited_for_again() {
    fails_while(
        |settings| settings.pace.durations.compute_start_ms = HALF_AN_HOUR_MS,
        Expected { code: "COMPUTE_TIMEOUT", names: "`tellr` is still STARTING after 20 min", because: "" },
    )
    .await;
}

#[tokio::test]
async fn a_deployment_that_fails_is_told_with_its_message_which_is_no_log() {
    let message =
        "Error installing packages:\n  Collecting tellr-app==0.1.0\n  ERROR: No matching distribution found";
    let outcome = DeploymentOutcome::Failed { message: message.into(), logs: vec![] };
    let error = fails_while(
        |settings| settings.outcomes.deployment = outcome,
        Expected { code: "DEPLOYMENT_FAILED", names: "`tellr`", because: "Error installing packages" },
    )
    .await;
    assert_eq!(error.log, [""; 0], "the message is no log");
    assert!(error.cause.contains("ERROR: No matching distribution found"), "{error:#?}");
    assert!(error.remedy.contains("/logz"), "where to read more: {error:#?}");
}

#[tokio::test]
async fn a_deployment_that_is_cancelled_is_told_as_that() {
    let outcome = DeploymentOutcome::Cancelled { message: "Cancelled by carla@example.com.".into() };
    fails_while(
        |settings| settings.outcomes.deployment = outcome,
        Expected { code: "DEPLOYMENT_CANCELLED", names: "`tellr`", because: "carla@example.com" },
    )
    .await;
}

#[tokio::test]
async fn an_app_that_crashes_after_its_deployment_is_not_taken_for_running() {
    let outcome = DeploymentOutcome::CrashAfterSuccess { message: "app crashed: exit code 3".into() };
    let error = fails_while(
        |settings| settings.outcomes.deployment = outcome,
        Expected {
            code: "APP_CRASHED",
            names: "`tellr` was deployed and is now CRASHED",
            because: "exit code 3",
        },
    )
    .await;
    assert!(error.remedy.contains("/logz"), "{error:#?}");
}

#[tokio::test]
async fn a_deployment_that_does_not_end_is_told_and_then_waited_for() {
    fails_while(
        |settings| settings.pace.durations.deployment_ms = HALF_AN_HOUR_MS,
        Expected { code: "DEPLOYMENT_TIMEOUT", names: "`tellr` has not ended after 20 min", because: "" },
    )
    .await;
}

#[tokio::test]
async fn settings_that_the_app_does_not_take_are_told_in_the_platforms_words() {
    let outcome = UpdateOutcome::Failed { message: "The resource could not be bound.".into() };
    fails_while(
        |settings| settings.outcomes.app_update = outcome,
        Expected { code: "APP_UPDATE_FAILED", names: "`tellr`", because: "could not be bound" },
    )
    .await;
}

#[tokio::test]
async fn a_database_that_is_not_ready_is_told_and_waited_for_again() {
    fails_while(
        |settings| settings.pace.durations.project_create_ms = HALF_AN_HOUR_MS,
        Expected { code: "LAKEBASE_TIMEOUT", names: "`tellr-db` is not ready after 20 min", because: "" },
    )
    .await;
    fails_while(
        |settings| settings.pace.durations.endpoint_hosts_ms = HALF_AN_HOUR_MS,
        Expected { code: "LAKEBASE_TIMEOUT", names: "`tellr-db` is not ready after 20 min", because: "" },
    )
    .await;
}

/// The operation fails; `when` says whether the project is there all the same.
async fn an_operation_that_ends_in_an_error(when: When) {
    let stage = Stage::realistic().await;
    let outcome =
        OperationOutcome::Error { code: "INTERNAL".into(), message: "The pageserver is gone.".into() };
    let rule = Rule::next("/api/2.0/postgres/projects", Action::Operation(outcome)).on("POST");
    stage.workspace.control().faults.add(Rule { when, ..rule }).expect("a good rule");
    fails(
        &stage,
        Expected {
            code: "LAKEBASE_FAILED",
            names: "`tellr-db`",
            because: "The pageserver is gone. (INTERNAL)",
        },
    )
    .await;
    goes_on(stage).await;
}

#[tokio::test]
async fn a_failed_operation_is_told_in_the_platforms_words_and_makes_no_second_database() {
    an_operation_that_ends_in_an_error(When::Before).await;
    an_operation_that_ends_in_an_error(When::After).await;
}

#[tokio::test]
async fn an_operation_without_a_response_is_done_all_the_same() {
    let stage = Stage::realistic().await;
    let rule = Rule::next("/api/2.0/postgres/projects", Action::Operation(OperationOutcome::NoResponse));
    stage.workspace.control().faults.add(rule.on("POST").after_the_effect()).expect("a good rule");
    goes_on(stage).await;
}

#[tokio::test]
async fn without_autoscaling_there_is_one_provisioned_database() {
    let stage = Stage::realistic().await;
    stage.set(|settings| settings.features.autoscaling = false);
    let created = stage.create(CreateArguments::default()).await.expect("there is another kind");
    assert_eq!(created.lakebase_type, "provisioned");
    let expected =
        Inventory { projects: Vec::new(), instances: vec!["tellr-db".into()], ..Inventory::of_default() };
    stage.assert_deployed(&expected).await;
    stage.end().await;
}

#[tokio::test]
async fn a_stopped_instance_is_told_and_not_started_unasked() {
    let stage = Stage::realistic().await;
    stage.set(|settings| settings.features.provisioned_instances = true);
    let spec = json!({"name": "tellr-db", "capacity": "CU_1", "stopped": true});
    stage.post("/api/2.0/database/instances", spec).await;
    fails(
        &stage,
        Expected {
            code: "LAKEBASE_STOPPED",
            names: "`tellr-db` is stopped",
            because: "It was stopped by a user",
        },
    )
    .await;
    assert_eq!(stage.inventory().await.projects, Vec::<String>::new(), "and no project instead of it");
    stage.end().await;
}

#[tokio::test]
async fn the_name_of_a_deleted_project_is_told_as_taken() {
    let stage = Stage::realistic().await;
    stage.post("/api/2.0/postgres/projects?project_id=tellr-db", json!({"spec": {"pg_version": 17}})).await;
    stage.send_as(ADA, Method::DELETE, "/api/2.0/postgres/projects/tellr-db", None).await;
    let expected = Expected {
        code: "LAKEBASE_NAME_RESERVED",
        names: "`tellr-db` belongs to a Lakebase project that was deleted",
        because: "already exists",
    };
    fails(&stage, expected).await;
    stage.send_as(ADA, Method::DELETE, "/api/2.0/postgres/projects/tellr-db?purge=true", None).await;
    goes_on(stage).await;
}

#[tokio::test]
async fn an_app_that_is_being_deleted_is_waited_for() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    stage.set(|settings| settings.pace.durations.app_delete_ms = 18 * 60 * 1000);
    stage.send_as(ADA, Method::DELETE, "/api/2.0/apps/tellr", None).await;
    let began = stage.time.now_ms();
    let host = stage.host(ADA);
    stage.create_on(&host, CreateArguments::default()).await.expect("its name is free in the end");
    assert!(stage.time.now_ms() - began > 18 * 60 * 1000);
    let waits = host.events().iter().any(|event| event.message.contains("is being deleted"));
    assert!(waits, "a person is told what takes so long");
    stage.assert_deployed_once().await;
    stage.end().await;
}

#[tokio::test]
async fn an_app_that_stays_in_deletion_is_told() {
    let stage = Stage::realistic().await;
    stage.post("/api/2.0/apps", json!({"name": "tellr"})).await;
    stage.set(|settings| settings.pace.durations.app_delete_ms = HALF_AN_HOUR_MS);
    stage.workspace.control().clock.advance(3 * 60 * 1000).expect("a virtual clock");
    stage.send_as(ADA, Method::DELETE, "/api/2.0/apps/tellr", None).await;
    fails(
        &stage,
        Expected {
            code: "APP_DELETING",
            names: "`tellr` is still being deleted after 25 min",
            because: "name",
        },
    )
    .await;
    goes_on(stage).await;
}

/// A name that was taken before is told at once, and nothing is made.
async fn taken_by(user: &str) {
    let stage = Stage::realistic().await;
    let (status, _) =
        stage.send_as(user, Method::POST, "/api/2.0/apps", Some(json!({"name": "tellr"}))).await;
    assert_eq!(status, 200);
    let before = stage.inventory().await;
    stage.workspace.control().journal.clear();
    let error = stage.create(CreateArguments::default()).await.expect_err("the name is taken");
    let because = "No run of this deployer in this folder created it";
    assert_says(
        &error,
        Expected { code: "APP_ALREADY_EXISTS", names: &format!("`tellr`, created by {user}"), because },
    );
    assert_eq!(stage.inventory().await, before, "nothing was made");
    assert_eq!(stage.effects_of_ada(), 0);
    stage.end().await;
}

#[tokio::test]
async fn an_app_of_somebody_else_is_told_with_its_creator_and_not_touched() {
    taken_by(BEN).await;
}

#[tokio::test]
async fn an_app_of_ones_own_that_no_deployer_made_is_not_touched_either() {
    taken_by(ADA).await;
}

#[tokio::test]
async fn an_app_that_was_deployed_is_not_created_again() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let error = stage.create(CreateArguments::default()).await.expect_err("it is there");
    assert_says(
        &error,
        Expected {
            code: "APP_ALREADY_EXISTS",
            names: "`tellr`",
            because: "deployed from this folder before",
        },
    );
    assert!(error.remedy.contains("`update`"), "{error:#?}");
    stage.assert_deployed_once().await;
    stage.end().await;
}

/// Somebody takes the name between the look and the request that creates the app.
async fn somebody_was_faster(code: DuplicateCode) {
    let stage = Stage::realistic().await;
    stage.set(|settings| settings.features.duplicate_app_code = code);
    let control = stage.workspace.control();
    let rule = Rule { principal: Some(ADA.into()), ..Rule::next("/api/2.0/apps", Action::Hang).on("POST") };
    control.faults.add(rule).expect("a good rule");
    let ben = async {
        let hanging = control.faults.wait_for_hanging(std::time::Duration::from_mins(1)).await;
        assert!(hanging.is_some(), "ada's request was held");
        stage.send_as(BEN, Method::POST, "/api/2.0/apps", Some(json!({"name": "tellr"}))).await;
        control.faults.release();
    };
    let (error, ()) = tokio::join!(fails_as_taken(&stage), ben);
    assert_eq!(error.step.as_deref(), Some("app"));
    stage.end().await;
}

async fn fails_as_taken(stage: &Stage) -> DeployError {
    let names = "`tellr`, created by ben@example.com";
    fails(stage, Expected { code: "APP_ALREADY_EXISTS", names, because: "not changed" }).await
}

/// The app was created and the answer was lost: what exists already is ours.
async fn we_were_it_ourselves(code: DuplicateCode) {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    stage.set(|settings| settings.features.duplicate_app_code = code);
    let rule = Rule::next("/api/2.0/apps", Action::Cut).on("POST").after_the_effect();
    stage.workspace.control().faults.add(rule).expect("a good rule");
    goes_on(stage).await;
}

#[tokio::test]
async fn both_codes_for_a_taken_name_mean_the_same() {
    for code in [DuplicateCode::AlreadyExists, DuplicateCode::ResourceAlreadyExists] {
        somebody_was_faster(code).await;
        we_were_it_ourselves(code).await;
    }
}

//! Other people's work in the way: their deployments, their schema, their database, their key.

use deployer::config::{AppName, CreateArguments, SchemaName, UpdateArguments};
use deployer::host::{CredentialTarget, Host as _, LakebaseTarget};
use deployer::schema::{SchemaOperation, SchemaOutcome};
use end_to_end::inventory::Inventory;
use end_to_end::stage::{ADA, BEN, FOLDER, Stage, delete_of_default, update_of_default};
use end_to_end::virtual_time::drive;
use end_to_end::words::{Expected, assert_says};
use local_workspace::faults::{Action, OperationOutcome, Rule};
use local_workspace::identity::Right;
use local_workspace::pace::Pace;
use local_workspace::settings::DeploymentOutcome;
use reqwest::Method;
use serde_json::json;

const BRANCH: &str = "projects/tellr-db/branches/production";

/// A workspace in which Ada has deployed, and Ben is an admin too.
async fn deployed_stage() -> Stage {
    let stage = Stage::realistic().await;
    stage.workspace.control().identities.set_rights(BEN, Right::of_admin());
    stage.create(CreateArguments::default()).await.expect("create");
    stage
}

async fn deploy_as_ben(stage: &Stage) {
    let body = json!({"source_code_path": FOLDER});
    let (status, answer) =
        stage.send_as(BEN, Method::POST, "/api/2.0/apps/tellr/deployments", Some(body)).await;
    assert_eq!(status, 200, "{answer}");
}

fn deployments(stage: &Stage) -> usize {
    stage.made("POST", "/api/2.0/apps/tellr/deployments")
}

#[tokio::test]
async fn a_deployment_of_somebody_else_is_waited_for_and_told_with_their_name() {
    let stage = deployed_stage().await;
    deploy_as_ben(&stage).await;
    let before = deployments(&stage);
    let host = stage.host(ADA);
    let updated = stage.update_on(&host, update_of_default()).await.expect("it goes on after his");
    let told = host.events().iter().any(|event| event.message.contains("ben@example.com started"));
    assert!(told, "who is waited for");
    assert_eq!(deployments(&stage), before + 1, "hers comes after his");
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!(app["active_deployment"]["deployment_id"], *updated.deployment_id);
    drop(host);
    stage.assert_deployed_once().await;
    stage.end().await;
}

#[tokio::test]
async fn a_deployment_of_somebody_else_that_does_not_end_is_told() {
    let stage = deployed_stage().await;
    stage.set(|settings| settings.outcomes.deployment = DeploymentOutcome::Never);
    deploy_as_ben(&stage).await;
    stage.set(|settings| settings.outcomes.deployment = DeploymentOutcome::Real);
    let error = stage.update(update_of_default()).await.expect_err("his never ends");
    let names = "`tellr` is still in progress after 20 min";
    assert_says(
        &error,
        Expected { code: "DEPLOYMENT_IN_PROGRESS", names, because: "ben@example.com started it" },
    );
    stage.assert_left_in_order("failed").await;
    // Ben stops what hangs; the next run starts compute and deploys.
    stage.send_as(BEN, Method::POST, "/api/2.0/apps/tellr/stop", None).await;
    stage.update(update_of_default()).await.unwrap_or_else(|error| panic!("{error:#?}"));
    stage.assert_deployed_once().await;
    stage.end().await;
}

/// A database of Ben's that Ada can connect to and may attach, but not create schemas in.
async fn database_of_ben(stage: &Stage) {
    stage.workspace.control().identities.set_rights(BEN, Right::of_admin());
    let sent = async |path: &str, body| {
        let (status, answer) = stage.send_as(BEN, Method::POST, path, Some(body)).await;
        assert_eq!(status, 200, "{answer}");
        stage.workspace.control().clock.advance(10_000).expect("a virtual clock");
    };
    sent("/api/2.0/postgres/projects?project_id=tellr-db", json!({"spec": {"pg_version": 17}})).await;
    let role = json!({"spec": {
        "postgres_role": ADA, "identity_type": "USER", "auth_method": "LAKEBASE_OAUTH_V1",
        "membership_roles": ["DATABRICKS_SUPERUSER"],
    }});
    sent(&format!("/api/2.0/postgres/{BRANCH}/roles"), role).await;
}

async fn schema_of_ben(stage: &Stage) {
    let endpoint = format!("{BRANCH}/endpoints/primary");
    let (_, found) = stage.get(&format!("/api/2.0/postgres/{endpoint}")).await;
    let at = LakebaseTarget {
        host: found["status"]["hosts"]["host"].as_str().expect("a host").to_owned(),
        database: "databricks_postgres".into(),
        user: BEN.into(),
        credential: CredentialTarget::Endpoint(endpoint),
    };
    let schema = SchemaName::parse("schema_name", "app_data").expect("a good name");
    let operation = SchemaOperation::SetUp { app: AppName::default(), schema, role: BEN.into() };
    let ben = stage.host(BEN);
    let made = drive(&stage.time, Box::pin(ben.schema(&at, operation))).await.expect("it does not die");
    assert_eq!(made, Ok(SchemaOutcome::Done));
}

/// A database of her own instead of Ben's.
async fn goes_on_elsewhere(stage: &Stage) {
    let arguments = CreateArguments { lakebase_name: Some("ada-db".into()), ..CreateArguments::default() };
    stage.create(arguments).await.unwrap_or_else(|error| panic!("{error:#?}"));
    let projects = ["projects/ada-db", "projects/tellr-db"].map(str::to_owned).into();
    stage.assert_deployed(&Inventory { projects, ..Inventory::of_default() }).await;
}

#[tokio::test]
async fn a_schema_of_somebody_else_is_told_and_left_alone() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    database_of_ben(&stage).await;
    schema_of_ben(&stage).await;
    let error = stage.create(CreateArguments::default()).await.expect_err("ben's schema");
    let because = "app_data belongs to ben@example.com";
    assert_says(&error, Expected { code: "SCHEMA_NOT_OWNED", names: "`app_data`", because });
    assert!(error.remedy.contains("schema_name"), "{error:#?}");
    stage.assert_left_in_order("failed").await;
    let state = stage.schema_state("tellr-db", "autoscaling", "app_data").await;
    assert_eq!(state.owner.as_deref(), Some(BEN), "still his");
    goes_on_elsewhere(&stage).await;
    stage.end().await;
}

#[tokio::test]
async fn a_database_in_which_one_may_not_create_a_schema_is_told_as_that() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    database_of_ben(&stage).await;
    let error = stage.create(CreateArguments::default()).await.expect_err("no right to create");
    let names = "create the schema `app_data`";
    let because = "permission denied for database";
    assert_says(&error, Expected { code: "PERMISSION_DENIED", names, because });
    assert!(error.remedy.contains("`tellr-db`") && error.remedy.contains("CREATE"), "{error:#?}");
    stage.assert_left_in_order("failed").await;
    goes_on_elsewhere(&stage).await;
    stage.end().await;
}

#[tokio::test]
async fn a_database_that_can_not_be_reached_is_told_with_its_host() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let name = format!("{BRANCH}/endpoints/primary");
    let status = json!({
        "endpoint_type": "ENDPOINT_TYPE_READ_WRITE", "current_state": "ACTIVE", "hosts": {"host": "127.254.254.254"},
    });
    let body = json!({"endpoints": [{"name": name, "status": status}]});
    let answer = Action::Answer { status: 200, headers: [].into(), body };
    let rule = Rule::next(&format!("/api/2.0/postgres/{BRANCH}/endpoints"), answer);
    stage.workspace.control().faults.add(Rule { times: None, ..rule }).expect("a good rule");
    let error = stage.create(CreateArguments::default()).await.expect_err("nobody listens there");
    let names = "`127.254.254.254`";
    assert_says(&error, Expected { code: "DATABASE_UNREACHABLE", names, because: "refused" });
    assert!(error.remedy.contains("5432"), "{error:#?}");
    stage.assert_left_in_order("failed").await;
    stage.workspace.control().faults.clear();
    stage.create(CreateArguments::default()).await.unwrap_or_else(|error| panic!("{error:#?}"));
    stage.assert_deployed_once().await;
    stage.end().await;
}

#[tokio::test]
async fn an_update_of_what_is_not_there_is_told() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let error = stage.update(update_of_default()).await.expect_err("no app");
    assert_says(&error, Expected { code: "APP_NOT_FOUND", names: "`tellr`", because: "never created" });
    let error = stage.delete(delete_of_default()).await.expect_err("no app");
    assert_says(&error, Expected { code: "APP_NOT_FOUND", names: "`tellr`", because: "never created" });
    assert_eq!(stage.effects_of_ada(), 0);

    stage.create(CreateArguments::default()).await.expect("create");
    let lakebase_name = Some("another-db".to_owned());
    let arguments = UpdateArguments { lakebase_name, ..update_of_default() };
    let error = stage.update(arguments).await.expect_err("no such database");
    assert_says(
        &error,
        Expected { code: "LAKEBASE_NOT_FOUND", names: "`another-db`", because: "No autoscaling project" },
    );
    stage.assert_deployed_once().await;
    stage.end().await;
}

#[tokio::test]
async fn a_key_that_is_not_the_one_in_use_is_refused() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    stage.create(CreateArguments::default()).await.expect("create");
    let secret = "/api/2.0/secrets/get?scope=tellr-tellr&key=encryption-key";
    let (_, before) = stage.get(secret).await;
    let key = Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned().into());
    let arguments = UpdateArguments { encryption_key: key, ..update_of_default() };
    let error = stage.update(arguments).await.expect_err("another key");
    assert_says(
        &error,
        Expected { code: "KEY_DIFFERS", names: "`tellr`", because: "`tellr-tellr` is in use" },
    );
    stage.assert_left_in_order("failed").await;
    let (_, after) = stage.get(secret).await;
    assert_eq!(before, after);
    stage.update(update_of_default()).await.expect("with the key in use");
    stage.assert_deployed_once().await;
    stage.end().await;
}

#[tokio::test]
async fn nothing_is_dropped_without_a_restore_point() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    stage.create(CreateArguments::default()).await.expect("create");
    let message = "Too many branches in this project.".to_owned();
    let failing = Action::Operation(OperationOutcome::Error { code: "RESOURCE_EXHAUSTED".into(), message });
    let rule = Rule::next("/api/2.0/postgres/projects/tellr-db/branches", failing).on("POST");
    stage.workspace.control().faults.add(rule).expect("a good rule");
    let arguments = UpdateArguments { reset_database: Some(true), ..update_of_default() };
    let error = stage.update(arguments.clone()).await.expect_err("no way back");
    let names = "`tellr-db`, so nothing was reset";
    assert_says(&error, Expected { code: "RESTORE_POINT_FAILED", names, because: "Too many branches" });
    stage.assert_left_in_order("failed").await;
    assert!(stage.schema_state("tellr-db", "autoscaling", "app_data").await.exists);
    let reset = stage.update(arguments).await.unwrap_or_else(|error| panic!("{error:#?}"));
    assert!(reset.restore_point.is_some());
    stage.assert_deployed_once().await;
    stage.end().await;
}

//! A schema belongs to one app. No other app takes it, empties it or drops it.

use deployer::config::{AppName, CreateArguments, DeleteArguments, SchemaName, UpdateArguments};
use deployer::error::DeployError;
use deployer::host::{CredentialTarget, LakebaseTarget};
use deployer::operations::Loss;
use deployer::schema::{SchemaOperation, SchemaOutcome, TableEstimate};
use end_to_end::database::{connect, execute};
use end_to_end::stage::{ADA, Stage, delete_of_default, update_of_default};
use end_to_end::words::{Expected, assert_says};
use futures_util::future::join_all;
use local_workspace::pace::Pace;
use secrecy::SecretString;
use serde_json::json;
use tellr_app::settings::{WorkspaceAuth, WorkspaceSettings};
use tellr_app::workspace::Workspace;
use tellr_app::workspace::lakebase;

const TWO_FOLDER: &str = "/Workspace/Users/ada@example.com/.apps/tellr-two";
/// What the app `tellr` keeps in its schema.
const DATA: &str = "CREATE TABLE app_data.decks (id int); INSERT INTO app_data.decks SELECT generate_series(1, 40); \
                    ANALYZE app_data.decks";

async fn deployed() -> Stage {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    stage.create(CreateArguments::default()).await.expect("create");
    execute(&stage, DATA).await;
    stage
}

/// A second app that leaves the names of database and schema at their defaults.
fn second() -> CreateArguments {
    CreateArguments { app_name: Some("tellr-two".into()), ..CreateArguments::default() }
}

fn assert_refused(error: &DeployError) {
    let names = "`app_data` of the database `tellr-db` belongs to the app `tellr`";
    assert_says(error, Expected { code: "SCHEMA_OF_ANOTHER_APP", names, because: "a schema of its own" });
    assert!(error.remedy.contains("`app_data_tellr_two"), "{error:#?}");
    assert!(!error.remedy.contains("reset"), "nobody is told to empty it: {error:#?}");
}

async fn tables(stage: &Stage) -> u32 {
    stage.schema_state("tellr-db", "autoscaling", "app_data").await.tables
}

#[tokio::test]
async fn another_apps_schema_is_never_taken_emptied_or_dropped() {
    let stage = deployed().await;
    // Taken.
    assert_refused(&stage.plan_create(second()).await.expect_err("it is tellr's"));
    assert_refused(&stage.create(second()).await.expect_err("it is tellr's"));
    assert_eq!(stage.get("/api/2.0/apps/tellr-two").await.0, 404, "nothing was made before");
    // The name that is proposed works.
    let own = CreateArguments { schema_name: Some("app_data_tellr_two".into()), ..second() };
    stage.create(own).await.unwrap_or_else(|error| panic!("{error:#?}"));
    // Emptied, and taken by an update.
    for reset_database in [Some(true), None] {
        let update = || UpdateArguments {
            app_name: Some("tellr-two".into()),
            app_file_workspace_path: Some(TWO_FOLDER.into()),
            reset_database,
            ..update_of_default()
        };
        assert_refused(&stage.plan_update(update()).await.expect_err("it is tellr's"));
        assert_refused(&stage.update(update()).await.expect_err("it is tellr's"));
    }
    // Dropped.
    let delete = || DeleteArguments {
        app_name: Some("tellr-two".into()),
        schema_name: Some("app_data".into()),
        reset_database: Some(true),
        ..delete_of_default()
    };
    assert_refused(&stage.plan_delete(delete()).await.expect_err("it is tellr's"));
    assert_refused(&stage.delete(delete()).await.expect_err("it is tellr's"));
    assert_eq!(tables(&stage).await, 1, "its data is as it was");
    stage.end().await;
}

#[tokio::test]
async fn a_key_that_is_missing_leads_nobody_to_another_apps_data() {
    let stage = deployed().await;
    execute(
        &stage,
        "CREATE TABLE app_data.encryption_check (t text); INSERT INTO app_data.encryption_check VALUES ('x')",
    )
    .await;
    assert_refused(&stage.create(second()).await.expect_err("it is tellr's"));
    // The app itself, without its key: no advice empties what is there.
    assert_eq!(stage.post("/api/2.0/secrets/scopes/delete", json!({"scope": "tellr-tellr"})).await.0, 200);
    let error = stage.update(update_of_default()).await.expect_err("the key is lost");
    assert_says(&error, Expected { code: "KEY_MISSING", names: "`tellr`", because: "no" });
    assert!(!error.remedy.contains("reset"), "{error:#?}");
    stage.end().await;
}

#[tokio::test]
async fn a_schema_without_a_record_is_adopted_by_the_app_that_uses_it() {
    let stage = deployed().await;
    execute(&stage, "COMMENT ON SCHEMA app_data IS 'Slides of the sales team'").await;
    // A live app's role has rights on it, so it is that app's.
    assert_refused(&stage.create(second()).await.expect_err("it is tellr's"));
    stage.update(update_of_default()).await.unwrap_or_else(|error| panic!("{error:#?}"));
    let state = stage.schema_state("tellr-db", "autoscaling", "app_data").await;
    assert_eq!((state.app.as_deref(), state.tables), (Some("tellr"), 1));
    let (client, _connection) = connect(&stage).await;
    let row = client.query_one("SELECT obj_description('app_data'::regnamespace)", &[]).await.expect("a row");
    assert_eq!(row.get::<_, String>(0), "Slides of the sales team\nTellr app: tellr", "a comment stays");
    stage.end().await;
}

#[tokio::test]
async fn an_app_that_is_made_again_finds_its_data() {
    let stage = deployed().await;
    for recorded in [true, false] {
        stage.delete(delete_of_default()).await.expect("delete");
        if !recorded {
            execute(&stage, "COMMENT ON SCHEMA app_data IS NULL").await;
        }
        stage.create(CreateArguments::default()).await.unwrap_or_else(|error| panic!("{error:#?}"));
        assert_eq!(tables(&stage).await, 1);
    }
    stage.end().await;
}

#[tokio::test]
async fn what_is_lost_is_told_as_data_before_and_after() {
    let stage = deployed().await;
    let reset = || UpdateArguments { reset_database: Some(true), ..update_of_default() };
    let plan = stage.plan_update(reset()).await.expect("a plan");
    let [Loss::Schema { name, lakebase_name, tables, largest, unknown, restore_point }] =
        plan.losses.as_slice()
    else {
        panic!("{plan:#?}")
    };
    assert_eq!((name.as_str(), lakebase_name.as_str(), *tables), ("app_data", "tellr-db", Some(1)));
    assert_eq!(*largest, [TableEstimate { name: "decks".into(), rows: Some(40) }]);
    assert_eq!((unknown, restore_point.as_ref().map(|point| point.kept_days)), (&None, Some(7)));
    assert_eq!(plan.confirmations, 1, "there is a way back");
    let result = stage.update(reset()).await.expect("reset");
    assert_eq!(result.losses, plan.losses);
    assert!(result.restore_point.is_some());
    let plan = stage.plan_delete(delete_of_default()).await.expect("a plan");
    assert!(
        matches!(plan.losses.as_slice(), [Loss::App { name, url: Some(_) }] if name == "tellr"),
        "{plan:#?}"
    );
    assert_eq!(plan.confirmations, 1);
    let result = stage.delete(delete_of_default()).await.expect("delete");
    assert_eq!(result.losses, plan.losses);
    let plan = stage.plan_create(CreateArguments::default()).await.expect("a plan");
    assert_eq!((plan.losses.len(), plan.confirmations), (0, 0));
    stage.end().await;
}

/// Where the database is, and a client of the workspace as Ada.
async fn database(stage: &Stage) -> (Workspace, LakebaseTarget) {
    let endpoint = "projects/tellr-db/branches/production/endpoints/primary".to_owned();
    let (_, found) = stage.get(&format!("/api/2.0/postgres/{endpoint}")).await;
    let at = LakebaseTarget {
        host: found["status"]["hosts"]["host"].as_str().expect("a host").to_owned(),
        database: "databricks_postgres".into(),
        user: ADA.into(),
        credential: CredentialTarget::Endpoint(endpoint),
    };
    let settings = WorkspaceSettings {
        host: stage.workspace.host().to_owned(),
        auth: WorkspaceAuth::Token(SecretString::from(stage.workspace.token(ADA))),
    };
    (Workspace::new(reqwest::Client::new(), settings), at)
}

/// Makes the project, as nobody has deployed yet.
async fn with_database() -> Stage {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let new = json!({"spec": {"pg_version": 17}});
    stage.post("/api/2.0/postgres/projects?project_id=tellr-db", new).await;
    stage.workspace.control().clock.advance(60_000).expect("a virtual clock");
    stage
}

#[tokio::test]
async fn many_set_ups_of_one_schema_at_once_all_succeed() {
    let stage = with_database().await;
    let (workspace, at) = database(&stage).await;
    let roots = stage.workspace.control().dir.join("ca.pem");
    for round in 0..6 {
        let schema = SchemaName::parse("schema_name", &format!("app_{round}")).expect("a good name");
        let operation = SchemaOperation::SetUp { app: AppName::default(), schema, role: ADA.into() };
        let all = (0..16).map(|_| lakebase::run(&workspace, Some(&roots), &at, &operation));
        for outcome in join_all(all).await {
            assert_eq!(outcome, Ok(SchemaOutcome::Done));
        }
    }
    // Two apps at once: one gets it, and the other is refused by the statements themselves.
    let schema = SchemaName::parse("schema_name", "contested").expect("a good name");
    let operations = ["one", "other"].map(|app| SchemaOperation::SetUp {
        app: AppName::parse("app_name", app).expect("a good name"),
        schema: schema.clone(),
        role: ADA.into(),
    });
    let outcomes =
        join_all(operations.iter().map(|operation| lakebase::run(&workspace, Some(&roots), &at, operation)))
            .await;
    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!(refused.len(), 1, "{outcomes:?}");
    assert_eq!(refused[0].sqlstate.as_deref(), Some(deployer::schema::OTHER_APP));
    stage.end().await;
}

/// Somebody else makes the schema in a transaction that commits while ours waits for it, which
/// Postgres answers with 23505 on `pg_namespace_nspname_index`.
#[tokio::test]
async fn a_schema_that_appears_at_the_same_moment_is_used() {
    let stage = with_database().await;
    let (other, _other_connection) = connect(&stage).await;
    other.batch_execute("BEGIN; CREATE SCHEMA app_data").await.expect("an open transaction");
    let commits = async {
        let (watcher, _watcher_connection) = connect(&stage).await;
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'tellr'";
        while watcher.query_one(waiting, &[]).await.expect("a row").get::<_, i64>(0) == 0 {
            tokio::task::yield_now().await;
        }
        other.batch_execute("COMMIT").await.expect("it commits");
    };
    let (created, ()) = tokio::join!(stage.create(CreateArguments::default()), commits);
    created.unwrap_or_else(|error| panic!("{error:#?}"));
    stage.assert_deployed_once().await;
    let state = stage.schema_state("tellr-db", "autoscaling", "app_data").await;
    assert_eq!((state.app.as_deref(), state.role_granted), (Some("tellr"), true));
    stage.end().await;
}

//! Keys that are in use, apps that are somebody else's, folders that are taken.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::config::{CreateArguments, DeleteArguments, UpdateArguments};
use end_to_end::stage::{FOLDER, Stage, delete_of_default, update_of_default};
use end_to_end::words::{Expected, assert_says};
use local_workspace::faults::{Action, Rule};
use serde_json::json;

const FIRST: &str = "Zmlyc3QtZmlyc3QtZmlyc3QtZmlyc3QtZmlyc3QtMTI=";
const SECOND: &str = "c2Vjb25kLXNlY29uZC1zZWNvbmQtc2Vjb25kLTEyMzQ=";

async fn deployed() -> Stage {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    stage
}

async fn app_yaml(stage: &Stage) -> String {
    stage.file(&format!("{FOLDER}/app.yaml")).await.expect("app.yaml")
}

async fn write(stage: &Stage, path: &str, text: &str) {
    let body = json!({"path": path, "content": STANDARD.encode(text), "format": "AUTO", "overwrite": true});
    assert_eq!(stage.post("/api/2.0/workspace/import", body).await.0, 200);
}

async fn put_secret(stage: &Stage, key: &str) {
    let body = json!({"scope": "tellr-tellr", "key": "encryption-key", "string_value": key});
    assert_eq!(stage.post("/api/2.0/secrets/put", body).await.0, 200);
}

/// The app runs with a key of its own in `app.yaml`, and a secret of before has another.
async fn with_two_keys() -> Stage {
    let stage = deployed().await;
    put_secret(&stage, SECOND).await;
    let own = format!("value: {FIRST}");
    let text = app_yaml(&stage).await.replace("valueFrom: encryption_key", &own);
    write(&stage, &format!("{FOLDER}/app.yaml"), &text).await;
    stage
}

#[tokio::test]
async fn the_key_the_app_runs_with_wins_over_a_secret_of_before() {
    let stage = with_two_keys().await;
    stage.update(update_of_default()).await.expect("update");
    assert!(app_yaml(&stage).await.contains(FIRST), "the key in use stays");
    stage.end().await;
}

#[tokio::test]
async fn of_two_keys_none_is_overwritten() {
    let stage = with_two_keys().await;
    let moving =
        UpdateArguments { encryption_key_storage: Some("secret_scope".into()), ..update_of_default() };
    let error = stage.update(moving).await.expect_err("they differ");
    assert_says(
        &error,
        Expected { code: "TWO_KEYS", names: "`tellr`", because: "tellr-tellr/encryption-key" },
    );
    assert!(!format!("{error:?}").contains(FIRST) && !format!("{error:?}").contains(SECOND));
    assert!(app_yaml(&stage).await.contains(FIRST));
    stage.end().await;
}

#[tokio::test]
async fn a_key_that_was_moved_to_the_file_stays_there() {
    let stage = deployed().await;
    let moving = UpdateArguments { encryption_key_storage: Some("app_yaml".into()), ..update_of_default() };
    stage.update(moving).await.expect("update");
    let moved = app_yaml(&stage).await;
    assert!(!moved.contains("valueFrom: encryption_key"));
    stage.update(update_of_default()).await.expect("update");
    assert_eq!(app_yaml(&stage).await, moved, "where it is, is where it stays");
    stage.end().await;
}

#[tokio::test]
async fn an_app_that_is_no_tellr_is_neither_updated_nor_deleted() {
    let stage = deployed().await;
    let new = json!({"name": "billing", "description": "not ours"});
    assert_eq!(stage.post("/api/2.0/apps?no_compute=true", new).await.0, 200);
    let folder = "/Workspace/Users/ada@example.com/billing";
    assert_eq!(stage.post("/api/2.0/workspace/mkdirs", json!({"path": folder})).await.0, 200);
    write(&stage, &format!("{folder}/app.yaml"), "command: [python, app.py]\n").await;
    let arguments = UpdateArguments {
        app_name: Some("billing".into()),
        app_file_workspace_path: Some(folder.into()),
        ..update_of_default()
    };
    let error = stage.update(arguments).await.expect_err("it is no Tellr");
    assert_says(&error, Expected { code: "NOT_TELLR", names: "`billing`", because: folder });
    let arguments = DeleteArguments {
        app_name: Some("billing".into()),
        app_file_workspace_path: Some(folder.into()),
        ..DeleteArguments::default()
    };
    let error = stage.delete(arguments).await.expect_err("it is no Tellr");
    assert_says(&error, Expected { code: "NOT_TELLR", names: "`billing`", because: folder });
    assert_eq!(stage.get("/api/2.0/apps/billing").await.0, 200);
    let text = stage.file(&format!("{folder}/app.yaml")).await;
    assert_eq!(text.as_deref(), Some("command: [python, app.py]\n"));
    stage.end().await;
}

#[tokio::test]
async fn two_apps_do_not_share_a_folder() {
    let stage = deployed().await;
    let arguments = CreateArguments {
        app_name: Some("tellr-two".into()),
        app_file_workspace_path: Some(FOLDER.into()),
        schema_name: Some("app_data_two".into()),
        ..CreateArguments::default()
    };
    let error = stage.create(arguments).await.expect_err("the folder is taken");
    assert_says(&error, Expected { code: "FOLDER_IN_USE", names: FOLDER, because: "overwrite" });
    assert!(error.message.contains("`tellr`"));
    assert_eq!(stage.get("/api/2.0/apps/tellr-two").await.0, 404);
    stage.end().await;
}

#[tokio::test]
async fn a_slip_in_the_name_with_a_fresh_folder_does_not_overwrite_another_app() {
    let stage = deployed().await;
    let folder = "/Workspace/Users/ada@example.com/billing";
    let new = json!({"name": "billing", "description": "not ours", "default_source_code_path": folder});
    assert_eq!(stage.post("/api/2.0/apps?no_compute=true", new).await.0, 200);
    let arguments = UpdateArguments {
        app_name: Some("billing".into()),
        app_file_workspace_path: Some("/Workspace/Users/ada@example.com/fresh".into()),
        ..update_of_default()
    };
    let error = stage.update(arguments).await.expect_err("it is no Tellr");
    assert!(error.is("NOT_TELLR"), "{error:#?}");
    assert_eq!(
        stage.get("/api/2.0/workspace/get-status?path=/Workspace/Users/ada@example.com/fresh").await.0,
        404
    );
    stage.end().await;
}

#[tokio::test]
async fn a_folder_is_free_again_when_its_app_is_gone() {
    let stage = deployed().await;
    // Deleted by hand, so that the journal knows nothing of it.
    assert_eq!(stage.delete_at("/api/2.0/apps/tellr").await, 200);
    let other = CreateArguments {
        app_name: Some("tellr-two".into()),
        app_file_workspace_path: Some(FOLDER.into()),
        schema_name: Some("app_data_two".into()),
        ..CreateArguments::default()
    };
    assert_eq!(stage.create(other).await.expect("create").app_name, "tellr-two");
    stage.end().await;
}

#[tokio::test]
async fn an_app_that_was_stopped_is_started_and_gets_the_new_files() {
    let stage = deployed().await;
    assert_eq!(stage.post("/api/2.0/apps/tellr/stop", json!({})).await.0, 200);
    stage.workspace.control().clock.advance(60_000).expect("a virtual clock");
    // The answer to the start is lost after its effect; the client asks again and is refused.
    let lost = Rule::next("/api/2.0/apps/tellr/start", Action::Cut).after_the_effect();
    stage.workspace.control().faults.add(lost).expect("a good rule");
    let newer = UpdateArguments { app_version: Some("9.9.9".into()), ..update_of_default() };
    let result = stage.update(newer).await.unwrap_or_else(|error| panic!("{error:#?}"));
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!(app["app_status"]["state"], "RUNNING");
    assert_eq!(app["active_deployment"]["deployment_id"], result.deployment_id.as_str());
    let deployments = stage.made("POST", "/api/2.0/apps/tellr/deployments");
    assert_eq!(
        deployments, 2,
        "create's and ours; what the platform deploys by itself is not taken for ours"
    );
    stage.end().await;
}

#[tokio::test]
async fn a_delete_that_is_repeated_with_a_reset_does_the_reset() {
    use end_to_end::stage::ADA;
    use end_to_end::virtual_time::{Death, drive};

    let stage = deployed().await;
    // The first one, without a reset, dies while the app is being deleted.
    let config = delete_of_default().resolve(None, None).expect("good arguments");
    let cancellation = deployer::engine::Cancellation::new();
    let dying = stage.host(ADA).dying(Some(Death::After(14)));
    let work = Box::pin(deployer::operations::delete(&dying, &config, &cancellation));
    assert!(drive(&stage.time, work).await.is_none(), "it died");
    drop(dying);
    // By the time of the second the app is gone.
    stage.workspace.control().clock.advance(60_000).expect("a virtual clock");
    assert_eq!(stage.get("/api/2.0/apps/tellr").await.0, 404);
    let again = DeleteArguments { reset_database: Some(true), ..delete_of_default() };
    let result = stage.delete(again).await.expect("delete");
    assert!(result.database_reset && result.restore_point.is_some(), "{result:#?}");
    assert!(!stage.schema_state("tellr-db", "autoscaling", "app_data").await.exists);
    stage.end().await;
}

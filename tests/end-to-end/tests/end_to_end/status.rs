//! `status` tells how things stand, and enough to go on with a run that did not end. That it
//! changes nothing is asserted with every look; see `end_to_end::looking`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::config::{CreateArguments, DeleteArguments, StatusArguments, UpdateArguments, WheelArgument};
use deployer::engine::journal::RunStatus;
use end_to_end::stage::{ADA, BEN, FOLDER, Stage, delete_of_default, update_of_default};
use end_to_end::virtual_time::Death;
use local_workspace::identity::Right;
use local_workspace::pace::Pace;
use local_workspace::settings::DeploymentOutcome;
use reqwest::Method;
use serde_json::{Value, json};

const KEY: &str = "bWFya2VkLWtleS1tYXJrZWQta2V5LW1hcmtlZC1rZXk=";

async fn brisk() -> Stage {
    Stage::with(Pace::scaled(0.01)).await
}

async fn write(stage: &Stage, path: &str, text: &str) {
    let body = json!({"path": path, "content": STANDARD.encode(text), "format": "AUTO", "overwrite": true});
    assert_eq!(stage.post("/api/2.0/workspace/import", body).await.0, 200);
}

#[tokio::test]
async fn of_nothing_only_the_usual_places_are_told() {
    let stage = brisk().await;
    let status = serde_json::to_value(stage.status().await).expect("JSON");
    let nothing = json!({"app_name": "tellr", "app_file_workspace_path": FOLDER, "can_resume": false});
    assert_eq!(status, nothing);
    stage.end().await;
}

#[tokio::test]
async fn what_was_written_and_never_deployed_is_not_told_as_deployed() {
    let stage = brisk().await;
    let message = "Error installing packages".to_owned();
    stage.set(|settings| settings.outcomes.deployment = DeploymentOutcome::Failed { message, logs: vec![] });
    stage.create(CreateArguments::default()).await.expect_err("the deployment fails");
    assert!(stage.file(&format!("{FOLDER}/requirements.txt")).await.is_some(), "the files are there");
    let status = stage.status().await;
    assert!(!status.deployed && status.can_resume, "{status:#?}");
    stage.set(|settings| settings.outcomes.deployment = DeploymentOutcome::Real);
    stage.create(CreateArguments::default()).await.expect("create");
    assert!(stage.status().await.deployed);
    stage.end().await;
}

#[tokio::test]
async fn a_running_app_is_told_with_what_lies_deployed() {
    let stage = brisk().await;
    let created = stage.create(CreateArguments::default()).await.expect("create");
    let status = serde_json::to_value(stage.status().await).expect("JSON");
    let version = env!("CARGO_PKG_VERSION");
    let told = |key: &str| status[key].clone();
    assert_eq!(told("app")["url"], created.url);
    assert_eq!(told("app")["creator"], ADA);
    assert_eq!((&told("app")["compute"], &told("app")["state"]), (&json!("ACTIVE"), &json!("RUNNING")));
    for (key, value) in [
        ("app_file_workspace_path", FOLDER),
        ("lakebase_name", "tellr-db"),
        ("lakebase_type", "autoscaling"),
        ("schema_name", "app_data"),
        ("app_package", "tellr-app"),
        ("app_version", version),
    ] {
        assert_eq!(told(key), value, "{key}");
    }
    let run = told("last_run");
    assert_eq!(
        (&run["operation"], &run["by"], &run["status"]),
        (&json!("create"), &json!(ADA), &json!("finished"))
    );
    assert_eq!((told("can_resume"), told("lock")), (json!(false), Value::Null));
    let other = UpdateArguments { app_version: Some("latest".into()), ..update_of_default() };
    stage.update(other).await.expect("update");
    let status = stage.status().await;
    assert_eq!(status.last_run.map(|run| run.operation).as_deref(), Some("update"));
    assert_eq!(status.app_version, None, "left to the index");
    stage.end().await;
}

#[tokio::test]
async fn another_folder_and_the_original_app_are_told_as_deployed() {
    let stage = brisk().await;
    stage.set(|settings| settings.features.autoscaling = false);
    let folder = "/Workspace/Shared/slides";
    let arguments = CreateArguments {
        app_name: Some("slides".into()),
        app_file_workspace_path: Some(folder.into()),
        app_package: Some("databricks-tellr-app".into()),
        app_version: Some("0.1.21".into()),
        ..CreateArguments::default()
    };
    stage.create(arguments).await.expect("create");
    let asked = StatusArguments { app_name: Some("slides".into()), ..StatusArguments::default() };
    let status = stage.status_as(ADA, asked).await.expect("status");
    assert_eq!(status.app_file_workspace_path.as_deref(), Some(folder), "the app tells where it is from");
    assert_eq!(status.app_package.as_deref(), Some("databricks-tellr-app"));
    assert_eq!(status.app_version.as_deref(), Some("0.1.21"));
    assert_eq!(status.lakebase_type.as_deref(), Some("provisioned"));
    stage.end().await;
}

#[tokio::test]
async fn a_run_that_died_can_be_gone_on_with_by_anybody_who_asks() {
    let stage = brisk().await;
    let whole = stage.host(ADA);
    stage.create_on(&whole, CreateArguments::default()).await.expect("create");
    let requests = whole.requests();
    drop(whole);
    stage.end().await;

    let stage = brisk().await;
    let arguments = CreateArguments {
        app_compute: Some("LARGE".into()),
        lakebase_name: Some("slides-db".into()),
        description: Some("Slides for all".into()),
        encryption_key: Some(KEY.to_owned().into()),
        extra_scopes: Some(vec!["files".into()]),
        ..CreateArguments::default()
    };
    let died = stage.create_dying(arguments, Death::After(requests - 8)).await;
    assert!(died.is_none(), "it dies when the key is away and the app is not deployed");
    let status = stage.status().await;
    let lock = status.lock.expect("its lock lives for a while");
    assert_eq!((lock.holder.as_str(), lock.operation.as_str()), (ADA, "create"));
    assert!(!status.can_resume, "somebody may be at work");
    assert_eq!(status.last_run.map(|run| run.status), Some(RunStatus::Running));

    stage.workspace.control().clock.advance(60_000).expect("a virtual clock");
    let status = stage.status().await;
    assert!(status.can_resume && status.lock.is_none(), "{status:#?}");
    let run = status.last_run.expect("a run");
    assert_eq!((run.id.as_str(), run.operation.as_str()), (lock.id.as_str(), "create"));
    let arguments = run.arguments.expect("a run of today keeps them");
    assert!(!arguments.to_string().contains(KEY) && arguments.get("encryption_key").is_none());
    let again = CreateArguments::from_json(arguments).expect("they are arguments");
    let created = stage.create(again).await.expect("it goes on");
    assert_eq!(created.lakebase_name, "slides-db");
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!((&app["compute_size"], &app["description"]), (&json!("LARGE"), &json!("Slides for all")));
    assert_eq!(app["user_api_scopes"].as_array().map(Vec::len), Some(7));
    let (_, secret) = stage.get("/api/2.0/secrets/get?scope=tellr-tellr&key=encryption-key").await;
    assert_eq!(secret["value"], STANDARD.encode(KEY), "the key was put away before, and is found");
    assert!(!stage.status().await.can_resume);
    stage.end().await;
}

#[tokio::test]
async fn of_a_wheel_the_name_is_told_and_the_version_that_it_brings() {
    let stage = brisk().await;
    let file_name = "tellr_app-0.2.0-py3-none-any.whl";
    let content = STANDARD.encode("marked wheel bytes");
    let wheel = WheelArgument { file_name: file_name.into(), content: content.clone() };
    stage.set(|settings| {
        settings.outcomes.deployment =
            DeploymentOutcome::Failed { message: "exit code 1".into(), logs: vec![] };
    });
    let arguments = CreateArguments { local_wheel: Some(wheel), ..CreateArguments::default() };
    stage.create(arguments).await.expect_err("the deployment fails");
    let status = stage.status().await;
    assert!(status.can_resume, "{status:#?}");
    assert_eq!(status.app_version.as_deref(), Some("0.2.0"));
    let text = serde_json::to_string(&status).expect("JSON");
    assert!(!text.contains(&content), "{text}");
    let run = status.last_run.expect("a run");
    assert_eq!((run.status, run.wheel.as_deref()), (RunStatus::Failed, Some(file_name)));
    assert_eq!(run.arguments.expect("arguments").get("app_version"), None, "the wheel is the version");
    stage.end().await;
}

#[tokio::test]
async fn a_deleted_app_is_told_by_what_is_left() {
    let stage = brisk().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let reset = DeleteArguments { reset_database: Some(true), ..delete_of_default() };
    stage.delete(reset).await.expect("delete");
    let status = stage.status().await;
    assert_eq!((status.app, status.can_resume), (None, false));
    let run = status.last_run.expect("a run");
    assert_eq!((run.operation.as_str(), run.status), ("delete", RunStatus::Finished));
    assert_eq!(run.arguments.expect("arguments")["reset_database"], true);
    assert_eq!(status.app_package.as_deref(), Some("tellr-app"), "its files still lie there");
    stage.end().await;
}

#[tokio::test]
async fn a_journal_of_before_is_read() {
    let stage = brisk().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let path = format!("{FOLDER}/.tellr/deployment.json");
    let mut journal: Value =
        serde_json::from_str(&stage.file(&path).await.expect("a journal")).expect("JSON");
    let run = journal["run"].as_object_mut().expect("a run");
    assert!(run.remove("arguments").is_some(), "a run of today keeps them");
    run.insert("status".into(), "failed".into());
    write(&stage, &path, &journal.to_string()).await;
    let status = stage.status().await;
    assert!(status.can_resume, "{status:#?}");
    assert_eq!(status.last_run.and_then(|run| run.arguments), None);
    stage.create(CreateArguments::default()).await.expect("and it is resumed");
    stage.end().await;
}

#[tokio::test]
async fn of_somebody_elses_app_what_may_be_read_is_told() {
    let stage = brisk().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let status = stage.status_as(BEN, StatusArguments::default()).await.expect("status");
    let app = status.app.as_ref().expect("he may see the app");
    assert_eq!((app.creator.as_deref(), app.compute.as_str()), (Some(ADA), "ACTIVE"));
    assert_eq!(status.app_file_workspace_path.as_deref(), Some(FOLDER));
    assert_eq!((&status.app_package, status.can_resume), (&None, false), "her folder is hers: {status:#?}");
    assert!(status.last_run.is_none() && status.lock.is_none());
    let [unread, grants] = status.unread.as_slice() else { panic!("two things aren't shown: {status:#?}") };
    assert!(grants.contains("who may use the app"), "{grants}");
    assert!(unread.starts_with("You lack the permission to read") && unread.contains(FOLDER), "{unread}");
    assert!(stage.status().await.unread.is_empty(), "hers is shown");
    stage.end().await;
}

#[tokio::test]
async fn an_app_that_is_no_tellr_is_told_as_an_app() {
    let stage = brisk().await;
    stage.workspace.control().identities.set_rights(BEN, Right::of_admin());
    let app = json!({"name": "tellr", "description": "not ours"});
    let (status, _) = stage.send_as(BEN, Method::POST, "/api/2.0/apps?no_compute=true", Some(app)).await;
    assert_eq!(status, 200);
    let status = stage.status().await;
    assert_eq!(status.app_file_workspace_path, None, "it tells no folder, and is not hers");
    assert!(status.unread[0].contains("the folder that app `tellr`"), "{status:#?}");
    let app = status.app.expect("an app");
    assert_eq!((app.creator.as_deref(), app.compute.as_str()), (Some(BEN), "STOPPED"));
    assert_eq!((status.app_package, status.lakebase_name, status.can_resume), (None, None, false));
    stage.end().await;
}

//! `list` tells which apps of the workspace are Tellr, and how each is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::config::CreateArguments;
use deployer::engine::Cancellation;
use deployer::engine::releases::sha256;
use deployer::operations::{self, AppList, Health, ListedApp};
use end_to_end::kill;
use end_to_end::stage::{ADA, BEN, FOLDER, Stage};
use local_workspace::pace::Pace;
use local_workspace::settings::{AppAnswer, DeploymentOutcome};
use serde_json::{Value, json};

async fn stage() -> Stage {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let answer = |body: Value| AppAnswer { status: 200, body };
    stage.set(|settings| {
        let answers = &mut settings.outcomes.app_answers;
        answers.insert("/api/version".to_owned(), answer(json!({"version": env!("CARGO_PKG_VERSION")})));
        answers.insert("/api/ready".to_owned(), answer(json!({"ready": true})));
    });
    stage
}

async fn list_as(stage: &Stage, user: &str) -> AppList {
    let listed =
        stage.only_looking(user, async |host| Box::pin(operations::list(host, &Cancellation::new())).await);
    listed.await.expect("a list")
}

fn app<'a>(list: &'a AppList, name: &str) -> &'a ListedApp {
    list.apps.iter().find(|app| app.app_name == name).unwrap_or_else(|| panic!("{name} in {list:#?}"))
}

async fn write(stage: &Stage, path: &str, text: &str) {
    let body = json!({"path": path, "content": STANDARD.encode(text), "format": "AUTO", "overwrite": true});
    assert_eq!(stage.post("/api/2.0/workspace/import", body).await.0, 200);
}

#[tokio::test]
async fn the_tellr_apps_of_a_workspace_are_told_from_others() {
    let stage = stage().await;
    assert_eq!(list_as(&stage, ADA).await, AppList { apps: vec![], apps_in_workspace: 0 });
    let created = stage.create(CreateArguments::default()).await.expect("create");
    let original = CreateArguments {
        app_name: Some("slides".into()),
        schema_name: Some("slides".into()),
        app_compute: Some("LARGE".into()),
        app_package: Some("databricks-tellr-app".into()),
        app_version: Some("0.1.21".into()),
        ..CreateArguments::default()
    };
    stage.create(original).await.expect("create");
    assert_eq!(stage.post("/api/2.0/apps", json!({"name": "other"})).await.0, 200);
    // A run that never came to its deployment.
    let message = "Error installing packages".to_owned();
    stage.set(|settings| settings.outcomes.deployment = DeploymentOutcome::Failed { message, logs: vec![] });
    let third = CreateArguments {
        app_name: Some("unfinished".into()),
        schema_name: Some("unfinished".into()),
        ..CreateArguments::default()
    };
    stage.create(third).await.expect_err("the deployment fails");

    let list = list_as(&stage, ADA).await;
    let names: Vec<&str> = list.apps.iter().map(|app| app.app_name.as_str()).collect();
    assert_eq!((names.as_slice(), list.apps_in_workspace), (["slides", "tellr", "unfinished"].as_slice(), 4));
    let tellr = app(&list, "tellr");
    assert_eq!(tellr.url.as_deref(), Some(created.url.as_str()));
    assert_eq!(tellr.app_file_workspace_path.as_deref(), Some(FOLDER));
    assert_eq!(tellr.app_version.as_deref(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(
        (tellr.lakebase_name.as_deref(), tellr.lakebase_type.as_deref(), tellr.schema_name.as_deref()),
        (Some("tellr-db"), Some("autoscaling"), Some("app_data"))
    );
    assert_eq!(tellr.last_run.as_ref().map(|run| run.operation.as_str()), Some("create"));
    assert_eq!(tellr.cost.app_dbu_per_hour, Some(0.5));
    assert_eq!((tellr.cost.database_min_cu, tellr.cost.database_max_cu), (Some(0.5), Some(2.0)));
    assert!(tellr.unread.is_empty(), "{tellr:#?}");
    // Ada's token is a personal one, which the URLs of apps refuse.
    assert_eq!((tellr.health, tellr.runs.as_deref()), (Health::Unchecked, None));
    assert!(tellr.problem.as_deref().is_some_and(|why| why.contains("personal access tokens")), "{tellr:#?}");
    let slides = app(&list, "slides");
    assert_eq!(slides.app_package.as_deref(), Some("databricks-tellr-app"));
    assert_eq!(slides.cost.app_dbu_per_hour, Some(1.0));
    let unfinished = app(&list, "unfinished");
    assert_ne!(unfinished.health, Health::Healthy, "{unfinished:#?}");
    stage.end().await;
}

#[tokio::test]
async fn health_is_what_the_app_answers() {
    let stage = stage().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let token = stage.workspace.control().identities.mint_oauth(ADA);
    let list = async || {
        let host = stage.host_with(&token);
        let cancellation = Cancellation::new();
        let looking = operations::list(&host, &cancellation);
        let listed = end_to_end::virtual_time::drive(&stage.time, Box::pin(looking)).await;
        listed.expect("it lives").expect("a list").apps.remove(0)
    };
    let healthy = list().await;
    assert_eq!((healthy.health, healthy.runs.as_deref()), (Health::Healthy, Some(env!("CARGO_PKG_VERSION"))));
    stage.set(|settings| {
        let answer = AppAnswer { status: 503, body: json!({}) };
        settings.outcomes.app_answers.insert("/api/version".to_owned(), answer);
    });
    let sick = list().await;
    assert_eq!((sick.health, sick.runs.as_deref()), (Health::Unhealthy, None), "{sick:#?}");
    assert!(sick.problem.as_deref().is_some_and(|why| why.contains("503")), "{sick:#?}");
    assert_eq!(stage.post("/api/2.0/apps/tellr/stop", json!({})).await.0, 200);
    stage.workspace.control().clock.advance(600_000).expect("a virtual clock");
    let stopped = list().await;
    assert_eq!((stopped.health, stopped.cost.app_dbu_per_hour), (Health::Stopped, Some(0.0)));
    stage.end().await;
}

#[tokio::test]
async fn drift_is_a_file_or_a_deployment_that_is_not_the_last_releases() {
    let stage = stage().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let (_, record) = stage.get("/api/2.0/apps/tellr").await;
    let app_yaml = stage.file(&format!("{FOLDER}/app.yaml")).await.expect("a file");
    let releases = |deployment: &Value| {
        json!({
            "version": 1, "app_name": "tellr", "current": 1, "next": 2, "releases": [{
                "number": 1, "operation": "create", "by": ADA, "at": "2026-11-23T15:00:00Z", "run": "r",
                "state": "healthy", "package": "tellr-app", "settings": {}, "deployment_id": deployment,
                "files": [{"name": "app.yaml", "sha256": sha256(app_yaml.as_bytes()), "text": app_yaml}],
            }],
        })
        .to_string()
    };
    let deployment = &record["active_deployment"]["deployment_id"];
    let path = format!("{FOLDER}/.tellr/releases.json");
    write(&stage, &path, &releases(deployment)).await;
    let same = list_as(&stage, ADA).await.apps.remove(0);
    assert_eq!((same.drift, same.release), (Some(false), Some(1)), "{same:#?}");
    write(&stage, &path, &releases(&json!("another"))).await;
    assert_eq!(list_as(&stage, ADA).await.apps[0].drift, Some(true));
    write(&stage, &path, &releases(deployment)).await;
    write(&stage, &format!("{FOLDER}/app.yaml"), &format!("{app_yaml}# by hand\n")).await;
    assert_eq!(list_as(&stage, ADA).await.apps[0].drift, Some(true));
    stage.end().await;
}

#[tokio::test]
async fn an_edited_record_is_drift_and_a_deleted_app_yaml_hides_no_app() {
    let stage = stage().await;
    stage.create(CreateArguments::default()).await.expect("create");
    assert_eq!(list_as(&stage, ADA).await.apps[0].drift, Some(false));
    let edited = json!({"app": {"description": "Theirs"}, "update_mask": "description"});
    assert_eq!(stage.post("/api/2.0/apps/tellr/update", edited).await.0, 200);
    stage.workspace.control().clock.advance(600_000).expect("a virtual clock");
    assert_eq!(list_as(&stage, ADA).await.apps[0].drift, Some(true));
    let gone = json!({"path": format!("{FOLDER}/app.yaml")});
    assert_eq!(stage.post("/api/2.0/workspace/delete", gone).await.0, 200);
    let list = list_as(&stage, ADA).await;
    assert!(list.apps[0].unread.iter().any(|told| told.contains("`app.yaml` is missing")), "{list:#?}");
    stage.end().await;
}

#[tokio::test]
async fn what_another_user_may_not_read_is_told_and_fails_nothing() {
    let stage = stage().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let list = list_as(&stage, BEN).await;
    // Ben sees the app, and not its files.
    let tellr = app(&list, "tellr");
    assert!(!tellr.unread.is_empty() && tellr.app_version.is_none(), "{tellr:#?}");
    stage.end().await;
}

#[tokio::test]
async fn the_command_prints_a_table_or_json() {
    let stage = stage().await;
    let output = kill::deploy(&stage, "list").output().await.expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("None of the 0 apps"), "{text}");
    stage.create(CreateArguments::default()).await.expect("create");
    let output = kill::deploy(&stage, "list").output().await.expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let head = "APP    VERSION  HEALTH                DRIFT  LAST RUN";
    assert!(output.status.success() && text.contains(head), "{text}");
    assert!(text.contains("tellr-db/app_data") && text.contains("0.5    0.5–2"), "{text}");
    let output = kill::deploy(&stage, "list").arg("--json").output().await.expect("the program runs");
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(told["result"]["apps"][0]["app_name"], "tellr");
    stage.end().await;
}

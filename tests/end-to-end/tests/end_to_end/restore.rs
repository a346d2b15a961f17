//! What a reset has dropped comes back from its restore point, and that can be undone.

use deployer::config::{CreateArguments, RestoreArguments, UpdateArguments};
use deployer::engine::Cancellation;
use deployer::operations;
use end_to_end::database::{connect, execute};
use end_to_end::stage::{ADA, Stage, delete_of_default, update_of_default};
use end_to_end::virtual_time::drive;
use local_workspace::pace::Pace;
use serde_json::json;

fn reset() -> UpdateArguments {
    UpdateArguments { reset_database: Some(true), ..update_of_default() }
}

/// An app that was reset, with a table before it; the id of the restore point.
async fn emptied() -> (Stage, String) {
    let stage = Stage::with(Pace::none()).await;
    stage.create(CreateArguments::default()).await.expect("create");
    execute(&stage, "CREATE TABLE app_data.decks (title text); INSERT INTO app_data.decks VALUES ('kept')")
        .await;
    let reset = stage.update(reset()).await.expect("reset");
    let point = reset.restore_point.expect("a restore point").branch;
    let id = point.rsplit('/').next().expect("an id").to_owned();
    (stage, id)
}

/// Two apps share a database. One is restored, so its branch has only stale data of the other one.
#[tokio::test]
async fn a_restore_point_of_another_apps_branch_is_not_taken_by_itself() {
    let (stage, point) = emptied().await;
    let other = || (Some("other".to_owned()), Some("other_data".to_owned()));
    let (app_name, schema_name) = other();
    let created = CreateArguments { app_name, schema_name, ..CreateArguments::default() };
    stage.create(created).await.expect("create");
    let reset_other = || {
        let (app_name, schema_name) = other();
        UpdateArguments { app_name, schema_name, app_file_workspace_path: None, ..reset() }
    };
    let first = stage.update(reset_other()).await.expect("reset").restore_point.expect("a restore point");
    let shared = first.branch.rsplit('/').next().expect("an id").to_owned();
    let config = RestoreArguments { app_name: Some("other".into()), ..RestoreArguments::default() };
    let config = config.resolve(None, None).expect("good arguments");
    let (host, cancellation) = (stage.host(ADA), Cancellation::new());
    let restoring = Box::pin(operations::restore(&host, &config, &cancellation));
    drive(&stage.time, restoring).await.expect("it does not die").expect("restore");
    let second = stage.update(reset_other()).await.expect("reset").restore_point.expect("a restore point");
    let stale = second.branch.rsplit('/').next().expect("an id").to_owned();

    let history = stage.history().await.expect("history");
    let own = |id: &str| history.restore_points.iter().find(|kept| kept.id == id).map(|kept| kept.is_own);
    assert_eq!((own(&point), own(&shared), own(&stale)), (Some(true), Some(true), Some(false)));
    let restored = stage.restore(None).await.expect("restore");
    assert!(restored.restored_from.ends_with(&shared), "{restored:?}");
    stage.end().await;
}

async fn tables(stage: &Stage) -> Option<u32> {
    let history = stage.history().await.expect("history");
    let branch = history.branch.expect("a branch");
    let id = branch.rsplit('/').next().expect("an id").to_owned();
    Some(stage.schema_state_on("tellr-db", &id, "app_data").await.tables)
}

#[tokio::test]
async fn a_reset_is_restored_from_its_branch_and_that_is_undone() {
    let (stage, point) = emptied().await;
    assert_eq!(tables(&stage).await, Some(0));
    let restored = stage.restore(None).await.expect("restore");
    assert!(restored.restored_from.ends_with(&point), "{restored:?}");
    assert!(restored.branch.contains("/branches/restored-"), "{restored:?}");
    assert!(restored.previous_branch.ends_with("/branches/production"), "{restored:?}");
    assert_eq!(tables(&stage).await, Some(1));
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert!(app["resources"].to_string().contains(&restored.branch), "{app}");
    let app_yaml = stage.file(&format!("{}/app.yaml", end_to_end::stage::FOLDER)).await.expect("the file");
    assert!(app_yaml.contains(&format!("{}/endpoints/primary", restored.branch)), "{app_yaml}");
    // The restore point isn't removed any more: a branch was made of it.
    let (_, kept) = stage.get(&format!("/api/2.0/postgres/{}", restored.restored_from)).await;
    assert!(kept["status"].get("expire_time").is_none(), "{kept}");

    // An update keeps the branch.
    stage
        .update(UpdateArguments { description: Some("x".into()), ..update_of_default() })
        .await
        .expect("update");
    assert_eq!(tables(&stage).await, Some(1));

    let undone = stage.restore(Some("production")).await.expect("restore");
    assert!(undone.branch.ends_with("/branches/production"), "{undone:?}");
    assert_eq!(tables(&stage).await, Some(0));
    stage.end().await;
}

#[tokio::test]
async fn what_can_not_be_restored_from_is_refused_before_anything_happens() {
    let (stage, _) = emptied().await;
    let effects = stage.effects_of_ada();
    for (from, code) in [("pre-reset-20000101-000000", "BRANCH_UNKNOWN"), ("production", "BRANCH_UNKNOWN")] {
        let error = stage.restore(Some(from)).await.expect_err("it is refused");
        assert_eq!(error.code, code, "{from}");
    }
    assert_eq!(stage.effects_of_ada(), effects);
    stage.end().await;

    let stage = Stage::with(Pace::none()).await;
    stage.create(CreateArguments::default()).await.expect("create");
    let error = stage.restore(None).await.expect_err("there was no reset");
    assert_eq!(error.code, "NO_RESTORE_POINT");
    stage.end().await;
}

#[tokio::test]
async fn a_restore_that_fails_leaves_the_app_on_its_branch() {
    let (stage, _) = emptied().await;
    let answer = local_workspace::settings::AppAnswer { status: 503, body: json!({"ready": false}) };
    stage.set(|settings| {
        settings.outcomes.app_answers.insert("/api/ready".to_owned(), answer);
    });
    let host = stage.host_with(&stage.workspace.control().identities.mint_oauth(ADA));
    let error = stage.restore_on(&host, None).await.expect_err("it isn't ready");
    assert_eq!(error.code, "RELEASE_FAILED", "{error:#?}");
    let history = stage.history().await.expect("history");
    assert!(history.branch.expect("a branch").ends_with("/branches/production"));
    drop(connect(&stage).await);
    stage.end().await;
}

/// The branch that is attached to the app.
async fn attached(stage: &Stage) -> String {
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    let resources = app["resources"].as_array().cloned().unwrap_or_default();
    let branches = resources.iter().find_map(|resource| resource["postgres"]["branch"].as_str());
    branches.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_app_that_lost_its_attachment_gets_its_restored_data_and_not_the_default_branch() {
    let (stage, _) = emptied().await;
    let restored = stage.restore(None).await.expect("restore").branch;
    let detached = json!({"app": {"resources": []}, "update_mask": "resources"});
    assert_eq!(stage.post("/api/2.0/apps/tellr/update", detached).await.0, 200);
    stage.workspace.control().clock.advance(600_000).expect("a virtual clock");
    assert_eq!(attached(&stage).await, "");
    let history = stage.history().await.expect("history");
    assert_eq!(history.branch.as_deref(), Some(restored.as_str()));
    stage.update(update_of_default()).await.expect("update");
    assert_eq!(attached(&stage).await, restored);
    assert_eq!(tables(&stage).await, Some(1));

    // The same for one that is deleted and created again.
    stage.delete(delete_of_default()).await.expect("delete");
    stage.create(CreateArguments::default()).await.expect("create");
    assert_eq!(attached(&stage).await, restored);
    assert_eq!(tables(&stage).await, Some(1));

    // Another folder doesn't name the branch: the plan says where the data may be.
    stage.delete(delete_of_default()).await.expect("delete");
    let elsewhere = CreateArguments {
        app_file_workspace_path: Some("/Workspace/Users/ada@example.com/elsewhere".into()),
        ..CreateArguments::default()
    };
    let plan = stage.plan_create(elsewhere).await.expect("plan");
    let id = restored.rsplit('/').next().expect("an id");
    let note = format!("`restore --from {id}` gives it the data of the other one");
    assert!(plan.notes.iter().any(|told| told.contains(&note)), "{:#?}", plan.notes);
    stage.end().await;
}

#[tokio::test]
async fn a_restore_that_died_after_it_attached_the_branch_still_names_the_way_back() {
    let (stage, _) = emptied().await;
    let restored = stage.restore(None).await.expect("restore");
    // As a run leaves it that died before its deployment was recorded.
    let path = format!("{}/.tellr/releases.json", end_to_end::stage::FOLDER);
    let list = stage.file(&path).await.expect("the list");
    let mut list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let releases = list["releases"].as_array_mut().expect("releases");
    releases.last_mut().expect("one")["state"] = "deploying".into();
    let before = releases.iter().rev().nth(1).expect("two")["number"].clone();
    list["current"] = before;
    write(&stage, &path, &list.to_string()).await;
    let path = format!("{}/.tellr/deployment.json", end_to_end::stage::FOLDER);
    let journal = stage.file(&path).await.expect("the journal");
    let mut journal: serde_json::Value = serde_json::from_str(&journal).expect("JSON");
    let id = |path: &str| path.rsplit('/').next().expect("an id").to_owned();
    journal["run"]["status"] = "running".into();
    journal["entries"]["branch"] = json!({
        "state": "done", "at": "2026-11-23T15:00:00Z", "run": journal["run"]["id"],
        "detail": {"branch_id": id(&restored.branch), "from": id(&restored.restored_from)},
    });
    write(&stage, &path, &journal.to_string()).await;
    let again = stage.restore(None).await.expect("it is resumed");
    assert_eq!((&again.branch, &again.previous_branch), (&restored.branch, &restored.previous_branch));
    stage.end().await;
}

async fn write(stage: &Stage, path: &str, text: &str) {
    use base64::Engine as _;
    let content = base64::engine::general_purpose::STANDARD.encode(text);
    let body = json!({"path": path, "content": content, "format": "AUTO", "overwrite": true});
    assert_eq!(stage.post("/api/2.0/workspace/import", body).await.0, 200);
}

#[tokio::test]
async fn a_branch_without_the_app_s_schema_is_refused_before_anything_happens() {
    let (stage, _) = emptied().await;
    stage.restore(None).await.expect("restore");
    execute(&stage, "DROP SCHEMA app_data CASCADE").await;
    let effects = stage.effects_of_ada();
    let error = stage.restore(Some("production")).await.expect_err("it has none of the app's data");
    assert!(error.code == "NO_RESTORE_POINT" && error.cause.contains("no schema `app_data`"), "{error:#?}");
    assert_eq!(stage.effects_of_ada(), effects);
    stage.end().await;
}

//! A plan's changes by resource and field: none after an operation, and each change made elsewhere with its reason.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::config::{CreateArguments, UpdateArguments};
use deployer::engine::Cancellation;
use deployer::engine::releases::sha256;
use deployer::operations::{
    self, Action, FieldChange, FieldValue, Plan, Reason, ResourceChange, ResourceKind,
};
use end_to_end::kill;
use end_to_end::stage::{ADA, FOLDER, Stage, delete_of_default, update_of_default};
use end_to_end::virtual_time::drive;
use local_workspace::pace::Pace;
use serde_json::{Value, json};

const APP: &str = "/api/2.0/apps/tellr";

async fn created(arguments: CreateArguments) -> Stage {
    let stage = Stage::with(Pace::none()).await;
    stage.create(arguments).await.expect("create");
    record(&stage).await;
    stage
}

/// Records the deployed release, unless the deployer has.
async fn record(stage: &Stage) {
    let path = format!("{FOLDER}/.tellr/releases.json");
    if stage.file(&path).await.is_some() {
        return;
    }
    let (_, app) = stage.get(APP).await;
    let mut files = Vec::new();
    for name in ["app.yaml", "requirements.txt"] {
        let text = stage.file(&format!("{FOLDER}/{name}")).await.expect("it was written");
        let sha256 = sha256(text.as_bytes());
        files.push(json!({"name": name, "sha256": sha256, "text": text}));
    }
    let release = json!({
        "number": 1, "operation": "create", "by": "ada@example.com", "at": "2026-11-23T15:00:00Z", "run": "r",
        "state": "healthy", "package": "tellr-app", "settings": {"encryption_key_storage": "secret_scope"},
        "files": files, "deployment_id": app["active_deployment"]["deployment_id"],
        "app": {
            "description": app["description"], "compute_size": app["compute_size"],
            "user_api_scopes": app["user_api_scopes"], "resources": app["resources"],
        },
    });
    let releases = json!({"version": 1, "app_name": "tellr", "current": 1, "next": 2, "releases": [release]});
    write(stage, &path, &releases.to_string()).await;
}

async fn write(stage: &Stage, path: &str, text: &str) {
    let body = json!({"path": path, "format": "AUTO", "overwrite": true, "content": STANDARD.encode(text)});
    assert_eq!(stage.post("/api/2.0/workspace/import", body).await.0, 200);
}

/// Changes fields of the app's record, as the workspace's page does.
async fn edit(stage: &Stage, fields: Value) {
    let names: Vec<String> = fields.as_object().expect("fields").keys().cloned().collect();
    let body = json!({"app": fields, "update_mask": names.join(",")});
    assert_eq!(stage.post(&format!("{APP}/update"), body).await.0, 200);
    stage.workspace.control().clock.advance(600_000).expect("a virtual clock");
}

async fn planned(stage: &Stage) -> Plan {
    stage.plan_update(update_of_default()).await.expect("a plan")
}

fn change<'p>(plan: &'p Plan, kind: ResourceKind, name: &str) -> &'p ResourceChange {
    let found = plan.changes.iter().find(|change| change.resource == kind && change.name == name);
    found.unwrap_or_else(|| panic!("{name} is compared: {:#?}", plan.changes))
}

fn field<'c>(change: &'c ResourceChange, name: &str) -> &'c FieldChange {
    let found = change.fields.iter().find(|field| field.field == name);
    found.unwrap_or_else(|| panic!("{name} differs: {change:#?}"))
}

fn text(text: &str) -> FieldValue {
    FieldValue::from(text)
}

/// The changes that would be made.
fn made(plan: &Plan) -> Vec<(ResourceKind, &str, Action)> {
    let made = plan.changes.iter().filter(|change| change.is_made());
    made.map(|change| (change.resource, change.name.as_str(), change.action)).collect()
}

/// What an update changes after `drift` happened to a new app.
async fn after(drift: impl AsyncFnOnce(&Stage)) -> Plan {
    let stage = created(CreateArguments::default()).await;
    drift(&stage).await;
    let plan = planned(&stage).await;
    stage.end().await;
    plan
}

#[tokio::test]
async fn after_a_create_an_update_with_its_settings_changes_nothing() {
    for storage in ["secret_scope", "app_yaml"] {
        let stage = created(CreateArguments {
            encryption_key_storage: Some(storage.into()),
            app_version: Some("0.1.0".into()),
            ..CreateArguments::default()
        })
        .await;
        let update = UpdateArguments { app_version: Some("0.1.0".into()), ..update_of_default() };
        let plan = stage.plan_update(update).await.expect("a plan");
        assert_eq!(made(&plan), [], "{storage}: {:#?}", plan.changes);
        assert!(plan.empty);
        assert!(plan.changes.iter().all(|change| change.fields.is_empty()), "{:#?}", plan.changes);
        stage.end().await;
    }
}

#[tokio::test]
async fn an_edited_description_is_shown_and_kept_or_set_again() {
    let stage =
        created(CreateArguments { description: Some("Ours".into()), ..CreateArguments::default() }).await;
    edit(&stage, json!({"description": "Theirs"})).await;
    let kept = planned(&stage).await;
    let app = change(&kept, ResourceKind::App, "tellr");
    let description = field(app, "description");
    assert_eq!((app.action, description.reason), (Action::NoChange, Reason::Drifted));
    assert_eq!(
        (&description.old, &description.new, &description.remote),
        (&Some(text("Ours")), &Some(text("Theirs")), &Some(text("Theirs")))
    );
    for (given, reason) in [("Ours", Reason::Drifted), ("New", Reason::Wanted)] {
        let update = UpdateArguments { description: Some(given.into()), ..update_of_default() };
        let plan = stage.plan_update(update).await.expect("a plan");
        let app = change(&plan, ResourceKind::App, "tellr");
        let description = field(app, "description");
        assert_eq!((app.action, description.reason), (Action::Update, reason));
        assert_eq!((&description.new, &description.remote), (&Some(text(given)), &Some(text("Theirs"))));
        assert!(!plan.empty);
    }
    stage.end().await;
}

#[tokio::test]
async fn scopes_that_were_removed_are_added_again() {
    let plan = after(async |stage: &Stage| edit(stage, json!({"user_api_scopes": ["sql"]})).await).await;
    let app = change(&plan, ResourceKind::App, "tellr");
    assert_eq!((app.action, field(app, "user_api_scopes").reason), (Action::Update, Reason::Drifted));
}

#[tokio::test]
async fn a_detached_resource_is_attached_again() {
    let plan = after(async |stage: &Stage| edit(stage, json!({"resources": []})).await).await;
    for name in ["app_database", "encryption_key"] {
        let attachment = change(&plan, ResourceKind::Attachment, name);
        assert_eq!(attachment.action, Action::Create);
        assert!(attachment.is_drifted(), "{attachment:#?}");
    }
    assert!(
        change(&plan, ResourceKind::Deployment, "tellr").is_made(),
        "the app sees it when deployed again"
    );
}

#[tokio::test]
async fn an_edited_app_yaml_is_shown_without_secrets() {
    let plan = after(async |stage: &Stage| {
        let path = format!("{FOLDER}/app.yaml");
        let there = stage.file(&path).await.expect("it was written");
        let edited = there.replace("value: production", "value: staging")
            + "- name: MY_TOKEN\n  value: marked-secret\n- name: LOG_LEVEL\n  value: debug\n";
        write(stage, &path, &edited).await;
    })
    .await;
    let file = change(&plan, ResourceKind::File, "app.yaml");
    let environment = field(file, "env.ENVIRONMENT");
    assert_eq!((file.action, environment.reason), (Action::Update, Reason::Drifted));
    assert_eq!((&environment.new, &environment.remote), (&Some(text("production")), &Some(text("staging"))));
    // An update keeps variables that were added; the running app doesn't have them yet.
    let added = field(file, "env.LOG_LEVEL");
    assert_eq!((&added.old, &added.new, added.reason), (&None, &Some(text("debug")), Reason::Drifted));
    assert_eq!(field(file, "env.MY_TOKEN").remote, Some(text("[hidden]")));
    assert!(!format!("{:?}", plan.changes).contains("marked-secret"), "{:#?}", plan.changes);
    assert!(change(&plan, ResourceKind::Deployment, "tellr").is_made());
}

#[tokio::test]
async fn a_deployment_that_was_started_elsewhere_is_replaced() {
    let plan = after(async |stage: &Stage| {
        let body = json!({"source_code_path": FOLDER, "mode": "SNAPSHOT"});
        assert_eq!(stage.post(&format!("{APP}/deployments"), body).await.0, 200);
        stage.workspace.control().clock.advance(600_000).expect("a virtual clock");
    })
    .await;
    let deployment = change(&plan, ResourceKind::Deployment, "tellr");
    let id = field(deployment, "deployment_id");
    assert_eq!((deployment.action, id.reason), (Action::Update, Reason::Drifted));
    assert_ne!(id.old, id.remote);
    assert_eq!(made(&plan).len(), 1, "{:#?}", plan.changes);
}

#[tokio::test]
async fn stopped_compute_is_started() {
    let plan = after(async |stage: &Stage| {
        assert_eq!(stage.post(&format!("{APP}/stop"), json!({})).await.0, 200);
        stage.workspace.control().clock.advance(600_000).expect("a virtual clock");
    })
    .await;
    let compute = field(change(&plan, ResourceKind::App, "tellr"), "compute");
    assert_eq!((&compute.new, &compute.remote), (&Some(text("ACTIVE")), &Some(text("STOPPED"))));
    assert_eq!(compute.reason, Reason::Drifted);
    assert!(!plan.empty);
}

#[tokio::test]
async fn a_newer_version_changes_the_requirements_and_is_deployed() {
    let stage =
        created(CreateArguments { app_version: Some("0.1.0".into()), ..CreateArguments::default() }).await;
    let update = UpdateArguments { app_version: Some("0.2.0".into()), ..update_of_default() };
    let plan = stage.plan_update(update).await.expect("a plan");
    let package = field(change(&plan, ResourceKind::File, "requirements.txt"), "package");
    assert_eq!((&package.remote, package.reason), (&Some(text("tellr-app==0.1.0")), Reason::Wanted));
    assert_eq!(package.new, Some(text("tellr-app==0.2.0")));
    let expected = [
        (ResourceKind::File, "requirements.txt", Action::Update),
        (ResourceKind::Deployment, "tellr", Action::Update),
    ];
    assert_eq!(made(&plan), expected);
    stage.end().await;
}

#[tokio::test]
async fn what_latest_is_unknown_without_an_index() {
    let stage = created(CreateArguments::default()).await;
    let plan = stage
        .plan_update(UpdateArguments { app_version: Some("latest".into()), ..update_of_default() })
        .await;
    let plan = plan.expect("a plan");
    let version = field(change(&plan, ResourceKind::Deployment, "tellr"), "version");
    assert_eq!(version.reason, Reason::Unknown);
    assert!(!plan.empty);
    stage.end().await;
}

#[tokio::test]
async fn what_is_lost_comes_first() {
    let stage = created(CreateArguments::default()).await;
    let reset = UpdateArguments { reset_database: Some(true), ..update_of_default() };
    let plan = stage.plan_update(reset).await.expect("a plan");
    let first = &plan.changes[0];
    assert_eq!((first.resource, first.action), (ResourceKind::Schema, Action::Recreate));
    let plan = stage.plan_delete(delete_of_default()).await.expect("a plan");
    let first = &plan.changes[0];
    assert_eq!((first.resource, first.action), (ResourceKind::App, Action::Delete));
    let kept = plan.changes.iter().skip(1).all(|change| change.action == Action::NoChange);
    assert!(kept && !plan.empty, "{:#?}", plan.changes);
    stage.end().await;
}

#[tokio::test]
async fn a_rollback_is_planned_into_a_file_too() {
    let stage = created(CreateArguments::default()).await;
    let described = UpdateArguments { description: Some("Second".into()), ..update_of_default() };
    stage.update(described).await.expect("update");
    let path = stage.workspace.control().dir.join("plan.json");
    let file = path.to_str().expect("a path as text");
    let (code, _, errors) = deploy(&stage, &["plan", "rollback", "tellr", "--to", "9"]).await;
    assert!(code == Some(2) && errors.contains("RELEASE_UNKNOWN"), "{code:?}: {errors}");
    let (code, told, errors) =
        deploy(&stage, &["plan", "rollback", "tellr", "--to", "1", "--out", file]).await;
    assert!(code == Some(0) && told.contains("description: Second -> "), "{told}{errors}");
    let (code, told, errors) = deploy(&stage, &["rollback", "--plan", file]).await;
    assert_eq!(code, Some(0), "{told}{errors}");
    assert_ne!(stage.get(APP).await.1["description"], "Second");
    // Carried out, it is a plan of another world.
    let (code, _, errors) = deploy(&stage, &["rollback", "--plan", file]).await;
    assert!(code == Some(2) && errors.contains("PLAN_OUTDATED"), "{errors}");
    // A plan whose app was edited is refused.
    let edited = std::fs::read_to_string(&path).expect("it was written");
    std::fs::write(&path, edited.replacen("\"app_name\": \"tellr\"", "\"app_name\": \"other\"", 1))
        .expect("it is written");
    let (code, _, errors) = deploy(&stage, &["rollback", "--plan", file]).await;
    assert!(code == Some(2) && errors.contains("`other`"), "{errors}");
    stage.end().await;
}

/// Another run may end between the comparison and the lock, for which this one waited.
#[tokio::test]
async fn a_saved_plan_is_compared_again_under_the_lock() {
    let stage = created(CreateArguments::default()).await;
    let plan = stage.plan_update(update_of_default()).await.expect("a plan");
    let described = UpdateArguments { description: Some("Theirs".into()), ..update_of_default() };
    let mut planned = described.clone().resolve(None, None).expect("good arguments");
    planned.planned = Some(plan.seen.clone());
    stage.update(described).await.expect("update");

    let journal = &stage.workspace.control().journal;
    journal.clear();
    let (host, cancellation) = (stage.host(ADA), Cancellation::new());
    let work = Box::pin(operations::update(&host, &planned, &cancellation));
    let error = drive(&stage.time, work).await.expect("it does not die").expect_err("the world has moved");
    assert_eq!(error.code, "PLAN_OUTDATED");
    assert!(error.cause.contains("the active deployment"), "{error:#?}");
    let own = |path: &str| path.ends_with("/credentials") || path.starts_with("/api/2.0/workspace");
    let written: Vec<String> = journal
        .mutations()
        .into_iter()
        .filter(|entry| {
            !own(&entry.path) || entry.body.as_ref().is_some_and(|body| body.contains("app.yaml"))
        })
        .map(|entry| entry.path)
        .collect();
    assert_eq!(written, [""; 0], "nothing but the lock was written");
    // The lock is free again.
    stage.update(update_of_default()).await.expect("update");
    stage.end().await;
}

/// Runs `tellr-app deploy` with these words: exit code, output, errors.
pub(super) async fn deploy(stage: &Stage, words: &[&str]) -> (Option<i32>, String, String) {
    let output = kill::deploy(stage, words[0]).args(&words[1..]).output().await.expect("the program runs");
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code(), out, err)
}

pub(super) const UPDATE: [&str; 7] =
    ["update", "--app-name", "tellr", "--lakebase-name", "tellr-db", "--schema-name", "app_data"];

#[tokio::test]
async fn a_saved_plan_is_carried_out_and_refused_when_the_world_has_moved() {
    let stage = created(CreateArguments::default()).await;
    let path = stage.workspace.control().dir.join("plan.json");
    let file = path.to_str().expect("a path as text");
    let with = |words: &[&'static str]| [&UPDATE[..], words].concat();
    let out = ["plan"].into_iter().chain(with(&["--description", "Planned"])).chain(["--out", file]);
    let (code, told, errors) = deploy(&stage, &out.collect::<Vec<_>>()).await;
    assert_eq!(code, Some(0), "{errors}");
    assert!(told.contains("~   update     app tellr") && told.contains("description: "), "{told}");
    let saved = std::fs::read_to_string(&path).expect("it was written");
    assert!(saved.contains("\"description\": \"Planned\"") && saved.contains("\"version\": 1"), "{saved}");

    // Another setting beside it is refused before anything is sent.
    let journal = &stage.workspace.control().journal;
    journal.clear();
    let (code, _, errors) = deploy(&stage, &["update", "--plan", file, "--description", "Other"]).await;
    assert!(code == Some(2) && errors.contains("--description"), "{errors}");
    let (code, _, errors) = deploy(&stage, &["delete", "tellr", "--yes", "--plan", file]).await;
    assert!(
        code == Some(2) && errors.contains("a saved plan of `delete`; this one is of `update`"),
        "{errors}"
    );
    assert!(journal.entries().is_empty(), "nothing was sent");

    // The world moves.
    edit(&stage, json!({"description": "Theirs"})).await;
    journal.clear();
    let (code, _, errors) = deploy(&stage, &["update", "--plan", file]).await;
    assert!(
        code == Some(2) && errors.contains("PLAN_OUTDATED") && errors.contains("app `tellr`"),
        "{errors}"
    );
    let writes = journal.mutations().into_iter().filter(|entry| !entry.path.ends_with("/credentials"));
    assert_eq!(writes.count(), 0, "nothing was changed");

    // It moves back, and the plan is as it was.
    let described = serde_json::from_str::<Value>(&saved).expect("JSON");
    let fields = described["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .flat_map(|change| change["fields"].as_array().cloned().unwrap_or_default());
    let before = fields.into_iter().find(|field| field["field"] == "description").expect("it changes");
    edit(&stage, json!({"description": before["remote"]})).await;
    let (code, told, errors) = deploy(&stage, &["update", "--plan", file]).await;
    assert_eq!(code, Some(0), "{told}{errors}");
    assert_eq!(stage.get(APP).await.1["description"], "Planned");
    stage.end().await;
}

#[tokio::test]
async fn a_saved_plan_that_loses_data_still_asks() {
    let stage = created(CreateArguments::default()).await;
    let path = stage.workspace.control().dir.join("plan.json");
    let file = path.to_str().expect("a path as text");
    let (code, told, errors) = deploy(&stage, &["plan", "delete", "tellr", "--out", file]).await;
    assert_eq!(code, Some(0), "{errors}");
    assert!(told.find("Lost") < told.find("Changes"), "what is lost comes first: {told}");
    let (code, _, errors) = deploy(&stage, &["delete", "--plan", file]).await;
    assert!(code == Some(2) && errors.contains("NOT_CONFIRMED"), "{errors}");
    let (code, _, errors) = deploy(&stage, &["delete", "--plan", file, "--yes"]).await;
    assert_eq!(code, Some(0), "{errors}");
    assert_eq!(stage.get(APP).await.0, 404);
    stage.end().await;
}

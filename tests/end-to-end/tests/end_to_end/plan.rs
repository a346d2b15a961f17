//! A plan says what the run then does, and refuses what the run refuses. That it changes nothing
//! is asserted with every look; see `end_to_end::looking`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::config::{CreateArguments, DeleteArguments, UpdateArguments};
use deployer::engine::Cancellation;
use deployer::error::DeployError;
use deployer::events::{EventKind, PlannedStep};
use deployer::operations::{self, Change, Plan};
use end_to_end::rivals::LOCK;
use end_to_end::stage::{ADA, FOLDER, Stage, delete_of_default, update_of_default};
use end_to_end::virtual_time::{Death, VirtualHost, drive};
use end_to_end::words::assert_good_words;
use local_workspace::faults::{Action, Rule};
use local_workspace::pace::Pace;
use serde_json::json;

const UNKNOWN: &str = "(known after the database is created)";
const THE_KEY: &str = "(the encryption key)";

/// How the database comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Database {
    New,
    NewProvisioned,
    Autoscaling,
    Provisioned,
}

impl Database {
    const ALL: [Self; 4] = [Self::New, Self::NewProvisioned, Self::Autoscaling, Self::Provisioned];

    fn kind(self) -> &'static str {
        match self {
            Self::New | Self::Autoscaling => "autoscaling",
            Self::NewProvisioned | Self::Provisioned => "provisioned",
        }
    }

    async fn stage(self) -> Stage {
        let stage = Stage::with(Pace::scaled(0.01)).await;
        let post = async |path: &str, body| assert_eq!(stage.post(path, body).await.0, 200);
        match self {
            Self::New => {}
            Self::NewProvisioned => stage.set(|settings| settings.features.autoscaling = false),
            Self::Autoscaling => {
                let spec = json!({"spec": {"display_name": "tellr-db", "pg_version": 17}});
                post("/api/2.0/postgres/projects?project_id=tellr-db", spec).await;
            }
            Self::Provisioned => {
                stage.set(|settings| settings.features.provisioned_instances = true);
                post("/api/2.0/database/instances", json!({"name": "tellr-db", "capacity": "CU_1"})).await;
            }
        }
        stage.workspace.control().clock.advance(600_000).expect("a virtual clock");
        stage
    }
}

/// The steps that a run told of.
fn told(host: &VirtualHost<'_>) -> Vec<PlannedStep> {
    let plan = host.events().into_iter().find(|event| event.kind == EventKind::Plan);
    plan.expect("a run tells its steps").steps
}

async fn written(stage: &Stage, name: &str) -> String {
    stage.file(&format!("{FOLDER}/{name}")).await.unwrap_or_else(|| panic!("{name} was written"))
}

/// The planned files are the written ones, but for what was not known and the key.
async fn assert_files(stage: &Stage, plan: &Plan) {
    let names: Vec<&str> = plan.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["app.yaml", "requirements.txt"]);
    for file in &plan.files {
        let written = written(stage, &file.name).await;
        assert_eq!(file.content.lines().count(), written.lines().count(), "{}", file.content);
        for (planned, real) in file.content.lines().zip(written.lines()) {
            let hidden = planned.contains(UNKNOWN) || planned.contains(THE_KEY);
            assert!(planned == real || hidden, "{}: `{planned}` became `{real}`", file.name);
        }
    }
}

fn app_yaml(plan: &Plan) -> &str {
    &plan.files[0].content
}

fn told_in(sentences: &[String], part: &str) -> bool {
    sentences.iter().any(|sentence| sentence.contains(part))
}

fn assert_sentences(plan: &Plan) {
    for sentence in plan.notes.iter().chain(&plan.lost).chain(&plan.recoverable) {
        assert!(sentence.starts_with(|c: char| c.is_uppercase() || c == '`' || c == 'a'), "{sentence}");
        assert!(!sentence.ends_with('.') && !sentence.contains("None"), "{sentence}");
    }
}

#[tokio::test]
async fn what_a_create_is_planned_to_do_it_does() {
    for database in Database::ALL {
        for storage in ["secret_scope", "app_yaml"] {
            let stage = database.stage().await;
            let arguments = || CreateArguments {
                encryption_key_storage: Some(storage.into()),
                extra_scopes: Some(vec!["files".into()]),
                ..CreateArguments::default()
            };
            let plan = stage.plan_create(arguments()).await.expect("a plan");
            assert_sentences(&plan);
            let host = stage.host(ADA);
            let made = stage.create_on(&host, arguments()).await.expect("create");
            assert_eq!(plan.steps, told(&host), "{database:?}");
            assert_eq!(plan.lakebase_type.as_deref(), Some(made.lakebase_type.as_str()));
            assert_eq!(plan.lakebase_type.as_deref(), Some(database.kind()));
            assert_eq!((plan.app_name.as_str(), plan.app_file_workspace_path.as_str()), ("tellr", FOLDER));
            assert_eq!(
                (plan.lakebase_name.as_deref(), plan.schema_name.as_deref()),
                (Some("tellr-db"), Some("app_data"))
            );
            assert!(!plan.resumes && plan.lost.is_empty() && plan.recoverable.is_empty(), "{plan:#?}");
            assert_files(&stage, &plan).await;
            assert_eq!(app_yaml(&plan).contains(UNKNOWN), database == Database::New);
            assert_eq!(app_yaml(&plan).contains(THE_KEY), storage == "app_yaml");
            assert_eq!(app_yaml(&plan).contains("valueFrom: encryption_key"), storage == "secret_scope");
            let made_or_used = match database {
                Database::New | Database::NewProvisioned => "database `tellr-db` with CU_1",
                Database::Autoscaling => "Use the existing autoscaling database `tellr-db`",
                Database::Provisioned => "Use the existing provisioned database `tellr-db`",
            };
            assert!(told_in(&plan.notes, made_or_used), "{plan:#?}");
            assert!(told_in(&plan.notes, "Create an encryption key and store it in"), "{plan:#?}");
            drop(host);
            stage.end().await;
        }
    }
}

#[tokio::test]
async fn what_an_update_is_planned_to_do_it_does() {
    for database in Database::ALL {
        let stage = database.stage().await;
        stage.create(CreateArguments::default()).await.expect("create");
        for reset in [false, true] {
            let arguments = || UpdateArguments {
                app_version: Some("9.9.9".into()),
                app_compute: Some("LARGE".into()),
                reset_database: Some(reset),
                ..update_of_default()
            };
            let plan = stage.plan_update(arguments()).await.expect("a plan");
            assert_sentences(&plan);
            let host = stage.host(ADA);
            let done = stage.update_on(&host, arguments()).await.expect("update");
            assert_eq!(plan.steps, told(&host), "{database:?}, reset: {reset}");
            assert_eq!(plan.lakebase_type.as_deref(), Some(done.lakebase_type.as_str()));
            assert_files(&stage, &plan).await;
            assert!(!app_yaml(&plan).contains('('), "all is known: {}", app_yaml(&plan));
            assert!(told_in(&plan.notes, "Keep the encryption key in the secret scope `tellr-tellr`"));
            assert!(told_in(&plan.notes, "Deploy `tellr-app` 9.9.9 from"), "{plan:#?}");
            assert_eq!(told_in(&plan.notes, "Change its compute to LARGE"), !reset, "{plan:#?}");
            assert_eq!(told_in(&plan.notes, "Keep the schema `app_data` with its"), !reset);
            assert_eq!(plan.lost.is_empty() && plan.recoverable.is_empty(), !reset, "{plan:#?}");
            if reset {
                assert_way_back(database, &plan, done.restore_point.map(|point| point.branch));
                assert!(told_in(&plan.recoverable, "The encryption key is kept"), "{plan:#?}");
            }
            drop(host);
        }
        stage.end().await;
    }
}

/// What a plan says of the way back is what there is afterwards.
fn assert_way_back(database: Database, plan: &Plan, branch: Option<String>) {
    assert!(told_in(&plan.lost, "All data in the schema `app_data` of the database `tellr-db`: 0 tables"));
    let promised = told_in(
        &plan.recoverable,
        "a restore point is created: the branch `pre-reset-…` of the database `tellr-db`, kept for 7 days",
    );
    assert_eq!(promised, database.kind() == "autoscaling", "{plan:#?}");
    assert_eq!(branch.is_some_and(|branch| branch.contains("/pre-reset-")), promised);
    let none = told_in(&plan.lost, "No restore point is possible: the database `tellr-db` is provisioned");
    assert_eq!(none, !promised, "{plan:#?}");
}

#[tokio::test]
async fn what_a_delete_is_planned_to_do_it_does() {
    for database in Database::ALL {
        for reset in [false, true] {
            let stage = database.stage().await;
            let url = stage.create(CreateArguments::default()).await.expect("create").url;
            let arguments = || DeleteArguments { reset_database: Some(reset), ..delete_of_default() };
            let plan = stage.plan_delete(arguments()).await.expect("a plan");
            assert_sentences(&plan);
            let host = stage.host(ADA);
            let config = arguments().resolve(None, None).expect("good arguments");
            let cancellation = Cancellation::new();
            let running = Box::pin(operations::delete(&host, &config, &cancellation));
            let done = drive(&stage.time, running).await.expect("it does not die").expect("delete");
            assert_eq!(plan.steps, told(&host), "{database:?}, reset: {reset}");
            assert_eq!(plan.lakebase_type.as_deref(), Some(database.kind()));
            assert_eq!(
                (plan.lakebase_name.as_deref(), plan.schema_name.as_deref()),
                (Some("tellr-db"), Some("app_data"))
            );
            assert!(plan.files.is_empty());
            assert!(told_in(&plan.lost, &format!("The app `tellr` at {url}")), "{plan:#?}");
            assert!(told_in(&plan.recoverable, "key is kept in the secret scope `tellr-tellr`"), "{plan:#?}");
            assert!(told_in(&plan.recoverable, &format!("The app's files are kept in `{FOLDER}`")));
            if reset {
                assert_way_back(database, &plan, done.restore_point.map(|point| point.branch));
                assert!(told_in(&plan.recoverable, "The database `tellr-db` itself is kept"), "{plan:#?}");
            } else {
                let stays = "The database `tellr-db` is kept, with the schema `app_data`";
                assert!(told_in(&plan.recoverable, stays), "{plan:#?}");
                assert_eq!(plan.lost.len(), 1, "{plan:#?}");
            }
            drop(host);
            stage.end().await;
        }
    }
}

#[tokio::test]
async fn a_create_that_died_is_planned_to_go_on() {
    const EARLY: usize = 12;
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let whole = stage.host(ADA);
    stage.create_on(&whole, CreateArguments::default()).await.expect("create");
    let requests = whole.requests();
    drop(whole);
    stage.end().await;
    // Early, where hardly more than the lock is there; in the middle; and with all but the end.
    for index in [EARLY, requests / 2, requests - 6] {
        let stage = Stage::with(Pace::scaled(0.01)).await;
        let died = stage.create_dying(CreateArguments::default(), Death::After(index)).await;
        assert!(died.is_none(), "request {index} was never sent");
        let plan = stage.plan_create(CreateArguments::default()).await.expect("a plan");
        assert!(
            told_in(&plan.notes, "ada@example.com has been running `create` on this app since"),
            "{plan:#?}"
        );
        assert!(!plan.resumes, "as far as one can see it is under way: {plan:#?}");
        stage.workspace.control().clock.advance(60_000).expect("a virtual clock");
        let plan = stage.plan_create(CreateArguments::default()).await.expect("a plan");
        assert_sentences(&plan);
        // Requests that go out side by side come in any order: of the early ones, the journal may be
        // the next.
        let begun = stage.last_run().await.is_some();
        assert!(begun || index == EARLY, "after request {index} of {requests} there is a journal");
        assert_eq!(plan.resumes, begun, "after request {index}: {plan:#?}");
        let told_so = told_in(&plan.notes, "The `create` that ada@example.com started at 2026-11-23T15:00");
        assert_eq!(told_so, begun, "after request {index}: {plan:#?}");
        let host = stage.host(ADA);
        stage.create_on(&host, CreateArguments::default()).await.expect("it goes on");
        assert_eq!(plan.steps, told(&host), "after request {index}");
        assert_files(&stage, &plan).await;
        drop(host);
        stage.end().await;
    }
}

/// That the plan refuses with the words of the run.
fn assert_same_refusal(code: &str, planned: Result<Plan, DeployError>, run: &DeployError) {
    let planned = planned.expect_err("the run refuses it too");
    assert_good_words(&planned);
    assert_eq!(planned.code, code);
    assert_eq!(&planned, run);
}

async fn write(stage: &Stage, path: &str, text: &str) {
    let body = json!({"path": path, "content": STANDARD.encode(text), "format": "AUTO", "overwrite": true});
    assert_eq!(stage.post("/api/2.0/workspace/import", body).await.0, 200);
}

#[tokio::test]
async fn a_plan_refuses_a_create_that_is_refused() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let create = async |code: &str, arguments: &dyn Fn() -> CreateArguments| {
        let planned = stage.plan_create(arguments()).await;
        let run = stage.create(arguments()).await.expect_err("refused");
        assert_same_refusal(code, planned, &run);
    };
    let named = |app: &str, folder: Option<&str>, database: &str| CreateArguments {
        app_name: Some(app.into()),
        app_file_workspace_path: folder.map(str::to_owned),
        lakebase_name: Some(database.into()),
        ..CreateArguments::default()
    };
    stage.create(CreateArguments::default()).await.expect("create");
    create("APP_ALREADY_EXISTS", &CreateArguments::default).await;
    create("FOLDER_IN_USE", &|| named("tellr-two", Some(FOLDER), "two-db")).await;
    create("INVALID_VALUE", &|| named("tellr-two", None, "Upper-Case-DB")).await;
    create("INVALID_VALUE", &|| named("Tellr", None, "tellr-db")).await;
    let app = json!({"name": "billing", "description": "not ours"});
    assert_eq!(stage.post("/api/2.0/apps?no_compute=true", app).await.0, 200);
    create("APP_ALREADY_EXISTS", &|| named("billing", None, "tellr-db")).await;
    let newer = json!({"version": 99}).to_string();
    write(&stage, &format!("{FOLDER}/.tellr/deployment.json"), &newer).await;
    create("JOURNAL_NEWER", &CreateArguments::default).await;
    let missing = Action::error(404, "FEATURE_DISABLED", "Databricks Apps is not enabled here.");
    let rule = Rule { times: None, ..Rule::next("/api/2.0/apps/.*", missing) };
    stage.workspace.control().faults.add(rule).expect("a good rule");
    create("APPS_UNAVAILABLE", &CreateArguments::default).await;
    stage.end().await;
}

#[tokio::test]
async fn a_plan_refuses_an_update_or_a_delete_that_is_refused() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let refused = async |code: &str, app: &str, folder: Option<&str>, database: &str, reset: bool| {
        let (app, folder, database) =
            (Some(app.to_owned()), folder.map(str::to_owned), Some(database.into()));
        let update = || UpdateArguments {
            app_name: app.clone(),
            app_file_workspace_path: folder.clone(),
            lakebase_name: database.clone(),
            reset_database: Some(reset),
            ..update_of_default()
        };
        let run = stage.update(update()).await.expect_err("refused");
        assert_same_refusal(code, stage.plan_update(update()).await, &run);
        let delete = || DeleteArguments {
            app_name: app.clone(),
            app_file_workspace_path: folder.clone(),
            lakebase_name: database.clone(),
            schema_name: Some("app_data".into()),
            reset_database: Some(true),
            ..DeleteArguments::default()
        };
        let run = stage.delete(delete()).await.expect_err("refused");
        assert_same_refusal(code, stage.plan_delete(delete()).await, &run);
    };
    refused("APP_NOT_FOUND", "tellr", None, "tellr-db", false).await;
    stage.create(CreateArguments::default()).await.expect("create");
    refused("LAKEBASE_NOT_FOUND", "tellr", None, "no-such-db", false).await;
    let app = json!({"name": "billing", "description": "not ours"});
    assert_eq!(stage.post("/api/2.0/apps?no_compute=true", app).await.0, 200);
    let folder = "/Workspace/Users/ada@example.com/billing";
    assert_eq!(stage.post("/api/2.0/workspace/mkdirs", json!({"path": folder})).await.0, 200);
    write(&stage, &format!("{folder}/app.yaml"), "command: [python, app.py]\n").await;
    refused("NOT_TELLR", "billing", Some(folder), "tellr-db", true).await;
    let original =
        || UpdateArguments { app_package: Some("databricks-tellr-app".into()), ..update_of_default() };
    let run = stage.update(original()).await.expect_err("another app's tables");
    assert_same_refusal("PACKAGE_DIFFERS", stage.plan_update(original()).await, &run);
    stage.end().await;
}

/// A run that died with its work done leaves its lock. The next run clears it, a plan does not.
#[tokio::test]
async fn a_plan_leaves_the_lock_of_a_dead_run_where_it_is() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    stage.create(CreateArguments::default()).await.expect("create");
    let run = stage.status().await.last_run.expect("a run");
    let lock = json!({
        "id": run.id, "holder": ADA, "operation": "create",
        "since": run.started_at, "expires_at": "2026-11-23T15:00:00Z",
    });
    let path = LOCK;
    write(&stage, path, &lock.to_string()).await;
    let planned = stage.plan_create(CreateArguments::default()).await;
    assert!(stage.file(path).await.is_some(), "a plan changes nothing");
    let run = stage.create(CreateArguments::default()).await.expect_err("it is there");
    assert_same_refusal("APP_ALREADY_EXISTS", planned, &run);
    assert_eq!(stage.file(path).await, None);
    stage.end().await;
}

#[tokio::test]
async fn the_plan_says_which_key_will_be_used() {
    const KEY: &str = "bWFya2VkLWtleS1tYXJrZWQta2V5LW1hcmtlZC1rZXk=";
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let given =
        || CreateArguments { encryption_key: Some(KEY.to_owned().into()), ..CreateArguments::default() };
    let plan = stage.plan_create(given()).await.expect("a plan");
    assert!(told_in(&plan.notes, "Store the given encryption key in the secret scope `tellr-tellr`"));
    let in_yaml = || CreateArguments { encryption_key_storage: Some("app_yaml".into()), ..given() };
    let plan = stage.plan_create(in_yaml()).await.expect("a plan");
    assert!(told_in(&plan.notes, "Store the given encryption key in `app.yaml`"), "{plan:#?}");
    assert!(!serde_json::to_string(&plan).expect("JSON").contains(KEY));
    stage.create(in_yaml()).await.expect("create");
    let moved = |to: &str| UpdateArguments { encryption_key_storage: Some(to.into()), ..update_of_default() };
    for (arguments, note, stays) in [
        (update_of_default(), "Keep the encryption key in `app.yaml`", true),
        (moved("secret_scope"), "from `app.yaml`, and store it in the secret scope `tellr-tellr`", false),
    ] {
        let plan = stage.plan_update(arguments).await.expect("a plan");
        assert!(told_in(&plan.notes, note), "{plan:#?}");
        assert_eq!(app_yaml(&plan).contains(THE_KEY), stays);
        assert!(!serde_json::to_string(&plan).expect("JSON").contains(KEY));
    }
    stage.end().await;
}

#[tokio::test]
async fn a_plan_that_is_cancelled_ends() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let cancellation = Cancellation::new();
    cancellation.cancel();
    let config = CreateArguments::default().resolve(None, None).expect("good arguments");
    let change = Change::Create(Box::new(config));
    let planned =
        stage.only_looking(ADA, async |host| Box::pin(operations::plan(host, &change, &cancellation)).await);
    assert_eq!(planned.await.expect_err("it was cancelled").code, "CANCELLED");
    stage.end().await;
}

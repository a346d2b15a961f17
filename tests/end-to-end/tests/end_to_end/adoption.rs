//! Apps of the original deployer are taken over on request: with their package, or moved to `tellr-app` with a copy
//! of their data.

use std::process::Stdio;
use std::time::{Duration, Instant};

use deployer::config::UpdateArguments;
use deployer::events::StepState;
use deployer::operations::UpdateResult;
use end_to_end::kill::program;
use end_to_end::originals::{KEY, Made, ORIGINALS, Original, write_file};
use end_to_end::stage::{ADA, BEN, FOLDER, Stage, update_of_default};
use end_to_end::words::{Expected, assert_says};
use local_workspace::identity::Right;
use local_workspace::pace::Pace;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

const NEW_SCHEMA: &str = "app_data_tellr";

async fn stage() -> Stage {
    Stage::with(Pace::scaled(0.01)).await
}

/// An update with the original's package and data.
fn kept() -> UpdateArguments {
    UpdateArguments { app_package: Some("databricks-tellr-app".into()), ..update_of_default() }
}

fn adopting(arguments: UpdateArguments) -> UpdateArguments {
    UpdateArguments { adopt: Some(true), ..arguments }
}

/// An update to our app with a schema of its own.
fn moved() -> UpdateArguments {
    UpdateArguments { schema_name: Some(NEW_SCHEMA.into()), ..update_of_default() }
}

fn changed(stage: &Stage) -> usize {
    stage.workspace.control().journal.mutations().len()
}

async fn app_yaml(stage: &Stage) -> String {
    stage.file(&format!("{FOLDER}/app.yaml")).await.expect("app.yaml")
}

/// The steps that changed something, without the deployment itself.
fn effects(result: &UpdateResult) -> Vec<&str> {
    let steps = result.steps.iter().filter(|step| step.state != StepState::Unchanged);
    let names = steps.map(|step| step.step.as_str());
    names.filter(|name| !["deployment", "verify"].contains(name)).collect()
}

#[tokio::test]
async fn it_is_refused_without_the_request_and_nothing_has_happened() {
    let stage = stage().await;
    ORIGINALS[1].deploy(&stage, ADA).await;
    let before = changed(&stage);
    for arguments in [kept(), moved(), UpdateArguments { reset_database: Some(true), ..kept() }] {
        let planned = stage.plan_update(arguments.clone()).await.expect_err("not asked for");
        let error = stage.update(arguments).await.expect_err("not asked for");
        assert_eq!((&planned.code, &planned.remedy), (&error.code, &error.remedy));
        assert_says(
            &error,
            Expected {
                code: "NOT_ADOPTED",
                names: "`tellr` was created by ada@example.com",
                because: "on request",
            },
        );
        assert!(error.remedy.contains("`adopt`") && error.remedy.contains("copied"), "{error:#?}");
    }
    assert_eq!(changed(&stage), before);
    stage.end().await;
}

#[tokio::test]
async fn another_users_app_and_what_is_not_tellr_are_never_touched() {
    let stage = stage().await;
    stage.workspace.control().identities.set_rights(BEN, Right::of_admin());
    let original = ORIGINALS[2];
    let made = original.deploy(&stage, BEN).await;
    let (before, data) = (changed(&stage), original.contents(&stage, &made.role).await);
    for arguments in [kept(), moved()] {
        let error = stage.plan_update(adopting(arguments.clone())).await.expect_err("it is ben's");
        assert_says(
            &error,
            Expected { code: "ADOPTED_BY_OTHER", names: "another user", because: "ben@example.com" },
        );
        let error = stage.update(adopting(arguments)).await.expect_err("it is ben's");
        assert_eq!(error.code, "ADOPTED_BY_OTHER");
    }
    write_file(&stage, "app.yaml", "command: [python, app.py]\n").await;
    for arguments in [kept(), moved()] {
        let error = stage.update(adopting(arguments)).await.expect_err("it isn't Tellr");
        assert_eq!(error.code, "NOT_TELLR");
    }
    // The file that this test wrote, and the credentials for looking at the database.
    let effects = stage.workspace.control().journal.mutations();
    let written: Vec<&str> = effects[before..].iter().map(|entry| entry.path.as_str()).collect();
    let others = written.iter().filter(|path| !path.ends_with("/credentials"));
    assert_eq!(others.collect::<Vec<_>>(), [&"/api/2.0/workspace/import"]);
    assert_eq!(original.contents(&stage, &made.role).await, data);
    stage.end().await;
}

#[tokio::test]
async fn with_its_package_data_and_key_stay_and_the_second_update_does_nothing() {
    for original in ORIGINALS {
        let stage = stage().await;
        let made = original.deploy(&stage, ADA).await;
        let data = original.contents(&stage, &made.role).await;

        let plan = stage.plan_update(adopting(kept())).await.unwrap_or_else(|error| panic!("{error:#?}"));
        let notes = plan.notes.join("\n");
        assert!(
            notes.contains(&format!("`databricks-tellr-app` {}, the schema `app_data`", original.version)),
            "{notes}"
        );
        assert_eq!((plan.losses.len(), plan.confirmations), (0, 0));
        stage.update(adopting(kept())).await.unwrap_or_else(|error| panic!("{original:?} {error:#?}"));

        let requirements = stage.file(&format!("{FOLDER}/requirements.txt")).await.expect("requirements.txt");
        assert!(
            requirements.ends_with(&format!("databricks-tellr-app=={}\n", original.version)),
            "{requirements}"
        );
        let yaml = app_yaml(&stage).await;
        match original.version {
            "0.2.7" => assert!(yaml.contains(KEY), "the key stays where it is: {yaml}"),
            "0.4.2" => assert!(!yaml.contains("ENCRYPTION_KEY"), "the key stays in its table: {yaml}"),
            _ => assert!(yaml.contains("valueFrom: encryption_key"), "it gets one: {yaml}"),
        }
        assert_eq!(yaml.contains("HUASHU_PIPELINE_ENABLED"), original.version == "0.4.2", "{yaml}");
        let after = original.contents(&stage, &made.role).await;
        assert_eq!(after, data, "{}", original.version);

        // Once it is taken over, nothing needs to be requested, and nothing is left to do.
        for arguments in [kept(), adopting(kept())] {
            let plan = stage.plan_update(arguments.clone()).await.expect("a plan");
            assert!(!plan.notes.iter().any(|note| note.contains("Take over")), "{plan:#?}");
            assert!(plan.empty, "{}: {:#?}", original.version, plan.changes);
            let again = stage.update(arguments).await.unwrap_or_else(|error| panic!("{error:#?}"));
            assert_eq!(effects(&again), Vec::<&str>::new(), "{}", original.version);
        }
        assert_eq!(app_yaml(&stage).await, yaml);
        assert_eq!(original.contents(&stage, &made.role).await, data);
        stage.end().await;
    }
}

#[tokio::test]
async fn a_release_of_an_adopted_app_is_gone_back_to_with_its_key() {
    for original in ORIGINALS {
        let stage = stage().await;
        let made = original.deploy(&stage, ADA).await;
        stage.update(adopting(kept())).await.unwrap_or_else(|error| panic!("{error:#?}"));
        let (yaml, data) = (app_yaml(&stage).await, original.contents(&stage, &made.role).await);
        let described = UpdateArguments { description: Some("Another".into()), ..kept() };
        stage.update(described).await.unwrap_or_else(|error| panic!("{error:#?}"));
        let back = stage.rollback(None).await.unwrap_or_else(|error| panic!("{original:?} {error:#?}"));
        assert_eq!((back.returned_to, back.release), (1, Some(3)), "{}", original.version);
        assert_eq!(app_yaml(&stage).await, yaml, "{}", original.version);
        assert_eq!(original.contents(&stage, &made.role).await, data, "{}", original.version);
        stage.end().await;
    }
}

#[tokio::test]
async fn a_version_that_deletes_the_data_is_refused() {
    let stage = stage().await;
    let made = ORIGINALS[0].deploy(&stage, ADA).await;
    let (before, data) = (changed(&stage), ORIGINALS[0].contents(&stage, &made.role).await);
    for version in ["0.4.2", "latest"] {
        let newer = || adopting(UpdateArguments { app_version: Some(version.into()), ..kept() });
        let error = stage.plan_update(newer()).await.expect_err("the data would go");
        assert_says(&error, Expected { code: "UPGRADE_DELETES_DATA", names: "from 0.1.21", because: "0.2" });
        assert_eq!(stage.update(newer()).await.expect_err("the data would go").code, error.code);
    }
    let effects = stage.workspace.control().journal.mutations();
    assert!(effects[before..].iter().all(|entry| entry.path.ends_with("/credentials")), "{effects:?}");
    assert_eq!(ORIGINALS[0].contents(&stage, &made.role).await, data);
    stage.end().await;
}

#[tokio::test]
async fn moving_needs_a_schema_of_its_own() {
    let stage = stage().await;
    ORIGINALS[1].deploy(&stage, ADA).await;
    let same = || adopting(update_of_default());
    let error = stage.plan_update(same()).await.expect_err("it is the original's");
    assert_says(&error, Expected { code: "MOVE_NEEDS_SCHEMA", names: "`tellr-db`", because: "`app_data`" });
    assert!(error.remedy.contains("`app_data_tellr`"), "{error:#?}");
    assert_eq!(stage.update(same()).await.expect_err("it is the original's").code, error.code);
    stage.end().await;
}

#[tokio::test]
async fn moved_it_brings_what_was_promised_and_leaves_the_old_schema_as_it_was() {
    for original in ORIGINALS {
        let stage = stage().await;
        let made = original.deploy(&stage, ADA).await;
        let data = original.contents(&stage, &made.role).await;

        let plan = stage.plan_update(adopting(moved())).await.unwrap_or_else(|error| panic!("{error:#?}"));
        let notes = plan.notes.join("\n");
        let sessions = if original.version == "0.4.2" { 3 } else { 2 };
        for told in [
            "about 3 prompts",
            "about 2 styles",
            &format!("about {sessions} sessions"),
            "about 6 messages",
            "Stays behind",
        ] {
            assert!(notes.contains(told), "{told}: {notes}");
        }
        assert_eq!(notes.contains("about 1 images"), original.version != "0.1.21", "{notes}");
        assert!(plan.recoverable.iter().any(|way| way.contains(original.version)), "{plan:#?}");
        assert_eq!((plan.losses.len(), plan.confirmations), (0, 0));
        stage.update(adopting(moved())).await.unwrap_or_else(|error| panic!("{original:?} {error:#?}"));
        let yaml = app_yaml(&stage).await;
        assert!(yaml.contains("tellr-app serve") && yaml.contains("TELLR_IMPORT_SCHEMA"), "{yaml}");
        assert!(!yaml.contains("HUASHU"), "{yaml}");

        // What the platform does: the app's command.
        let environment = original.environment(&stage, &made.role).await;
        for _ in 0..2 {
            initialise(&environment).await;
        }
        assert_is_there(&original, &environment).await;
        assert_eq!(original.contents(&stage, &made.role).await, data, "{}", original.version);

        // A second update has nothing to do.
        let plan = stage.plan_update(moved()).await.expect("a plan");
        assert!(plan.empty, "{}: {:#?}", original.version, plan.changes);
        let again = stage.update(moved()).await.unwrap_or_else(|error| panic!("{error:#?}"));
        assert_eq!(effects(&again), Vec::<&str>::new());
        assert_eq!(app_yaml(&stage).await, yaml);
        went_back(&stage, &original, &made).await;
        assert_eq!(original.contents(&stage, &made.role).await, data, "{}", original.version);
        stage.end().await;
    }
}

/// The original app with its old schema, as before the move.
async fn went_back(stage: &Stage, original: &Original, made: &Made) {
    let error = stage.update(kept()).await.expect_err("which version?");
    assert_says(&error, Expected { code: "VERSION_NEEDED", names: "`tellr`", because: "`app_data`" });
    let back = || UpdateArguments { app_version: Some(original.version.into()), ..kept() };
    stage.update(back()).await.unwrap_or_else(|error| panic!("{error:#?}"));
    let yaml = app_yaml(stage).await;
    assert!(yaml.contains("databricks_tellr_app.run") && !yaml.contains("TELLR_IMPORT"), "{yaml}");
    assert!(yaml.contains("value: app_data\n"), "{yaml}");
    assert_eq!(yaml.contains(KEY), original.version == "0.2.7", "{yaml}");
    let state = stage.schema_state("tellr-db", original.kind, NEW_SCHEMA).await;
    assert!(state.exists && state.tables > 20, "the new schema stays, too: {state:?} {made:?}");
    let elsewhere = UpdateArguments { schema_name: Some("elsewhere".into()), ..moved() };
    assert_eq!(stage.update(elsewhere).await.expect_err("not asked for").code, "PACKAGE_DIFFERS");
}

async fn initialise(environment: &[(String, String)]) {
    let mut command = Command::new(program());
    command.arg("init-database").env_clear().envs(environment.iter().cloned());
    let output = command.output().await.expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The app as a process, and a person's requests to it.
struct Running {
    address: String,
    http: reqwest::Client,
    _process: Child,
}

impl Running {
    async fn start(environment: &[(String, String)]) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let process = Command::new(program())
            .arg("serve")
            .env_clear()
            .envs(environment.iter().cloned())
            .env("TELLR_LISTEN", "127.0.0.1")
            .env("DATABRICKS_APP_PORT", port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("it runs");
        let app = Self {
            address: format!("http://127.0.0.1:{port}"),
            http: reqwest::Client::new(),
            _process: process,
        };
        let began = Instant::now();
        while app.http.get(format!("{}/api/health", app.address)).send().await.is_err() {
            assert!(began.elapsed() < Duration::from_mins(1), "it never listens");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        app
    }

    async fn get(&self, email: &str, path: &str) -> Value {
        let id = format!("{}@1", email.bytes().map(u64::from).sum::<u64>());
        let request = self.http.get(format!("{}{path}", self.address));
        let request = request.header("x-forwarded-email", email).header("x-forwarded-user", id);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer.json().await.expect("JSON")
    }
}

fn names(list: &Value) -> Vec<&str> {
    let mut names: Vec<&str> =
        list.as_array().expect("a list").iter().filter_map(|item| item["name"].as_str()).collect();
    names.sort_unstable();
    names
}

/// Everything that the plan promised, as people see it.
async fn assert_is_there(original: &Original, environment: &[(String, String)]) {
    let app = Running::start(environment).await;
    let prompts = app.get(ADA, "/api/settings/prompts").await;
    assert_eq!(
        names(&prompts["prompts"]),
        [
            "Board report",
            "Executive Summary",
            "Executive Summary (databricks-tellr)",
            "Quarterly Business Review"
        ]
    );
    let styles = app.get(ADA, "/api/settings/styles").await;
    assert_eq!(names(&styles["styles"]), ["Clear Light", "House", "System Default"]);
    let id = |list: &Value, name: &str| {
        let found = list.as_array().expect("a list").iter().find(|item| item["name"] == name);
        found.map_or_else(|| panic!("{name}: {list}"), |item| item["id"].clone())
    };
    let is_default =
        styles["styles"].as_array().expect("a list").iter().find(|style| style["is_default"] == true);
    let default = if original.version == "0.4.2" { "House" } else { "Clear Light" };
    assert_eq!(is_default.map(|style| style["name"].clone()), Some(json!(default)));

    let profiles = app.get(ADA, "/api/settings/profiles").await;
    let private = original.version == "0.4.2";
    let shared = if private { vec!["Default", "Sales"] } else { vec!["Default", "Plain", "Sales"] };
    assert_eq!(names(&profiles["profiles"]), shared);
    let sales =
        profiles["profiles"].as_array().expect("a list").iter().find(|profile| profile["name"] == "Sales");
    let sales = sales.expect("it is there");
    assert_eq!(sales["prompt_id"], id(&prompts["prompts"], "Board report"));
    assert_eq!(sales["style_id"], id(&styles["styles"], "House"));
    assert_eq!((&sales["options"]["spaces"], &sales["is_default"]), (&json!(["space-1"]), &json!(true)));

    // Ben finds his session, with the texts of its deck and his questions, and no other user's.
    let list = app.get(BEN, "/api/sessions").await;
    assert_eq!(list["sessions"].as_array().map(Vec::len), Some(1), "{list}");
    let session = &list["sessions"][0];
    assert_eq!(
        (&session["title"], &session["slide_count"], &session["role"]),
        (&json!("Sales review"), &json!(2), &json!("owner"))
    );
    assert!(
        session["created_at"].as_str().is_some_and(|at| at.starts_with("2026-05-04T10:00:00")),
        "{session}"
    );
    let path = format!("/api/sessions/{}", session["id"].as_str().expect("an id"));
    let deck = app.get(BEN, &path).await["deck"].clone();
    assert_eq!(deck["slides"][0]["blocks"][0]["text"], "Sales grew by 8%");
    assert_eq!(deck["slides"][0]["blocks"][1]["text"], "North & South");
    assert_eq!(deck["slides"][1]["blocks"][1]["text"], "Hire\nShip");
    let chat = app.get(BEN, &format!("{path}/chat")).await;
    let turns: Vec<(&str, &Value)> = chat["turns"]
        .as_array()
        .expect("turns")
        .iter()
        .map(|turn| (turn["message"].as_str().expect("a message"), &turn["reply"]))
        .collect();
    assert_eq!(turns, [("Two slides about sales", &json!("Sales grew by 8%")), ("Shorter", &Value::Null)]);
    let found = app.get(BEN, "/api/sessions?q=ship").await;
    assert_eq!(found["sessions"].as_array().map(Vec::len), Some(1), "it is found by its words");
    let own = app.get(BEN, "/api/settings/profiles").await;
    assert!(names(&own["profiles"]).contains(&"Plain"), "{own}");

    // What names no owner is Ada's, who moved the app; from 0.4 on she also worked on Ben's deck.
    let list = app.get(ADA, "/api/sessions").await;
    let mut titles: Vec<&str> =
        list["sessions"].as_array().expect("a list").iter().filter_map(|one| one["title"].as_str()).collect();
    titles.sort_unstable();
    let expected = if private { vec!["Sales review", "Without an owner"] } else { vec!["Without an owner"] };
    assert_eq!(titles, expected);
    let other = app.get("eve@example.com.au", "/api/sessions").await;
    assert_eq!(other["sessions"], json!([]));
}

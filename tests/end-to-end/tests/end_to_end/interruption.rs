//! A `create` that dies at any of its requests is finished by running it again.
//!
//! Dying *after* request n, with the answer unread, leaves the workspace as dying before request
//! n + 1 does, so one death per request covers both sides of each.

use deployer::config::CreateArguments;
use end_to_end::kill::{self, Ending};
use end_to_end::stage::{ADA, FOLDER, Stage};
use end_to_end::virtual_time::Death;
use futures_util::future::join_all;
use local_workspace::pace::Pace;
use serde_json::{Value, json};

#[tokio::test]
async fn a_create_that_dies_after_any_request_is_finished_by_the_next() {
    let stage = Stage::with(brisk()).await;
    let host = stage.host(ADA);
    stage.create_on(&host, CreateArguments::default()).await.expect("create");
    let requests = host.requests();
    drop(host);
    let expected = world(&stage).await;
    stage.end().await;
    assert!(requests > 20, "{requests} requests");

    for index in 0..requests {
        let stage = Stage::with(brisk()).await;
        let died = stage.create_dying(CreateArguments::default(), Death::After(index)).await;
        assert!(died.is_none(), "request {index} was never sent");
        let key = key(&stage).await;
        let result = stage.create(CreateArguments::default()).await;
        match result {
            Ok(result) => assert_eq!(result.status, "created"),
            // The run had said that it finished; what was left was to let go of the lock.
            Err(error) if error.is("APP_ALREADY_EXISTS") && index + 4 > requests => {}
            Err(error) => panic!("after request {index} of {requests}: {error:?}"),
        }
        assert_eq!(world(&stage).await, expected, "after request {index}");
        if let Some(key) = key {
            assert_eq!(self::key(&stage).await, Some(key), "after request {index}: another key");
        }
        once(&stage, index);
        stage.end().await;
    }
}

/// Long enough that every wait is a wait, short enough that it is one or two requests.
fn brisk() -> Pace {
    Pace::scaled(0.01)
}

/// How many killed runs are looked at side by side. Each waits, by the wall clock, until the lock of the dead one is
/// taken over: that takes more than a minute, in which nothing is computed.
const AT_A_TIME: u64 = 32;

/// The same with real processes of the command line, killed with SIGKILL.
#[tokio::test]
async fn a_deployer_process_killed_at_any_request_is_finished_by_the_next() {
    let mut expected = None;
    let mut first = 1;
    loop {
        let runs = join_all((first..first + AT_A_TIME).map(killed_at_and_run_again)).await;
        for (nth, (ending, world)) in (first..).zip(runs) {
            assert_eq!(&world, expected.get_or_insert_with(|| world.clone()), "killed at request {nth}");
            if ending == Ending::Finished {
                assert!(nth > 20, "it took {nth} requests only");
                return;
            }
        }
        first += AT_A_TIME;
    }
}

/// A `create` that is killed at its `nth` request, if it has so many, and the next one; and what they leave behind.
async fn killed_at_and_run_again(nth: u64) -> (Ending, Value) {
    let stage = Stage::with(Pace::none()).await;
    let ending = kill::create_killed_at(&stage, nth).await;
    let key = key(&stage).await;
    if ending == Ending::Killed {
        stage.workspace.control().clock.advance(60_000).expect("a virtual clock");
        let (code, output) = kill::create(&stage).await;
        let had_finished = output.contains("APP_ALREADY_EXISTS");
        assert!(code == Some(0) || had_finished, "killed at request {nth}:\n{output}");
    }
    let world = world(&stage).await;
    if let Some(key) = key {
        assert_eq!(self::key(&stage).await, Some(key), "killed at request {nth}: another key");
    }
    once(&stage, usize::try_from(nth).unwrap());
    stage.end().await;
    (ending, world)
}

/// Each thing was made once.
fn once(stage: &Stage, index: usize) {
    for (method, path) in [
        ("POST", "/api/2.0/postgres/projects"),
        ("POST", "/api/2.0/apps"),
        ("POST", "/api/2.0/secrets/scopes/create"),
        ("POST", "/api/2.0/secrets/put"),
    ] {
        assert_eq!(stage.made(method, path), 1, "interrupted at {index}: {method} {path}");
    }
    assert_eq!(stage.made("POST", "/api/2.0/database/instances"), 0, "interrupted at {index}");
}

async fn key(stage: &Stage) -> Option<Value> {
    let (status, secret) = stage.get("/api/2.0/secrets/get?scope=tellr-tellr&key=encryption-key").await;
    (status == 200).then(|| secret["value"].clone())
}

/// All that a run leaves behind, without what differs from one app to the next by nature.
async fn world(stage: &Stage) -> Value {
    let (_, apps) = stage.get("/api/2.0/apps").await;
    let apps: Vec<Value> = apps["apps"].as_array().into_iter().flatten().map(app).collect();
    let names = |list: &Value, key: &str| -> Vec<Value> {
        list.as_array().into_iter().flatten().map(|entry| entry[key].clone()).collect()
    };
    let (_, projects) = stage.get("/api/2.0/postgres/projects").await;
    let (_, branches) = stage.get("/api/2.0/postgres/projects/tellr-db/branches").await;
    let (_, instances) = stage.get("/api/2.0/database/instances").await;
    let (_, scopes) = stage.get("/api/2.0/secrets/scopes/list").await;
    let (_, secrets) = stage.get("/api/2.0/secrets/list?scope=tellr-tellr").await;
    let (_, files) = stage.get(&format!("/api/2.0/workspace/list?path={FOLDER}")).await;
    let (_, own) = stage.get(&format!("/api/2.0/workspace/list?path={FOLDER}/.tellr")).await;
    let (_, locks) = stage.get("/api/2.0/workspace/list?path=/Workspace/Shared/.tellr/locks").await;
    let journal = stage.file(&format!("{FOLDER}/.tellr/deployment.json")).await.unwrap_or_default();
    let journal: Value = serde_json::from_str(&journal).unwrap_or_default();
    let state = stage.schema_state("tellr-db", "autoscaling", "app_data").await;
    json!({
        "apps": apps,
        "projects": names(&projects["projects"], "name"),
        "branches": names(&branches["branches"], "name"),
        "instances": names(&instances["database_instances"], "name"),
        "scopes": names(&scopes["scopes"], "name"),
        "secrets": names(&secrets["secrets"], "key"),
        "files": names(&files["objects"], "path"),
        "journal": names(&own["objects"], "path"),
        "locks": names(&locks["objects"], "path"),
        "app.yaml": stage.file(&format!("{FOLDER}/app.yaml")).await.map(|text| without_hosts(&text)),
        "requirements.txt": stage.file(&format!("{FOLDER}/requirements.txt")).await,
        "run": journal["run"]["status"],
        "schema": [state.exists, state.role_granted, state.tables > 0],
    })
}

fn app(app: &Value) -> Value {
    json!({
        "name": app["name"],
        "resources": app["resources"],
        "scopes": app["user_api_scopes"],
        "compute": app["compute_status"]["state"],
        "running": app["app_status"]["state"],
        "source": app["active_deployment"]["source_code_path"],
        "deployment": app["active_deployment"]["status"]["state"],
    })
}

/// The database listens on another loopback address in each workspace.
fn without_hosts(app_yaml: &str) -> String {
    let host = |line: &str| line.trim_start().starts_with("value: 127.");
    app_yaml.lines().filter(|line| !host(line)).collect::<Vec<_>>().join("\n")
}

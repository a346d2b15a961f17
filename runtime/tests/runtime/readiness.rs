//! The app listens before its database does, tells what is missing, and recovers by itself.

use std::time::{Duration, Instant};

use serde_json::Value;
use tellr_app::database::seeds::Selection;
use tellr_app::database::{Effort, State};

use crate::support::app::{RunningApp, Variables, impatient};
use crate::support::eventually;
use crate::support::front::{Front, Mode};
use crate::support::postgres::{self, Cluster};

async fn ready(app: &RunningApp) -> (u16, Value) {
    app.json("/api/ready").await
}

#[tokio::test]
async fn a_good_database_is_described() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    let (status, body) = ready(&variables.serve().await).await;
    assert_eq!((status, &body["ready"]), (200, &true.into()));
    let database = &body["database"];
    assert_eq!(database["state"], "ok");
    assert_eq!(database["kind"], "postgres");
    assert_eq!(database["schema"], variables.schema());
    assert_eq!(database["migration"], tellr_app::database::migrations::NEWEST);
    assert!(database["latency_ms"].is_u64());
    assert!(database["server_version"].as_str().is_some_and(|version| version.starts_with(char::is_numeric)));
    assert_eq!(database.get("message"), None);
}

#[tokio::test]
async fn a_database_that_was_not_initialised_becomes_ready_once_it_is() {
    let variables = Variables::local();
    let app = variables.serve().await;
    let (status, body) = ready(&app).await;
    assert_eq!((status, &body["database"]["state"]), (503, &"migrating".into()));
    assert!(
        body["database"]["message"].as_str().is_some_and(|text| text.contains("tellr-app init-database"))
    );
    variables.initialise().await.expect("initialised");
    assert_eq!(ready(&app).await.0, 200);
}

#[tokio::test]
async fn a_schema_that_was_emptied_under_a_running_app_is_told_as_that() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    let app = variables.serve().await;
    assert_eq!(ready(&app).await.0, 200);
    postgres::run(&format!("DROP SCHEMA {} CASCADE", variables.schema())).await;
    let (status, body) = ready(&app).await;
    assert_eq!((status, &body["database"]["state"]), (503, &"emptied".into()));
    let message = body["database"]["message"].as_str().expect("a message");
    assert!(message.contains("was emptied or dropped while the app was running"), "{message}");
    variables.initialise().await.expect("initialised");
    assert_eq!(ready(&app).await.0, 200, "a deployment makes the tables anew");
}

#[tokio::test]
async fn a_broken_connection_is_told_and_healed() {
    let front = Front::plain().await;
    let variables = Variables::local().with("DATABASE_URL", &front.url());
    variables.initialise().await.expect("initialised");
    let app = variables.serve().await;
    assert_eq!(ready(&app).await.0, 200);

    front.set(Mode::Broken);

    eventually("the app notices", async || ready(&app).await.0 == 503).await;
    let (_, body) = ready(&app).await;
    assert_eq!(body["database"]["state"], "down");
    let message = body["database"]["message"].as_str().expect("a message");
    assert!(message.contains(&format!("127.0.0.1:{}", front.port)), "{message}");
    let (status, body) = app.json("/api/settings/prompts").await;
    assert_eq!((status, &body["error"]["code"]), (503, &"database_unavailable".into()));
    assert_eq!(app.get("/api/health").await.status(), 200, "the process is well");
    assert_eq!(app.get("/").await.status(), 200, "the page is there");

    front.set(Mode::Open);

    eventually("the app recovers", async || ready(&app).await.0 == 200).await;
    assert_eq!(app.json("/api/settings/prompts").await.0, 200);
}

#[tokio::test]
async fn connections_that_the_server_ended_are_replaced() {
    let variables = Variables::local().with("PGAPPNAME", &postgres::unique("ended"));
    variables.initialise().await.expect("initialised");
    let app = variables.serve().await;
    assert_eq!(ready(&app).await.0, 200);
    let name = &variables.0["PGAPPNAME"];
    // As a database does that goes to sleep.
    postgres::run(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'"
    ))
    .await;
    eventually("the app connects anew", async || ready(&app).await.0 == 200).await;
    assert_eq!(app.json("/api/settings/prompts").await.0, 200);
}

#[tokio::test]
async fn a_server_that_says_nothing_holds_nobody_up() {
    let front = Front::plain().await;
    front.set(Mode::Stalled);
    let effort = Effort { attempt: Duration::from_millis(20), ..impatient() };
    let database = Variables::local().with("DATABASE_URL", &front.url()).database_with(effort);
    let found = database.state().await;
    assert_eq!(found.state, State::Down);
    assert!(found.message.is_some_and(|text| text.contains("no answer within 20 ms")));
}

/// As the app serves, twenty times as fast.
fn fast() -> Effort {
    let Effort { patience, attempt, connection, statement, stopping, trusted_idle, retry } =
        Effort::serving();
    let (patience, attempt, trusted_idle) = (patience / 20, attempt / 20, trusted_idle / 20);
    let (connection, statement, stopping) = (connection / 20, statement / 20, stopping / 20);
    Effort { patience, attempt, connection, statement, stopping, trusted_idle, retry }
}

#[tokio::test]
async fn a_frozen_database_holds_no_request_for_long() {
    let front = Front::plain().await;
    let variables = Variables::local().with("DATABASE_URL", &front.url());
    variables.initialise().await.expect("initialised");
    let app = variables.serve_with(fast()).await;
    assert_eq!(app.get("/api/settings/prompts").await.status(), 200);

    front.set(Mode::Frozen);
    holds_nobody_up(&app).await;
    front.set(Mode::Open);

    eventually("the app recovers", async || app.get("/api/settings/prompts").await.status() == 200).await;
}

/// The same with a server whose processes all stand still.
#[tokio::test]
async fn a_frozen_postgresql_process_holds_no_request_for_long() {
    let cluster = Cluster::start();
    let variables = Variables::local().with("DATABASE_URL", &cluster.url());
    variables.initialise().await.expect("initialised");
    let app = variables.serve_with(fast()).await;
    assert_eq!(app.get("/api/settings/prompts").await.status(), 200);

    let frozen = cluster.freeze();
    holds_nobody_up(&app).await;
    drop(frozen);

    eventually("the app recovers", async || app.get("/api/settings/prompts").await.status() == 200).await;
}

/// Asserts what holds while the database of an app with [`fast`] limits is frozen.
async fn holds_nobody_up(app: &RunningApp) {
    let ask = async |path: &str| {
        let started = Instant::now();
        let (status, body) = app.json(path).await;
        assert_eq!(status, 503, "{path}: {body}");
        started.elapsed()
    };
    // More than there are connections; the first of them have one whose server was fine a moment ago.
    let paths =
        ["/api/settings/prompts", "/api/settings/styles", "/api/settings/profiles", "/api/ready"].repeat(6);
    let took = futures_util::future::join_all(paths.iter().map(|path| ask(path))).await;
    // 30 s in real life. What is left of it is for a machine that has other things to do.
    assert!(took.iter().max() < Some(&Duration::from_secs(6)), "{took:?}");
    // New ones, now that this is known: 5 s in real life.
    for path in ["/api/settings/prompts", "/api/ready"] {
        let took = ask(path).await;
        assert!(took < Duration::from_millis(900), "{path}: {took:?}");
    }
    assert_eq!(app.get("/api/health").await.status(), 200);
}

#[tokio::test]
async fn a_connection_whose_request_went_away_is_not_used_again() {
    let variables = Variables::local();
    let database = variables.database();
    let pid = async || {
        let connection = database.connection().await.expect("a connection");
        let rows = connection.query("SELECT pg_backend_pid()", &[]).await.expect("a row");
        rows[0].get::<_, i32>(0)
    };
    let first = pid().await;
    assert_eq!(pid().await, first, "a good one is used again");
    {
        let connection = database.connection().await.expect("a connection");
        let mut given_up = std::pin::pin!(connection.query("SELECT pg_sleep(60)", &[]));
        // Sent, and not answered.
        assert!(futures_util::poll!(&mut given_up).is_pending());
    }
    assert_ne!(pid().await, first);
}

#[tokio::test]
async fn nothing_depends_on_what_the_session_was_told_before() {
    let variables = Variables::local();
    let database = variables.database();
    // As with a pooler that gives each transaction another session.
    let forget = async || {
        let connection = database.connection().await.expect("a connection");
        connection.query("SELECT set_config('search_path', 'pg_catalog', false)", &[]).await.expect("set");
    };
    forget().await;
    database.initialise(Selection::Standard).await.expect("initialised");
    forget().await;
    assert_eq!(database.state().await.state, State::Ok);
    let done = database.initialise(Selection::Standard).await.expect("initialised again");
    assert_eq!((done.applied, done.planted), (vec![], vec![]));
    let url = format!("{}?options=-csearch_path%3Dpg_catalog", postgres::url());
    let app = variables.with("DATABASE_URL", &url).serve().await;
    for path in ["/api/settings/prompts", "/api/settings/styles", "/api/settings/profiles"] {
        let answer = app.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
    }
}

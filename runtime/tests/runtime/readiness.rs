//! The app listens before its database does, tells what is missing, and recovers by itself.

use std::time::Duration;

use serde_json::Value;
use tellr_app::database::{Effort, State};

use crate::support::app::{RunningApp, Variables, impatient};
use crate::support::front::{Front, Mode};
use crate::support::{eventually, postgres};

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
    assert_eq!(database["migration"], 1);
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
    let (status, body) = app.json("/api/prompts").await;
    assert_eq!((status, &body["error"]["code"]), (503, &"database_unavailable".into()));
    assert_eq!(app.get("/api/health").await.status(), 200, "the process is well");
    assert_eq!(app.get("/").await.status(), 200, "the page is there");

    front.set(Mode::Open);

    eventually("the app recovers", async || ready(&app).await.0 == 200).await;
    assert_eq!(app.json("/api/prompts").await.0, 200);
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
    assert_eq!(app.json("/api/prompts").await.0, 200);
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

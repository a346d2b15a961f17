//! The assistant: from a request to a deck and to its changes, whatever happens in between.

mod answers;
mod change;
mod cost;
mod create;
mod hostile;
mod resume;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tellr_app::chat::{Answering, Assistant, Limits};
use tellr_app::jobs::{Jobs, Kinds, Pace, Worker};
use tellr_app::sharing::Groups;
use tellr_app::traces::Traces;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::app::{RunningApp, Variables, impatient};
use crate::support::databricks::{APP_TOKEN, Databricks, ENDPOINT};
use crate::support::people::Person;
use crate::support::{eventually, postgres};

/// The token of the person of the tests.
pub(crate) const TOKEN: &str = "planted-token-of-ada-0123456789";

/// An app on the platform with a model and Genie, and a worker of its own.
pub(crate) struct Stand {
    pub(crate) databricks: Databricks,
    pub(crate) app: RunningApp,
    pub(crate) variables: Variables,
    pub(crate) assistant: Assistant,
    pub(crate) jobs: Jobs,
    pub(crate) traces: Traces,
    worker: Option<Working>,
}

struct Working {
    task: JoinHandle<()>,
    _stop: oneshot::Sender<()>,
}

pub(crate) fn pace() -> Pace {
    Pace {
        lease: Duration::from_hours(1),
        heartbeat: Duration::from_millis(100),
        shortest_poll: Duration::from_millis(20),
        first_pause: Duration::from_millis(5),
        ..Pace::default()
    }
}

/// The variables of an app on the platform with this workspace.
pub(crate) fn variables(databricks: &Databricks, database: &str) -> Variables {
    Variables::local()
        .with("DATABASE_URL", database)
        .with("DATABRICKS_APP_NAME", "tellr")
        .with("DATABRICKS_HOST", &databricks.host)
        .with("DATABRICKS_TOKEN", APP_TOKEN)
        .with("TELLR_SERVING_ENDPOINT", ENDPOINT)
}

impl Stand {
    pub(crate) async fn new() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        Self::at(limits, pace(), &postgres::url()).await
    }

    /// With more variables.
    pub(crate) async fn with_variables(more: &[(&str, &str)]) -> Self {
        Self::of(Limits::default(), pace(), &postgres::url(), more).await
    }

    /// With the database at this address.
    pub(crate) async fn at(limits: Limits, pace: Pace, database: &str) -> Self {
        Self::of(limits, pace, database, &[]).await
    }

    async fn of(limits: Limits, pace: Pace, database: &str, more: &[(&str, &str)]) -> Self {
        let databricks = Databricks::start().await;
        let variables = variables(&databricks, database);
        let variables = more.iter().fold(variables, |variables, (name, value)| variables.with(name, value));
        Box::pin(variables.initialise()).await.expect("a database");
        let mut stand = Self::on(databricks, variables, limits, pace).await;
        stand.work();
        stand
    }

    /// One more process on the same database, without a worker.
    pub(crate) async fn another(&self) -> Self {
        Self::on(self.databricks.clone(), self.variables.clone(), *self.assistant.limits(), pace()).await
    }

    async fn on(databricks: Databricks, variables: Variables, limits: Limits, pace: Pace) -> Self {
        let settings = variables.settings();
        let (mut assistant, mut jobs, mut traces) = (None, None, None);
        let app = RunningApp::start_with(settings, impatient(), |app| {
            app.assistant = app.assistant.clone().with_limits(limits);
            app.jobs = Jobs::new(app.database.clone(), pace);
            // Who is in the directory is another subject's.
            app.groups = Groups::new(None);
            assistant = Some(app.assistant.clone());
            jobs = Some(app.jobs.clone());
            traces = Some(app.traces.clone());
        })
        .await;
        let (assistant, jobs, traces) = (assistant.expect("set"), jobs.expect("set"), traces.expect("set"));
        Self { databricks, app, variables, assistant, jobs, traces, worker: None }
    }

    /// Has this process work.
    pub(crate) fn work(&mut self) {
        let kinds = Kinds::new().with(Answering::new(self.assistant.clone()));
        let (stop, stopped) = oneshot::channel::<()>();
        let worker = Worker::new(&self.jobs, kinds);
        let task = tokio::spawn(worker.run(async {
            let _ = stopped.await;
        }));
        self.worker = Some(Working { task, _stop: stop });
    }

    /// Ends this process's work as SIGKILL does, and its lease as time does.
    pub(crate) async fn kill(&mut self) {
        let working = self.worker.take().expect("it works");
        working.task.abort();
        let _ = working.task.await;
        let schema = self.variables.schema();
        postgres::run(&format!("UPDATE {schema}.jobs SET lease_until = now() WHERE state = 'running'")).await;
    }

    pub(crate) fn ada(&self) -> Ada<'_> {
        Ada { person: self.app.person("ada") }
    }

    pub(crate) fn schema(&self) -> &str {
        self.variables.schema()
    }
}

/// A person whose requests carry their token, as the platform's proxy sends it.
pub(crate) struct Ada<'a> {
    pub(crate) person: Person<'a>,
}

impl Ada<'_> {
    async fn send(&self, token: &str, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = self.person.request(method, path).header("x-forwarded-access-token", token);
        if let Some(body) = body {
            request = request.json(body);
        }
        crate::support::people::answered(request.send().await.expect("an answer")).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(TOKEN, Method::POST, path, Some(&body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.send(TOKEN, Method::GET, path, None).await
    }

    pub(crate) async fn get_as(&self, token: &str, path: &str) -> (u16, Value) {
        self.send(token, Method::GET, path, None).await
    }

    /// Asks for a deck; the turn.
    pub(crate) async fn asks(&self, message: &str) -> Value {
        self.asks_with(json!({ "message": message })).await
    }

    pub(crate) async fn asks_with(&self, request: Value) -> Value {
        let (status, turn) = self.post("/api/chat", request).await;
        assert_eq!(status, 202, "{turn}");
        turn
    }

    /// The turn as it is now.
    pub(crate) async fn turn(&self, turn: &Value) -> Value {
        let (status, conversation) =
            self.get(&format!("/api/sessions/{}/chat", text(turn, "session_id"))).await;
        assert_eq!(status, 200, "{conversation}");
        let turns = conversation["turns"].as_array().cloned().unwrap_or_default();
        turns.into_iter().find(|one| one["id"] == turn["id"]).expect("the turn")
    }

    /// Waits until a turn is in a state.
    pub(crate) async fn sees(&self, turn: &Value, state: &str) -> Value {
        let last = Arc::new(std::sync::Mutex::new(Value::Null));
        eventually(&format!("the turn is {state}"), || async {
            let now = self.turn(turn).await;
            let is = now["state"] == state;
            assert!(is || now["state"] != "failed", "{now}");
            *last.lock().expect("not poisoned") = now;
            is
        })
        .await;
        last.lock().expect("not poisoned").clone()
    }

    pub(crate) async fn deck(&self, turn: &Value) -> Value {
        let (status, deck) = self.get(&format!("/api/sessions/{}/deck", text(turn, "session_id"))).await;
        assert_eq!(status, 200, "{deck}");
        deck
    }

    /// All events of the turn's job.
    pub(crate) async fn events(&self, turn: &Value) -> Vec<Value> {
        let (status, page) = self.get(&format!("/api/jobs/{}/events?after=0", text(turn, "job_id"))).await;
        assert_eq!(status, 200, "{page}");
        page["events"].as_array().cloned().unwrap_or_default()
    }
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The titles of a deck's slides.
pub(crate) fn titles(deck: &Value) -> Vec<String> {
    let slides = deck["deck"]["slides"].as_array().cloned().unwrap_or_default();
    let title = |slide: &Value| {
        let blocks = slide["blocks"].as_array().cloned().unwrap_or_default();
        let title = blocks.iter().find(|block| block["type"] == "title");
        title.map(|block| text(block, "text").to_owned()).unwrap_or_default()
    };
    slides.iter().map(title).collect()
}

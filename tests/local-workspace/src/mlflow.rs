//! MLflow, as far as an app that sends traces needs it: experiments, and a place for OTLP.
//!
//! An experiment is a name in the workspace's folders with an id and tags. Traces are kept as they came, with
//! where they were meant to go; a test reads them in-process or at `/__local/traces`.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::extract::{Caller, JsonBody, Params};
use crate::identity::Principal;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The object type of an experiment's permissions.
pub(crate) const OBJECT_TYPE: &str = "experiments";
/// How many requests with traces are kept; the oldest are forgotten.
const KEPT_TRACES: usize = 1000;
/// The table that traces go to, and the experiment, each a header.
const TABLE: &str = "x-databricks-uc-table-name";
const EXPERIMENT: &str = "x-mlflow-experiment-id";

/// Experiments and traces of a workspace; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Mlflow(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    experiments: Vec<Experiment>,
    traces: VecDeque<Traces>,
    received: u64,
}

#[derive(Clone, Debug)]
struct Experiment {
    id: String,
    name: String,
    created: Timestamp,
    updated: Timestamp,
    tags: BTreeMap<String, String>,
}

/// One request with traces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Traces {
    /// When it came.
    pub time: Timestamp,
    /// Who sent it.
    pub principal: String,
    /// The table in Unity Catalog, if one was named.
    pub table: Option<String>,
    /// The experiment, if one was named.
    pub experiment: Option<String>,
    /// `application/x-protobuf` or `application/json`.
    pub content_type: String,
    /// `gzip`, if it is compressed.
    pub content_encoding: Option<String>,
    /// The body as it came.
    #[serde(skip)]
    pub body: Vec<u8>,
}

impl Mlflow {
    /// The requests with traces, oldest first.
    pub fn traces(&self) -> Vec<Traces> {
        self.0.lock().traces.iter().cloned().collect()
    }

    /// How many came since the start.
    pub fn received(&self) -> u64 {
        self.0.lock().received
    }

    /// Whether the experiment exists.
    pub(crate) fn exists(&self, id: &str) -> bool {
        self.0.lock().experiments.iter().any(|experiment| experiment.id == id)
    }

    fn find(&self, wanted: impl Fn(&Experiment) -> bool) -> Option<Experiment> {
        self.0.lock().experiments.iter().find(|experiment| wanted(experiment)).cloned()
    }
}

impl Experiment {
    fn shown(&self) -> Value {
        let tags: Vec<Value> =
            self.tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
        json!({"experiment": {
            "experiment_id": self.id,
            "name": self.name,
            "artifact_location": format!("dbfs:/databricks/mlflow-tracking/{}", self.id),
            "lifecycle_stage": "active",
            "creation_time": self.created,
            "last_update_time": self.updated,
            "tags": tags,
        }})
    }
}

/// `/api/2.0/mlflow/experiments/*` and `/api/2.0/otel/v1/traces`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/mlflow/experiments/create", post(create))
        .route("/api/2.0/mlflow/experiments/get", get(read))
        .route("/api/2.0/mlflow/experiments/get-by-name", get(read_by_name))
        .route("/api/2.0/mlflow/experiments/set-experiment-tag", post(set_tag))
        .route("/api/2.0/otel/v1/traces", post(receive))
}

type Shared = State<Arc<Workspace>>;
type Answer = Result<Json<Value>, Problem>;

#[derive(Deserialize)]
struct New {
    #[serde(default)]
    name: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
struct Tag {
    key: String,
    #[serde(default)]
    value: String,
}

async fn create(State(workspace): Shared, Caller(caller): Caller, JsonBody(new): JsonBody<New>) -> Answer {
    let parent = new.name.rsplit_once('/').filter(|(_, last)| !last.is_empty()).map(|(parent, _)| parent);
    let Some(parent) = parent.filter(|parent| parent.starts_with('/')) else {
        return Err(Problem::invalid_parameter(format!(
            "Got an invalid experiment name '{}'. An experiment name must be an absolute path within the \
             Databricks workspace. E.g., '/Users/<some-username>/my-experiment'.",
            new.name
        )));
    };
    workspace.files.get(&caller, parent)?;
    let now = workspace.clock.now();
    let id = workspace.ids.number().to_string();
    let tags = new.tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
    let experiment = Experiment { id: id.clone(), name: new.name, created: now, updated: now, tags };
    let mut kept = workspace.mlflow.0.lock();
    if kept.experiments.iter().any(|known| known.name == experiment.name) {
        return Err(Problem::resource_already_exists(format!(
            "Node named '{}' already exists",
            experiment.name
        )));
    }
    kept.experiments.push(experiment);
    workspace.permissions.register(OBJECT_TYPE, &id, &caller);
    Ok(Json(json!({"experiment_id": id})))
}

/// An experiment that the principal has this level on.
fn permitted(
    workspace: &Workspace,
    caller: &Principal,
    found: Option<Experiment>,
    (what, level): (String, &str),
) -> Result<Experiment, Problem> {
    let found = found.ok_or_else(|| Problem::resource_does_not_exist(format!("{what} does not exist.")))?;
    if workspace.permissions.can(caller, OBJECT_TYPE, &found.id, level) {
        return Ok(found);
    }
    Err(Problem::permission_denied(format!(
        "User {} does not have {level} permission on experiment {}.",
        caller.user_name, found.id
    )))
}

#[derive(Deserialize)]
struct ById {
    #[serde(default)]
    experiment_id: String,
}

async fn read(State(workspace): Shared, Caller(caller): Caller, Params(query): Params<ById>) -> Answer {
    let found = workspace.mlflow.find(|known| known.id == query.experiment_id);
    let what = format!("Node ID {}", query.experiment_id);
    Ok(Json(permitted(&workspace, &caller, found, (what, "CAN_READ"))?.shown()))
}

#[derive(Deserialize)]
struct ByName {
    #[serde(default)]
    experiment_name: String,
}

async fn read_by_name(
    State(workspace): Shared,
    Caller(caller): Caller,
    Params(query): Params<ByName>,
) -> Answer {
    let found = workspace.mlflow.find(|known| known.name == query.experiment_name);
    let what = format!("Node {}", query.experiment_name);
    Ok(Json(permitted(&workspace, &caller, found, (what, "CAN_READ"))?.shown()))
}

#[derive(Deserialize)]
struct NewTag {
    experiment_id: String,
    #[serde(flatten)]
    tag: Tag,
}

async fn set_tag(
    State(workspace): Shared,
    Caller(caller): Caller,
    JsonBody(new): JsonBody<NewTag>,
) -> Answer {
    let found = workspace.mlflow.find(|known| known.id == new.experiment_id);
    let what = format!("Node ID {}", new.experiment_id);
    let found = permitted(&workspace, &caller, found, (what, "CAN_EDIT"))?;
    let now = workspace.clock.now();
    for known in workspace.mlflow.0.lock().experiments.iter_mut().filter(|known| known.id == found.id) {
        known.tags.insert(new.tag.key.clone(), new.tag.value.clone());
        known.updated = now;
    }
    Ok(Json(json!({})))
}

async fn receive(
    State(workspace): Shared,
    Caller(caller): Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let content_type = text(header::CONTENT_TYPE.as_str()).unwrap_or_default();
    if !["application/x-protobuf", "application/json"].contains(&content_type.as_str()) {
        return Err(Problem::invalid_parameter(format!("Unsupported content type: '{content_type}'")));
    }
    let (table, experiment) = (text(TABLE), text(EXPERIMENT));
    if table.is_none() && experiment.is_none() {
        return Err(Problem::invalid_parameter("The header X-Databricks-UC-Table-Name is required."));
    }
    let content_encoding = text(header::CONTENT_ENCODING.as_str());
    let traces = Traces {
        time: workspace.clock.now(),
        principal: caller.user_name,
        table,
        experiment,
        content_type: content_type.clone(),
        content_encoding,
        body: body.to_vec(),
    };
    let mut kept = workspace.mlflow.0.lock();
    kept.received += 1;
    kept.traces.push_back(traces);
    if kept.traces.len() > KEPT_TRACES {
        kept.traces.pop_front();
    }
    // An `ExportTraceServiceResponse` without anything in it.
    let nothing = if content_type == "application/json" { "{}" } else { "" };
    Ok(([(header::CONTENT_TYPE, content_type)], nothing).into_response())
}

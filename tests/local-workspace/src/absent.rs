//! Services without any content in this workspace: their lists are empty, and a request for an id is
//! answered with "doesn't exist", in each service's own format.
//!
//! Nothing can be created in them; such calls are answered like any unknown call.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::extract::Caller;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// Jobs, clusters and repositories.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    let mut router =
        Router::new().route("/api/2.0/repos", get(nothing)).route("/api/2.0/repos/{id}", get(repository));
    // Clients of different age use different versions of these.
    for version in ["2.0", "2.1", "2.2"] {
        router = router
            .route(&format!("/api/{version}/jobs/list"), get(no_more))
            .route(&format!("/api/{version}/jobs/get"), get(job))
            .route(&format!("/api/{version}/jobs/runs/list"), get(no_more))
            .route(&format!("/api/{version}/jobs/runs/get"), get(run))
            .route(&format!("/api/{version}/clusters/list"), get(nothing))
            .route(&format!("/api/{version}/clusters/get"), get(cluster));
    }
    router
}

type Parameters = Query<BTreeMap<String, String>>;

async fn nothing(_: Caller) -> Json<Value> {
    Json(json!({}))
}

async fn no_more(_: Caller) -> Json<Value> {
    Json(json!({"has_more": false}))
}

fn id<'a>(parameters: &'a BTreeMap<String, String>, name: &str) -> Result<&'a str, Problem> {
    let given = parameters.get(name).map(String::as_str).filter(|id| !id.is_empty());
    given.ok_or_else(|| Problem::invalid_parameter(format!("Missing required field: {name}")))
}

async fn job(_: Caller, Query(parameters): Parameters) -> Result<Json<Value>, Problem> {
    let id = id(&parameters, "job_id")?;
    Err(Problem::invalid_parameter(format!("Job {id} does not exist.")))
}

async fn run(_: Caller, Query(parameters): Parameters) -> Result<Json<Value>, Problem> {
    let id = id(&parameters, "run_id")?;
    Err(Problem::invalid_parameter(format!("Run {id} does not exist.")))
}

async fn cluster(_: Caller, Query(parameters): Parameters) -> Result<Json<Value>, Problem> {
    let id = id(&parameters, "cluster_id")?;
    Err(Problem::invalid_parameter(format!("Cluster {id} does not exist")))
}

async fn repository(_: Caller, Path(id): Path<String>) -> Problem {
    Problem::resource_does_not_exist(format!("Repo with id {id} could not be found."))
}

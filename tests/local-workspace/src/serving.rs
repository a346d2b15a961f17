//! The model serving endpoints this workspace has, as far as apps and pickers look at them.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::extract::Caller;
use crate::identity::Right;
use crate::problem::Problem;
use crate::workspace::Workspace;

const CHAT_MODELS: [&str; 2] = ["databricks-claude-sonnet-4-5", "databricks-gpt-oss-120b"];

/// `/api/2.0/serving-endpoints*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/serving-endpoints", get(list))
        .route("/api/2.0/serving-endpoints/{name}", get(read))
}

/// Whether there is such an endpoint.
pub(crate) fn exists(name: &str) -> bool {
    CHAT_MODELS.contains(&name)
}

fn endpoint(name: &str) -> Value {
    json!({
        "name": name,
        "id": name,
        "task": "llm/v1/chat",
        "endpoint_type": "FOUNDATION_MODEL_API",
        "state": {"ready": "READY", "config_update": "NOT_UPDATING"},
        "config": {"served_entities": [{"name": name, "foundation_model": {"name": name, "display_name": name}}]},
    })
}

async fn list(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
) -> Result<Json<Value>, Problem> {
    workspace.require(&caller, Right::QueryServing)?;
    let endpoints: Vec<Value> = CHAT_MODELS.iter().map(|name| endpoint(name)).collect();
    Ok(Json(json!({"endpoints": endpoints})))
}

async fn read(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    workspace.require(&caller, Right::QueryServing)?;
    if !exists(&name) {
        return Err(Problem::resource_does_not_exist(format!(
            "The given endpoint does not exist, please retry after checking the specified model and version deployment exists. Endpoint name: {name}"
        )));
    }
    Ok(Json(endpoint(&name)))
}

//! The model serving endpoints of this workspace, as far as apps and selection lists use them.
//!
//! An endpoint is addressed by its name and also has an id, which only its permissions use; a client that
//! confuses the two is refused here as on the platform.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::extract::Caller;
use crate::identity::Right;
use crate::permissions::{Grantee, Permissions};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The object type of their permissions.
const OBJECT_TYPE: &str = "serving-endpoints";

/// Names and ids; like the platform's own models they have no owner, and every user may query them.
const CHAT_MODELS: [(&str, &str); 2] = [
    ("databricks-claude-sonnet-4-5", "3f6a1c0b9d4e4b7f8a5c2e1d7b90f346"),
    ("databricks-gpt-oss-120b", "b81d5e92c07a4f36a2d94c6e0f17385a"),
];

/// `/api/2.0/serving-endpoints*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/serving-endpoints", get(list))
        .route("/api/2.0/serving-endpoints/{name}", get(read))
}

/// Gives every endpoint its access control list.
pub(crate) fn register(permissions: &Permissions) {
    for (_, id) in CHAT_MODELS {
        permissions.register_without_owner(OBJECT_TYPE, id);
        permissions.grant(OBJECT_TYPE, id, Grantee::Group("users".to_owned()), "CAN_QUERY");
    }
}

/// Whether the endpoint exists.
pub(crate) fn exists(name: &str) -> bool {
    CHAT_MODELS.iter().any(|(known, _)| *known == name)
}

fn endpoint((name, id): (&str, &str)) -> Value {
    json!({
        "name": name,
        "id": id,
        "task": "llm/v1/chat",
        "endpoint_type": "FOUNDATION_MODEL_API",
        "creation_timestamp": 1_760_000_000_000_u64,
        "last_updated_timestamp": 1_760_000_000_000_u64,
        "state": {"ready": "READY", "config_update": "NOT_UPDATING"},
        "config": {"served_entities": [{"name": name, "foundation_model": {"name": name, "display_name": name}}]},
    })
}

async fn list(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
) -> Result<Json<Value>, Problem> {
    workspace.require(&caller, Right::QueryServing)?;
    let endpoints: Vec<Value> = CHAT_MODELS.into_iter().map(endpoint).collect();
    Ok(Json(json!({"endpoints": endpoints})))
}

async fn read(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    workspace.require(&caller, Right::QueryServing)?;
    let Some(found) = CHAT_MODELS.into_iter().find(|(known, _)| *known == name) else {
        return Err(Problem::resource_does_not_exist(format!(
            "The given endpoint does not exist, please retry after checking the specified model and version deployment exists. Endpoint name: {name}"
        )));
    };
    let mut shown = endpoint(found);
    let manages = workspace.permissions.can(&caller, OBJECT_TYPE, found.1, "CAN_MANAGE");
    shown["permission_level"] = json!(if manages { "CAN_MANAGE" } else { "CAN_QUERY" });
    Ok(Json(shown))
}

//! The endpoints of this workspace.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::extract::Caller;
use crate::identity::Right;
use crate::permissions::{Grantee, Permissions};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The object type of their permissions.
pub(super) const OBJECT_TYPE: &str = "serving-endpoints";

/// Names and ids; like the platform's own models they have no owner, and every user may query them.
const CHAT_MODELS: [(&str, &str); 2] = [
    ("databricks-claude-sonnet-4-5", "3f6a1c0b9d4e4b7f8a5c2e1d7b90f346"),
    ("databricks-gpt-oss-120b", "b81d5e92c07a4f36a2d94c6e0f17385a"),
];

/// Gives every endpoint its access control list.
pub(crate) fn register(permissions: &Permissions) {
    for (_, id) in CHAT_MODELS {
        permissions.register_without_owner(OBJECT_TYPE, id);
        permissions.grant(OBJECT_TYPE, id, Grantee::Group("users".to_owned()), "CAN_QUERY");
    }
}

/// Whether the endpoint exists.
pub(crate) fn exists(name: &str) -> bool {
    find(name).is_ok()
}

/// The id of an endpoint.
pub(super) fn find(name: &str) -> Result<&'static str, Problem> {
    CHAT_MODELS.iter().find(|(known, _)| *known == name).map(|(_, id)| *id).ok_or_else(|| {
        Problem::resource_does_not_exist(format!(
            "The given endpoint does not exist, please retry after checking the specified model and version deployment exists. Endpoint name: {name}"
        ))
    })
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

pub(super) async fn list(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
) -> Result<Json<Value>, Problem> {
    workspace.require(&caller, Right::QueryServing)?;
    let endpoints: Vec<Value> = CHAT_MODELS.into_iter().map(endpoint).collect();
    Ok(Json(json!({"endpoints": endpoints})))
}

pub(super) async fn read(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    workspace.require(&caller, Right::QueryServing)?;
    let id = find(&name)?;
    let mut shown = endpoint((&name, id));
    let manages = workspace.permissions.can(&caller, OBJECT_TYPE, id, "CAN_MANAGE");
    shown["permission_level"] = json!(if manages { "CAN_MANAGE" } else { "CAN_QUERY" });
    Ok(Json(shown))
}

//! Secrets of service principals, under the account's path as the workspace forwards it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{delete, get};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::extract::{Caller, JsonBody};
use crate::identity::{ClientSecret, MAX_CLIENT_SECRETS, Principal};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The default lifetime of a secret: 730 days.
const LIFETIME_SECS: u64 = 63_072_000;

/// `/api/2.0/accounts/servicePrincipals/{id}/credentials/secrets*`.
pub(super) fn routes() -> Router<Arc<Workspace>> {
    let base = "/api/2.0/accounts/servicePrincipals/{id}/credentials/secrets";
    Router::new().route(base, get(list).post(create)).route(&format!("{base}/{{secret_id}}"), delete(revoke))
}

type Shared = State<Arc<Workspace>>;
type Answer = Result<Json<Value>, Problem>;

#[derive(Deserialize)]
struct NewSecret {
    lifetime: Option<String>,
}

fn find(workspace: &Workspace, caller: &Principal, id: &str) -> Result<Principal, Problem> {
    if !caller.is_admin() {
        return Err(Problem::permission_denied(
            "Only workspace admins can manage service principal secrets.",
        ));
    }
    let is_it = |principal: &Principal| principal.client_id().is_some() && principal.id.to_string() == id;
    workspace
        .identities
        .all()
        .into_iter()
        .find(is_it)
        .ok_or_else(|| Problem::resource_does_not_exist(format!("Service principal with id {id} not found.")))
}

fn shown(secret: &ClientSecret) -> Value {
    let hash = BASE64.encode(Sha256::digest(&secret.value));
    let mut shown = json!({
        "id": secret.id,
        "secret_hash": hash,
        "create_time": secret.created.to_rfc3339(),
        "update_time": secret.created.to_rfc3339(),
        "status": "ACTIVE",
    });
    if let Some(expires) = secret.expires {
        shown["expire_time"] = json!(expires.to_rfc3339());
    }
    shown
}

async fn list(State(workspace): Shared, Caller(caller): Caller, Path(id): Path<String>) -> Answer {
    let principal = find(&workspace, &caller, &id)?;
    let secrets: Vec<Value> =
        workspace.identities.client_secrets(&principal.user_name).iter().map(shown).collect();
    Ok(Json(if secrets.is_empty() { json!({}) } else { json!({"secrets": secrets}) }))
}

/// Creates a secret; this is the only answer that contains its value.
async fn create(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(id): Path<String>,
    JsonBody(new): JsonBody<NewSecret>,
) -> Answer {
    let principal = find(&workspace, &caller, &id)?;
    let lifetime_secs = match new.lifetime.as_deref() {
        None => LIFETIME_SECS,
        Some(text) => text
            .strip_suffix('s')
            .and_then(|secs| secs.parse().ok())
            .filter(|secs| (1..=LIFETIME_SECS).contains(secs))
            .ok_or_else(|| {
                Problem::invalid_parameter(format!("lifetime must be between 1s and {LIFETIME_SECS}s."))
            })?,
    };
    if workspace.identities.client_secrets(&principal.user_name).len() >= MAX_CLIENT_SECRETS {
        return Err(Problem::limit_exceeded(format!(
            "A service principal can have at most {MAX_CLIENT_SECRETS} secrets."
        )));
    }
    let made = workspace.identities.mint_client_secret(&principal.user_name, lifetime_secs * 1000);
    let mut answer = shown(&made);
    answer["secret"] = json!(made.value);
    Ok(Json(answer))
}

async fn revoke(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((id, secret_id)): Path<(String, String)>,
) -> Answer {
    let principal = find(&workspace, &caller, &id)?;
    if workspace.identities.revoke_client_secret(&principal.user_name, &secret_id) {
        return Ok(Json(json!({})));
    }
    Err(Problem::resource_does_not_exist(format!("Secret {secret_id} does not exist.")))
}

//! Personal access tokens: the caller's own, and all of them for administrators.
//!
//! The initial tokens of principals are not listed and can't be revoked here.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::extract::{Caller, JsonBody, Params};
use crate::identity::{PersonalToken, Principal};
use crate::permissions::{Grantee, Permissions};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The maximum number of tokens per user.
const MAX_TOKENS: usize = 600;
/// The maximum lifetime of a token: two years. It is also the default.
const MAX_LIFETIME_SECS: i64 = 730 * 86_400;

/// `/api/2.0/token/*` and `/api/2.0/token-management/*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    let managed = "/api/2.0/token-management";
    Router::new()
        .route("/api/2.0/token/create", post(create))
        .route("/api/2.0/token/list", get(list))
        .route("/api/2.0/token/delete", post(delete))
        .route(&format!("{managed}/tokens"), get(list_all))
        .route(&format!("{managed}/tokens/{{id}}"), get(read).delete(revoke))
        .route(&format!("{managed}/on-behalf-of/tokens"), post(create_for))
}

/// The principals that may have tokens: all, until an administrator changes it. Only the list is
/// implemented: principals that are not on it can create tokens anyway.
pub(crate) fn register(permissions: &Permissions) {
    for id in ["tokens", "passwords"] {
        permissions.register_without_owner("authorization", id);
        permissions.grant("authorization", id, Grantee::Group("users".to_owned()), "CAN_USE");
    }
}

type Shared = State<Arc<Workspace>>;
type Answer = Result<Json<Value>, Problem>;

#[derive(Deserialize)]
struct NewToken {
    #[serde(default)]
    comment: String,
    lifetime_seconds: Option<i64>,
    #[serde(default)]
    application_id: String,
}

fn issue(
    workspace: &Workspace,
    owner: &Principal,
    new: &NewToken,
) -> Result<(PersonalToken, String), Problem> {
    let lifetime_secs = new.lifetime_seconds.unwrap_or(MAX_LIFETIME_SECS);
    if !(1..=MAX_LIFETIME_SECS).contains(&lifetime_secs) {
        return Err(Problem::invalid_parameter(format!(
            "lifetime_seconds must be between 1 and {MAX_LIFETIME_SECS}."
        )));
    }
    let known = workspace.identities.personal_tokens();
    if known.iter().filter(|token| token.user_name == owner.user_name).count() >= MAX_TOKENS {
        return Err(Problem::new(
            axum::http::StatusCode::BAD_REQUEST,
            "QUOTA_EXCEEDED",
            format!("The quota of {MAX_TOKENS} tokens for user {} is exceeded.", owner.user_name),
        ));
    }
    let lifetime_ms = lifetime_secs.unsigned_abs() * 1000;
    Ok(workspace.identities.issue_personal(&owner.user_name, &new.comment, Some(lifetime_ms)))
}

/// The owner's view.
fn public(token: &PersonalToken) -> Value {
    json!({
        "token_id": token.id,
        "creation_time": token.created,
        "expiry_time": token.expires.map_or(json!(-1), |end| json!(end)),
        "comment": token.comment,
    })
}

/// The administrators' view.
fn managed(workspace: &Workspace, token: &PersonalToken) -> Value {
    let owner = workspace.identities.find(&token.user_name).map_or(0, |owner| owner.id);
    let mut shown = public(token);
    shown["owner_id"] = json!(owner);
    shown["created_by_id"] = json!(owner);
    shown["created_by_username"] = json!(token.user_name);
    shown["workspace_id"] = json!(workspace.id);
    shown
}

fn missing(id: &str) -> Problem {
    Problem::resource_does_not_exist(format!("Token with ID {id} does not exist!"))
}

async fn create(
    State(workspace): Shared,
    Caller(caller): Caller,
    JsonBody(new): JsonBody<NewToken>,
) -> Answer {
    let (token, value) = issue(&workspace, &caller, &new)?;
    Ok(Json(json!({"token_value": value, "token_info": public(&token)})))
}

async fn list(State(workspace): Shared, Caller(caller): Caller) -> Json<Value> {
    let all = workspace.identities.personal_tokens();
    let own: Vec<Value> =
        all.iter().filter(|token| token.user_name == caller.user_name).map(public).collect();
    Json(if own.is_empty() { json!({}) } else { json!({"token_infos": own}) })
}

#[derive(Deserialize)]
struct Named {
    token_id: String,
}

async fn delete(
    State(workspace): Shared,
    Caller(caller): Caller,
    JsonBody(named): JsonBody<Named>,
) -> Answer {
    let all = workspace.identities.personal_tokens();
    let is_own = |token: &PersonalToken| token.id == named.token_id && token.user_name == caller.user_name;
    if all.iter().any(is_own) && workspace.identities.revoke_personal(&named.token_id) {
        return Ok(Json(json!({})));
    }
    Err(missing(&named.token_id))
}

fn require_admin(caller: &Principal) -> Result<(), Problem> {
    if caller.is_admin() {
        return Ok(());
    }
    Err(Problem::permission_denied("Only workspace admins can manage tokens of others."))
}

#[derive(Deserialize)]
struct Made {
    created_by_id: Option<u64>,
    created_by_username: Option<String>,
}

async fn list_all(State(workspace): Shared, Caller(caller): Caller, Params(made): Params<Made>) -> Answer {
    require_admin(&caller)?;
    let all = workspace.identities.personal_tokens();
    let shown: Vec<Value> = all
        .iter()
        .filter(|token| made.created_by_username.as_ref().is_none_or(|name| *name == token.user_name))
        .map(|token| managed(&workspace, token))
        .filter(|shown| made.created_by_id.is_none_or(|id| shown["created_by_id"] == id))
        .collect();
    Ok(Json(if shown.is_empty() { json!({}) } else { json!({"token_infos": shown}) }))
}

async fn read(State(workspace): Shared, Caller(caller): Caller, Path(id): Path<String>) -> Answer {
    require_admin(&caller)?;
    let all = workspace.identities.personal_tokens();
    let token = all.iter().find(|token| token.id == id).ok_or_else(|| missing(&id))?;
    Ok(Json(json!({"token_info": managed(&workspace, token)})))
}

async fn revoke(State(workspace): Shared, Caller(caller): Caller, Path(id): Path<String>) -> Answer {
    require_admin(&caller)?;
    if workspace.identities.revoke_personal(&id) {
        return Ok(Json(json!({})));
    }
    Err(missing(&id))
}

/// A token for a service principal.
async fn create_for(
    State(workspace): Shared,
    Caller(caller): Caller,
    JsonBody(new): JsonBody<NewToken>,
) -> Answer {
    require_admin(&caller)?;
    let owner = workspace
        .identities
        .find(&new.application_id)
        .filter(|owner| owner.client_id().is_some())
        .ok_or_else(|| {
            Problem::resource_does_not_exist(format!(
                "Service principal with application ID {} does not exist.",
                new.application_id
            ))
        })?;
    let (token, value) = issue(&workspace, &owner, &new)?;
    Ok(Json(json!({"token_value": value, "token_info": managed(&workspace, &token)})))
}

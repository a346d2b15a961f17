//! The control address, `/__local/*`: everything a test driver in another process needs.
//!
//! It is not part of the platform, so it passes neither the journal nor faults nor authentication.
//! It asks for no credential: the workspace listens on loopback only, and every program on this machine may
//! see the tokens of all principals. Pages in a browser may not: requests with an `Origin`, or with a `Host`
//! that is not a loopback address, are refused (a page could reach it by DNS rebinding).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{HOST, ORIGIN};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::extract::{JsonBody, Params};
use crate::faults::Rule;
use crate::identity::PrincipalSpec;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::workspace::Workspace;

/// The longest a long poll waits.
const MAX_WAIT_MS: u64 = 60_000;

/// `/__local/*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/__local", get(overview))
        .route("/__local/clock", get(read_clock).post(move_clock))
        .route("/__local/settings", get(read_settings).patch(change_settings).put(replace_settings))
        .route("/__local/faults", get(list_faults).post(add_fault).delete(clear_faults))
        .route("/__local/faults/{id}", delete(remove_fault))
        .route("/__local/faults/hanging", get(wait_for_hanging))
        .route("/__local/faults/release", post(release))
        .route("/__local/journal", get(read_journal).delete(clear_journal))
        .route("/__local/model-calls", get(read_model_calls).delete(clear_model_calls))
        .route("/__local/principals", get(list_principals).post(add_principal))
        .route("/__local/principals/{user_name}/token", post(mint_token))
        .route("/__local/principals/{user_name}/expire-tokens", post(expire_tokens))
        .route("/__local/principals/{user_name}/revoke-sign-ins", post(revoke_sign_ins))
        .route("/__local/apps/{name}/logs", get(app_logs))
        .route("/__local/apps/{name}/expire-user-tokens", post(expire_user_tokens))
        .route("/__local/apps/{name}/end-sessions", post(end_sessions))
        .route("/__local/traces", get(read_traces))
        .layer(from_fn(refuse_pages))
}

/// Refuses what a page of another origin could send.
async fn refuse_pages(request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let address: Option<IpAddr> = name.trim_matches(['[', ']']).parse().ok();
    let is_local = name == "localhost" || address.is_some_and(|address| address.is_loopback());
    if !is_local || request.headers().contains_key(ORIGIN) {
        let message = "The control address answers programs on this machine only, not pages in a browser.";
        return Problem::new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", message).into_response();
    }
    next.run(request).await
}

type Shared = State<Arc<Workspace>>;
type Answer = Result<Json<Value>, Problem>;

async fn overview(State(workspace): Shared) -> Json<Value> {
    Json(json!({
        "host": workspace.host,
        "workspace_id": workspace.id.to_string(),
        "dir": workspace.dir,
        "ca_file": workspace.lakebase.ca_file(),
        "database_address": workspace.lakebase.address_of_names(),
        "now": workspace.clock.now().to_rfc3339(),
        "routes": [
            "GET|POST /__local/clock",
            "GET|PATCH|PUT /__local/settings",
            "GET|POST|DELETE /__local/faults",
            "DELETE /__local/faults/{id}",
            "GET /__local/faults/hanging?timeout_ms=",
            "POST /__local/faults/release",
            "GET|DELETE /__local/journal?after=&mutations=",
            "GET|DELETE /__local/model-calls",
            "GET|POST /__local/principals",
            "POST /__local/principals/{user_name}/token",
            "POST /__local/principals/{user_name}/expire-tokens",
            "POST /__local/principals/{user_name}/revoke-sign-ins",
            "GET /__local/apps/{name}/logs",
            "POST /__local/apps/{name}/expire-user-tokens?user_name=",
            "POST /__local/apps/{name}/end-sessions?user_name=",
            "GET /__local/traces",
        ],
    }))
}

fn clock(workspace: &Workspace) -> Json<Value> {
    let now = workspace.clock.now();
    Json(json!({"virtual": workspace.clock.is_virtual(), "now_ms": now, "now": now.to_rfc3339()}))
}

async fn read_clock(State(workspace): Shared) -> Json<Value> {
    clock(&workspace)
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Move {
    AdvanceMs(u64),
    SetMs(Timestamp),
}

async fn move_clock(State(workspace): Shared, JsonBody(movement): JsonBody<Move>) -> Answer {
    let moved = match movement {
        Move::AdvanceMs(ms) => workspace.clock.advance(ms),
        Move::SetMs(moment) => workspace.clock.set(moment),
    };
    moved.map_err(|error| Problem::bad_request(error.to_string()))?;
    Ok(clock(&workspace))
}

async fn read_settings(State(workspace): Shared) -> Json<Settings> {
    Json(workspace.settings.get())
}

/// Merges the body into the settings: objects member by member, everything else whole.
async fn change_settings(
    State(workspace): Shared,
    JsonBody(change): JsonBody<Value>,
) -> Result<Json<Settings>, Problem> {
    let mut settings =
        serde_json::to_value(workspace.settings.get()).map_err(|e| Problem::internal(e.to_string()))?;
    merge(&mut settings, change);
    set(&workspace, settings)
}

async fn replace_settings(
    State(workspace): Shared,
    JsonBody(settings): JsonBody<Value>,
) -> Result<Json<Settings>, Problem> {
    set(&workspace, settings)
}

fn set(workspace: &Workspace, settings: Value) -> Result<Json<Settings>, Problem> {
    let settings: Settings = serde_json::from_value(settings)
        .map_err(|error| Problem::bad_request(format!("Not settings: {error}")))?;
    workspace.settings.update(|current| current.clone_from(&settings));
    Ok(Json(settings))
}

fn merge(target: &mut Value, change: Value) {
    match (target, change) {
        // An outcome is one of several: `{"failed": {…}}` replaces `"real"`, and also another
        // object with another key.
        (Value::Object(target), Value::Object(change))
            if change.keys().all(|key| target.contains_key(key)) =>
        {
            for (key, value) in change {
                merge(target.entry(key).or_insert(Value::Null), value);
            }
        }
        (target, change) => *target = change,
    }
}

async fn list_faults(State(workspace): Shared) -> Json<Value> {
    Json(json!({"faults": workspace.faults.standing(), "hanging": workspace.faults.hanging()}))
}

async fn add_fault(State(workspace): Shared, JsonBody(rule): JsonBody<Rule>) -> Answer {
    let id = workspace.faults.add(rule).map_err(|error| Problem::bad_request(error.to_string()))?;
    Ok(Json(json!({"id": id})))
}

async fn clear_faults(State(workspace): Shared) -> Json<Value> {
    workspace.faults.clear();
    Json(json!({}))
}

async fn remove_fault(State(workspace): Shared, Path(id): Path<u64>) -> Answer {
    if workspace.faults.remove(id) {
        Ok(Json(json!({})))
    } else {
        Err(Problem::not_found(format!("No fault {id}.")))
    }
}

#[derive(Deserialize)]
struct Wait {
    #[serde(default)]
    timeout_ms: u64,
}

/// Answers as soon as a request stands still; 204 when none did in time.
async fn wait_for_hanging(State(workspace): Shared, Params(wait): Params<Wait>) -> Response {
    let timeout = Duration::from_millis(wait.timeout_ms.min(MAX_WAIT_MS));
    match workspace.faults.wait_for_hanging(timeout).await {
        Some(hanging) => Json(json!(hanging)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

async fn release(State(workspace): Shared) -> Json<Value> {
    workspace.faults.release();
    Json(json!({}))
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    mutations: bool,
}

async fn read_journal(State(workspace): Shared, Params(since): Params<Since>) -> Json<Value> {
    let mut entries =
        if since.mutations { workspace.journal.mutations() } else { workspace.journal.entries() };
    entries.retain(|entry| entry.seq > since.after);
    Json(json!({"entries": entries}))
}

async fn clear_journal(State(workspace): Shared) -> Json<Value> {
    workspace.journal.clear();
    Json(json!({}))
}

async fn read_model_calls(State(workspace): Shared) -> Json<Value> {
    Json(json!({"counts": workspace.model_calls.counts(), "calls": workspace.model_calls.all()}))
}

async fn clear_model_calls(State(workspace): Shared) -> Json<Value> {
    workspace.model_calls.clear();
    Json(json!({}))
}

async fn list_principals(State(workspace): Shared) -> Json<Value> {
    let principals: Vec<Value> = workspace
        .identities
        .all()
        .into_iter()
        .map(|principal| {
            json!({
                "id": principal.id,
                "user_name": principal.user_name,
                "display_name": principal.display_name,
                "kind": principal.kind,
                "rights": principal.rights,
            })
        })
        .collect();
    Json(json!({"principals": principals}))
}

async fn add_principal(State(workspace): Shared, JsonBody(spec): JsonBody<PrincipalSpec>) -> Json<Value> {
    Json(json!(workspace.add_principal(spec)))
}

fn known(workspace: &Workspace, user_name: &str) -> Result<(), Problem> {
    match workspace.identities.find(user_name) {
        Some(_) => Ok(()),
        None => Err(Problem::not_found(format!("No principal {user_name}."))),
    }
}

async fn mint_token(State(workspace): Shared, Path(user_name): Path<String>) -> Answer {
    known(&workspace, &user_name)?;
    Ok(Json(json!({"token": workspace.identities.mint_personal(&user_name)})))
}

async fn expire_tokens(State(workspace): Shared, Path(user_name): Path<String>) -> Answer {
    known(&workspace, &user_name)?;
    workspace.identities.expire_tokens(&user_name);
    Ok(Json(json!({})))
}

/// Refresh tokens are worth nothing from now on; access tokens stay good until they expire.
async fn revoke_sign_ins(State(workspace): Shared, Path(user_name): Path<String>) -> Answer {
    known(&workspace, &user_name)?;
    workspace.sign_ins.revoke(&user_name);
    Ok(Json(json!({})))
}

async fn app_logs(State(workspace): Shared, Path(name): Path<String>) -> Json<Value> {
    Json(json!({"lines": workspace.platform.logs(&name)}))
}

/// The users of an app that a request is about: one, or all.
#[derive(Deserialize)]
struct OfUser {
    user_name: Option<String>,
}

fn counted(app: &str, count: Option<usize>) -> Answer {
    let count = count.ok_or_else(|| Problem::not_found(format!("No app {app}.")))?;
    Ok(Json(json!({"count": count})))
}

async fn expire_user_tokens(
    State(workspace): Shared,
    Path(app): Path<String>,
    Params(of): Params<OfUser>,
) -> Answer {
    counted(&app, workspace.platform.expire_user_tokens(&app, of.user_name.as_deref()))
}

async fn end_sessions(
    State(workspace): Shared,
    Path(app): Path<String>,
    Params(of): Params<OfUser>,
) -> Answer {
    counted(&app, workspace.platform.end_sessions(&app, of.user_name.as_deref()))
}

async fn read_traces(State(workspace): Shared) -> Answer {
    let shown = workspace.mlflow.traces().into_iter().map(|traces| {
        let body = BASE64.encode(&traces.body);
        let mut shown = serde_json::to_value(traces).map_err(|error| Problem::internal(error.to_string()))?;
        shown["body"] = json!(body);
        Ok(shown)
    });
    let shown = shown.collect::<Result<Vec<Value>, Problem>>()?;
    Ok(Json(json!({"received": workspace.mlflow.received(), "traces": shown})))
}

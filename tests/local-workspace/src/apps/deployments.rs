//! The calls on an app's deployments.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::routes::{Answer, Body, Page, Shared, managed, page};
use super::state::{App, Snapshot};
use super::{health_check, launch, view};
use crate::extract::{Caller, JsonBody, Params};
use crate::identity::{Principal, Right};
use crate::problem::Problem;
use crate::workspace::Workspace;

pub(super) async fn deploy(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(name): Path<String>,
    JsonBody(mut body): JsonBody<Body>,
) -> Answer {
    let changes = Arc::clone(&workspace.apps.changes);
    let _turn = changes.lock().await;
    let app = managed(&workspace, &caller, &name)?;
    let now = workspace.clock.now();
    app.check_deployable(now)?;
    let health_checks = workspace.settings.get().features.health_checks;
    health_check::admit(&mut body, health_checks)?;
    let snapshot = source(&workspace, &caller, &app, &mut body)?;
    body.retain(|field, _| {
        matches!(field.as_str(), "source_code_path" | "mode" | "command" | "env_vars" | "health_check")
    });
    let deployment = launch::begin(&workspace, &app, body, snapshot, &caller.user_name, now).await;
    workspace.apps.change(&name, now, |app| {
        if let Some(path) = deployment.request.get("source_code_path") {
            app.spec.fields.insert("default_source_code_path".to_owned(), path.clone());
        }
        let answer = view::deployment(app, &deployment, now);
        app.deployments.push(deployment);
        Ok(Json(answer))
    })
}

/// The source files of a deployment request, and its path, with the default filled in.
fn source(
    workspace: &Workspace,
    caller: &Principal,
    app: &App,
    body: &mut Body,
) -> Result<Snapshot, Problem> {
    match body.get("mode").and_then(Value::as_str) {
        None | Some("SNAPSHOT" | "AUTO_SYNC") => {}
        Some(other) => {
            return Err(Problem::invalid_parameter(format!("Invalid deployment mode {other}.")));
        }
    }
    if body.get("git_source").is_some_and(|git| !git.is_null()) {
        return Err(Problem::bad_request("Git sources cannot be reached from this workspace."));
    }
    let path = body
        .get("source_code_path")
        .and_then(Value::as_str)
        .or_else(|| app.spec.text("default_source_code_path"))
        .unwrap_or_default()
        .to_owned();
    if path.is_empty() {
        return Err(Problem::invalid_parameter("Missing required field: source_code_path"));
    }
    let files =
        workspace.files.snapshot(caller, &path).map_err(|problem| match problem.error_code.as_str() {
            "PERMISSION_DENIED" => problem,
            _ => Problem::bad_request(format!("Invalid source code path {path}: the path does not exist.")),
        })?;
    body.insert("source_code_path".to_owned(), json!(path));
    Ok(Arc::new(files))
}

pub(super) async fn read(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((name, id)): Path<(String, String)>,
) -> Answer {
    workspace.require(&caller, Right::ReadApps)?;
    let now = workspace.clock.now();
    let app = workspace.apps.get(&name, now)?;
    let deployment = app.deployments.iter().find(|deployment| deployment.id == id);
    let deployment = deployment
        .ok_or_else(|| Problem::not_found(format!("Deployment {id} of app {name} does not exist.")))?;
    Ok(Json(view::deployment(&app, deployment, now)))
}

pub(super) async fn list(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(name): Path<String>,
    Params(query): Params<Page>,
) -> Answer {
    workspace.require(&caller, Right::ReadApps)?;
    let now = workspace.clock.now();
    let app = workspace.apps.get(&name, now)?;
    let deployments =
        app.deployments.iter().rev().map(|deployment| view::deployment(&app, deployment, now)).collect();
    page(&query, "app_deployments", deployments)
}

//! The calls on apps.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::resources::{check_all, grant_all};
use super::spec::{Spec, check_name};
use super::state::{App, Compute, ComputeState, Update};
use super::{deployments, launch, view};
use crate::extract::{Caller, JsonBody, Params};
use crate::identity::{Principal, Right};
use crate::permissions::Grantee;
use crate::problem::Problem;
use crate::settings::{DuplicateCode, UpdateOutcome};
use crate::workspace::Workspace;

/// `/api/2.0/apps*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/apps", get(list).post(create))
        .route("/api/2.0/apps/{name}", get(read).patch(patch).delete(delete))
        .route("/api/2.0/apps/{name}/update", get(read_update).post(update))
        .route("/api/2.0/apps/{name}/start", post(start))
        .route("/api/2.0/apps/{name}/stop", post(stop))
        .route("/api/2.0/apps/{name}/deployments", get(deployments::list).post(deployments::deploy))
        .route("/api/2.0/apps/{name}/deployments/{id}", get(deployments::read))
}

pub(super) type Shared = State<Arc<Workspace>>;
pub(super) type Answer = Result<Json<Value>, Problem>;
pub(super) type Body = Map<String, Value>;

fn show(workspace: &Workspace, app: &App) -> Json<Value> {
    Json(view::app(app, &workspace.platform, workspace.clock.now()))
}

/// The app, if the caller may change it.
pub(super) fn managed(workspace: &Workspace, caller: &Principal, name: &str) -> Result<App, Problem> {
    let app = workspace.apps.get(name, workspace.clock.now())?;
    let manages = workspace.settings.allows(caller, Right::ManageApps)
        && workspace.permissions.can(caller, "apps", name, "CAN_MANAGE");
    if manages {
        return Ok(app);
    }
    Err(Problem::permission_denied(format!(
        "User {} does not have CAN_MANAGE permission on app {name}.",
        caller.user_name
    )))
}

#[derive(Deserialize)]
struct Create {
    #[serde(default)]
    no_compute: bool,
}

async fn create(
    State(workspace): Shared,
    Caller(caller): Caller,
    Params(options): Params<Create>,
    JsonBody(body): JsonBody<Body>,
) -> Answer {
    workspace.require(&caller, Right::CreateApps)?;
    let settings = workspace.settings.get();
    let name = check_name(body.get("name"))?.to_owned();
    let spec = Spec::default().with_present(&body)?;
    spec.check(&settings)?;

    let changes = Arc::clone(&workspace.apps.changes);
    let _turn = changes.lock().await;
    let now = workspace.clock.now();
    let apps = workspace.apps.at(now).len();
    if workspace.apps.get(&name, now).is_ok() {
        let mut problem = Problem::already_exists(format!(
            "Failed to create app {name}. An app with the same name already exists."
        ));
        if settings.features.duplicate_app_code == DuplicateCode::ResourceAlreadyExists {
            "RESOURCE_ALREADY_EXISTS".clone_into(&mut problem.error_code);
            problem.message = format!("An app with the same name already exists: {name}");
        }
        return Err(problem);
    }
    let limit = settings.quotas.max_apps;
    if apps >= limit {
        return Err(Problem::new(
            axum::http::StatusCode::BAD_REQUEST,
            "QUOTA_EXCEEDED",
            format!(
                "The maximum number of apps for your workspace is {limit}. Delete an app to create a new one."
            ),
        ));
    }
    check_all(&workspace, &caller, &spec.resources)?;

    let display_name = format!("app-{} {name}", workspace.ids.short(6));
    let (service_principal, client_secret) =
        workspace.identities.add_service_principal(&display_name, Right::of_app());
    let url = match workspace.platform.open(&name).await {
        Ok(url) => url,
        Err(error) => {
            workspace.identities.remove(&service_principal.user_name);
            return Err(Problem::internal(format!("No port for the app: {error}")));
        }
    };
    if let Err(problem) = grant_all(&workspace, &service_principal, &spec.resources).await {
        workspace.platform.remove(&name).await;
        workspace.identities.remove(&service_principal.user_name);
        return Err(problem);
    }
    workspace.files.make_home(&service_principal, now);
    workspace.permissions.register("apps", &name, &caller);
    workspace.tags.forget(&name);

    let compute = if options.no_compute { Compute::Stopped } else { starting(&workspace) };
    let app = App {
        id: service_principal.user_name.clone(),
        name: name.clone(),
        spec,
        url,
        creator: caller.user_name.clone(),
        updater: caller.user_name,
        created: now,
        updated: now,
        service_principal,
        client_secret,
        compute,
        deployments: Vec::new(),
        first_active: 0,
        update: None,
    };
    let answer = show(&workspace, &app);
    workspace.apps.at(now).insert(name, app);
    Ok(answer)
}

fn starting(workspace: &Workspace) -> Compute {
    let settings = workspace.settings.get();
    let since = workspace.clock.now();
    let until = since.plus_ms(settings.pace.durations.compute_start_ms);
    Compute::Starting { since, until, outcome: settings.outcomes.compute }
}

async fn read(State(workspace): Shared, Caller(caller): Caller, Path(name): Path<String>) -> Answer {
    workspace.require(&caller, Right::ReadApps)?;
    let app = workspace.apps.get(&name, workspace.clock.now())?;
    Ok(show(&workspace, &app))
}

#[derive(Deserialize)]
pub(crate) struct Page {
    #[serde(default)]
    page_size: usize,
    #[serde(default)]
    page_token: String,
}

/// One page of `items` under `key`; a token is the number of preceding items.
pub(crate) fn page(page: &Page, key: &str, items: Vec<Value>) -> Answer {
    let start = match page.page_token.as_str() {
        "" => 0,
        token => token.parse().map_err(|_| Problem::invalid_parameter("Invalid page token."))?,
    };
    let size = if page.page_size == 0 { 100 } else { page.page_size.min(100) };
    let total = items.len();
    let shown: Vec<Value> = items.into_iter().skip(start).take(size).collect();
    let end = start.saturating_add(shown.len());
    let mut answer = if shown.is_empty() { json!({}) } else { json!({key: shown}) };
    if end < total {
        answer["next_page_token"] = json!(end.to_string());
    }
    Ok(Json(answer))
}

async fn list(State(workspace): Shared, Caller(caller): Caller, Params(query): Params<Page>) -> Answer {
    workspace.require(&caller, Right::ReadApps)?;
    let now = workspace.clock.now();
    let apps = workspace.apps.at(now).values().map(|app| view::app(app, &workspace.platform, now)).collect();
    page(&query, "apps", apps)
}

/// Checks the changed app, and grants its new resources.
async fn prepare(workspace: &Workspace, caller: &Principal, app: &App, wanted: &Spec) -> Result<(), Problem> {
    wanted.check(&workspace.settings.get())?;
    let added: Vec<_> =
        wanted.resources.iter().filter(|resource| !app.spec.resources.contains(resource)).cloned().collect();
    check_all(workspace, caller, &added)?;
    grant_all(workspace, &app.service_principal, &added).await
}

async fn patch(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(name): Path<String>,
    JsonBody(body): JsonBody<Body>,
) -> Answer {
    let changes = Arc::clone(&workspace.apps.changes);
    let _turn = changes.lock().await;
    let app = managed(&workspace, &caller, &name)?;
    let now = workspace.clock.now();
    if body.get("compute_size").and_then(Value::as_str).is_some_and(|size| size != app.spec.compute_size()) {
        return Err(Problem::invalid_parameter(
            "Compute size updates are not supported in this update API. Please use the new update API instead.",
        ));
    }
    app.check_updatable(now)?;
    let wanted = app.spec.with_present(&body)?;
    prepare(&workspace, &caller, &app, &wanted).await?;
    let patched = workspace.apps.change(&name, now, |app| {
        app.spec = wanted;
        app.updater = caller.user_name;
        app.updated = now;
        Ok(app.clone())
    })?;
    Ok(show(&workspace, &patched))
}

#[derive(Deserialize)]
struct Masked {
    #[serde(default)]
    app: Body,
    #[serde(default)]
    update_mask: String,
}

async fn update(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(name): Path<String>,
    JsonBody(masked): JsonBody<Masked>,
) -> Answer {
    let changes = Arc::clone(&workspace.apps.changes);
    let _turn = changes.lock().await;
    let app = managed(&workspace, &caller, &name)?;
    if masked.update_mask.is_empty() {
        return Err(Problem::invalid_parameter("Missing required field: update_mask"));
    }
    let now = workspace.clock.now();
    app.check_updatable(now)?;
    let wanted = app.spec.with_masked(&masked.app, &masked.update_mask)?;
    let settings = workspace.settings.get();
    let failure = match settings.outcomes.app_update {
        UpdateOutcome::Succeeded => None,
        UpdateOutcome::Failed { message } => Some(message),
    };
    prepare(&workspace, &caller, &app, &wanted).await?;
    let update = Update {
        until: now.plus_ms(settings.pace.durations.app_update_ms),
        resizes: wanted.compute_size() != app.spec.compute_size(),
        wanted,
        failure,
        applied: false,
    };
    workspace.apps.change(&name, now, |app| {
        app.update = Some(update);
        app.updater = caller.user_name;
        app.settle(now);
        Ok(Json(view::update(app, now)))
    })
}

async fn read_update(State(workspace): Shared, Caller(caller): Caller, Path(name): Path<String>) -> Answer {
    workspace.require(&caller, Right::ReadApps)?;
    let now = workspace.clock.now();
    Ok(Json(view::update(&workspace.apps.get(&name, now)?, now)))
}

async fn delete(State(workspace): Shared, Caller(caller): Caller, Path(name): Path<String>) -> Answer {
    let changes = Arc::clone(&workspace.apps.changes);
    let _turn = changes.lock().await;
    let app = managed(&workspace, &caller, &name)?;
    let now = workspace.clock.now();
    app.check_deletable(now)?;
    workspace.platform.remove(&name).await;
    workspace.identities.remove(&app.service_principal.user_name);
    workspace.permissions.forget_grantee(&Grantee::of(&app.service_principal));
    workspace.secrets.forget_principal(&app.service_principal.user_name);
    let until = now.plus_ms(workspace.settings.get().pace.durations.app_delete_ms);
    let deleted = workspace.apps.change(&name, now, |app| {
        app.end_deployments(now);
        app.compute = Compute::Deleting { since: now, until };
        app.updated = now;
        Ok(app.clone())
    })?;
    Ok(show(&workspace, &deleted))
}

async fn start(State(workspace): Shared, Caller(caller): Caller, Path(name): Path<String>) -> Answer {
    let changes = Arc::clone(&workspace.apps.changes);
    let _turn = changes.lock().await;
    let app = managed(&workspace, &caller, &name)?;
    let now = workspace.clock.now();
    let state = app.compute_state(now);
    if !matches!(state, ComputeState::Stopped | ComputeState::Error) {
        return Err(Problem::bad_request(format!(
            "Cannot start app {name} as its compute is in {} state.",
            state.as_str()
        )));
    }
    let compute = starting(&workspace);
    // The platform restarts the last deployment by itself.
    let again = app
        .last_good_deployment(now)
        .map(|last| (last.request.clone(), last.snapshot.clone(), last.creator.clone()));
    let redeployment = match (again, &compute) {
        (Some((request, Some(snapshot), creator)), Compute::Starting { until, .. }) => {
            Some(launch::begin(&workspace, &app, request, snapshot, &creator, *until).await)
        }
        _ => None,
    };
    let started = workspace.apps.change(&name, now, |app| {
        app.compute = compute;
        app.deployments.extend(redeployment);
        app.updated = now;
        Ok(app.clone())
    })?;
    Ok(show(&workspace, &started))
}

async fn stop(State(workspace): Shared, Caller(caller): Caller, Path(name): Path<String>) -> Answer {
    let changes = Arc::clone(&workspace.apps.changes);
    let _turn = changes.lock().await;
    let app = managed(&workspace, &caller, &name)?;
    let now = workspace.clock.now();
    let state = app.compute_state(now);
    if !matches!(state, ComputeState::Active | ComputeState::Error) {
        return Err(Problem::bad_request(format!(
            "Cannot stop app {name} as its compute is in {} state.",
            state.as_str()
        )));
    }
    workspace.platform.stop(&name).await;
    let until = now.plus_ms(workspace.settings.get().pace.durations.compute_stop_ms);
    let stopped = workspace.apps.change(&name, now, |app| {
        app.end_deployments(now);
        app.compute = Compute::Stopping { until };
        app.updated = now;
        Ok(app.clone())
    })?;
    Ok(show(&workspace, &stopped))
}

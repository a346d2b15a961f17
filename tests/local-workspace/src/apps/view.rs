//! Apps, deployments and updates as JSON.

use serde_json::{Map, Value, json};

use super::spec::effective_scopes;
use super::state::{App, ComputeState, Deployment, Ending};
use crate::clock::Timestamp;
use crate::platform::{AppState, Platform};

/// An app in its current state.
pub(super) fn app(app: &App, platform: &Platform, now: Timestamp) -> Value {
    let compute = app.compute_state(now);
    let instances = match compute {
        ComputeState::Active => app.spec.instances().map_or(1, |(least, _)| least),
        _ => 0,
    };
    let (status, message) = app_status(app, platform, now);
    let mut view = app.spec.fields.clone();
    view.retain(|_, value| !is_empty(value));
    let computed = json!({
        "name": app.name,
        "id": app.id,
        "url": app.url,
        "creator": app.creator,
        "updater": app.updater,
        "create_time": app.created.to_rfc3339(),
        "update_time": app.updated.to_rfc3339(),
        "compute_size": app.spec.compute_size(),
        "forward_user_access_token": true,
        "effective_user_api_scopes": effective_scopes(&app.spec),
        "service_principal_client_id": app.service_principal.user_name,
        "service_principal_id": app.service_principal.id,
        "service_principal_name": app.service_principal.display_name,
        "oauth2_app_client_id": app.id,
        "oauth2_app_integration_id": app.id,
        "compute_status": {
            "state": compute.as_str(),
            "message": app.compute_message(now),
            "active_instances": instances,
        },
        "app_status": {"state": status, "message": message},
    });
    if let Value::Object(computed) = computed {
        view.extend(computed);
    }
    if !app.spec.resources.is_empty() {
        view.insert("resources".to_owned(), json!(app.spec.resources));
    }
    if let Some(active) = app.active_deployment(now) {
        view.insert("active_deployment".to_owned(), deployment(app, active, now));
    }
    if let Some(pending) = app.pending_deployment(now) {
        view.insert("pending_deployment".to_owned(), deployment(app, pending, now));
    }
    Value::Object(view)
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty)
}

fn app_status(app: &App, platform: &Platform, now: Timestamp) -> (&'static str, String) {
    match app.compute_state(now) {
        ComputeState::Active | ComputeState::Updating => {}
        ComputeState::Stopped => {
            return ("UNAVAILABLE", "Start the app compute to deploy the app.".to_owned());
        }
        _ => return ("UNAVAILABLE", "App status is unavailable.".to_owned()),
    }
    if let Some(active) = app.active_deployment(now) {
        if let Some(message) = &active.crash {
            return ("CRASHED", message.clone());
        }
        return match platform.app_state(&app.name) {
            AppState::Running => ("RUNNING", "App has status: App is running".to_owned()),
            AppState::Crashed { message } => ("CRASHED", message),
            AppState::Unavailable => ("UNAVAILABLE", "App status is unavailable.".to_owned()),
        };
    }
    if app.pending_deployment(now).is_some() {
        return ("DEPLOYING", "App has status: App is being deployed".to_owned());
    }
    let message = "App has status: App has not been deployed yet. Run your app by deploying source code";
    ("UNAVAILABLE", message.to_owned())
}

/// A deployment in its current state. Values of environment variables are never shown.
pub(super) fn deployment(app: &App, deployment: &Deployment, now: Timestamp) -> Value {
    let (state, message) = match deployment.ending(now) {
        None => ("IN_PROGRESS", "Deployment is in progress."),
        Some(Ending::Succeeded) => ("SUCCEEDED", "App started successfully"),
        Some(Ending::Failed(message)) => ("FAILED", message.as_str()),
        Some(Ending::Cancelled(message)) => ("CANCELLED", message.as_str()),
    };
    let mut view: Map<String, Value> = deployment.request.clone();
    if let Some(Value::Array(variables)) = view.get_mut("env_vars") {
        for variable in variables {
            *variable = json!({"name": variable["name"]});
        }
    }
    view.entry("mode").or_insert_with(|| json!("SNAPSHOT"));
    view.insert("deployment_id".to_owned(), json!(deployment.id));
    view.insert("creator".to_owned(), json!(deployment.creator));
    view.insert("create_time".to_owned(), json!(deployment.created.to_rfc3339()));
    let updated = if deployment.ending(now).is_some() {
        deployment.updated.max(deployment.not_before)
    } else {
        deployment.updated
    };
    view.insert("update_time".to_owned(), json!(updated.to_rfc3339()));
    view.insert("status".to_owned(), json!({"state": state, "message": message}));
    let home = format!("/Workspace/Users/{}/src/{}", app.service_principal.user_name, deployment.id);
    view.insert("deployment_artifacts".to_owned(), json!({"source_code_path": home}));
    Value::Object(view)
}

/// The last asynchronous update in its current state.
pub(super) fn update(app: &App, now: Timestamp) -> Value {
    let Some(update) = &app.update else {
        return json!({"status": {"state": "NOT_UPDATED", "message": "The app has not been updated."}});
    };
    let (state, message) = if now < update.until {
        ("IN_PROGRESS", "App update is in progress.")
    } else {
        match &update.failure {
            None => ("SUCCEEDED", "App update succeeded."),
            Some(message) => ("FAILED", message.as_str()),
        }
    };
    let mut view = Map::new();
    for field in [
        "description",
        "compute_size",
        "compute_min_instances",
        "compute_max_instances",
        "telemetry_export_destinations",
        "user_api_scopes",
        "budget_policy_id",
        "usage_policy_id",
        "git_repository",
    ] {
        if let Some(value) = update.wanted.fields.get(field) {
            view.insert(field.to_owned(), value.clone());
        }
    }
    view.insert("resources".to_owned(), json!(update.wanted.resources));
    view.insert("status".to_owned(), json!({"state": state, "message": message}));
    Value::Object(view)
}

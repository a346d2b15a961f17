//! Starts an app from its source files.
//!
//! A deployment is accepted first and fails later: all errors here are reported in the deployment's status,
//! in the platform's words, not in the answer to the request. With real app processes the work continues in
//! a separate task; without them it is done at once and only shown as done when its time has come, so that
//! a virtual clock gives the same answers in every run.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::health_check;
use super::manifest::{Manifest, Source};
use super::resources::provide;
use super::state::{App, Compute, Deployment, Ending, Snapshot};
use crate::clock::Timestamp;
use crate::files::MAX_FILE_BYTES;
use crate::platform::Launch;
use crate::settings::DeploymentOutcome;
use crate::workspace::Workspace;

/// Undocumented resource keys that deployed apps use without an error on the platform. Of these only the
/// host has a value here.
const UNDOCUMENTED_KEYS: &str = "system.";

/// Starts a deployment of these files and returns its state right after.
pub(super) async fn begin(
    workspace: &Arc<Workspace>,
    app: &App,
    request: Map<String, Value>,
    snapshot: Snapshot,
    creator: &str,
    earliest: Timestamp,
) -> Deployment {
    let now = workspace.clock.now();
    let settings = workspace.settings.get();
    let scripted = workspace.platform.is_scripted();
    let fictional = scripted || settings.outcomes.deployment != DeploymentOutcome::Real;
    let takes_ms = if fictional { settings.pace.durations.deployment_ms } else { 0 };
    let mut deployment = Deployment {
        id: workspace.ids.hex(),
        request,
        creator: creator.to_owned(),
        created: now,
        updated: now,
        snapshot: Some(Arc::clone(&snapshot)),
        ending: None,
        not_before: earliest.max(now).plus_ms(takes_ms),
        crash: None,
    };
    match settings.outcomes.deployment {
        DeploymentOutcome::Never => {}
        DeploymentOutcome::Failed { message, logs } => {
            workspace.platform.append_logs(&app.name, &logs);
            deployment.ending = Some(Ending::Failed(message));
        }
        DeploymentOutcome::Cancelled { message } => deployment.ending = Some(Ending::Cancelled(message)),
        DeploymentOutcome::CrashAfterSuccess { message } => {
            deployment.ending = Some(Ending::Succeeded);
            deployment.crash = Some(message);
        }
        DeploymentOutcome::Real if scripted => {
            deployment.ending = Some(run(workspace, app, &deployment.request, &snapshot).await);
        }
        DeploymentOutcome::Real => {
            let (workspace, app, request) = (Arc::clone(workspace), app.clone(), deployment.request.clone());
            let id = deployment.id.clone();
            tokio::spawn(async move {
                if !workspace.clock.is_virtual() {
                    let wait = earliest.ms_since(workspace.clock.now());
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                }
                let ending = run(&workspace, &app, &request, &snapshot).await;
                // The request that started this may not have recorded it yet; it has when its turn ends.
                // has.
                let _turn = workspace.apps.changes.lock().await;
                if !conclude(&workspace, &app.name, &id, ending) {
                    workspace.platform.stop(&app.name).await;
                }
            });
        }
    }
    deployment
}

/// Records the outcome of a real deployment. False if the app was stopped or deleted meanwhile, in which
/// case nothing of it may keep running.
fn conclude(workspace: &Workspace, app: &str, id: &str, ending: Ending) -> bool {
    let now = workspace.clock.now();
    let concluded = workspace.apps.change(app, now, |app| {
        if let Some(deployment) = app.deployments.iter_mut().find(|deployment| deployment.id == id)
            && deployment.ending.is_none()
        {
            deployment.ending = Some(ending);
            deployment.updated = now;
        }
        Ok(matches!(app.compute, Compute::Starting { .. }))
    });
    concluded.unwrap_or(false)
}

async fn run(workspace: &Workspace, app: &App, request: &Map<String, Value>, snapshot: &Snapshot) -> Ending {
    match prepare(workspace, app, request, snapshot) {
        Err(message) => Ending::Failed(message),
        Ok(launch) => match workspace.platform.deploy(launch).await {
            Ok(()) => Ending::Succeeded,
            Err(failure) => Ending::Failed(failure.message),
        },
    }
}

fn prepare(
    workspace: &Workspace,
    app: &App,
    request: &Map<String, Value>,
    snapshot: &Snapshot,
) -> Result<Launch, String> {
    if let Some((path, _)) = snapshot.iter().find(|(_, bytes)| bytes.len() > MAX_FILE_BYTES) {
        return Err(format!("Error deploying app: {path}: File is larger than {MAX_FILE_BYTES} bytes"));
    }
    let manifest = Manifest::among(snapshot)?;
    let provided = provide(workspace, &app.service_principal, &app.spec.resources)
        .map_err(|problem| format!("Error deploying app: {}", problem.message))?;

    let mut env = workspace_environment(workspace, app);
    env.extend(provided.variables);
    let mut variables: Vec<(String, Source)> =
        manifest.env.into_iter().map(|variable| (variable.name, variable.source)).collect();
    variables.extend(overrides(request));
    for (name, source) in variables {
        let value = match source {
            Source::Value(value) => value,
            Source::Resource(key) if key.starts_with(UNDOCUMENTED_KEYS) => {
                if key != "system.databricks_host" {
                    continue;
                }
                workspace.host.clone()
            }
            Source::Resource(key) => match provided.values.get(&key) {
                Some(value) => value.clone(),
                None => return Err(unresolved(&key, &name)),
            },
        };
        env.insert(name, value);
    }
    let command = request
        .get("command")
        .and_then(Value::as_array)
        .map(|words| words.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .or(manifest.command);
    let health_check =
        health_check::of(request).map_err(|problem| format!("Error deploying app: {}", problem.message))?;
    Ok(Launch { app: app.name.clone(), files: snapshot.to_vec(), env, command, health_check })
}

fn unresolved(key: &str, variable: &str) -> String {
    format!(
        "Error deploying app: error resolving resource {key} specified in app.yaml for environment variable {variable}: the app has no such resource"
    )
}

/// `env_vars` of the deployment request, which take precedence over the manifest.
fn overrides(request: &Map<String, Value>) -> Vec<(String, Source)> {
    let variables = request.get("env_vars").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    variables
        .iter()
        .filter_map(|variable| {
            let name = variable["name"].as_str()?.to_owned();
            let source = match (variable["value"].as_str(), variable["value_from"].as_str()) {
                (_, Some(key)) => Source::Resource(key.to_owned()),
                (value, None) => Source::Value(value.unwrap_or_default().to_owned()),
            };
            Some((name, source))
        })
        .collect()
}

fn workspace_environment(workspace: &Workspace, app: &App) -> BTreeMap<String, String> {
    let ca_file = workspace.lakebase.ca_file();
    [
        ("DATABRICKS_APP_NAME", app.name.clone()),
        ("DATABRICKS_APP_URL", app.url.clone()),
        ("DATABRICKS_HOST", workspace.host.clone()),
        ("DATABRICKS_WORKSPACE_ID", workspace.id.to_string()),
        ("DATABRICKS_CLIENT_ID", app.service_principal.user_name.clone()),
        ("DATABRICKS_CLIENT_SECRET", app.client_secret.clone()),
        // Not set by the platform, whose databases have publicly trusted certificates.
        ("PGSSLROOTCERT", ca_file.display().to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

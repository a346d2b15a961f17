//! How things stand: the app, what lies deployed, the last run, and whether one is under way.

use futures_util::join;
use serde::Serialize;

use super::Operation;
use super::folder::folder;
use super::inventory::{attached_name, database_kind};
use super::preflight::{Preflight, both};
use super::release::deployed_manifest;
use crate::config::{StatusConfig, WorkspacePath};
use crate::engine::Cancellation;
use crate::engine::journal::{Record, RunRecord, RunStatus};
use crate::engine::lock::{self, Lease, Places};
use crate::error::Result;
use crate::host::Host;
use crate::manifest::{self, DeployedManifest, REQUIREMENTS};
use crate::steps::app;
use crate::workspace::apps::App;
use crate::workspace::files;

/// How things stand with an app. To know it took only requests that read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Status {
    /// The app that was asked about.
    pub app_name: String,
    /// The folder of its files; absent where the app is somebody else's and doesn't tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_file_workspace_path: Option<String>,
    /// The app; absent where there is none of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<AppState>,
    /// Its database, by what lies deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_name: Option<String>,
    /// `autoscaling` or `provisioned`, by what lies deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_type: Option<String>,
    /// Its schema, by what lies deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_name: Option<String>,
    /// Which app, by what lies deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_package: Option<String>,
    /// Which version, by what lies deployed; absent where it was left to the package index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
    /// The latest run that the journal knows of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<RunRecord>,
    /// Who is at work; absent when nobody is, or when whoever was has stopped renewing the lock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lease>,
    /// Whether the app was deployed. Files may have been written that never were: then package and version are
    /// what the next deployment brings. Absent for false.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub deployed: bool,
    /// Whether the last run did not finish and no run is in progress: it can be resumed.
    pub can_resume: bool,
}

/// An app as the platform shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct AppState {
    /// Where it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Who created it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
    /// The state of its compute, such as `ACTIVE`.
    pub compute: String,
    /// The size of its compute, as the platform names it: also one that is not in the current API, such as `LIQUID`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_size: Option<String>,
    /// The state of its process, such as `RUNNING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The platform's words on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Looks how things stand with an app. Whatever there is not, or what the person may not read, is
/// absent from the answer.
///
/// # Errors
/// The catalogue's entry, where the workspace can't be asked or has no apps.
pub async fn status<H: Host>(host: &H, config: &StatusConfig, cancellation: &Cancellation) -> Result<Status> {
    let preflight = Preflight::looking(host, cancellation, Operation::Update, config.app_name.as_str());
    let status = look(&preflight, config).await;
    preflight.told(status)
}

async fn look<H: Host>(preflight: &Preflight<'_, H>, config: &StatusConfig) -> Result<Status> {
    let client = &preflight.client;
    let name = config.app_name.as_str();
    let (me, app) = both(preflight.me(), async { Ok(app::find(client, name).await?) }).await?;
    // Somebody else's app that doesn't tell its folder has one all the same.
    let folder =
        match folder(preflight, config.workspace_path.as_ref(), app.as_ref(), &config.app_name, &me).await {
            Err(error) if error.is("NO_WORKSPACE_PATH") || error.is("INVALID_VALUE") => None,
            folder => Some(folder?),
        };
    preflight.safe_point()?;
    let lies_there = match &folder {
        Some(folder) => beside(preflight, name, folder).await?,
        None => Beside::default(),
    };
    let Beside { record, lock, deployed, requirements } = lies_there;
    let record = record.filter(|record| record.app_name == name);
    let text = |variable: &str| deployed.as_ref()?.text(variable).map(str::to_owned);
    // Files lie there before they are deployed. An app that is stopped has no active deployment any more; then
    // the journal tells that a run got to its end.
    let finished = record.as_ref().is_some_and(|record| record.run.status == RunStatus::Finished);
    let deployed_before = app.as_ref().is_some_and(|app| finished || app.active_deployment.is_some());
    let package = deployed.as_ref().and_then(DeployedManifest::package);
    let version = package.zip(requirements);
    let kind = database_kind(app.as_ref(), record.as_ref(), deployed.as_ref());
    let last_run = record.map(|record| record.run);
    let unfinished = last_run.as_ref().is_some_and(|run| run.status != RunStatus::Finished);
    Ok(Status {
        app_name: name.to_owned(),
        app_file_workspace_path: folder.map(|folder| folder.to_string()),
        lakebase_name: app.as_ref().and_then(attached_name).or_else(|| text("LAKEBASE_INSTANCE")),
        lakebase_type: kind.map(|kind| kind.as_str().to_owned()),
        schema_name: text("LAKEBASE_SCHEMA"),
        app_package: package.map(|package| package.as_str().to_owned()),
        app_version: version.and_then(|(package, text)| manifest::required_version(&text, package)),
        app: app.map(state),
        deployed: deployed_before,
        can_resume: unfinished && lock.is_none(),
        last_run,
        lock,
    })
}

fn state(app: App) -> AppState {
    let message = app.app_status.message.clone().or(app.compute_status.message.clone());
    AppState {
        url: Some(app.address()).filter(|url| !url.is_empty()),
        compute: app.compute().to_owned(),
        compute_size: app.compute_size.clone(),
        creator: app.creator,
        state: app.app_status.state,
        message: message.filter(|message| !message.is_empty()),
    }
}

/// What lies in the app's folder.
#[derive(Default)]
struct Beside {
    record: Option<Record>,
    lock: Option<Lease>,
    deployed: Option<DeployedManifest>,
    requirements: Option<String>,
}

async fn beside<H: Host>(preflight: &Preflight<'_, H>, app: &str, folder: &WorkspacePath) -> Result<Beside> {
    let client = &preflight.client;
    let requirements = async {
        let call = files::export(&format!("{folder}/{REQUIREMENTS}"));
        Ok(client.find(call).await?.and_then(|exported| exported.text()))
    };
    let places = Places::of(app, folder.as_str());
    let read = both(preflight.journal(folder), both(readable_manifest(preflight, folder), requirements));
    let (lock, read) = join!(lock::holder(client, &places), read);
    let lock = lock?;
    match read {
        Ok((record, (deployed, requirements))) => Ok(Beside { record, lock, deployed, requirements }),
        // The folder is somebody else's.
        Err(error) if error.is("PERMISSION_DENIED") => Ok(Beside { lock, ..Beside::default() }),
        Err(error) => Err(error),
    }
}

/// The deployed `app.yaml`; none as well where it can't be read. Whoever is about to change something is told so.
async fn readable_manifest<H: Host>(
    preflight: &Preflight<'_, H>,
    folder: &WorkspacePath,
) -> Result<Option<DeployedManifest>> {
    match deployed_manifest(&preflight.client, folder).await {
        Err(error) if error.is("APP_YAML_UNREADABLE") || error.is("KEY_ENTRY_UNREADABLE") => Ok(None),
        other => other,
    }
}

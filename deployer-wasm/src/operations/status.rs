//! The status of an app: what is deployed, the last run, and the run in progress.

use futures_util::join;
use serde::Serialize;

use super::Operation;
use super::folder::folder;
use super::inventory::{attached_name, database_kind};
use super::preflight::{Preflight, both};
use super::release::deployed_manifest;
use super::result::AttachedServices;
use crate::config::{StatusConfig, WorkspacePath};
use crate::engine::Cancellation;
use crate::engine::journal::{Record, RunRecord, RunStatus};
use crate::engine::lock::{self, Lease, Places};
use crate::error::{DeployError, Failure, Result};
use crate::host::Host;
use crate::manifest::{self, DeployedManifest, REQUIREMENTS};
use crate::steps::{app, services};
use crate::workspace::apps::App;
use crate::workspace::identity::same_person;
use crate::workspace::{Client, ErrorKind, files, permissions};

/// The most grantees that are shown.
const MOST_SHARED: usize = 200;

/// The status of an app. Determined with read-only requests.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Status {
    /// The app that was asked about.
    pub app_name: String,
    /// The folder of its files; absent if the app is another user's and its record doesn't name one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_file_workspace_path: Option<String>,
    /// The app; absent if it doesn't exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<AppState>,
    /// Its database, according to the deployed files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_name: Option<String>,
    /// `autoscaling` or `provisioned`, according to the deployed files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_type: Option<String>,
    /// Its schema, according to the deployed files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_name: Option<String>,
    /// What the assistant works with, according to the app's record. Absent if nothing is attached.
    #[serde(default, skip_serializing_if = "AttachedServices::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<AttachedServices>"))]
    pub services: AttachedServices,
    /// Who may use the app, beside its creator and the workspace's admins. Absent if it isn't shared, or if the
    /// caller may not read that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<SharedWith>>"))]
    pub shared_with: Vec<SharedWith>,
    /// Which app, according to the deployed files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_package: Option<String>,
    /// The version in the deployed files; absent if it is the newest one on the package index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
    /// The latest run in the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<RunRecord>,
    /// The run in progress; absent if there is none, or if it has stopped renewing the lock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lease>,
    /// Whether the app was deployed. If only its files were written, package and version are those of the
    /// next deployment. Absent for false.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub deployed: bool,
    /// What couldn't be read, and why; sentences without a full stop. Absent if everything was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
    pub unread: Vec<String>,
    /// Whether the last run did not finish, its app wasn't replaced by the previous release, and no run is in progress:
    /// it can be resumed.
    pub can_resume: bool,
}

/// A user, a group or a service principal that may use an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SharedWith {
    /// The user name, the group's name, or the application id.
    pub name: String,
    /// `user`, `group` or `service principal`.
    pub kind: String,
    /// `CAN_USE` or `CAN_MANAGE`.
    pub level: String,
}

/// An app as the platform reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct AppState {
    /// Its URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its creator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
    /// The state of its compute, such as `ACTIVE`.
    pub compute: String,
    /// The size of its compute, as the platform names it; may be a value outside the current API, such as
    /// `LIQUID`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_size: Option<String>,
    /// How many instances run, such as `2` or `1-3`; absent if it was never set, which is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instances: Option<String>,
    /// Where its telemetry is written, as the setting `telemetry`; absent if nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telemetry: Option<String>,
    /// The state of its process, such as `RUNNING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The platform's message about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Determines the status of an app. Fields for what doesn't exist or may not be read by the caller are
/// absent; `unread` says which of the two.
///
/// # Errors
/// The catalogue's entry, if the workspace can't be reached or has no apps.
pub async fn status<H: Host>(host: &H, config: &StatusConfig, cancellation: &Cancellation) -> Result<Status> {
    let preflight = Preflight::looking(host, cancellation, Operation::Update, config.app_name.as_str());
    let status = look(&preflight, config).await;
    preflight.told(status)
}

/// Reads the app's record: its URL and its state.
///
/// # Errors
/// `APP_NOT_FOUND`, or the workspace's refusal.
pub async fn app_state<H: Host>(
    host: &H,
    config: &StatusConfig,
    cancellation: &Cancellation,
) -> Result<AppState> {
    let name = config.app_name.as_str();
    let preflight = Preflight::looking(host, cancellation, Operation::Update, name);
    let found = app::find(&preflight.client, name).await;
    let found = found.and_then(|app| app.ok_or_else(|| Failure::AppNotFound { app: name.to_owned() }));
    preflight.told(found.map(state).map_err(DeployError::from))
}

async fn look<H: Host>(preflight: &Preflight<'_, H>, config: &StatusConfig) -> Result<Status> {
    let client = &preflight.client;
    let name = config.app_name.as_str();
    let (me, app) = both(preflight.me(), async { Ok(app::find(client, name).await?) }).await?;
    // Another user's app whose record doesn't name its folder still has one.
    let folder =
        match folder(preflight, config.workspace_path.as_ref(), app.as_ref(), &config.app_name, &me).await {
            Err(error) if error.is("NO_WORKSPACE_PATH") || error.is("INVALID_VALUE") => Err(error),
            folder => Ok(folder?),
        };
    preflight.safe_point()?;
    let lies_there = async {
        match &folder {
            Ok(folder) => beside(preflight, name, folder).await,
            Err(error) => Ok(Beside { unread: vec![error.message.clone()], ..Beside::default() }),
        }
    };
    let (lies_there, (shared_with, not_shown)) = both(lies_there, shared(client, app.as_ref())).await?;
    let folder = folder.ok();
    let Beside { record, lock, deployed, requirements, mut unread } = lies_there;
    unread.extend(not_shown);
    let record = record.filter(|record| record.app_name == name);
    let text = |variable: &str| deployed.as_ref()?.text(variable).map(str::to_owned);
    // The files exist before the deployment. A stopped app has no active deployment; then the journal shows
    // whether a run has completed.
    let finished = record.as_ref().is_some_and(|record| record.run.status == RunStatus::Finished);
    let deployed_before = app.as_ref().is_some_and(|app| finished || app.active_deployment.is_some());
    let package = deployed.as_ref().and_then(DeployedManifest::package);
    let version = package.zip(requirements);
    let kind = database_kind(app.as_ref(), record.as_ref(), deployed.as_ref());
    let last_run = record.map(|record| record.run);
    let unfinished = last_run.as_ref().is_some_and(RunRecord::is_unfinished);
    Ok(Status {
        app_name: name.to_owned(),
        app_file_workspace_path: folder.map(|folder| folder.to_string()),
        lakebase_name: app.as_ref().and_then(attached_name).or_else(|| text("LAKEBASE_INSTANCE")),
        lakebase_type: kind.map(|kind| kind.as_str().to_owned()),
        schema_name: text("LAKEBASE_SCHEMA"),
        services: app.as_ref().map(|app| (&services::attached(&app.resources)).into()).unwrap_or_default(),
        shared_with,
        app_package: package.map(|package| package.as_str().to_owned()),
        app_version: version.and_then(|(package, text)| manifest::required_version(&text, package)),
        app: app.map(state),
        deployed: deployed_before,
        can_resume: unfinished && lock.is_none(),
        unread,
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
        instances: app.instances(),
        telemetry: Some(app.telemetry().to_string()).filter(|telemetry| !telemetry.is_empty()),
        creator: app.creator,
        state: app.app_status.state,
        message: message.filter(|message| !message.is_empty()),
    }
}

/// Who may use the app; or why that can't be read.
async fn shared<H: Host>(
    client: &Client<'_, H>,
    app: Option<&App>,
) -> Result<(Vec<SharedWith>, Option<String>)> {
    let Some(app) = app.filter(|app| app.compute() != "DELETING") else { return Ok((Vec::new(), None)) };
    match client.send(permissions::get(&app.name)).await {
        Ok(list) => {
            let is_creator =
                |name: &str| app.creator.as_deref().is_some_and(|creator| same_person(creator, name));
            let others = list.direct().filter(|(_, name, _)| !is_creator(name)).take(MOST_SHARED);
            let shown = others.map(|(kind, name, level)| SharedWith {
                name: name.to_owned(),
                kind: kind.noun().to_owned(),
                level: level.to_owned(),
            });
            Ok((shown.collect(), None))
        }
        Err(error) if error.is(ErrorKind::PermissionDenied) => {
            Ok((Vec::new(), Some("You lack the permission to read who may use the app".to_owned())))
        }
        // The app was deleted meanwhile, or the workspace has no such permissions.
        Err(error) if error.is_not_found() || error.is(ErrorKind::InterfaceMissing) => Ok((Vec::new(), None)),
        Err(error) => Err(error.into_failure().into()),
    }
}

/// What is in the app's folder.
#[derive(Default)]
struct Beside {
    record: Option<Record>,
    lock: Option<Lease>,
    deployed: Option<DeployedManifest>,
    requirements: Option<String>,
    unread: Vec<String>,
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
        Ok((record, ((deployed, problem), requirements))) => {
            Ok(Beside { record, lock, deployed, requirements, unread: problem.into_iter().collect() })
        }
        // The folder belongs to another user.
        Err(error) if error.is("PERMISSION_DENIED") => {
            let problem =
                format!("You lack the permission to read the app's files and its last run in `{folder}`");
            Ok(Beside { lock, unread: vec![problem], ..Beside::default() })
        }
        Err(error) => Err(error),
    }
}

/// The deployed `app.yaml`; or why it can't be read. Operations that change something report that as an error.
async fn readable_manifest<H: Host>(
    preflight: &Preflight<'_, H>,
    folder: &WorkspacePath,
) -> Result<(Option<DeployedManifest>, Option<String>)> {
    match deployed_manifest(&preflight.client, folder).await {
        Err(error) if error.is("APP_YAML_UNREADABLE") || error.is("KEY_ENTRY_UNREADABLE") => {
            Ok((None, Some(error.message.clone())))
        }
        other => Ok((other?, None)),
    }
}

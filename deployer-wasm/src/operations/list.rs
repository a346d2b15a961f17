//! All Tellr apps that the caller can see in the workspace.
//!
//! The platform's list of apps doesn't say which of them are Tellr. An app is one if the `app.yaml` that it was
//! deployed from starts one of the two packages, or if the journal in the caller's own folder says that a run has
//! created it. Other users' files may be unreadable for the caller; then an app with the resources that the
//! deployer attaches counts as Tellr, and the list says what couldn't be read. What fails for one app is reported
//! with that app, and never fails the list.

use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::{StreamExt as _, join, pin_mut, stream};
use serde::{Deserialize, Serialize};

use super::Operation;
use super::inventory::{attached_name, database_kind, deployed_from};
use super::preflight::{Preflight, both};
use super::release::deployed_manifest;
use crate::config::{AppName, AppPackage, WorkspacePath};
use crate::decode::decode_text;
use crate::engine::Cancellation;
use crate::engine::journal::{Record, RunRecord};
use crate::engine::releases::{self, Releases};
use crate::error::{DeployError, Failure, Result};
use crate::host::{Host, Probe};
use crate::manifest::{self, DeployedManifest, REQUIREMENTS};
use crate::steps::{key, resources};
use crate::workspace::apps::{self, App, Resource};
use crate::workspace::identity::same_person;
use crate::workspace::{ErrorKind, database, files, postgres};

mod cost;
mod drift;

pub use cost::Cost;

/// How many apps are looked at at the same time.
const AT_ONCE: usize = 8;
/// The time limit for an app's own answer.
const ANSWER: Duration = Duration::from_secs(10);

/// The Tellr apps of a workspace. Determined with read-only requests.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct AppList {
    /// The Tellr apps, by name.
    pub apps: Vec<ListedApp>,
    /// How many apps of any kind the caller can see in the workspace.
    pub apps_in_workspace: usize,
}

/// A Tellr app.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct ListedApp {
    /// Its name.
    pub app_name: String,
    /// The folder of its files, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_file_workspace_path: Option<String>,
    /// Its URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its creator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
    /// The state of its compute, such as `ACTIVE`.
    pub compute: String,
    /// The size of its compute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_size: Option<String>,
    /// The state of its process, such as `RUNNING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Which of the two packages, according to the deployed files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_package: Option<String>,
    /// The version in the deployed files; absent if it is the newest one on the package index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
    /// The version that the app itself reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<String>,
    /// Whether it works.
    pub health: Health,
    /// Why it isn't healthy, or why that is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Whether the deployed app differs from its last release; absent if that is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<bool>,
    /// The number of the release that is deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<u32>,
    /// The latest run in the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<RunRecord>,
    /// Its database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_name: Option<String>,
    /// `autoscaling` or `provisioned`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_type: Option<String>,
    /// Its schema, according to the deployed files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_name: Option<String>,
    /// What it uses per hour.
    pub cost: Cost,
    /// What couldn't be read, and why; sentences without a full stop. Absent if everything was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
    pub unread: Vec<String>,
}

/// Whether an app works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Health {
    /// The app answered.
    Healthy,
    /// The platform reports that it runs; the app itself couldn't be asked.
    Unchecked,
    /// It is being started, deployed, updated or deleted.
    Changing,
    /// Its compute is stopped.
    Stopped,
    /// It isn't deployed.
    NotDeployed,
    /// It doesn't run, or doesn't answer as it should.
    Unhealthy,
}

/// Lists the Tellr apps of the workspace.
///
/// # Errors
/// The catalogue's entry, if the workspace can't be reached or has no apps.
pub async fn list<H: Host>(host: &H, cancellation: &Cancellation) -> Result<AppList> {
    let preflight = Preflight::looking(host, cancellation, Operation::Update, "");
    let listed = look(&preflight).await;
    preflight.told(listed)
}

async fn look<H: Host>(preflight: &Preflight<'_, H>) -> Result<AppList> {
    let all = async {
        let found = preflight.client.find_all(apps::list(None)).await;
        found.map(Option::unwrap_or_default).map_err(|error| match error.kind {
            ErrorKind::InterfaceMissing => Failure::AppsUnavailable { problem: error.into_message() }.into(),
            _ => DeployError::from(error),
        })
    };
    let (me, all) = both(preflight.me(), all).await?;
    let apps_in_workspace = all.apps.len();
    let looked = stream::iter(all.apps).map(|app| look_at(preflight, &me, app)).buffered(AT_ONCE);
    let mut apps: Vec<ListedApp> = looked.filter_map(async |app| app).collect().await;
    preflight.safe_point()?;
    apps.sort_by(|one, other| one.app_name.cmp(&other.app_name));
    Ok(AppList { apps, apps_in_workspace })
}

/// What is in an app's folder.
#[derive(Default)]
struct InFolder {
    manifest: Option<DeployedManifest>,
    record: Option<Record>,
    requirements: Option<String>,
    releases: Option<Releases>,
    drift: Option<bool>,
    unread: Vec<String>,
}

/// One app; `None` if it isn't Tellr.
async fn look_at<H: Host>(preflight: &Preflight<'_, H>, me: &str, app: App) -> Option<ListedApp> {
    let folder = deployed_from(&app).or_else(|| folder_of_new(&app, me));
    let mut there = InFolder::default();
    if let Some(folder) = &folder {
        match deployed_manifest(&preflight.client, folder).await {
            Ok(manifest) => there.manifest = manifest,
            Err(error) => there.unread.push(error.message.clone()),
        }
        let package = there.manifest.as_ref().and_then(DeployedManifest::package);
        // An app that a run has created, but not deployed yet; or whose `app.yaml` was deleted.
        let is_without = there.manifest.is_none() && has_our_resources(&app);
        if package.is_some() || app.source_path().is_none() || is_without {
            read_the_rest(preflight, &app, folder, &mut there).await;
        }
    }
    let package = there.manifest.as_ref().and_then(DeployedManifest::package);
    there.record = there.record.filter(|record| record.app_name == app.name);
    if there.manifest.is_none() && there.record.is_some() && app.source_path().is_some() {
        there.unread.push("Its `app.yaml` is missing: `update` writes it again".to_owned());
    }
    let is_tellr = package.is_some()
        || (there.manifest.is_none() && there.record.is_some())
        || (!there.unread.is_empty() && has_our_resources(&app));
    if !is_tellr {
        return None;
    }
    let kind = database_kind(Some(&app), there.record.as_ref(), there.manifest.as_ref());
    let database =
        attached_name(&app).or_else(|| there.manifest.as_ref()?.text("LAKEBASE_INSTANCE").map(str::to_owned));
    let (health, capacity) =
        join!(Box::pin(health(preflight, &app, package)), Box::pin(capacity(preflight, &app)));
    let (health, runs, problem) = health;
    let capacity = match capacity {
        Ok(capacity) => capacity,
        Err(problem) => {
            there.unread.push(problem);
            None
        }
    };
    let required = package.zip(there.requirements.as_deref());
    Some(ListedApp {
        app_file_workspace_path: folder.map(|folder| folder.to_string()),
        url: Some(app.address()).filter(|url| !url.is_empty()),
        compute: app.compute().to_owned(),
        app_package: package.map(|package| package.as_str().to_owned()),
        app_version: required.and_then(|(package, text)| manifest::required_version(text, package)),
        runs,
        health,
        problem,
        drift: there.drift,
        release: there.releases.as_ref().and_then(Releases::current).map(|release| release.number),
        last_run: there.record.map(|record| record.run),
        lakebase_name: database,
        lakebase_type: kind.map(|kind| kind.as_str().to_owned()),
        schema_name: there.manifest.as_ref().and_then(|it| it.text("LAKEBASE_SCHEMA")).map(str::to_owned),
        cost: Cost::of(app.compute(), (app.compute_size.as_deref(), app.compute_min_instances), capacity),
        unread: there.unread,
        app_name: app.name,
        creator: app.creator,
        compute_size: app.compute_size,
        state: app.app_status.state,
    })
}

/// The usual folder of an app of the caller that was never deployed.
fn folder_of_new(app: &App, me: &str) -> Option<WorkspacePath> {
    let is_mine = app.creator.as_deref().is_some_and(|creator| same_person(creator, me));
    let name = AppName::parse("app_name", &app.name).ok().filter(|_| is_mine)?;
    WorkspacePath::of_app(me, &name).ok()
}

/// Whether the record has both resources that only this deployer attaches under these names.
fn has_our_resources(app: &App) -> bool {
    let database = Resource::find(&app.resources, resources::DATABASE);
    let key = Resource::find(&app.resources, key::RESOURCE);
    matches!(database, Some(Resource::Postgres { .. } | Resource::Database { .. }))
        && matches!(key, Some(Resource::Secret { .. }))
}

async fn read_the_rest<H: Host>(
    preflight: &Preflight<'_, H>,
    app: &App,
    folder: &WorkspacePath,
    there: &mut InFolder,
) {
    let client = &preflight.client;
    let requirements = async {
        let call = files::export(&format!("{folder}/{REQUIREMENTS}"));
        Ok(client.find(call).await?.and_then(|exported| exported.text()))
    };
    let history = async { Ok(releases::read(client, folder.as_str(), &app.name).await??) };
    let (record, (requirements, history)): (Result<_>, (Result<_>, Result<Releases>)) =
        join!(preflight.journal(folder), async { join!(requirements, history) });
    let mut unread = |error: DeployError| there.unread.push(error.message.clone());
    there.record = record.unwrap_or_else(|error| {
        unread(error);
        None
    });
    there.requirements = requirements.unwrap_or_else(|error| {
        unread(error);
        None
    });
    match history {
        Ok(releases) => {
            there.drift = drift::of(client, app, folder, &releases).await.unwrap_or_else(|error| {
                unread(error.into());
                None
            });
            there.releases = Some(releases);
        }
        Err(error) => unread(error),
    }
}

/// `GET /api/version` of the app.
#[derive(Deserialize)]
struct Version {
    version: String,
}

/// Whether the app works, the version that it reports, and why it doesn't, or why that is unknown.
async fn health<H: Host>(
    preflight: &Preflight<'_, H>,
    app: &App,
    package: Option<AppPackage>,
) -> (Health, Option<String>, Option<String>) {
    let says = |status: &apps::Status| status.message.clone().filter(|message| !message.is_empty());
    let health = match (app.compute(), app.app_status.state.as_deref()) {
        ("STOPPED" | "STOPPING", _) => Health::Stopped,
        ("ERROR", _) => return (Health::Unhealthy, None, says(&app.compute_status)),
        ("ACTIVE", Some("RUNNING")) => Health::Unchecked,
        ("ACTIVE", Some("DEPLOYING")) => Health::Changing,
        ("ACTIVE", Some("CRASHED" | "UNAVAILABLE")) if app.active_deployment.is_some() => {
            return (Health::Unhealthy, None, says(&app.app_status));
        }
        ("ACTIVE", _) => Health::NotDeployed,
        _ => Health::Changing,
    };
    if health != Health::Unchecked {
        return (health, None, None);
    }
    if package == Some(AppPackage::DatabricksTellrApp) {
        let why = "The original app doesn't report its version".to_owned();
        return (health, None, Some(why));
    }
    let probe = Probe::AppVersion { app: app.name.clone() };
    let (asked, late) = (preflight.host.probe(&probe), preflight.host.sleep(ANSWER));
    pin_mut!(asked, late);
    let answer = match select(asked, late).await {
        Either::Left((Ok(answer), _)) => answer,
        Either::Left((Err(error), _)) => return (Health::Unchecked, None, Some(error.message)),
        Either::Right(_) => {
            let why = format!("Its URL did not answer within {} s", ANSWER.as_secs());
            return (Health::Unhealthy, None, Some(why));
        }
    };
    if answer.status == 200
        && let Ok(Version { version }) = decode_text(&answer.body)
    {
        return (Health::Healthy, Some(version), None);
    }
    match answer.status {
        300..=399 | 401 | 403 => {
            let why = format!(
                "Its URL did not accept this credential, status {}; personal access tokens are not accepted there",
                answer.status
            );
            (Health::Unchecked, None, Some(why))
        }
        status => {
            let why = format!("Its URL answered `/api/version` with status {status}");
            (Health::Unhealthy, None, Some(why))
        }
    }
}

/// The range of the database's compute units; or why it can't be read.
async fn capacity<H: Host>(preflight: &Preflight<'_, H>, app: &App) -> Result<Option<(f64, f64)>, String> {
    let client = &preflight.client;
    let message = |error: crate::workspace::ApiError| DeployError::from(error).message.clone();
    match Resource::find(&app.resources, resources::DATABASE) {
        Some(Resource::Postgres { branch, .. }) => {
            let endpoints = client.find_all(postgres::list_endpoints(&branch)).await.map_err(message)?;
            let endpoints = endpoints.unwrap_or_default().endpoints;
            Ok(endpoints.iter().find(|endpoint| endpoint.is_read_write()).and_then(postgres::Endpoint::range))
        }
        Some(Resource::Database { instance_name, .. }) => {
            let instance = client.find(database::get_instance(&instance_name)).await.map_err(message)?;
            Ok(instance.as_ref().and_then(database::Instance::units).map(|units| (units, units)))
        }
        _ => Ok(None),
    }
}

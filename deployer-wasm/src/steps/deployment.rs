//! Deploys the folder and waits until the app runs.

use std::time::Duration;

use serde_json::json;

use super::app_log::last_lines;
use super::resources::Attached;
use super::usual;
use crate::config::WorkspacePath;
use crate::engine::journal::Entry;
use crate::engine::releases::{Release, ReleasedFile};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::workspace::ErrorKind;
use crate::workspace::apps::{self, App, Deployment, HealthCheck};
use crate::workspace::identity::same_person;

/// The platform gives an app ten minutes to listen on its port, after it has installed it.
const DEPLOYING: Duration = Duration::from_mins(20);
/// How long to wait for another deployment to end, or for compute to accept deployments.
const BUSY: Duration = Duration::from_mins(20);
/// The maximum difference between two clocks, including times rounded to seconds.
const SLACK: Duration = Duration::from_mins(1);

/// What is deployed.
pub struct Candidate<'a> {
    /// The folder.
    pub folder: &'a WorkspacePath,
    /// What the platform asks the app before the deployment counts as succeeded.
    pub check: Option<HealthCheck>,
    /// The release to record; `None` if the deployment puts an earlier one back.
    pub release: Option<Release>,
    /// Whether to deploy even what is deployed already.
    pub anyway: bool,
}

/// Whether the platform runs a release of these files from `folder`: it is the last one that was deployed, and
/// nothing else was deployed since.
pub fn is_deployed(app: &App, current: Option<&Release>, folder: &str, files: &[ReleasedFile]) -> bool {
    let Some(current) = current.filter(|current| current.is_up() && current.files == files) else {
        return false;
    };
    let active = app.active_deployment.as_ref().filter(|active| {
        active.status.state.as_deref() == Some("SUCCEEDED")
            && active.source_code_path.as_deref() == Some(folder)
            && current.deployment_id.as_deref() == Some(active.deployment_id.as_str())
    });
    let is_pending = app
        .pending_deployment
        .as_ref()
        .is_some_and(|pending| pending.status.state.as_deref() == Some("IN_PROGRESS"));
    active.is_some() && !is_pending && app.app_status.state.as_deref() == Some("RUNNING")
}

/// Deploys a folder and waits for the deployment to end; the value is its id. What is deployed already isn't
/// deployed again.
///
/// # Errors
/// `DEPLOYMENT_FAILED` and its kin, or the workspace's refusal.
pub async fn deploy<H: Host>(
    step: StepHandle<'_, '_, H>,
    app: &Attached,
    candidate: Candidate<'_>,
) -> Result<Done<String>, StepError> {
    let Candidate { folder, check, release, anyway } = candidate;
    let record = &app.app.record;
    let (name, url) = (record.name.as_str(), record.address());
    let is_release = release.is_some();
    if let Some(release) = release {
        let releases = step.run.releases.now();
        let current = releases.current();
        if !anyway && !app.changed && is_deployed(record, current, folder.as_str(), &release.files) {
            let id = current.and_then(|current| current.deployment_id.clone()).unwrap_or_default();
            let number = current.map(|current| current.number).unwrap_or_default();
            return Ok(Done::unchanged(
                id,
                format!("the app `{name}` runs this already, as release {number}"),
            ));
        }
        step.safe_point()?;
        step.run.releases.begin(step.client(), release).await?;
    }
    let earlier = step.entry();
    step.intend(json!({"source": folder.as_str()})).await?;
    let mut deployment = trigger(&step, (name, &url), (folder, check), earlier.as_ref()).await?;
    let id = deployment.deployment_id.clone();
    step.did(json!({"source": folder.as_str(), "deployment_id": id.as_str()})).await?;
    step.waiting(format!("deploying the app `{name}`"));
    let poller = step.poller(DEPLOYING).telling(format!("deploying the app `{name}`"), usual::DEPLOYMENT);
    let mut told = String::new();
    loop {
        let message = deployment.status.message.clone().unwrap_or_default();
        let (app, problem) = (name.to_owned(), message.clone());
        match deployment.status.state.as_deref() {
            Some("SUCCEEDED") => {
                if is_release {
                    step.run.releases.set_deployment(&id);
                }
                return Ok(Done::changed(id, format!("deployed the app `{name}`")));
            }
            Some("FAILED") => {
                let log = last_lines(&step, name, deployment.create_time).await;
                return Err(Failure::DeploymentFailed { app, url, problem, log }.into());
            }
            Some("CANCELLED") => return Err(Failure::DeploymentCancelled { app, problem }.into()),
            _ => {}
        }
        // "In progress" was already reported; the platform also reports installing and starting.
        if !message.is_empty() && !message.to_ascii_lowercase().contains("in progress") && told != message {
            step.say(message.clone());
            told = message;
        }
        if !poller.again(&step).await? {
            let waited = poller.waited(&step);
            let log = last_lines(&step, name, deployment.create_time).await;
            return Err(Failure::DeploymentTimeout { app, url, waited, log }.into());
        }
        deployment = step.client().send(apps::get_deployment(name, &id)).await?;
    }
}

/// Starts a deployment, or joins the one that we started if its answer was lost.
async fn trigger<H: Host>(
    step: &StepHandle<'_, '_, H>,
    (name, url): (&str, &str),
    (folder, mut check): (&WorkspacePath, Option<HealthCheck>),
    earlier: Option<&Entry>,
) -> Result<Deployment, StepError> {
    let poller = step.poller(BUSY).telling("waiting until the app can be deployed", usual::DEPLOYMENT);
    let (mut by, mut uncertain) = (None, false);
    loop {
        let error = match step.client().send(apps::deploy(name, folder.as_str(), check.as_ref())).await {
            Ok(deployment) => return Ok(deployment),
            Err(error) if error.is(ErrorKind::Busy) => error,
            // A workspace that doesn't have this field yet. The app is asked afterwards anyway.
            Err(error) if error.is(ErrorKind::Invalid) && check.is_some() && error.says("health_check") => {
                check = None;
                continue;
            }
            Err(error) if error.is(ErrorKind::Invalid) => {
                let (app, url) = (name.to_owned(), url.to_owned());
                // Nothing was started, so there is no log.
                let (problem, log) = (error.into_problem(), Vec::new());
                return Err(Failure::DeploymentFailed { app, url, problem, log }.into());
            }
            Err(error) => return Err(error.into()),
        };
        uncertain |= error.uncertain;
        // Another deployment is in progress, or compute is not ready yet.
        let record = step.client().send(apps::get(name)).await?;
        let under_way = record
            .pending_deployment
            .filter(|pending| pending.status.state.as_deref() == Some("IN_PROGRESS"));
        if let Some(pending) = under_way {
            // Our request can only have started it if its answer was lost; the platform itself deploys an
            // older state of the same folder when compute is started.
            if uncertain && is_ours(step, &pending, folder, earlier) {
                return Ok(pending);
            }
            by.clone_from(&pending.creator);
            let who = pending.creator.as_deref().unwrap_or("somebody else");
            step.waiting(format!("waiting for the deployment that {who} started"));
        }
        if !poller.again(step).await? {
            let waited = poller.waited(step);
            return match by {
                None if !error.says("in progress") => Err(error.into()),
                by => Err(Failure::DeploymentBusy { app: name.to_owned(), by, waited }.into()),
            };
        }
    }
}

/// Whether `pending` was started by this run: from our folder, by us, after our request. One of an earlier
/// run may have older files, and is waited for instead.
fn is_ours<H: Host>(
    step: &StepHandle<'_, '_, H>,
    pending: &Deployment,
    folder: &WorkspacePath,
    earlier: Option<&Entry>,
) -> bool {
    let Some(intended) = step.entry() else {
        return false;
    };
    let not_earlier =
        earlier.is_none_or(|entry| entry.detail["deployment_id"] != pending.deployment_id.as_str());
    not_earlier
        && pending.source_code_path.as_deref() == Some(folder.as_str())
        && pending.creator.as_deref().is_none_or(|creator| same_person(creator, &step.run.me))
        && pending.create_time.is_none_or(|created| created.plus(SLACK) >= intended.at)
}

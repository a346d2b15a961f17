//! Deploys the folder and waits until the app runs.

use std::time::Duration;

use serde_json::json;

use super::app::ReadyApp;
use super::app_log::last_lines;
use super::usual;
use crate::config::WorkspacePath;
use crate::engine::journal::Entry;
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::workspace::ErrorKind;
use crate::workspace::apps::{self, Deployment};
use crate::workspace::identity::same_person;

/// The platform gives an app ten minutes to listen on its port, after it has installed it.
const DEPLOYING: Duration = Duration::from_mins(20);
/// How long to wait for another deployment to end, or for compute to accept deployments.
const BUSY: Duration = Duration::from_mins(20);
/// The maximum difference between two clocks, including times rounded to seconds.
const SLACK: Duration = Duration::from_mins(1);

/// Deploys `folder` and waits for the deployment to end; the value is its id.
///
/// # Errors
/// `DEPLOYMENT_FAILED` and its kin, or the workspace's refusal.
pub async fn deploy<H: Host>(
    step: StepHandle<'_, '_, H>,
    app: &ReadyApp,
    folder: &WorkspacePath,
) -> Result<Done<String>, StepError> {
    let (name, url) = (app.record.name.as_str(), app.record.address());
    let earlier = step.entry();
    step.intend(json!({"source": folder.as_str()})).await?;
    let mut deployment = trigger(&step, name, &url, folder, earlier.as_ref()).await?;
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
                return Ok(Done::changed(id, format!("deployed the app `{name}`")));
            }
            Some("FAILED") => {
                let log = last_lines(&step, name).await;
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
            let log = last_lines(&step, name).await;
            return Err(Failure::DeploymentTimeout { app, url, waited, log }.into());
        }
        deployment = step.client().send(apps::get_deployment(name, &id)).await?;
    }
}

/// Starts a deployment, or joins the one that we started if its answer was lost.
async fn trigger<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
    url: &str,
    folder: &WorkspacePath,
    earlier: Option<&Entry>,
) -> Result<Deployment, StepError> {
    let poller = step.poller(BUSY).telling("waiting until the app can be deployed", usual::DEPLOYMENT);
    let (mut by, mut uncertain) = (None, false);
    loop {
        let error = match step.client().send(apps::deploy(name, folder.as_str())).await {
            Ok(deployment) => return Ok(deployment),
            Err(error) if error.is(ErrorKind::Busy) => error,
            Err(error) if error.is(ErrorKind::Invalid) => {
                let (app, url) = (name.to_owned(), url.to_owned());
                // Nothing was started, so there is no log.
                let (problem, log) = (error.into_message(), Vec::new());
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

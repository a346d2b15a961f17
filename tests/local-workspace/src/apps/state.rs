//! The state of an app at a given time.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::spec::Spec;
use crate::clock::Timestamp;
use crate::identity::Principal;
use crate::problem::Problem;
use crate::settings::ComputeOutcome;

/// A start or deletion younger than this can't be interrupted by a deletion.
const NOT_TERMINAL_MS: u64 = 20 * 60_000;

/// An app.
#[derive(Clone)]
pub(super) struct App {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) spec: Spec,
    pub(super) url: String,
    pub(super) creator: String,
    pub(super) updater: String,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) service_principal: Principal,
    pub(super) client_secret: String,
    pub(super) compute: Compute,
    pub(super) deployments: Vec<Deployment>,
    /// Deployments before this one ended with a stop and are no longer active.
    pub(super) first_active: usize,
    pub(super) update: Option<Update>,
}

/// The last command for compute, and when it is done.
#[derive(Clone, Debug)]
pub(super) enum Compute {
    Stopped,
    Starting { since: Timestamp, until: Timestamp, outcome: ComputeOutcome },
    Stopping { until: Timestamp },
    Deleting { since: Timestamp, until: Timestamp },
}

/// The states of the platform's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ComputeState {
    Error,
    Deleting,
    Starting,
    Stopping,
    Updating,
    Stopped,
    Active,
}

impl ComputeState {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Deleting => "DELETING",
            Self::Starting => "STARTING",
            Self::Stopping => "STOPPING",
            Self::Updating => "UPDATING",
            Self::Stopped => "STOPPED",
            Self::Active => "ACTIVE",
        }
    }
}

/// The source files at the time of the deployment, by relative path.
pub(super) type Snapshot = Arc<Vec<(String, Vec<u8>)>>;

/// One deployment of source code.
#[derive(Clone)]
pub(super) struct Deployment {
    pub(super) id: String,
    /// The original request.
    pub(super) request: Map<String, Value>,
    pub(super) creator: String,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) snapshot: Option<Snapshot>,
    /// Its outcome, from `not_before` on.
    pub(super) ending: Option<Ending>,
    pub(super) not_before: Timestamp,
    /// Why the app crashed after its start, if that was scripted.
    pub(super) crash: Option<String>,
}

/// The outcome of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Succeeded,
    Failed(String),
    Cancelled(String),
}

impl Deployment {
    pub(super) fn ending(&self, now: Timestamp) -> Option<&Ending> {
        self.ending.as_ref().filter(|_| now >= self.not_before)
    }
}

/// An asynchronous update; it changes the app when it is done.
#[derive(Clone)]
pub(super) struct Update {
    pub(super) until: Timestamp,
    pub(super) wanted: Spec,
    pub(super) resizes: bool,
    pub(super) failure: Option<String>,
    pub(super) applied: bool,
}

impl App {
    pub(super) fn compute_state(&self, now: Timestamp) -> ComputeState {
        match &self.compute {
            Compute::Deleting { .. } => ComputeState::Deleting,
            Compute::Stopping { until } if now < *until => ComputeState::Stopping,
            Compute::Stopping { .. } | Compute::Stopped => ComputeState::Stopped,
            Compute::Starting { until, outcome, .. } => match outcome {
                ComputeOutcome::Never => ComputeState::Starting,
                _ if now < *until => ComputeState::Starting,
                ComputeOutcome::Error { .. } => ComputeState::Error,
                ComputeOutcome::Active if self.is_resizing(now) => ComputeState::Updating,
                ComputeOutcome::Active => ComputeState::Active,
            },
        }
    }

    fn is_resizing(&self, now: Timestamp) -> bool {
        self.update.as_ref().is_some_and(|update| update.resizes && now < update.until)
    }

    pub(super) fn compute_message(&self, now: Timestamp) -> String {
        match (self.compute_state(now), &self.compute) {
            (ComputeState::Error, Compute::Starting { outcome: ComputeOutcome::Error { message }, .. }) => {
                message.clone()
            }
            (ComputeState::Active, _) => "App compute is running.".to_owned(),
            (ComputeState::Stopped, _) => "App compute is stopped.".to_owned(),
            (state, _) => format!("App compute is {}.", state.as_str().to_lowercase()),
        }
    }

    pub(super) fn is_gone(&self, now: Timestamp) -> bool {
        matches!(self.compute, Compute::Deleting { until, .. } if now >= until)
    }

    /// Applies an update that is done.
    pub(super) fn settle(&mut self, now: Timestamp) {
        if let Some(update) = self.update.as_mut().filter(|update| !update.applied && now >= update.until) {
            update.applied = true;
            if update.failure.is_none() {
                self.spec = update.wanted.clone();
                self.updated = update.until;
            }
        }
    }

    pub(super) fn pending_deployment(&self, now: Timestamp) -> Option<&Deployment> {
        self.deployments
            .iter()
            .skip(self.first_active)
            .rev()
            .find(|deployment| deployment.ending(now).is_none())
    }

    pub(super) fn active_deployment(&self, now: Timestamp) -> Option<&Deployment> {
        self.deployments
            .iter()
            .skip(self.first_active)
            .rev()
            .find(|deployment| deployment.ending(now) == Some(&Ending::Succeeded))
    }

    /// The deployment that a start restarts.
    pub(super) fn last_good_deployment(&self, now: Timestamp) -> Option<&Deployment> {
        self.deployments.iter().rev().find(|deployment| deployment.ending(now) == Some(&Ending::Succeeded))
    }

    pub(super) fn check_updatable(&self, now: Timestamp) -> Result<(), Problem> {
        let state = self.compute_state(now);
        if !matches!(state, ComputeState::Active | ComputeState::Stopped) {
            return Err(Problem::bad_request(format!(
                "Cannot update app {} as its compute is in {} state. App compute needs to be ACTIVE or STOPPED to update.",
                self.name,
                state.as_str()
            )));
        }
        if self.pending_deployment(now).is_some() {
            return Err(Problem::bad_request(format!(
                "Cannot update app {} as there is a pending deployment in progress",
                self.name
            )));
        }
        if self.update.as_ref().is_some_and(|update| now < update.until) {
            return Err(Problem::bad_request(format!(
                "Cannot update app {} as there is a pending update in progress",
                self.name
            )));
        }
        Ok(())
    }

    pub(super) fn check_deployable(&self, now: Timestamp) -> Result<(), Problem> {
        if self.compute_state(now) != ComputeState::Active {
            return Err(Problem::bad_request(format!(
                "Cannot deploy app {} as it is not in RUNNING state",
                self.name
            )));
        }
        if self.pending_deployment(now).is_some() {
            return Err(Problem::bad_request(format!(
                "Cannot deploy app {} as there is an active deployment in progress",
                self.name
            )));
        }
        Ok(())
    }

    pub(super) fn check_deletable(&self, now: Timestamp) -> Result<(), Problem> {
        let since = match (&self.compute, self.compute_state(now)) {
            (Compute::Deleting { since, .. }, _)
            | (Compute::Starting { since, .. }, ComputeState::Starting) => *since,
            _ => return Ok(()),
        };
        if now.ms_since(since) >= NOT_TERMINAL_MS {
            return Ok(());
        }
        Err(Problem::bad_request(format!(
            "Cannot delete app {} as it is not terminal with state {}, and was updated less than 20 minutes ago. Please wait before trying again.",
            self.name,
            self.compute_state(now).as_str()
        )))
    }

    /// Ends running deployments, because compute is stopped.
    pub(super) fn end_deployments(&mut self, now: Timestamp) {
        for deployment in &mut self.deployments {
            if deployment.ending(now).is_none() {
                deployment.ending =
                    Some(Ending::Cancelled("The app was stopped during the deployment.".to_owned()));
                deployment.not_before = now;
                deployment.updated = now;
            }
        }
        self.first_active = self.deployments.len();
    }
}

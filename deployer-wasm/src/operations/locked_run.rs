//! A run that holds the app's lock: runs the steps while renewing the lock, and cleans up journal and lock at
//! the end.

use std::rc::Rc;

use crate::cancellation::StopReason;
use crate::engine::journal::RunStatus;
use crate::engine::lock::{HeldLock, Lost};
use crate::engine::releases::{Release, ReleaseState};
use crate::engine::{Graph, Output, Run, StepError, StepReport};
use crate::error::{DeployError, Failure, Result};
use crate::host::Host;
use crate::steps::verify::Health;

/// What came of a deployment.
pub(super) struct Deployed {
    /// The platform's id; empty if nothing had to be deployed and none is known.
    pub(super) deployment_id: String,
    /// The number of the release that is deployed, if it could be recorded.
    pub(super) release: Option<u32>,
    /// The app's URL.
    pub(super) url: String,
}

/// An operation that holds the lock.
pub(super) struct LockedRun<'a, H> {
    pub(super) run: Run<'a, H>,
    pub(super) lock: Rc<HeldLock<'a, H>>,
    pub(super) app: String,
    pub(super) preflight: StepReport,
}

impl<H: Host> LockedRun<'_, H> {
    /// Runs the steps while renewing the lock. On failure, the journal is closed and the lock released here;
    /// on success, [`LockedRun::finish`] does so once the result is known. The reports begin with the
    /// preflight's.
    pub(super) async fn run(&self, title: String, graph: Graph<'_>) -> Result<Vec<StepReport>> {
        match self.steps(title, graph).await {
            Ok(reports) => Ok(reports),
            Err(error) => Err(self.fail(error).await),
        }
    }

    /// Runs the steps while renewing the lock. Afterwards either [`LockedRun::finish`] or [`LockedRun::fail`] has
    /// to end the run.
    pub(super) async fn steps(&self, title: String, graph: Graph<'_>) -> Result<Vec<StepReport>> {
        let Run { narrator, cancellation, .. } = &self.run;
        narrator.plan(title, graph.plan());
        let (mut reports, ending) = self.lock.during(self.run.steps(graph)).await;
        reports.insert(0, self.preflight.clone());
        match ending {
            Ok(()) => Ok(reports),
            // An interrupted wait looks like a failure of what was waited for.
            Err(StepError::Failed(error)) if cancellation.reason() == Some(StopReason::StepFailed) => {
                Err(error)
            }
            Err(_) => Err(self.interruption().await),
        }
    }

    /// Ends a run that failed: records that, closes the journal, releases the lock. Returns the error.
    pub(super) async fn fail(&self, error: DeployError) -> DeployError {
        let Run { client, narrator, cancellation, journal, releases, .. } = &self.run;
        client.close();
        if self.lock.lost().is_none() {
            let asked = cancellation.reason() == Some(StopReason::Asked);
            // A run that is cancelled after its deployment leaves that release running. Its health was not checked.
            let deployment = releases.deployment().filter(|_| error.is("CANCELLED"));
            // If this can't be written, the release stays as one whose run died.
            let ended = |release: &mut Release| {
                if release.state == ReleaseState::Deploying {
                    release.state = match deployment {
                        Some(_) => ReleaseState::Unchecked,
                        None => ReleaseState::Failed,
                    };
                    release.problem = Some(error.message.clone());
                    release.deployment_id = deployment;
                }
            };
            releases.change(client, ended).await.ok();
            let status = if asked { RunStatus::Cancelled } else { RunStatus::Failed };
            // The original error takes precedence. If this fails, the journal stays at "running" and the lock
            // stays until it expires, as after a run that died, which the next run can handle.
            journal.end(client, status).await.ok();
            self.lock.release().await.ok();
        }
        narrator.failed(&error);
        error
    }

    /// Records how the deployment of this run's release ended, given the outputs of the steps that deployed and
    /// checked it. That it can't be recorded doesn't undo it.
    pub(super) async fn deployed(&self, deployment: &Output<String>, health: &Output<Health>) -> Deployed {
        let (deployment_id, health) =
            (deployment.get().unwrap_or_default(), health.get().unwrap_or_default());
        let release = self.record(deployment_id.clone(), &health).await;
        Deployed { deployment_id, release, url: health.url }
    }

    /// Records that the app runs in this run's release. Returns the number of the release that is deployed.
    async fn record(&self, deployment: String, health: &Health) -> Option<u32> {
        let Run { client, narrator, releases, .. } = &self.run;
        let healthy = |release: &mut Release| {
            release.state = match health.unchecked {
                Some(_) => ReleaseState::Unchecked,
                None => ReleaseState::Healthy,
            };
            release.problem.clone_from(&health.unchecked);
            release.runs.clone_from(&health.runs);
            release.tables = health.tables;
            release.deployment_id = Some(deployment);
        };
        let recorded = releases.change(client, healthy).await;
        if recorded.is_err() {
            // As far as is known it hasn't run, so its wheel would count as not needed.
            narrator.notice("this release could not be recorded; the next run deploys it again");
        } else if releases.begun().is_some() {
            // Housekeeping: it doesn't matter to this run whether it succeeds.
            releases.tidy(client).await.ok();
        }
        releases.begun().or_else(|| releases.now().current().map(|current| current.number))
    }

    /// Ends a run that succeeded.
    ///
    /// # Errors
    /// If another run has taken over: the app's state then depends on that run.
    pub(super) async fn finish(&self, message: String, url: Option<String>) -> Result<()> {
        let Run { client, narrator, journal, .. } = &self.run;
        client.close();
        let ended = journal.end(client, RunStatus::Finished).await;
        if let Some(error) = self.loss().await {
            narrator.failed(&error);
            return Err(error);
        }
        if ended.is_err() || self.lock.release().await.is_err() {
            narrator.notice("the journal could not be closed; the next run starts about a minute later");
        }
        narrator.finished(message, url);
        Ok(())
    }

    /// Why the lock was lost, if it was. If the run that took over has already ended, its user is known from
    /// the journal.
    async fn loss(&self) -> Option<DeployError> {
        let loss = self.lock.lost()?;
        let successor = match loss {
            Lost::Gone => self.run.journal.successor(&self.run.client).await,
            Lost::TakenBy(_) | Lost::Unrenewed(_) => None,
        };
        Some(loss.told(&self.app, successor))
    }

    async fn interruption(&self) -> DeployError {
        if let Some(error) = self.loss().await {
            return error;
        }
        let (app, stands) = (self.app.clone(), self.run.journal.begun_in_this_run());
        Failure::Cancelled { app, stands }.into()
    }
}

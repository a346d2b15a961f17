//! The health gate: if the app isn't healthy after a deployment, the previous release is put back.
//!
//! A deployment can succeed in the platform's eyes and leave an app that crashes, never becomes ready, or still runs
//! the previous version. The release that was deployed before is known with its files and settings, so it is
//! deployed again, in the same run and under the same lock. The database is not changed: migrations only add. Whether
//! the earlier program works with the tables as they are now is not known before, as a release that failed has told
//! nothing about them: if it doesn't, it doesn't become ready, and the error says that it wasn't put back. What a reset
//! has dropped stays dropped; its restore point is named by the error.

use super::locked_run::LockedRun;
use super::release::{again, expected_again, health_check, recorded_texts};
use crate::config::{AppPackage, OnFailure, WorkspacePath};
use crate::engine::journal::EntryState;
use crate::engine::releases::{Release, ReleaseState};
use crate::engine::{Graph, Output, Run, StepReport};
use crate::error::{DeployError, Failure, Result};
use crate::host::Host;
use crate::manifest::{APP_YAML, KeySource, REQUIREMENTS};
use crate::steps::deployment::{self, Candidate};
use crate::steps::files::{self, AppFile};
use crate::steps::key::{self, KeyPlace};
use crate::steps::lakebase::Lakebase;
use crate::steps::{app, resources, verify};
use crate::workspace::apps;

/// The failures of an app, as opposed to those of the way to it.
const UNHEALTHY: [&str; 5] =
    ["DEPLOYMENT_FAILED", "DEPLOYMENT_TIMEOUT", "APP_CRASHED", "APP_NOT_READY", "APP_VERSION_DIFFERS"];

/// Where the data is that this run has taken out of the schema, if it has and there is a restore point.
fn emptied<H: Host>(run: &Run<'_, H>) -> Option<String> {
    let of_this_run = |step: &str| {
        run.journal
            .entry(step)
            .filter(|entry| entry.run == run.journal.run() && entry.state == EntryState::Done)
    };
    let point = of_this_run("restore_point").filter(|_| of_this_run("schema").is_some())?;
    let branch = point.detail["branch_id"].as_str()?.to_owned();
    Some(format!(
        "The schema was emptied, and stays so; its data is in the branch `{branch}`: `restore --from {branch}` brings it back"
    ))
}

/// What happens if the app isn't healthy after its deployment.
pub(super) struct Gate<'a> {
    /// Whether the previous release is put back.
    pub(super) on_failure: OnFailure,
    /// The app.
    pub(super) app: &'a str,
    /// The folder of its files.
    pub(super) folder: &'a WorkspacePath,
}

impl Gate<'_> {
    /// Runs the steps, and puts the previous release back if the app isn't healthy: on the given database, with the
    /// key.
    ///
    /// # Errors
    /// The run's failure. The run has ended then.
    pub(super) async fn run<H: Host>(
        &self,
        locked: &LockedRun<'_, H>,
        title: String,
        graph: Graph<'_>,
        (lakebase, key): (impl FnOnce() -> Option<Lakebase>, &Output<KeyPlace>),
    ) -> Result<Vec<StepReport>> {
        let error = match locked.steps(title, graph).await {
            Ok(reports) => return Ok(reports),
            Err(error) => error,
        };
        let emptied = emptied(&locked.run);
        if let Some(sentence) = &emptied {
            locked.run.narrator.notice(sentence.clone());
        }
        let releases = locked.run.releases.now();
        let (failed, previous) = (locked.run.releases.begun(), releases.current().cloned());
        let parts = failed.zip(previous).zip(lakebase().zip(key.get()));
        let is_unhealthy = UNHEALTHY.iter().any(|code| error.is(code));
        let Some(((failed, previous), (lakebase, key))) = parts.filter(|_| is_unhealthy) else {
            return Err(locked.fail(error).await);
        };
        if self.on_failure == OnFailure::Keep || !locked.run.cancellation.go_on_after_failure() {
            return Err(locked.fail(error).await);
        }
        let put_back = self.put_back(locked, &previous, (lakebase, key), &error).await;
        let (app, release, previous) = (self.app.to_owned(), failed, previous.number);
        let told = Failure::ReleaseFailed {
            app,
            release,
            previous,
            problem: match emptied {
                Some(sentence) => format!("{}. {}. {sentence}", error.message, error.cause),
                None => format!("{}. {}", error.message, error.cause),
            },
            not_put_back: put_back.err().map(|problem| problem.message.clone()),
            remedy: error.remedy.clone(),
            log: error.log.clone(),
        };
        // `problem` has the cause in words; this is its name, for programs.
        let mut told = DeployError::from(told);
        told.reason.clone_from(&error.reason);
        Err(locked.fail(told).await)
    }

    /// Deploys `previous` again.
    async fn put_back<H: Host>(
        &self,
        locked: &LockedRun<'_, H>,
        previous: &Release,
        (lakebase, key): (Lakebase, KeyPlace),
        error: &DeployError,
    ) -> Result<()> {
        let Self { app: name, folder, .. } = *self;
        let run = &locked.run;
        let number = previous.number;
        run.narrator.notice(format!("the app isn't healthy; putting release {number} back"));
        let source = match &key {
            KeyPlace::Secret { .. } => KeySource::Secret { resource: key::RESOURCE },
            KeyPlace::AppYaml(key) => KeySource::Literal(key),
            KeyPlace::Database => KeySource::Database,
        };
        let [app_yaml, requirements] = recorded_texts(previous, &lakebase.connection, source);
        let wanted = again(previous, &lakebase, &key);
        let mut graph = Graph::new();
        let files = graph.add("put_back_files", format!("the files of release {number}"), (), move |()| {
            let all = [(APP_YAML, app_yaml), (REQUIREMENTS, requirements)];
            let all = all.map(|(name, text)| AppFile { name: name.to_owned(), content: text.into_bytes() });
            files::upload(run.step("put_back_files"), folder, all.into(), Vec::new())
        });
        let settings = graph.add(
            "put_back_settings",
            format!("the settings of release {number}"),
            (),
            move |()| async move {
                let record = run.client.send(apps::get(name)).await?;
                let ready = app::ready(run.step("put_back_settings"), record).await?.into_value();
                resources::bring_up_to_date(run.step("put_back_settings"), ready, wanted).await
            },
        );
        let deployment = graph.add(
            "put_back_deployment",
            format!("the deployment of release {number}"),
            (settings, files),
            move |(app, _)| async move {
                let package = AppPackage::parse("app_package", &previous.package);
                let check = package.ok().and_then(health_check);
                let candidate = Candidate { folder, check, release: None, anyway: true };
                deployment::deploy(run.step("put_back_deployment"), &app, candidate).await
            },
        );
        graph.add("put_back_check", format!("release {number} runs"), (deployment.done(),), move |_| {
            verify::verify(run.step("put_back_check"), name, expected_again(previous))
        });
        locked.steps(format!("put release {number} of the app `{name}` back"), graph).await?;
        let recorded = run
            .releases
            .put_back(&run.client, number, deployment.get(), |failed| {
                failed.state = ReleaseState::Failed;
                failed.problem = Some(error.message.clone());
            })
            .await;
        run.journal.put_back(number);
        if recorded.is_err() {
            run.narrator.notice("that the previous release runs could not be recorded");
        }
        Ok(())
    }
}

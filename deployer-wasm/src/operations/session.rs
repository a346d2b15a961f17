//! What every operation does around its steps: find out who is asking and what is there, take the
//! lock, run the graph while renewing the lock, and leave the journal and the lock in order
//! however it ended.

use futures_util::future::{Either, select};
use futures_util::{join, pin_mut};

use crate::config::{AppName, WorkspacePath};
use crate::engine::cancel::StopReason;
use crate::engine::journal::{self, Journal, Record, RunRecord, RunStatus};
use crate::engine::lock::{Acquired, Claim, Lock};
use crate::engine::narrator::Narrator;
use crate::engine::{Cancellation, Graph, Run, StepError, StepReport};
use crate::error::{DeployError, Failure, Result};
use crate::events::StepState;
use crate::host::{Host, Timestamp};
use crate::steps::files;
use crate::steps::lakebase::Kind;
use crate::workspace::apps::{App, Resource};
use crate::workspace::{Client, files as workspace_files, identity};

const PREFLIGHT: &str = "preflight";

/// An operation that has begun and changed nothing yet.
pub(super) struct Session<'a, H> {
    pub(super) host: &'a H,
    pub(super) client: Client<'a, H>,
    pub(super) narrator: Narrator<'a, H>,
    cancellation: &'a Cancellation,
    operation: &'static str,
    app: String,
    run: String,
    began: Timestamp,
}

/// An operation that holds the lock.
pub(super) struct Locked<'a, H> {
    pub(super) run: Run<'a, H>,
    lock: Lock,
    app: String,
    preflight: StepReport,
    /// The run that this one goes on with: the one before it, if it was the same operation on the
    /// same app and did not end well.
    pub(super) resumed: Option<String>,
}

impl<'a, H: Host> Session<'a, H> {
    pub(super) fn begin(
        host: &'a H,
        cancellation: &'a Cancellation,
        operation: &'static str,
        app: &str,
    ) -> Self {
        let mut random = [0u8; 8];
        host.random(&mut random);
        let run = format!("{:016x}", u64::from_be_bytes(random));
        let (client, narrator) = (Client::new(host), Narrator::new(host, run.clone()));
        narrator.step(
            PREFLIGHT,
            StepState::Started,
            format!("looking at what is there before the {operation}"),
        );
        Self { host, client, narrator, cancellation, operation, app: app.to_owned(), run, began: host.now() }
    }

    /// Tells an error that ended the run before it had the lock.
    pub(super) fn told<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.map_err(|error| {
            let error = error.in_step(PREFLIGHT);
            self.narrator.failed(&error);
            error
        })
    }

    /// The user name of who is asking.
    pub(super) async fn me(&self) -> Result<String> {
        Ok(self.client.send(identity::me()).await?.user_name)
    }

    /// The journal of a folder.
    pub(super) async fn journal(&self, folder: &WorkspacePath) -> Result<Option<Record>> {
        Ok(journal::read(&self.client, folder.as_str()).await??)
    }

    /// Takes the lock of `folder`, making the folder if need be, and reads the journal again under
    /// it: until now somebody else may have written there.
    pub(super) async fn lock(self, folder: &WorkspacePath, me: String) -> Result<Locked<'a, H>> {
        let outcome = self.try_lock(folder, &me).await;
        let (lock, earlier) = self.told(outcome)?;
        let resumed = earlier
            .as_ref()
            .filter(|record| record.app_name == self.app && unfinished(&record.run, self.operation))
            .map(|record| record.run.id.clone());
        let Self { host, client, narrator, cancellation, operation, app, run, began } = self;
        let (step, elapsed) = (PREFLIGHT.to_owned(), host.now().since(began));
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let preflight = StepReport { step, state: StepState::Unchanged, started_ms: 0, elapsed_ms };
        let message = if resumed.is_some() {
            "going on where an earlier run stopped"
        } else {
            "nothing stands in the way"
        };
        narrator.ended(PREFLIGHT, StepState::Unchanged, message.to_owned(), elapsed, None);
        let record = RunRecord {
            id: run,
            operation: operation.to_owned(),
            by: me.clone(),
            started_at: client.workspace_now(),
            status: RunStatus::Running,
        };
        let journal = Journal::begin(folder.as_str(), &app, record, earlier);
        let run = Run { host, client, narrator, cancellation, journal, me };
        Ok(Locked { run, lock, app, preflight, resumed })
    }

    async fn try_lock(&self, folder: &WorkspacePath, me: &str) -> Result<(Lock, Option<Record>)> {
        if self.cancellation.reason().is_some() {
            return Err(Failure::Cancelled { app: self.app.clone(), stands: Vec::new() }.into());
        }
        let place = journal::folder(folder.as_str());
        let made = self.client.send(workspace_files::mkdirs(&place)).await;
        made.map_err(|error| files::refused(folder.as_str(), error))?;
        let claim = Claim { run: &self.run, holder: me, operation: self.operation, app: &self.app };
        let found = |holder: &str, left: std::time::Duration| {
            self.narrator.notice(format!(
                "{holder} holds the lock of this app; it is taken over in {} s unless it is renewed",
                left.as_secs() + 1
            ));
        };
        let lock = match Lock::acquire(self.host, &self.client, folder.as_str(), &claim, found).await? {
            Acquired::Mine(lock) => lock,
            Acquired::Taken(failure) => return Err(failure.into()),
        };
        match self.journal(folder).await {
            Ok(earlier) => Ok((lock, earlier)),
            Err(error) => {
                // The error is what matters; a lock that stays expires by itself.
                lock.release(&self.client).await.ok();
                Err(error)
            }
        }
    }
}

impl<H: Host> Locked<'_, H> {
    /// Runs the steps, then `finish`es the journal and frees the lock. The reports begin with the
    /// preflight's.
    pub(super) async fn run(&self, title: String, graph: Graph<'_>) -> Result<Vec<StepReport>> {
        let Run { host, client, narrator, cancellation, journal, .. } = &self.run;
        narrator.plan(title, graph.plan());
        let (mut reports, ending) = {
            let steps = graph.run(*host, narrator, cancellation);
            let keeping = self.keep_lock();
            pin_mut!(steps, keeping);
            match select(steps, keeping).await {
                Either::Left((ended, _)) => ended,
                Either::Right(((), steps)) => steps.await,
            }
        };
        reports.insert(0, self.preflight.clone());
        let error = match ending {
            Ok(()) => return Ok(reports),
            Err(StepError::Failed(error)) => *error,
            Err(StepError::Interrupted) => self.interruption(),
        };
        let status = if error.is("CANCELLED") { RunStatus::Cancelled } else { RunStatus::Failed };
        if !error.is("LOCK_LOST") {
            // The error is what matters. A journal that stays at "running" and a lock that stays
            // until it expires are what a run that died leaves, and the next run copes with those.
            journal.end(client, status).await.ok();
            self.lock.release(client).await.ok();
        }
        narrator.failed(&error);
        Err(error)
    }

    /// Ends a run that went well.
    pub(super) async fn finish(&self, message: String, url: Option<String>) {
        let Run { client, narrator, journal, .. } = &self.run;
        let (ended, released) =
            (journal.end(client, RunStatus::Finished).await, self.lock.release(client).await);
        if ended.is_err() || released.is_err() {
            narrator.notice("the journal could not be closed; the next run takes a minute longer to begin");
        }
        narrator.finished(message, url);
    }

    /// Renews the lock; when that fails for good, stops the run.
    async fn keep_lock(&self) {
        let holder = match self.lock.keep(self.run.host, &self.run.client).await {
            Ok(holder) => holder,
            Err(error) => format!("nobody known, as it could not be renewed ({})", error.message),
        };
        self.run.cancellation.stop(StopReason::LockLost(holder));
    }

    fn interruption(&self) -> DeployError {
        let app = self.app.clone();
        match self.run.cancellation.reason() {
            Some(StopReason::LockLost(holder)) => Failure::LockLost { app, holder }.into(),
            _ => Failure::Cancelled { app, stands: self.run.journal.done_in_this_run() }.into(),
        }
    }
}

/// Whether `run` was this operation, and died or failed.
pub(super) fn unfinished(run: &RunRecord, operation: &str) -> bool {
    run.operation == operation && run.status != RunStatus::Finished
}

/// The folder given, else the one the app was deployed from, else the usual one.
pub(super) fn folder(
    given: Option<&WorkspacePath>,
    record: Option<&App>,
    app: &AppName,
    me: &str,
) -> Result<WorkspacePath> {
    if let Some(folder) = given {
        return Ok(folder.clone());
    }
    let deployed = record.and_then(App::source_path);
    match deployed.and_then(|path| WorkspacePath::parse("source_code_path", path).ok()) {
        Some(folder) => Ok(folder),
        None => Ok(WorkspacePath::of_app(me, app)?),
    }
}

/// The kind of database that an app has attached.
pub(super) fn attached_kind(app: Option<&App>) -> Option<Kind> {
    match Resource::find(&app?.resources, crate::steps::resources::DATABASE)? {
        Resource::Postgres { .. } => Some(Kind::Autoscaling),
        Resource::Database { .. } => Some(Kind::Provisioned),
        Resource::Secret { .. } => None,
    }
}

/// The name of the database that an app has attached.
pub(super) fn attached_name(app: &App) -> Option<String> {
    match Resource::find(&app.resources, crate::steps::resources::DATABASE)? {
        Resource::Postgres { branch, .. } => branch.split('/').nth(1).map(str::to_owned),
        Resource::Database { instance_name, .. } => Some(instance_name),
        Resource::Secret { .. } => None,
    }
}

/// Both of two reads that don't wait for each other.
pub(super) async fn both<A, B>(
    one: impl Future<Output = Result<A>>,
    other: impl Future<Output = Result<B>>,
) -> Result<(A, B)> {
    let (one, other) = join!(one, other);
    Ok((one?, other?))
}

//! What every operation does around its steps: find out who is asking and what is there, take the
//! lock, run the graph while renewing the lock, and leave the journal and the lock in order
//! however it ended.

use futures_util::future::{Either, select};
use futures_util::{join, pin_mut};

use crate::cancellation::StopReason;
use crate::config::{AppName, WorkspacePath};
use crate::engine::journal::{self, Journal, Record, RunRecord, RunStatus};
use crate::engine::lock::{Acquired, Claim, Lock, Lost};
use crate::engine::narrator::Narrator;
use crate::engine::{Cancellation, Graph, Run, StepError, StepReport};
use crate::error::{DeployError, Failure, Result};
use crate::events::StepState;
use crate::host::{Host, Timestamp};
use crate::manifest::DeployedManifest;
use crate::steps::lakebase::Kind;
use crate::steps::{files, resources};
use crate::workspace::apps::{self, App, Resource};
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
        let (client, narrator) = (Client::new(host, cancellation), Narrator::new(host, run.clone()));
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
            // A wait that was cut short looks like a failure of what was waited for.
            let error = match self.cancellation.reason() {
                Some(_) => Failure::Cancelled { app: self.app.clone(), stands: Vec::new() }.into(),
                None => error.in_step(PREFLIGHT),
            };
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
        let resuming = earlier.as_ref().is_some_and(|record| unfinished(record, &self.app, self.operation));
        let Self { host, client, narrator, cancellation, operation, app, run, began } = self;
        let (step, elapsed) = (PREFLIGHT.to_owned(), host.now().since(began));
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let preflight = StepReport { step, state: StepState::Unchanged, started_ms: 0, elapsed_ms };
        let message =
            if resuming { "going on where an earlier run stopped" } else { "nothing stands in the way" };
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
        Ok(Locked { run, lock, app, preflight })
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
        let earlier = match self.journal(folder).await {
            Ok(earlier) => self.refuse_other_journal(folder, earlier).await,
            Err(error) => Err(error),
        };
        match earlier {
            Ok(earlier) => Ok((lock, earlier)),
            Err(error) => {
                // The error is what matters; a lock that stays expires by itself.
                lock.release(&self.client).await.ok();
                Err(error)
            }
        }
    }

    /// Refuses a folder that another app is deployed from, as long as there is that app.
    async fn refuse_other_journal(
        &self,
        folder: &WorkspacePath,
        record: Option<Record>,
    ) -> Result<Option<Record>> {
        if let Some(other) =
            record.as_ref().map(|record| record.app_name.as_str()).filter(|other| *other != self.app)
        {
            let there = self.client.find(apps::get(other)).await?;
            if there.is_some_and(|app| app.compute() != "DELETING") {
                let (path, other) = (folder.to_string(), other.to_owned());
                return Err(Failure::FolderInUse { path, other }.into());
            }
        }
        Ok(record)
    }
}

impl<H: Host> Locked<'_, H> {
    /// Runs the steps while renewing the lock. When that ends badly, the journal is closed and the
    /// lock freed here; when it ends well, [`Locked::finish`] does so, once the result is known.
    /// The reports begin with the preflight's.
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
            // A wait that was cut short looks like a failure of what was waited for.
            Err(StepError::Failed(error)) if cancellation.reason() == Some(StopReason::StepFailed) => *error,
            Err(_) => self.interruption(),
        };
        let (status, lock_is_ours) = match cancellation.reason() {
            Some(StopReason::Asked) => (RunStatus::Cancelled, true),
            Some(StopReason::LockLost(_)) => (RunStatus::Failed, false),
            Some(StopReason::StepFailed) | None => (RunStatus::Failed, true),
        };
        client.close();
        if lock_is_ours {
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
        client.close();
        let (ended, released) =
            (journal.end(client, RunStatus::Finished).await, self.lock.release(client).await);
        if ended.is_err() || released.is_err() {
            narrator.notice("the journal could not be closed; the next run takes a minute longer to begin");
        }
        narrator.finished(message, url);
    }

    /// Renews the lock; when it is lost or can't be renewed, stops the run.
    async fn keep_lock(&self) {
        let app = self.app.clone();
        let lost = match self.lock.keep(self.run.host, &self.run.client).await {
            Ok(Lost::TakenBy(holder)) => Failure::LockLost { app, holder: Some(holder) }.into(),
            Ok(Lost::Gone) => Failure::LockLost { app, holder: None }.into(),
            Err(error) => DeployError::from(error),
        };
        self.run.cancellation.stop(StopReason::LockLost(Box::new(lost)));
    }

    fn interruption(&self) -> DeployError {
        if let Some(StopReason::LockLost(error)) = self.run.cancellation.reason() {
            return *error;
        }
        let (app, stands) = (self.app.clone(), self.run.journal.begun_in_this_run());
        Failure::Cancelled { app, stands }.into()
    }
}

/// Whether the folder's last run was this operation on this app, and died or failed.
pub(super) fn unfinished(record: &Record, app: &str, operation: &str) -> bool {
    record.app_name == app && record.run.operation == operation && record.run.status != RunStatus::Finished
}

/// Refuses an app whose folder holds neither a Tellr's `app.yaml` nor a journal about it: a slip
/// in a name must not overwrite or delete something else.
pub(super) fn refuse_other_app(
    app: &App,
    folder: &WorkspacePath,
    record: Option<&Record>,
    deployed: Option<&DeployedManifest>,
) -> Result<(), Failure> {
    let known = record.is_some_and(|record| record.app_name == app.name)
        || deployed.and_then(DeployedManifest::package).is_some();
    if known {
        return Ok(());
    }
    Err(Failure::NotTellr { app: app.name.clone(), path: folder.to_string() })
}

/// The folder given, else the one the app was deployed from, else the usual one of whoever
/// created it, if that is who is asking.
pub(super) fn folder(
    given: Option<&WorkspacePath>,
    record: Option<&App>,
    app: &AppName,
    me: &str,
) -> Result<WorkspacePath> {
    if let Some(folder) = given {
        return Ok(folder.clone());
    }
    if let Some(folder) = record.and_then(deployed_from) {
        return Ok(folder);
    }
    let foreign = record.and_then(|app| app.creator.as_deref()).is_some_and(|creator| creator != me);
    if foreign {
        return Err(Failure::NoWorkspacePath { app: app.to_string() }.into());
    }
    Ok(WorkspacePath::of_app(me, app)?)
}

/// The folder that an app was deployed from.
pub(super) fn deployed_from(app: &App) -> Option<WorkspacePath> {
    WorkspacePath::parse("source_code_path", app.source_path()?).ok()
}

/// The kind of database that an app is known to use: by what is attached to it, else by what an
/// earlier run made, else by what it was deployed with.
pub(super) fn known_kind(
    app: Option<&App>,
    record: Option<&Record>,
    deployed: Option<&DeployedManifest>,
) -> Option<Kind> {
    let attached = app.and_then(|app| Resource::find(&app.resources, resources::DATABASE));
    let named = |name: Option<&str>| match name {
        Some("autoscaling") => Some(Kind::Autoscaling),
        Some("provisioned") => Some(Kind::Provisioned),
        _ => None,
    };
    match attached {
        Some(Resource::Postgres { .. }) => Some(Kind::Autoscaling),
        Some(Resource::Database { .. }) => Some(Kind::Provisioned),
        _ => {
            let record = record.filter(|record| app.is_none_or(|app| app.name == record.app_name));
            let made = record.and_then(|record| record.entries.get("lakebase")?.detail["kind"].as_str());
            named(made).or_else(|| named(deployed?.text("LAKEBASE_TYPE")))
        }
    }
}

/// The name of the database that an app has attached.
pub(super) fn attached_name(app: &App) -> Option<String> {
    match Resource::find(&app.resources, resources::DATABASE)? {
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

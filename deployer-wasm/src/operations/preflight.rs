//! The checks before an operation changes anything: the caller, the current state, and the lock.
//!
//! An operation inspects the state twice. The first time needs no lock, and refuses what can be refused
//! without one. Until the lock is acquired another run may change the app, so the first result is only used
//! to locate the lock; the run is based on the second inspection, under the lock.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{LocalBoxFuture, Shared};
use futures_util::join;

use super::Operation;
use super::inspected::{Inspected, Site};
use super::inventory::unfinished;
use super::locked_run::LockedRun;
use crate::cancellation::StopReason;
use crate::config::services::Services;
use crate::config::sharing::Sharing;
use crate::config::tags::Tags;
use crate::config::{Facts, Recorded, WorkspacePath};
use crate::engine::journal::{self, Journal, Record, RunRecord, RunStatus};
use crate::engine::lock::{self, Acquired, Claim, HeldLock, Places};
use crate::engine::narrator::Narrator;
use crate::engine::releases::{self, ReleaseBook, Releases};
use crate::engine::{Cancellation, Run, StepReport};
use crate::error::{DeployError, Failure, Result, shortened};
use crate::events::StepState;
use crate::host::{Host, LakebaseTarget, SchemaError, Timestamp};
use crate::schema::{SchemaOperation, SchemaOutcome};
use crate::steps::lakebase::{self, Found};
use crate::steps::ownership::Tenant;
use crate::steps::package::Published;
use crate::steps::schema::{self, Preview};
use crate::steps::{files, permissions, services, tags};
use crate::workspace::apps::App;
use crate::workspace::permissions::AccessList;
use crate::workspace::tags::Assigned;
use crate::workspace::{Client, Permit, apps, files as workspace_files, identity};

const STEP: &str = "preflight";

/// What an app has besides its record: who may use it, and its tags. Read for the plan.
#[derive(Clone, Copy)]
pub(super) struct BesideRecord<'a> {
    /// The app, if it exists.
    pub(super) app: Option<&'a App>,
    /// Who is to use it.
    pub(super) sharing: &'a Sharing,
    /// Its wanted tags.
    pub(super) tags: &'a Tags,
}

/// An operation that has started but changed nothing yet.
pub(super) struct Preflight<'a, H> {
    pub(super) host: &'a H,
    /// Sends read-only requests.
    pub(super) client: Client<'a, H>,
    pub(super) narrator: Narrator<'a, H>,
    pub(super) cancellation: &'a Cancellation,
    pub(super) operation: Operation,
    pub(super) app: String,
    pub(super) run: String,
    began: Timestamp,
    purpose: Purpose<'a>,
    /// The inspection of a schema that was started before its result is needed.
    inspection: Inspection<'a>,
}

/// An inspection of a schema, answered or not, with what was asked.
pub(super) type Inspection<'a> = Rc<RefCell<Option<(LakebaseTarget, SchemaOperation, Inspecting<'a>)>>>;
type Inspecting<'a> = Shared<LocalBoxFuture<'a, std::result::Result<SchemaOutcome, SchemaError>>>;

/// The purpose of an inspection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose<'a> {
    /// A run, with what its saved plan saw, if it follows one.
    Run(Option<&'a Facts>),
    /// A plan or a status: nothing is written.
    Look,
}

impl<'a, H: Host> Preflight<'a, H> {
    pub(super) fn begin(
        host: &'a H,
        cancellation: &'a Cancellation,
        operation: Operation,
        app: &str,
    ) -> Self {
        let mut random = [0u8; 8];
        host.random(&mut random);
        let run = format!("{:016x}", u64::from_be_bytes(random));
        let narrator = Narrator::new(host, run.clone());
        let news = narrator.clone();
        let client = Client::new(host, cancellation).telling(move |message| news.notice(message));
        narrator.step(
            STEP,
            StepState::Started,
            format!("checking what exists before the {}", operation.as_str()),
        );
        let (app, began, purpose, inspection) =
            (app.to_owned(), host.now(), Purpose::Run(None), Inspection::default());
        Self { host, client, narrator, cancellation, operation, app, run, began, purpose, inspection }
    }

    /// The same for a run that follows a saved plan, which saw `planned`.
    pub(super) fn following(self, planned: Option<&'a Facts>) -> Self {
        Self { purpose: Purpose::Run(planned), ..self }
    }

    /// The same for a read-only operation.
    pub(super) fn looking(
        host: &'a H,
        cancellation: &'a Cancellation,
        operation: Operation,
        app: &str,
    ) -> Self {
        let narrator = Narrator::of_notices(host);
        let news = narrator.clone();
        let client =
            Client::new(host, cancellation).telling(move |message| news.notice(message)).remembering();
        let (app, run, began, purpose) = (app.to_owned(), String::new(), host.now(), Purpose::Look);
        let inspection = Inspection::default();
        Self { host, client, narrator, cancellation, operation, app, run, began, purpose, inspection }
    }

    /// Emits an error that ended the run before its steps started.
    pub(super) fn told<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.map_err(|error| self.tell(error))
    }

    fn tell(&self, error: DeployError) -> DeployError {
        // An interrupted wait looks like a failure of what was waited for.
        let error = match self.cancellation.reason() {
            Some(StopReason::LockLost(lost)) => lost,
            Some(_) => self.cancelled(),
            None => error.in_step(STEP),
        };
        self.narrator.failed(&error);
        error
    }

    fn cancelled(&self) -> DeployError {
        Failure::Cancelled { app: self.app.clone(), stands: Vec::new() }.into()
    }

    /// Returns an error if the user has cancelled.
    pub(super) fn safe_point(&self) -> Result<()> {
        match self.cancellation.reason() {
            Some(_) => Err(self.cancelled()),
            None => Ok(()),
        }
    }

    /// The user name of the caller.
    pub(super) async fn me(&self) -> Result<String> {
        Ok(self.client.send(identity::me()).await?.user_name)
    }

    /// Inspects the schema of the database that was `found`, if it can be connected to now.
    pub(super) async fn preview(
        &self,
        me: &str,
        database: &str,
        found: &Found,
        tenant: &Tenant<'_>,
    ) -> Result<Preview> {
        if matches!(found, Found::Nothing { .. }) {
            return Ok(Preview::NoDatabase);
        }
        match lakebase::reach(&self.client, database, found).await? {
            Some(lakebase) => {
                let (target, asked) = (lakebase.target(me), tenant.inspection());
                let started = self.inspection.borrow().clone();
                let started = started.filter(|(at, operation, _)| (at, operation) == (&target, &asked));
                let looked = match started {
                    Some((_, _, inspecting)) => inspecting.await,
                    None => Box::pin(self.host.schema(&target, asked)).await,
                };
                Ok(schema::preview(looked, &self.client, &lakebase, tenant).await?)
            }
            None => Ok(Preview::Unknown(format!("The database `{database}` is not ready yet"))),
        }
    }

    /// Where an inspection of a schema is kept that is started before its result is needed.
    pub(super) fn inspection(&self) -> Inspection<'a> {
        Rc::clone(&self.inspection)
    }

    /// The answer of the package index. At the same time, the assistant's services, the app's grants and its tags are
    /// read.
    pub(super) async fn beside(
        &self,
        package: impl Future<Output = Result<Published, Failure>>,
        services: &Services,
        BesideRecord { app, sharing, tags }: BesideRecord<'_>,
    ) -> Result<(Published, AccessList, Assigned)> {
        let (package, services, shared, tagged) = join!(
            package,
            services::look(&self.client, services),
            permissions::look(&self.client, app, sharing),
            tags::look(&self.client, app, tags)
        );
        services?;
        Ok((package?, shared?, tagged?))
    }

    /// The journal of a folder.
    pub(super) async fn journal(&self, folder: &WorkspacePath) -> Result<Option<Record>> {
        Ok(journal::read(&self.client, folder.as_str()).await??)
    }

    /// The releases of a folder.
    pub(super) async fn releases(&self, folder: &WorkspacePath) -> Result<Releases> {
        Ok(releases::read(&self.client, folder.as_str(), &self.app).await??)
    }

    /// The releases of the app: it may be deployed from another folder than the one that this run deploys.
    async fn releases_at(&self, site: Site<'_>) -> Result<Releases> {
        let there = self.releases(site.folder).await?;
        if site.home == site.folder {
            return Ok(there);
        }
        Ok(self.releases(site.home).await?.moved_to(there))
    }

    /// Releases the lock left behind by a run that finished its work and then died.
    pub(super) async fn clear_lock(&self, places: &Places, run: &str) -> Result<()> {
        match self.purpose {
            Purpose::Run(_) => {
                Ok(lock::clear(&Client::unchecked(self.host, self.cancellation), places, run).await?)
            }
            Purpose::Look => Ok(()),
        }
    }

    /// Inspects the state, takes the app's lock, and inspects again under the lock: another run may have
    /// changed the state until then. `recorded` determines which arguments the journal keeps.
    pub(super) async fn lock<T: Inspected>(
        self,
        look: impl AsyncFn(&Self) -> Result<T>,
        recorded: impl Fn(&WorkspacePath) -> Recorded,
    ) -> Result<(LockedRun<'a, H>, T)> {
        let first = self.told(look(&self).await)?;
        let outcome = self.acquire(&first.site()).await;
        let lock = self.told(outcome)?;
        let permit: Rc<dyn Permit + 'a> = Rc::clone(&lock) as _;
        let client = self.client.permitted(permit);
        let again = lock.during(async {
            let seen = look(&self).await;
            let seen = match seen {
                Err(error) if error.is("APP_NOT_FOUND") => Err(self.deleted(&first.site()).await),
                seen => seen,
            }?;
            let books = self.books(&client, &lock, &seen, &recorded).await?;
            Ok((seen, books))
        });
        let (seen, (books, resuming)) = match again.await {
            Ok(seen) => seen,
            Err(error) => {
                // The original error takes precedence; a lock that remains expires by itself.
                lock.release().await.ok();
                return Err(self.tell(error));
            }
        };
        let (me, preflight) = (seen.site().me.to_owned(), self.passed(resuming));
        let Self { host, narrator, cancellation, app, .. } = self;
        let run = Run::new(host, client, narrator, cancellation, books, me);
        Ok((LockedRun { run, lock, app, preflight }, seen))
    }

    /// Starts the journal and the list of releases; whether it resumes an earlier run. Not a part of
    /// [`Preflight::lock`], which is compiled for each operation.
    fn books<'s>(
        &'s self,
        client: &'s Client<'a, H>,
        lock: &'s HeldLock<'a, H>,
        seen: &'s dyn Inspected,
        recorded: &'s dyn Fn(&WorkspacePath) -> Recorded,
    ) -> LocalBoxFuture<'s, Result<((Journal, ReleaseBook), bool)>> {
        Box::pin(async move {
            self.refuse_outdated(seen)?;
            let site = seen.site();
            self.refuse_unprotected(lock, site)?;
            let folder = site.folder;
            let (earlier, releases) = both(self.journal(folder), self.releases_at(site)).await?;
            self.refuse_other_journal(folder, earlier.as_ref()).await?;
            let made = client.send(workspace_files::mkdirs(&journal::folder(folder.as_str()))).await;
            made.map_err(|error| files::refused(folder.as_str(), error))?;
            let resuming =
                earlier.as_ref().is_some_and(|record| unfinished(record, &self.app, self.operation));
            let journal = self.open_journal(client, site, recorded(folder), earlier).await?;
            let releases = ReleaseBook::new(folder.as_str(), site.home.as_str(), releases);
            Ok(((journal, releases), resuming))
        })
    }

    /// Refuses to work in a folder from which other runs would not see the lock. They see one in the shared folder from
    /// everywhere. A lock beside the files doesn't protect a move to another folder, nor an app that another run moved
    /// while this one waited.
    fn refuse_unprotected(&self, lock: &HeldLock<'a, H>, site: Site<'_>) -> Result<()> {
        let is_seen = |folder: &WorkspacePath| lock.is_at(&Places::of(&self.app, folder.as_str()));
        match [site.home, site.folder].into_iter().find(|folder| !is_seen(folder)) {
            Some(folder) => {
                let (app, path, folder) = (self.app.clone(), lock.path().to_owned(), folder.to_string());
                Err(Failure::LockElsewhere { app, path, folder }.into())
            }
            None => Ok(()),
        }
    }

    /// Refuses to follow a saved plan if app or schema have changed since it was compared with the present state: another
    /// run may have ended before this one got the lock.
    fn refuse_outdated(&self, seen: &dyn Inspected) -> Result<()> {
        let Purpose::Run(Some(planned)) = self.purpose else { return Ok(()) };
        let moved = seen.moved_since(planned);
        if moved.is_empty() { Ok(()) } else { Err(Failure::PlanOutdated { moved }.into()) }
    }

    /// Takes the lock, unless another run is in progress.
    async fn acquire(&self, site: &Site<'_>) -> Result<Rc<HeldLock<'a, H>>> {
        self.safe_point()?;
        let (run, app, operation) = (self.run.as_str(), self.app.as_str(), self.operation.as_str());
        let claim = Claim { run, holder: site.me, operation, app, now: self.client.workspace_now() };
        let waits_for = |holder: &str, at_most: Duration| {
            self.narrator.notice(format!(
                "{} holds the lock of this app; taking it over unless it is renewed within {} s",
                shortened(holder),
                at_most.as_secs()
            ));
        };
        let acquired = lock::acquire(self.host, self.cancellation, &site.lock(app), &claim, waits_for).await;
        match acquired.map_err(|error| files::refused(site.folder.as_str(), error))? {
            Acquired::Mine(lock) => Ok(Rc::from(lock)),
            Acquired::Taken(failure) => Err(failure.into()),
            Acquired::Stopped => Err(self.cancelled()),
        }
    }

    /// Starts the journal of the run. The lock is per app and not per folder: of two new apps that are
    /// created in the same folder at the same time, only one gets it.
    async fn open_journal(
        &self,
        client: &Client<'_, H>,
        site: Site<'_>,
        recorded: Recorded,
        earlier: Option<Record>,
    ) -> Result<Journal> {
        let (folder, is_first) = (site.folder.as_str(), earlier.is_none());
        let record = self.record(client, site.me, Some(recorded));
        let journal = Journal::begin(folder, &self.app, record, earlier);
        if is_first && !journal.found(client).await? {
            let there = self.journal(site.folder).await?;
            self.refuse_other_journal(site.folder, there.as_ref()).await?;
        }
        Ok(journal)
    }

    /// The error for an app that existed before the lock was acquired, but no longer afterwards.
    async fn deleted(&self, site: &Site<'_>) -> DeployError {
        let journal = self.journal(site.home).await.ok().flatten();
        let by = journal.filter(|record| {
            record.app_name == self.app && record.run.operation == Operation::Delete.as_str()
        });
        Failure::AppDeleted { app: self.app.clone(), by: by.map(|record| record.run.by) }.into()
    }

    /// Emits that the inspection is done.
    fn passed(&self, resuming: bool) -> StepReport {
        let (step, elapsed) = (STEP.to_owned(), self.host.now().since(self.began));
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let message = if resuming { "resuming where an earlier run stopped" } else { "checks passed" };
        self.narrator.ended(STEP, StepState::Unchanged, message.to_owned(), elapsed, None);
        StepReport { step, state: StepState::Unchanged, started_ms: 0, elapsed_ms }
    }

    /// The journal's entry for a run that starts.
    pub(super) fn record(&self, client: &Client<'_, H>, me: &str, recorded: Option<Recorded>) -> RunRecord {
        let (operation, by) = (self.operation.as_str().to_owned(), me.to_owned());
        let (arguments, wheel) =
            recorded.map_or((None, None), |Recorded { arguments, wheel }| (Some(arguments), wheel));
        let (id, started_at) = (self.run.clone(), client.workspace_now());
        RunRecord {
            id,
            operation,
            by,
            started_at,
            status: RunStatus::Running,
            arguments,
            wheel,
            put_back: None,
        }
    }

    /// Refuses a folder that another existing app is deployed from.
    pub(super) async fn refuse_other_journal(
        &self,
        folder: &WorkspacePath,
        record: Option<&Record>,
    ) -> Result<()> {
        if let Some(other) = record.map(|record| record.app_name.as_str()).filter(|other| *other != self.app)
        {
            let there = self.client.find(apps::get(other)).await?;
            if there.is_some_and(|app| app.compute() != "DELETING") {
                let (path, other) = (folder.to_string(), other.to_owned());
                return Err(Failure::FolderInUse { path, other }.into());
            }
        }
        Ok(())
    }
}

/// Runs two reads concurrently and returns both results.
pub(super) async fn both<A, B>(
    one: impl Future<Output = Result<A>>,
    other: impl Future<Output = Result<B>>,
) -> Result<(A, B)> {
    let (one, other) = join!(one, other);
    Ok((one?, other?))
}

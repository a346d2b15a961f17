//! What every operation does around its steps: find out who is asking and what is there, take the
//! lock, run the graph while renewing the lock, and leave the journal and the lock in order
//! however it ended. A plan begins in the same way and goes no further than a look: it takes no
//! lock, writes nothing and tells nothing.

use futures_util::future::{Either, select};
use futures_util::{join, pin_mut};

use super::Operation;
use super::known::unfinished;
use crate::cancellation::StopReason;
use crate::config::{Recorded, WorkspacePath};
use crate::engine::journal::{self, Journal, Record, RunRecord, RunStatus};
use crate::engine::lock::{self, Acquired, Claim, Holding, Lock, Lost};
use crate::engine::narrator::Narrator;
use crate::engine::{Cancellation, Graph, Run, StepError, StepReport};
use crate::error::{DeployError, Failure, Result};
use crate::events::StepState;
use crate::host::{Host, Timestamp};
use crate::steps::files;
use crate::steps::lakebase::{self, Found};
use crate::steps::ownership::Tenant;
use crate::steps::schema::{self, Preview};
use crate::workspace::apps;
use crate::workspace::{Client, files as workspace_files, identity};

const PREFLIGHT: &str = "preflight";

/// An operation that has begun and changed nothing yet.
pub(super) struct Session<'a, H> {
    pub(super) host: &'a H,
    pub(super) client: Client<'a, H>,
    pub(super) narrator: Narrator<'a, H>,
    cancellation: &'a Cancellation,
    operation: Operation,
    app: String,
    run: String,
    began: Timestamp,
    purpose: Purpose,
}

/// What a session is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Doing it.
    Run,
    /// Only looking: nothing is written.
    Look,
}

/// An operation as it would run now, without the lock.
pub(super) struct Rehearsal<'a, H> {
    /// To build the graph with, and not to run it.
    pub(super) run: Run<'a, H>,
    /// The earlier run that would be gone on with.
    pub(super) resumed: Option<RunRecord>,
    /// Who is at work now.
    pub(super) at_work: Option<Holding>,
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
            PREFLIGHT,
            StepState::Started,
            format!("looking at what is there before the {}", operation.as_str()),
        );
        let (app, began, purpose) = (app.to_owned(), host.now(), Purpose::Run);
        Self { host, client, narrator, cancellation, operation, app, run, began, purpose }
    }

    /// The same for somebody who only wants to know.
    pub(super) fn looking(
        host: &'a H,
        cancellation: &'a Cancellation,
        operation: Operation,
        app: &str,
    ) -> Self {
        let (client, narrator) = (Client::new(host, cancellation), Narrator::silent(host));
        let (app, run, began, purpose) = (app.to_owned(), String::new(), host.now(), Purpose::Look);
        Self { host, client, narrator, cancellation, operation, app, run, began, purpose }
    }

    /// Tells an error that ended the run before it had the lock.
    pub(super) fn told<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.map_err(|error| self.tell(error))
    }

    fn tell(&self, error: DeployError) -> DeployError {
        // A wait that was cut short looks like a failure of what was waited for.
        let error = match self.cancellation.reason() {
            Some(_) => self.cancelled(),
            None => error.in_step(PREFLIGHT),
        };
        self.narrator.failed(&error);
        error
    }

    fn cancelled(&self) -> DeployError {
        Failure::Cancelled { app: self.app.clone(), stands: Vec::new() }.into()
    }

    /// Ends here if whoever asked has cancelled.
    pub(super) fn safe_point(&self) -> Result<()> {
        match self.cancellation.reason() {
            Some(_) => Err(self.cancelled()),
            None => Ok(()),
        }
    }

    /// The user name of who is asking.
    pub(super) async fn me(&self) -> Result<String> {
        Ok(self.client.send(identity::me()).await?.user_name)
    }

    /// Looks at the schema of the database that was `found`, where one can connect to it now.
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
            Some(lakebase) => Ok(schema::preview(self.host, &self.client, me, &lakebase, tenant).await?),
            None => Ok(Preview::Unknown(format!("The database `{database}` is not ready yet"))),
        }
    }

    /// The journal of a folder.
    pub(super) async fn journal(&self, folder: &WorkspacePath) -> Result<Option<Record>> {
        Ok(journal::read(&self.client, folder.as_str()).await??)
    }

    /// Frees the lock that a run left behind which finished its work and then died.
    pub(super) async fn clear_lock(&self, folder: &WorkspacePath, run: &str) -> Result<()> {
        match self.purpose {
            Purpose::Run => Ok(lock::clear(&self.client, folder.as_str(), run).await?),
            Purpose::Look => Ok(()),
        }
    }

    /// What the run would begin with, as far as that can be known without the lock. Refuses what
    /// the run refuses under it.
    pub(super) async fn rehearse(self, folder: &WorkspacePath, me: String) -> Result<Rehearsal<'a, H>> {
        let outcome = async {
            self.safe_point()?;
            let (earlier, at_work) =
                both(self.journal(folder), async { Ok(lock::live(&self.client, folder.as_str()).await?) })
                    .await?;
            Ok((self.refuse_other_journal(folder, earlier).await?, at_work))
        };
        let outcome = outcome.await;
        let (earlier, at_work) = self.told(outcome)?;
        let Self { host, client, narrator, cancellation, operation, app, run, .. } = self;
        let resumed = earlier.clone().filter(|record| unfinished(record, &app, operation));
        let record = record(&client, operation, run, &me, None);
        let journal = Journal::begin(folder.as_str(), &app, record, earlier);
        let run = Run { host, client, narrator, cancellation, journal, me };
        Ok(Rehearsal { run, resumed: resumed.map(|record| record.run), at_work })
    }

    /// Takes the lock of `folder`, making the folder if need be, and reads the journal again under
    /// it: until now somebody else may have written there.
    pub(super) async fn lock(
        self,
        folder: &WorkspacePath,
        me: String,
        recorded: Recorded,
    ) -> Result<Locked<'a, H>> {
        let outcome = self.try_lock(folder, &me).await;
        let (lock, earlier) = self.told(outcome)?;
        let resuming = earlier.as_ref().is_some_and(|record| unfinished(record, &self.app, self.operation));
        let Self { host, client, narrator, cancellation, operation, app, run, began, .. } = self;
        let (step, elapsed) = (PREFLIGHT.to_owned(), host.now().since(began));
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let preflight = StepReport { step, state: StepState::Unchanged, started_ms: 0, elapsed_ms };
        let message =
            if resuming { "going on where an earlier run stopped" } else { "nothing stands in the way" };
        narrator.ended(PREFLIGHT, StepState::Unchanged, message.to_owned(), elapsed, None);
        let record = record(&client, operation, run, &me, Some(recorded));
        let journal = Journal::begin(folder.as_str(), &app, record, earlier);
        let run = Run { host, client, narrator, cancellation, journal, me };
        Ok(Locked { run, lock, app, preflight })
    }

    async fn try_lock(&self, folder: &WorkspacePath, me: &str) -> Result<(Lock, Option<Record>)> {
        self.safe_point()?;
        let place = journal::folder(folder.as_str());
        let made = self.client.send(workspace_files::mkdirs(&place)).await;
        made.map_err(|error| files::refused(folder.as_str(), error))?;
        let operation = self.operation.as_str();
        let claim = Claim { run: &self.run, holder: me, operation, app: &self.app };
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
            Err(StepError::Failed(error)) if cancellation.reason() == Some(StopReason::StepFailed) => error,
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
        self.run.cancellation.stop(StopReason::LockLost(lost));
    }

    fn interruption(&self) -> DeployError {
        if let Some(StopReason::LockLost(error)) = self.run.cancellation.reason() {
            return error;
        }
        let (app, stands) = (self.app.clone(), self.run.journal.begun_in_this_run());
        Failure::Cancelled { app, stands }.into()
    }
}

/// What the journal says of a run that begins.
fn record<H: Host>(
    client: &Client<'_, H>,
    operation: Operation,
    id: String,
    me: &str,
    recorded: Option<Recorded>,
) -> RunRecord {
    let (operation, by, started_at) = (operation.as_str().to_owned(), me.to_owned(), client.workspace_now());
    let (arguments, wheel) =
        recorded.map_or((None, None), |Recorded { arguments, wheel }| (Some(arguments), wheel));
    RunRecord { id, operation, by, started_at, status: RunStatus::Running, arguments, wheel }
}

/// Both of two reads that don't wait for each other.
pub(super) async fn both<A, B>(
    one: impl Future<Output = Result<A>>,
    other: impl Future<Output = Result<B>>,
) -> Result<(A, B)> {
    let (one, other) = join!(one, other);
    Ok((one?, other?))
}

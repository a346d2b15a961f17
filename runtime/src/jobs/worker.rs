//! Takes jobs and has them done.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::handle::{Jobs, Shared};
use super::json;
use super::leases::{Leases, Stop};
use super::listen;
use super::outcome::{Done, Failure};
use super::queries::{Claimed, Ending};
use super::running::Running;
use super::slots::{Slot, Slots};
use super::work::{Kinds, Load, Work};
use crate::database::DatabaseError;

/// How many lost jobs are taken back at once.
const RESCUED_AT_ONCE: i64 = 100;
/// The longest pause while the database fails.
const LONGEST_TROUBLE: Duration = Duration::from_secs(30);
/// How long interrupted jobs may take to be put back when the process stops.
const PUTTING_BACK: Duration = Duration::from_secs(3);

/// A process's worker.
pub struct Worker {
    shared: Arc<Shared>,
    kinds: Arc<Kinds>,
    name: String,
    leases: Arc<Leases>,
    slots: Slots,
}

impl Worker {
    /// A worker for these kinds of jobs.
    pub fn new(jobs: &Jobs, kinds: Kinds) -> Self {
        // Told apart in logs and in the table; nothing depends on it.
        let name = format!("{}-{:.8}", std::process::id(), Uuid::new_v4().simple());
        let slots = Slots::new(&jobs.shared.pace);
        Self { shared: Arc::clone(&jobs.shared), kinds: Arc::new(kinds), name, leases: Arc::default(), slots }
    }

    /// Works until `stop`, then gives running jobs some time, and puts back those that need more.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut running = JoinSet::new();
        let mut others = JoinSet::new();
        others.spawn(Arc::clone(&self.leases).renew(Arc::clone(&self.shared)));
        others.spawn(listen::listen(Arc::clone(&self.shared)));
        others.spawn(listen::look(Arc::clone(&self.shared)));
        let mut rescued = None;
        let mut trouble = Duration::ZERO;
        loop {
            let taken = {
                let mut taking = pin!(self.take(&mut running, &mut rescued));
                tokio::select! {
                    biased;
                    taken = &mut taking => taken,
                    () = &mut stop => {
                        // A job that was just taken would be held by nobody if this was dropped at once.
                        let _ = timeout(self.shared.pace.grace, taking).await;
                        break;
                    }
                }
            };
            let pause = match taken {
                Ok(pause) => {
                    trouble = Duration::ZERO;
                    pause
                }
                Err(error) => {
                    trouble = (trouble * 2).clamp(self.shared.pace.shortest_poll, LONGEST_TROUBLE);
                    tracing::warn!(%error, "jobs can't be taken; trying again in {} ms", trouble.as_millis());
                    trouble
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => break,
                Some(_) = running.join_next(), if !running.is_empty() => {}
                () = self.shared.hub.work() => {}
                () = self.idle(pause) => {}
            }
        }
        self.wind_up(running).await;
    }

    /// Waits until the next look at the queue is due: after `pause`, or soon if this process uses the database
    /// meanwhile.
    async fn idle(&self, pause: Duration) {
        let Shared { database, pace, .. } = &*self.shared;
        let (started, uses) = (Instant::now(), database.uses());
        while let Some(left) = pause.checked_sub(started.elapsed()).filter(|left| !left.is_zero()) {
            sleep(left.min(pace.awake_poll)).await;
            if database.uses() != uses {
                return;
            }
        }
    }

    /// Fills the free slots. How long it is until there may be more to take, if nothing is heard before.
    async fn take(
        &self,
        running: &mut JoinSet<()>,
        rescued: &mut Option<Instant>,
    ) -> Result<Duration, DatabaseError> {
        let Shared { database, queries, hub, pace } = &*self.shared;
        let connection = database.connection().await?;
        if rescued.is_none_or(|last| last.elapsed() >= pace.shortest_poll) {
            loop {
                let page = queries.rescue(&connection, RESCUED_AT_ONCE).await?;
                for id in &page {
                    tracing::warn!(job = %id, "a job's lease ran out; it is taken from its worker");
                    hub.told(*id);
                }
                if page.len() < usize::try_from(RESCUED_AT_ONCE).unwrap_or(usize::MAX) {
                    break;
                }
            }
            *rescued = Some(Instant::now());
        }
        while running.try_join_next().is_some() {}
        loop {
            let kinds = self.kinds.names(&self.slots.free());
            if kinds.is_empty() {
                // All slots are taken; other workers may have died meanwhile.
                return Ok(pace.lease);
            }
            // Before the statement: the lease is no longer here than in the database.
            let until = Instant::now() + pace.lease;
            let Some(job) = queries.claim(&connection, &kinds, &self.name, pace).await? else {
                let due = queries.next_due(&connection, &kinds).await?;
                let due = due.map_or(pace.longest_poll, |seconds| {
                    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(pace.longest_poll)
                });
                return Ok(due.clamp(pace.shortest_poll, pace.longest_poll));
            };
            hub.attend();
            hub.told(job.id);
            let stopped = self.leases.hold(job.id, job.attempt, until);
            let load = self.kinds.get(&job.kind).map_or(Load::Processor, Work::load);
            running.spawn(perform(
                Arc::clone(&self.shared),
                Arc::clone(&self.kinds),
                Arc::clone(&self.leases),
                (job, self.slots.take(load)),
                stopped,
            ));
        }
    }

    async fn wind_up(&self, mut running: JoinSet<()>) {
        let finished = async |running: &mut JoinSet<()>| while running.join_next().await.is_some() {};
        if timeout(self.shared.pace.grace, finished(&mut running)).await.is_ok() {
            return;
        }
        tracing::info!(jobs = running.len(), "running jobs are put back for another process");
        self.leases.stop_all(Stop::Interrupted);
        if timeout(PUTTING_BACK, finished(&mut running)).await.is_err() {
            tracing::warn!(
                jobs = running.len(),
                "jobs could not be put back; others take them when their lease ends"
            );
        }
    }
}

/// Does a job and records what came of it.
async fn perform(
    shared: Arc<Shared>,
    kinds: Arc<Kinds>,
    leases: Arc<Leases>,
    (job, _slot): (Claimed, Slot),
    mut stopped: watch::Receiver<Option<Stop>>,
) {
    let (id, attempt, kind) = (job.id, job.attempt, job.kind.clone());
    let started = Instant::now();
    let running = Running::new(Arc::clone(&shared), job);
    let ending = tokio::select! {
        biased;
        stop = told_to_stop(&mut stopped) => match stop {
            Stop::Lost => None,
            Stop::Cancelled => Some(Ending::Cancelled),
            Stop::Interrupted => Some(Ending::Interrupted),
        },
        ending = attempt_at(&kinds, &kind, &running) => ending,
    };
    drop(running);
    let duration_ms = started.elapsed().as_millis();
    let outcome = match &ending {
        None => "settled",
        Some(Ending::Succeeded(_)) => "succeeded",
        Some(Ending::Failed(_) | Ending::FailedForGood(_)) => "failed",
        Some(Ending::Snoozed(_)) => "snoozed",
        Some(Ending::Interrupted) => "interrupted",
        Some(Ending::Cancelled) => "cancelled",
    };
    if let Some(ending) = ending {
        record(&shared, (id, attempt), &ending, &mut stopped).await;
    }
    leases.release(id, attempt);
    shared.hub.told(id);
    tracing::debug!(job = %id, attempt, outcome, duration_ms, "an attempt at a job `{kind}` ended");
}

/// Runs the code. `None` if there is nothing to record.
async fn attempt_at(kinds: &Kinds, kind: &str, running: &Running) -> Option<Ending> {
    let Some(work) = kinds.get(kind) else {
        return Some(Ending::Failed("This version of the app doesn't know this kind of job".to_owned()));
    };
    match AssertUnwindSafe(work.run(running)).catch_unwind().await {
        Ok(Ok(Done::Succeeded(result))) => Some(match json::kept(&result) {
            Some(result) => Ending::Succeeded(result.into_owned()),
            None => Ending::FailedForGood("The job's result is too large".to_owned()),
        }),
        Ok(Ok(Done::Settled) | Err(Failure::Lost)) => None,
        Ok(Ok(Done::Snoozed(pause))) => Some(Ending::Snoozed(pause)),
        Ok(Err(Failure::Final(error))) => Some(Ending::FailedForGood(error)),
        Ok(Err(error)) => {
            // Here and nowhere else: what the job's owner reads doesn't contain the details.
            if let Failure::Database(error) = &error {
                tracing::warn!(job = %running.id(), %error, "a job failed because of the database");
            }
            Some(Ending::Failed(error.to_string()))
        }
        Err(_) => {
            tracing::error!(job = %running.id(), "the code of a job `{kind}` panicked");
            Some(Ending::Failed("Something went wrong in the app".to_owned()))
        }
    }
}

async fn told_to_stop(stopped: &mut watch::Receiver<Option<Stop>>) -> Stop {
    match stopped.wait_for(Option::is_some).await {
        Ok(stop) => stop.unwrap_or(Stop::Lost),
        // The lease was released or replaced.
        Err(_) => Stop::Lost,
    }
}

/// Records an ending, again and again until the lease is lost. The fence makes that safe: if it was recorded and
/// only the answer was lost, the next try changes nothing.
async fn record(
    shared: &Shared,
    fence: (Uuid, i32),
    ending: &Ending,
    stopped: &mut watch::Receiver<Option<Stop>>,
) {
    let mut pause = Duration::from_millis(100);
    loop {
        let recording = async {
            let connection = shared.database.connection().await?;
            shared.queries.end(&connection, fence, ending).await
        };
        match recording.await {
            Ok(Some(_)) => return,
            Ok(None) => {
                tracing::debug!(job = %fence.0, attempt = fence.1, "the attempt had ended or lost its job already");
                return;
            }
            Err(error) => {
                tracing::warn!(job = %fence.0, %error, "the end of a job could not be recorded; trying again");
            }
        }
        let lost = stopped.wait_for(|stop| *stop == Some(Stop::Lost));
        if timeout(pause, lost).await.is_ok() {
            return;
        }
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}

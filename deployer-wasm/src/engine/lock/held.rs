//! A held lock: checked before each effect, renewed during the run, released at its end.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, select};
use futures_util::lock::Mutex;
use futures_util::{join, pin_mut};

use super::moment::Moment;
use super::{LEASE, Lease, Places, RENEWAL, look, remove, replace};
use crate::cancellation::{Cancellation, StopReason};
use crate::error::{DeployError, Failure};
use crate::host::Host;
use crate::workspace::{ApiError, Client, Permit};

/// How long a holder may act after it last verified the lock.
const TRUST: Duration = LEASE.checked_div(2).expect("two isn't zero");
/// A lock that was verified this recently isn't renewed.
pub(super) const RECENT: Duration = RENEWAL.checked_div(2).expect("two isn't zero");
/// How long renewing is retried against an unresponsive workspace before the run stops.
const OUTAGE: Duration = Duration::from_mins(5);
/// How long releasing the lock may take.
const CLOSING: Duration = Duration::from_mins(2);
/// The pause between two of these attempts.
const AGAIN: Duration = Duration::from_secs(2);

/// The lock of a run.
///
/// It has a client of its own, which doesn't retry requests: a retry repeats the whole renewal, read and
/// write, so that a write is never based on an outdated read.
pub struct HeldLock<'a, H> {
    host: &'a H,
    client: Client<'a, H>,
    path: String,
    app: String,
    lease: RefCell<Lease>,
    /// The time before the last request whose answer confirmed that the lock is ours.
    seen: Cell<Moment>,
    /// Serialises renewals.
    renewing: Mutex<()>,
    /// Why it was lost, if it was.
    lost: RefCell<Option<Lost>>,
    /// Stops the run when the lock is lost.
    run: Cancellation,
    /// Stops the renewals that run beside the current work.
    over: RefCell<Cancellation>,
}

/// How a lock was lost.
#[derive(Debug, Clone)]
pub enum Lost {
    /// Another run's lock is in its place.
    TakenBy(String),
    /// It doesn't exist, or may not have existed for a while: a run that took over has ended since.
    Gone,
    /// It couldn't be renewed.
    Unrenewed(DeployError),
}

impl Lost {
    /// The error for it; `holder` if the other run is known from elsewhere.
    pub fn told(&self, app: &str, holder: Option<String>) -> DeployError {
        let app = app.to_owned();
        match self {
            Self::TakenBy(holder) => Failure::LockLost { app, holder: Some(holder.clone()) }.into(),
            Self::Gone => Failure::LockLost { app, holder }.into(),
            Self::Unrenewed(error) => error.clone(),
        }
    }
}

impl<'a, H: Host> HeldLock<'a, H> {
    pub(super) fn new(
        host: &'a H,
        run: &Cancellation,
        app: &str,
        path: String,
        lease: Lease,
        seen: Moment,
    ) -> Self {
        Self {
            host,
            client: Client::unchecked(host, run).once(),
            path,
            app: app.to_owned(),
            lease: RefCell::new(lease),
            seen: Cell::new(seen),
            renewing: Mutex::new(()),
            lost: RefCell::default(),
            run: run.clone(),
            over: RefCell::default(),
        }
    }

    /// The same lock, for the run that is stopped through `run`.
    pub(super) fn of_run(self, run: &Cancellation) -> Self {
        Self { run: run.clone(), ..self }
    }

    /// Whether it is where a run would look that locks at `places`.
    pub fn is_at(&self, places: &Places) -> bool {
        [&places.shared, &places.beside].contains(&&self.path)
    }

    /// The path of its file.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the lock is valid without reading it again.
    fn is_fresh(&self) -> bool {
        self.seen.get().age(self.host) < TRUST
    }

    /// Why the lock was lost, if it was.
    pub fn lost(&self) -> Option<Lost> {
        self.lost.borrow().clone()
    }

    /// Runs `work` and renews the lock meanwhile. If the lock is lost, the run is stopped, and `work` with
    /// it. A renewal in progress when `work` ends is completed.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut done = None;
        self.renewing(Box::pin(async { done = Some(work.await) })).await;
        done.unwrap_or_else(|| unreachable!("the work runs to its end"))
    }

    /// [`HeldLock::during`] for any type of work.
    async fn renewing(&self, work: LocalBoxFuture<'_, ()>) {
        let work = async {
            work.await;
            self.over.borrow().cancel();
        };
        join!(work, self.keep());
        // Cleanup after the work may have to read the lock again, and must be able to wait for that.
        self.over.replace(Cancellation::new());
    }

    async fn keep(&self) {
        while self.pause(RENEWAL).await {
            if let Err(error) = self.renew(RECENT).await {
                // The work is already done, so the failed renewal doesn't matter.
                if self.over.borrow().reason().is_none() {
                    self.stop(Lost::Unrenewed(error.into()));
                }
                return;
            }
        }
    }

    /// Renews the lock, unless it was verified within the time `recent`.
    pub(super) async fn renew(&self, recent: Duration) -> Result<(), ApiError> {
        let _one_at_a_time = self.renewing.lock().await;
        if self.lost().is_some() {
            return Err(ApiError::withheld());
        }
        if self.seen.get().age(self.host) < recent {
            return Ok(());
        }
        let began = Moment::now(self.host);
        loop {
            match self.try_to_renew().await {
                Ok(()) if self.is_fresh() => return Ok(()),
                // Too slow to rely on: the machine was suspended meanwhile, or the workspace is slow.
                Ok(()) if began.age(self.host) < OUTAGE => {}
                Ok(()) => return Err(self.lose(Lost::Gone)),
                Err(error) => {
                    let passing = error.is_passing() && began.age(self.host) < OUTAGE;
                    if !passing || !self.pause(AGAIN).await {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Reads the lock and writes the renewal; only reads if that took too long to base a write on it.
    async fn try_to_renew(&self) -> Result<(), ApiError> {
        let before = Moment::now(self.host);
        let mut lease = self.lease.borrow().clone();
        match look(&self.client, &self.path).await? {
            Some(found) if found.is_of(&lease.id) => {}
            Some(other) => return Err(self.lose(Lost::TakenBy(other.holder()))),
            None => return Err(self.lose(Lost::Gone)),
        }
        if before.age(self.host) >= TRUST {
            return Ok(());
        }
        lease.renewals += 1;
        lease.expires_at = self.client.workspace_now().plus(LEASE);
        let written = replace(&self.client, &self.path, &lease).await;
        if before.age(self.host) >= LEASE {
            // It may have overwritten the lock of a run that had taken over by then. That run stops at its
            // next check; this one must not act either.
            return Err(self.lose(Lost::Gone));
        }
        written?;
        self.lease.replace(lease);
        self.seen.set(before);
        Ok(())
    }

    /// Releases the lock, if it is still ours.
    ///
    /// # Errors
    /// The workspace's refusal; the lock then expires by itself.
    pub async fn release(&self) -> Result<(), ApiError> {
        let began = Moment::now(self.host);
        loop {
            match self.try_to_release().await {
                Ok(true) => return Ok(()),
                Err(error) if !error.is_passing() || began.age(self.host) >= CLOSING => return Err(error),
                Ok(false) | Err(_) => self.host.sleep(AGAIN).await,
            }
        }
    }

    /// Reads and removes the lock; false if the read took too long to base a removal on it.
    async fn try_to_release(&self) -> Result<bool, ApiError> {
        let (before, run) = (Moment::now(self.host), self.lease.borrow().id.clone());
        if !look(&self.client, &self.path).await?.is_some_and(|found| found.is_of(&run)) {
            return Ok(true);
        }
        if before.age(self.host) >= TRUST {
            return Ok(false);
        }
        remove(&self.client, &self.path).await?;
        Ok(true)
    }

    fn lose(&self, loss: Lost) -> ApiError {
        self.stop(loss);
        ApiError::withheld()
    }

    fn stop(&self, loss: Lost) {
        self.run.stop(StopReason::LockLost(loss.told(&self.app, None)));
        self.lost.borrow_mut().get_or_insert(loss);
    }

    /// Waits; false if the renewals are to stop.
    async fn pause(&self, duration: Duration) -> bool {
        let over = self.over.borrow().clone();
        let (sleep, ended) = (self.host.sleep(duration), over.stopped());
        pin_mut!(sleep, ended);
        select(sleep, ended).await;
        over.reason().is_none()
    }
}

impl<H: Host> Permit for HeldLock<'_, H> {
    fn check(&self) -> LocalBoxFuture<'_, Result<(), ApiError>> {
        async {
            if self.lost().is_some() {
                return Err(ApiError::withheld());
            }
            if self.is_fresh() { Ok(()) } else { self.renew(TRUST).await }
        }
        .boxed_local()
    }
}

//! A lock that is held: checked before each effect, renewed while the run goes on, given back at its end.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, select};
use futures_util::lock::Mutex;
use futures_util::{join, pin_mut};

use super::moment::Moment;
use super::{LEASE, Lease, RENEWAL, look, remove, replace};
use crate::cancellation::{Cancellation, StopReason};
use crate::error::{DeployError, Failure};
use crate::host::Host;
use crate::workspace::{ApiError, Client, Permit};

/// How long a holder may act on its last sight of the lock.
const TRUST: Duration = LEASE.checked_div(2).expect("two isn't zero");
/// A lock that was seen so recently isn't renewed: a check did so.
pub(super) const RECENT: Duration = RENEWAL.checked_div(2).expect("two isn't zero");
/// How long a workspace that doesn't answer is asked again before the run ends for that.
const OUTAGE: Duration = Duration::from_mins(5);
/// How long giving the lock back may take.
const CLOSING: Duration = Duration::from_mins(2);
/// Between two of these attempts.
const AGAIN: Duration = Duration::from_secs(2);

/// A lock that a run holds.
///
/// It has a client of its own, which sends each request once: what is repeated here is the whole renewal,
/// look and write, so that a write never rests on a look of long ago.
pub struct HeldLock<'a, H> {
    host: &'a H,
    client: Client<'a, H>,
    path: String,
    app: String,
    lease: RefCell<Lease>,
    /// Before the request whose answer showed last that the lock is ours.
    seen: Cell<Moment>,
    /// One renewal at a time.
    renewing: Mutex<()>,
    /// Why it isn't ours any more.
    lost: RefCell<Option<Lost>>,
    /// Stops the run when the lock is lost.
    run: Cancellation,
    /// Ends the renewals beside the work that is done now.
    over: RefCell<Cancellation>,
}

/// How a lock was lost.
#[derive(Debug, Clone)]
pub enum Lost {
    /// Somebody else's lock is in its place.
    TakenBy(String),
    /// It isn't there, or may not have been: whoever took over has ended since.
    Gone,
    /// It couldn't be renewed.
    Unrenewed(DeployError),
}

impl Lost {
    /// What is told of it; `holder` where it is known otherwise who took over.
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

    /// The same lock, for the run that `run` stops.
    pub(super) fn of_run(self, run: &Cancellation) -> Self {
        Self { run: run.clone(), ..self }
    }

    /// Whether the lock may be relied on without another look.
    fn is_fresh(&self) -> bool {
        self.seen.get().age(self.host) < TRUST
    }

    /// Why the lock isn't ours any more, if it isn't.
    pub fn lost(&self) -> Option<Lost> {
        self.lost.borrow().clone()
    }

    /// Does `work` and renews the lock meanwhile. When it is lost the run is stopped, and `work` with it. A
    /// renewal that is under way when `work` ends is finished.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let work = async {
            let done = work.await;
            self.over.borrow().cancel();
            done
        };
        let (done, ()) = join!(work, self.keep());
        // What leaves things in order afterwards may have to look at the lock again, and wait for that.
        self.over.replace(Cancellation::new());
        done
    }

    async fn keep(&self) {
        while self.pause(RENEWAL).await {
            if let Err(error) = self.renew(RECENT).await {
                // Once the work is done the renewal that failed was one too many.
                if self.over.borrow().reason().is_none() {
                    self.stop(Lost::Unrenewed(error.into()));
                }
                return;
            }
        }
    }

    /// Renews the lock, unless it was seen within the time `recent`.
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
                // Too slowly to rely on it: the machine was stopped meanwhile, or the workspace is slow.
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

    /// Looks, and writes the renewal; only looks if that took too long to rest a write on it.
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
            // It may have been written over the lock of somebody who had taken over by then. That run
            // stops at its next look; this one must not act either.
            return Err(self.lose(Lost::Gone));
        }
        written?;
        self.lease.replace(lease);
        self.seen.set(before);
        Ok(())
    }

    /// Gives the lock back, if it is still ours.
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

    /// Looks, and removes the lock; false if the look took too long to rest a removal on it.
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

    /// Waits; false if the renewals are to end.
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

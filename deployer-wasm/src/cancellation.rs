//! Stopping at a safe point.
//!
//! Between two requests, everything done so far is known and recorded; during a request it isn't. So
//! cancelling drops no future: it sets a flag that steps check before each effect and that ends their waits
//! early. The same flag ends the waits of all other steps when one step fails.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use crate::error::DeployError;

/// Why a run stops early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// The user cancelled the run.
    Asked,
    /// Another step failed.
    StepFailed,
    /// The lock was lost, or can't be renewed: the error says which.
    LockLost(DeployError),
}

/// A handle to stop a run with. Cloning gives another handle to the same run; it may be used from
/// another thread.
#[derive(Debug, Clone, Default)]
pub struct Cancellation {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    reason: Option<StopReason>,
    wakers: Vec<Waker>,
}

impl Cancellation {
    /// A handle that has not been cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to stop at its next safe point. Safe to call twice.
    pub fn cancel(&self) {
        self.stop(StopReason::Asked);
    }

    /// Stops the run for `reason`, unless it is stopping already.
    pub(crate) fn stop(&self, reason: StopReason) {
        let mut shared = self.lock();
        shared.reason.get_or_insert(reason);
        for waker in shared.wakers.drain(..) {
            waker.wake();
        }
    }

    /// Goes on after a step failed, for what is done about the failure. A run that stops for another reason keeps
    /// stopping.
    pub(crate) fn go_on_after_failure(&self) -> bool {
        let mut shared = self.lock();
        if shared.reason == Some(StopReason::StepFailed) {
            shared.reason = None;
        }
        shared.reason.is_none()
    }

    /// Why the run is stopping, if it is.
    pub fn reason(&self) -> Option<StopReason> {
        self.lock().reason.clone()
    }

    /// Completes when the run is asked to stop.
    pub async fn stopped(&self) {
        poll_fn(|context| {
            let mut shared = self.lock();
            if shared.reason.is_some() {
                return Poll::Ready(());
            }
            if !shared.wakers.iter().any(|waker| waker.will_wake(context.waker())) {
                shared.wakers.push(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        // A panic elsewhere can't leave these two fields half changed.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

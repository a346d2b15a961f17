//! The jobs that this process holds.
//!
//! A lease is measured twice: by the database, whose word counts, and here from before each renewal was sent.
//! So a process that can't reach the database stops a job no later than another may take it. One that was paused
//! stops it as soon as it notices; until then, what it writes is fenced.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

use super::handle::Shared;

/// Why a job has to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Its lease ran out, or another worker has it.
    Lost,
    /// Somebody cancelled it.
    Cancelled,
    /// The process stops.
    Interrupted,
}

/// The jobs that this process holds.
#[derive(Default)]
pub(super) struct Leases(Mutex<HashMap<Uuid, Held>>);

struct Held {
    attempt: i32,
    until: Instant,
    stop: watch::Sender<Option<Stop>>,
}

impl Leases {
    fn held(&self) -> MutexGuard<'_, HashMap<Uuid, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds a job. What is returned says when it has to stop.
    pub(super) fn hold(&self, id: Uuid, attempt: i32, until: Instant) -> watch::Receiver<Option<Stop>> {
        let (stop, stopped) = watch::channel(None);
        // An earlier attempt of the same job that isn't gone yet has lost it.
        if let Some(earlier) = self.held().insert(id, Held { attempt, until, stop }) {
            earlier.stop.send_replace(Some(Stop::Lost));
        }
        stopped
    }

    /// Holds a job no longer.
    pub(super) fn release(&self, id: Uuid, attempt: i32) {
        let mut held = self.held();
        if held.get(&id).is_some_and(|lease| lease.attempt == attempt) {
            held.remove(&id);
        }
    }

    /// Stops all jobs.
    pub(super) fn stop_all(&self, why: Stop) {
        for lease in self.held().values() {
            stop(lease, why);
        }
    }

    /// Renews the leases until this is dropped, and stops what is lost or cancelled.
    pub(super) async fn renew(self: Arc<Self>, shared: Arc<Shared>) {
        let mut cancellations = shared.hub.cancellations();
        let mut next = Instant::now() + shared.pace.heartbeat;
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(next) => {
                    next = Instant::now() + shared.pace.heartbeat;
                    self.renew_once(&shared).await;
                }
                cancelled = cancellations.recv() => match cancelled {
                    Ok(id) => {
                        if let Some(lease) = self.held().get(&id) {
                            stop(lease, Stop::Cancelled);
                        }
                    }
                    // The next renewal tells what was missed.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
            }
        }
    }

    async fn renew_once(&self, shared: &Shared) {
        let asked: Vec<(Uuid, i32)> = self.held().iter().map(|(id, lease)| (*id, lease.attempt)).collect();
        if asked.is_empty() {
            return;
        }
        shared.hub.attend();
        let before = Instant::now();
        let renewing = async {
            let connection = shared.database.connection().await?;
            shared.queries.renew(&connection, &asked, shared.pace.lease).await
        };
        match tokio::time::timeout(shared.pace.heartbeat, renewing).await {
            Ok(Ok(renewed)) => {
                let mut held = self.held();
                for (id, attempt) in asked {
                    let Some(lease) = held.get_mut(&id).filter(|lease| lease.attempt == attempt) else {
                        continue;
                    };
                    match renewed.iter().find(|renewed| (renewed.id, renewed.attempt) == (id, attempt)) {
                        None => stop(lease, Stop::Lost),
                        Some(renewed) => {
                            lease.until = before + shared.pace.lease;
                            if renewed.cancel_requested {
                                stop(lease, Stop::Cancelled);
                            }
                        }
                    }
                }
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, jobs = asked.len(), "leases of jobs could not be renewed");
            }
            Err(_) => tracing::warn!(jobs = asked.len(), "leases of jobs could not be renewed in time"),
        }
        let now = Instant::now();
        for lease in self.held().values().filter(|lease| lease.until <= now) {
            stop(lease, Stop::Lost);
        }
    }
}

/// What came first stays, but a lost job is lost whatever else it was told.
fn stop(lease: &Held, why: Stop) {
    lease.stop.send_if_modified(|stopped| {
        let changes = stopped.is_none() || (why == Stop::Lost && *stopped != Some(Stop::Lost));
        if changes {
            *stopped = Some(why);
        }
        changes
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_job_is_lost_also_after_it_was_cancelled() {
        let leases = Leases::default();
        let id = Uuid::new_v4();
        let stopped = leases.hold(id, 1, Instant::now());
        leases.stop_all(Stop::Cancelled);
        leases.stop_all(Stop::Interrupted);
        assert_eq!(*stopped.borrow(), Some(Stop::Cancelled));
        leases.stop_all(Stop::Lost);
        assert_eq!(*stopped.borrow(), Some(Stop::Lost));
    }

    #[test]
    fn an_earlier_attempt_does_not_release_a_later_one() {
        let leases = Leases::default();
        let id = Uuid::new_v4();
        let first = leases.hold(id, 1, Instant::now());
        let second = leases.hold(id, 2, Instant::now());
        assert_eq!((*first.borrow(), *second.borrow()), (Some(Stop::Lost), None));
        leases.release(id, 1);
        leases.stop_all(Stop::Interrupted);
        assert_eq!(*second.borrow(), Some(Stop::Interrupted));
    }
}

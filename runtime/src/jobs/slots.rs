//! How many jobs of each load a process does at once.
//!
//! Problem: an answer of the assistant takes minutes in which the process only waits, while a few jobs that
//! calculate fill all processors. One number for both is too small for the first or too large for the second.
//!
//! Choice: each load has slots of its own. A worker asks the queue only for kinds whose load has a free one, so
//! jobs of one load never wait for those of another.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::pace::Pace;
use super::work::Load;

/// The slots of a process.
pub(super) struct Slots {
    processor: Arc<Semaphore>,
    network: Arc<Semaphore>,
}

/// A slot that is taken, until it is dropped.
pub(super) struct Slot {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Slots {
    pub(super) fn new(pace: &Pace) -> Self {
        Self {
            processor: Arc::new(Semaphore::new(pace.slots)),
            network: Arc::new(Semaphore::new(pace.network_slots)),
        }
    }

    fn of(&self, load: Load) -> &Arc<Semaphore> {
        match load {
            Load::Processor => &self.processor,
            Load::Network => &self.network,
        }
    }

    /// The loads that have a free slot.
    pub(super) fn free(&self) -> Vec<Load> {
        let has_free = |load: &Load| self.of(*load).available_permits() > 0;
        [Load::Processor, Load::Network].into_iter().filter(has_free).collect()
    }

    /// Takes a slot that is free. Only the worker takes slots, so one that it saw is there.
    pub(super) fn take(&self, load: Load) -> Slot {
        Slot { _permit: Arc::clone(self.of(load)).try_acquire_owned().ok() }
    }
}

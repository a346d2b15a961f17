//! A point in time, and its age.

use std::time::Duration;

use crate::host::{Host, Timestamp};

/// A point in time by both clocks of a host.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    elapsed: Duration,
    at: Timestamp,
}

impl Moment {
    pub(super) fn now<H: Host>(host: &H) -> Self {
        Self { elapsed: host.elapsed(), at: host.now() }
    }

    /// Its age: the larger of what the two clocks report. The monotonic clock may stand still while the
    /// machine sleeps; the other may be set back.
    pub(super) fn age<H: Host>(self, host: &H) -> Duration {
        host.elapsed().saturating_sub(self.elapsed).max(host.now().since(self.at))
    }
}

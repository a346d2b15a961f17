//! Measures time spent waiting, excluding sleep of the machine.
//!
//! A deadline by the clock is wrong on a machine that sleeps: on a laptop that was closed for an hour every
//! wait would have timed out, though the platform was not queried in that hour. So waits add up the time
//! between two polls, counting at most the time that a poll and its pause could have taken.

use std::time::Duration;

use crate::host::Timestamp;

/// How much longer than planned a pause or a request may take before the rest counts as a gap.
const OVERRUN: Duration = Duration::from_secs(30);

/// Adds up the time waited.
#[derive(Debug, Clone)]
pub struct Elapsed {
    last: Timestamp,
    waited: Duration,
}

impl Elapsed {
    /// Starts at `now`.
    pub fn since(now: Timestamp) -> Self {
        Self { last: now, waited: Duration::ZERO }
    }

    /// Adds the time up to `now`, but at most `at_most`; returns the total.
    pub fn count(&mut self, now: Timestamp, at_most: Duration) -> Duration {
        let passed = now.since(self.last).min(at_most.saturating_add(OVERRUN));
        self.last = now;
        self.waited = self.waited.saturating_add(passed);
        self.waited
    }

    /// The total so far.
    pub fn waited(&self) -> Duration {
        self.waited
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_gap_counts_as_no_more_than_what_was_waited_for() {
        let start = Timestamp::from_millis(0);
        let mut elapsed = Elapsed::since(start);
        assert_eq!(elapsed.count(start.plus(SECOND), SECOND), SECOND);
        let after_a_night = start.plus(Duration::from_hours(8));
        assert_eq!(elapsed.count(after_a_night, SECOND), 2 * SECOND + OVERRUN);
        assert_eq!(elapsed.count(after_a_night.plus(SECOND), SECOND), 3 * SECOND + OVERRUN);
    }

    #[test]
    fn a_clock_that_is_set_back_counts_nothing() {
        let start = Timestamp::from_millis(i64::MAX);
        let mut elapsed = Elapsed::since(start);
        assert_eq!(elapsed.count(Timestamp::from_millis(i64::MIN), SECOND), Duration::ZERO);
        assert_eq!(elapsed.count(start, Duration::MAX), elapsed.waited());
    }
}

//! How much at once, how long, how often.

use std::time::Duration;

/// The pace of a process's worker and streams. The defaults suit a server; tests are faster.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Jobs at once in this process that keep the processor busy.
    pub slots: usize,
    /// Jobs at once in this process that mostly wait for answers of other systems. They share the database's
    /// connections with requests, but hold one only while they write.
    pub network_slots: usize,
    /// Jobs of one person at once, in all processes together. Approximate: two processes that take jobs at the
    /// same moment may exceed it by one each.
    pub running_per_person: i64,
    /// Waiting jobs of one person; more are refused.
    pub waiting_per_person: i64,
    /// Waiting jobs of everybody together; more are refused.
    pub waiting: i64,
    /// How long a job is held without a sign of life.
    pub lease: Duration,
    /// How often leases are renewed; several times within a lease.
    pub heartbeat: Duration,
    /// How long a job waits after its first failure; doubled with each further one.
    pub first_pause: Duration,
    /// The longest such wait.
    pub longest_pause: Duration,
    /// The shortest time between two looks at the queue that find nothing to take.
    pub shortest_poll: Duration,
    /// The longest time between two looks at the queue. An idle database has to be able to sleep meanwhile.
    pub longest_poll: Duration,
    /// How often to look at the queue while this process uses the database for something else: the database is
    /// awake then, and a hint may have been lost, or the process that knew of a job.
    pub awake_poll: Duration,
    /// How long to listen for hints after the last sign of work. Listening holds a connection.
    pub attentive: Duration,
    /// How often to look for news of watched jobs, for when no hint comes.
    pub watch: Duration,
    /// How long running jobs may take to finish after the process is asked to stop; then they are put back.
    pub grace: Duration,
    /// How long a stream lasts. The platform's proxy ends a request after 120 s.
    pub stream: Duration,
    /// How often an idle stream says that it is alive.
    pub ping: Duration,
    /// Streams at once in this process.
    pub streams: usize,
    /// Of these, those of one person; several browser windows with several jobs each.
    pub streams_per_person: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            slots: 4,
            network_slots: 32,
            running_per_person: 2,
            waiting_per_person: 50,
            waiting: 5_000,
            lease: Duration::from_secs(30),
            heartbeat: Duration::from_secs(8),
            first_pause: Duration::from_secs(2),
            longest_pause: Duration::from_mins(5),
            shortest_poll: Duration::from_millis(500),
            longest_poll: Duration::from_mins(30),
            awake_poll: Duration::from_secs(30),
            attentive: Duration::from_mins(2),
            watch: Duration::from_secs(3),
            grace: Duration::from_secs(3),
            stream: Duration::from_secs(100),
            ping: Duration::from_secs(15),
            streams: 800,
            streams_per_person: 50,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_survives_two_renewals_that_fail() {
        let Pace { lease, heartbeat, .. } = Pace::default();
        assert!(heartbeat * 3 < lease);
    }

    #[test]
    fn a_stream_ends_before_the_proxy_ends_it() {
        let Pace { stream, ping, .. } = Pace::default();
        assert!(stream + ping < Duration::from_mins(2));
    }
}

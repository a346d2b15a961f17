//! Time limits and retries for database access.

use std::time::Duration;

use crate::workspace::RetryPolicy;

/// Time limits. The defaults suit a server; starting up and tests use other ones.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// How long to retry connecting to an unreachable server.
    pub patience: Duration,
    /// The time limit of one attempt, from the first packet to an established session.
    pub attempt: Duration,
    /// The total time limit for a connection, including waiting for a free one.
    pub connection: Duration,
    /// The time limit of a statement.
    pub statement: Duration,
    /// How long the server has to stop a statement that was given up; until then its connection counts in the
    /// pool.
    pub stopping: Duration,
    /// A connection that was idle for longer is tested before it is used.
    pub trusted_idle: Duration,
    /// How to request credentials from the workspace.
    pub retry: RetryPolicy,
}

impl Effort {
    /// For requests that wait for the answer. A request is answered within 30 s whatever the database does,
    /// and within 5 s if no connection is available.
    pub fn serving() -> Self {
        Self {
            patience: Duration::from_secs(3),
            attempt: Duration::from_secs(10),
            connection: Duration::from_secs(4),
            statement: Duration::from_secs(20),
            stopping: Duration::from_secs(4),
            trusted_idle: Duration::from_secs(1),
            retry: RetryPolicy { attempts: 4, ..RetryPolicy::default() },
        }
    }

    /// For starting up: nothing works before the database does, and it may have to resume first.
    pub fn starting() -> Self {
        Self {
            patience: Duration::from_mins(2),
            attempt: Duration::from_secs(20),
            connection: Duration::from_mins(3),
            statement: Duration::from_mins(2),
            stopping: Duration::from_secs(4),
            trusted_idle: Duration::from_secs(15),
            retry: RetryPolicy { attempts: 10, ..RetryPolicy::default() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_in_time_whatever_the_database_does() {
        let Effort { connection, statement, .. } = Effort::serving();
        assert!(connection < Duration::from_secs(5), "new requests");
        assert!(connection + statement < crate::http::site::ANSWER_TIMEOUT);
        assert!(crate::http::site::ANSWER_TIMEOUT < Duration::from_secs(30), "those that wait");
    }
}

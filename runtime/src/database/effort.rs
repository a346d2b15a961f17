//! How hard the app tries to get an answer from its database.

use std::time::Duration;

use super::credentials::RetryPolicy;

/// How hard to try. The defaults suit a server; starting up and tests have reasons of their own.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// How long to keep trying to connect to a server that is not there.
    pub patience: Duration,
    /// How long one attempt may take, from the first packet to a session that is set up.
    pub attempt: Duration,
    /// How long to wait for a connection in all, whatever holds it up.
    pub connection: Duration,
    /// How long a statement may take.
    pub statement: Duration,
    /// A connection that was idle for longer is tried before it is used.
    pub trusted_idle: Duration,
    /// How to ask the workspace for credentials.
    pub retry: RetryPolicy,
}

impl Effort {
    /// A request is waiting for the answer. It gets one within 30 s whatever the database does, and within 5 s
    /// when there is no connection to be had.
    pub fn serving() -> Self {
        Self {
            patience: Duration::from_secs(3),
            attempt: Duration::from_secs(10),
            connection: Duration::from_secs(4),
            statement: Duration::from_secs(20),
            trusted_idle: Duration::from_secs(1),
            retry: RetryPolicy { attempts: 4, ..RetryPolicy::default() },
        }
    }

    /// Nothing works before the database does, and it may have to wake up first.
    pub fn starting() -> Self {
        Self {
            patience: Duration::from_mins(2),
            attempt: Duration::from_secs(20),
            connection: Duration::from_mins(3),
            statement: Duration::from_mins(2),
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
        assert!(connection + statement < crate::site::ANSWER_TIMEOUT);
        assert!(crate::site::ANSWER_TIMEOUT < Duration::from_secs(30), "those that wait");
    }
}

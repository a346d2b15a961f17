//! What comes of an attempt at a job.

use std::time::Duration;

use serde_json::Value;

use crate::database::DatabaseError;

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// The job is done, with this result. If it wrote to the database, this may be lost and the job done again:
    /// use [`super::Running::succeed`] then.
    Succeeded(Value),
    /// The job's end was committed together with its effect, by [`super::Running::succeed`].
    Settled,
    /// The job isn't ready; it wants to be done later. Not a failure.
    Snoozed(Duration),
}

/// Why an attempt failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It may succeed when it is tried again. The text is for the job's owner.
    #[error("{0}")]
    Retry(String),
    /// It would fail again. The text is for the job's owner.
    #[error("{0}")]
    Final(String),
    /// The database failed.
    #[error("The database is not available at the moment")]
    Database(#[from] DatabaseError),
    /// Another worker has the job by now, or it was cancelled. What was not committed must not be.
    #[error("This attempt has lost the job")]
    Lost,
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error.into())
    }
}

//! A job as it is asked for, looked at and told about.

use std::time::Duration;

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::database::DatabaseError;
use crate::http::{ApiError, Rejection};

/// The maximum size of a payload, a result or the body of an event, as JSON.
pub const LARGEST_JSON_BYTES: usize = 256 * 1024;
/// The maximum number of events of a job.
pub const MOST_EVENTS: i64 = 20_000;
/// The maximum length of an error, in characters.
pub const LONGEST_ERROR: usize = 2_000;

/// A job that is asked for.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Which code does it.
    pub kind: &'static str,
    /// The person it is done for: a `users.id`. `None` for the app's own work, which nobody sees.
    pub owner: Option<String>,
    /// The session it belongs to; it is deleted with it.
    pub session: Option<Uuid>,
    /// What the code needs.
    pub payload: Value,
    /// At most one job with this key is waiting or running, in all processes.
    pub unique: Option<Unique>,
    /// How many failures end it.
    pub max_failures: i32,
    /// How long to wait before it is done.
    pub delay: Duration,
}

/// A key of which at most one job is waiting or running.
#[derive(Clone, Debug)]
pub struct Unique {
    /// The key, at most 200 characters.
    pub key: String,
    /// What to do if one is running already.
    pub if_running: IfRunning,
}

/// What it means to ask for a job that is running already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfRunning {
    /// Nothing: the one that runs is the one that was asked for.
    Join,
    /// It may have read what has changed since, so it is done once more afterwards.
    RunAgain,
}

impl NewJob {
    /// A job of this kind, of nobody, with three tries.
    pub fn new(kind: &'static str) -> Self {
        Self {
            kind,
            owner: None,
            session: None,
            payload: Value::Object(serde_json::Map::new()),
            unique: None,
            max_failures: 3,
            delay: Duration::ZERO,
        }
    }
}

/// The answer to a [`NewJob`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// It waits.
    New(Uuid),
    /// One with the same key was there.
    Existing(Uuid),
}

impl Enqueued {
    /// The job's id.
    pub fn id(self) -> Uuid {
        match self {
            Self::New(id) | Self::Existing(id) => id,
        }
    }
}

/// A job was not taken.
#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    /// Its owner has too many.
    #[error("You have {0} jobs waiting already. Wait for some of them, or cancel them")]
    TooManyOfOwner(i64),
    /// Everybody together has too many.
    #[error("Too many jobs are waiting at the moment. Try again in a few minutes")]
    TooMany,
    /// Its payload is too large.
    #[error("The job's input is larger than {} KiB", LARGEST_JSON_BYTES / 1024)]
    TooLarge,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<EnqueueError> for ApiError {
    fn from(error: EnqueueError) -> Self {
        match error {
            EnqueueError::Database(error) => error.into(),
            EnqueueError::TooLarge => Rejection::invalid(error.to_string()).into(),
            EnqueueError::TooMany | EnqueueError::TooManyOfOwner(_) => {
                Rejection::new(StatusCode::TOO_MANY_REQUESTS, "too_many_jobs", error.to_string()).into()
            }
        }
    }
}

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It waits for its turn, or for its next try.
    Queued,
    /// A worker has it.
    Running,
    /// It is done.
    Succeeded,
    /// It was given up.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
}

impl JobState {
    /// The state of this name; one that isn't known counts as waiting.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "running" => Self::Running,
            "succeeded" => Self::Succeeded,
            "failed" => Self::Failed,
            "cancelled" => Self::Cancelled,
            _ => Self::Queued,
        }
    }

    /// Whether nothing will happen to it any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// `GET /api/jobs/{id}`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobView {
    /// Its id.
    pub id: Uuid,
    /// What it does.
    pub kind: String,
    /// Its state.
    pub state: JobState,
    /// The session it belongs to.
    pub session_id: Option<Uuid>,
    /// Its place among those that wait, from 1; `null` unless it waits. Counted up to 1,000.
    pub position: Option<i64>,
    /// In percent.
    pub progress: i16,
    /// Whether its cancellation was requested.
    pub cancel_requested: bool,
    /// How often it was begun.
    pub attempt: i32,
    /// What came of it, once it has succeeded.
    pub result: Option<Value>,
    /// Why it failed, the last time.
    pub error: Option<String>,
    /// The id of its last event; 0 if there is none.
    pub last_event: i64,
    /// When it was asked for, RFC 3339.
    pub created_at: String,
    /// When it ended, RFC 3339.
    pub finished_at: Option<String>,
}

/// Something that happened to a job, or that it told.
///
/// The kinds of the queue itself are `queued`, `started`, `retried`, `snoozed`, `interrupted`, `repeated`, and one
/// of `succeeded`, `failed` and `cancelled` as the last one. After a `started`, what earlier attempts told is void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobEvent {
    /// Its number among those of the job, from 1, without gaps.
    pub id: i64,
    /// What happened.
    pub kind: String,
    /// The attempt that told it; 0 before the first.
    pub attempt: i32,
    /// More about it.
    pub body: Value,
    /// When, RFC 3339.
    pub created_at: String,
}

/// `GET /api/jobs/{id}/events?after=`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobEvents {
    /// The state after the job's last event, which may be later than the last one here.
    pub state: JobState,
    /// The id of the job's last event.
    pub last_event: i64,
    /// Those after the given one, in order; at most [`PAGE`].
    pub events: Vec<JobEvent>,
}

/// The number of events read at once.
pub const PAGE: i64 = 500;

impl JobEvents {
    /// Whether nothing will follow.
    pub fn is_complete(&self) -> bool {
        self.state.is_final() && self.events.last().is_none_or(|event| event.id == self.last_event)
    }
}

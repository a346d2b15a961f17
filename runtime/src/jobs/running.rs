//! A job for the code that does it.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::handle::{Jobs, Shared};
use super::json;
use super::outcome::{Done, Failure};
use super::queries::{Claimed, Ending};
use super::types::{EnqueueError, Enqueued, LARGEST_JSON_BYTES, MOST_EVENTS, NewJob};
use crate::database::{Connection, Transaction};

/// One attempt at a job.
pub struct Running {
    jobs: Jobs,
    job: Claimed,
    last_event: AtomicI64,
}

impl Running {
    pub(super) fn new(shared: Arc<Shared>, job: Claimed) -> Self {
        let last_event = AtomicI64::new(job.last_event);
        Self { jobs: Jobs { shared }, job, last_event }
    }

    /// The job's id.
    pub fn id(&self) -> Uuid {
        self.job.id
    }

    /// The attempt's number, from 1. No two attempts at a job have the same.
    pub fn attempt(&self) -> i32 {
        self.job.attempt
    }

    /// The person it is done for; `None` for the app's own work.
    pub fn owner(&self) -> Option<&str> {
        self.job.owner.as_deref()
    }

    /// The session it belongs to.
    pub fn session(&self) -> Option<Uuid> {
        self.job.session
    }

    /// The payload. One that can't be read fails the attempt; a later one may be by a newer version of the app.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        T::deserialize(&self.job.payload)
            .map_err(|error| Failure::Retry(format!("The job's input can't be read: {error}")))
    }

    /// The schema of the app's tables, quoted.
    pub fn schema(&self) -> String {
        self.jobs.shared.database.schema().quoted()
    }

    /// A connection.
    pub async fn connection(&self) -> Result<Connection, Failure> {
        // On the heap: connecting takes a large future, which would be in each that uses a connection.
        Ok(Box::pin(self.jobs.shared.database.connection()).await?)
    }

    /// A transaction for the job's effect, which [`Running::succeed`] makes valid.
    pub async fn begin<'c>(&self, connection: &'c mut Connection) -> Result<Transaction<'c>, Failure> {
        Ok(connection.transaction(self.jobs.shared.database.schema()).await?)
    }

    /// Ends the job within the transaction that has its effect: both are there, or neither. Call it last before
    /// the commit, as it locks the job's row. Fails if the attempt has lost the job; then nothing may be committed.
    pub async fn succeed(&self, transaction: &Transaction<'_>, result: Value) -> Result<Done, Failure> {
        let result = bounded(&result)?;
        let fence = (self.job.id, self.job.attempt);
        match self.jobs.shared.queries.end(transaction, fence, &Ending::Succeeded(result)).await? {
            Some(_) => Ok(Done::Settled),
            None => Err(Failure::Lost),
        }
    }

    /// Puts another job into the queue together with this one's effect.
    pub async fn enqueue(&self, transaction: &Transaction<'_>, new: &NewJob) -> Result<Enqueued, Failure> {
        self.jobs.enqueue_in(transaction, new).await.map_err(|error| match error {
            EnqueueError::Database(error) => Failure::Database(error),
            error => Failure::Retry(error.to_string()),
        })
    }

    /// Deletes a page of jobs that ended before so long. How many.
    pub(super) async fn sweep(&self, kept: Duration, page: i64) -> Result<usize, Failure> {
        let connection = self.connection().await?;
        Ok(self.jobs.shared.queries.sweep(&connection, kept, page).await?)
    }

    /// Tells one thing to those who watch the job. Fails if the attempt has lost it.
    pub async fn tell(&self, kind: &str, body: Value) -> Result<(), Failure> {
        self.tell_all(&[(kind.to_owned(), body)], None).await
    }

    /// How much is done, in percent; told as an event `progress`.
    pub async fn progress(&self, percent: u8) -> Result<(), Failure> {
        let percent = percent.min(100);
        let event = ("progress".to_owned(), serde_json::json!({ "percent": percent }));
        self.tell_all(&[event], Some(i16::from(percent))).await
    }

    /// Tells several things within the transaction that has what they are about; [`Running::told`] after its commit
    /// brings them to the streams of this process at once. Call it last, as it locks the job's row. Fails if the
    /// attempt has lost the job; then nothing may be committed.
    pub async fn tell_in(
        &self,
        transaction: &Transaction<'_>,
        events: &[(String, Value)],
        progress: Option<i16>,
    ) -> Result<(), Failure> {
        let events = self.kept(events)?;
        let fence = (self.job.id, self.job.attempt);
        // Without events this only makes sure that the attempt still has the job.
        let last = self.jobs.shared.queries.tell(transaction, fence, &events, progress).await?;
        self.last_event.store(last.ok_or(Failure::Lost)?, Ordering::Relaxed);
        Ok(())
    }

    /// What [`Running::tell_in`] told was committed.
    pub fn told(&self) {
        self.jobs.shared.hub.told(self.job.id);
    }

    /// Tells several things at once, in this order.
    pub async fn tell_all(&self, events: &[(String, Value)], progress: Option<i16>) -> Result<(), Failure> {
        let events = self.kept(events)?;
        let Shared { queries, hub, .. } = &*self.jobs.shared;
        let connection = self.connection().await?;
        let fence = (self.job.id, self.job.attempt);
        let last = queries.tell(&connection, fence, &events, progress).await?.ok_or(Failure::Lost)?;
        self.last_event.store(last, Ordering::Relaxed);
        hub.told(self.job.id);
        Ok(())
    }

    /// Events as the tables can keep them.
    fn kept(&self, events: &[(String, Value)]) -> Result<Vec<(String, Value)>, Failure> {
        let kept = |(kind, body): &(String, Value)| Ok((json::without_nul(kind), bounded(body)?));
        let events = events.iter().map(kept).collect::<Result<Vec<_>, Failure>>()?;
        let more = i64::try_from(events.len()).unwrap_or(i64::MAX);
        if self.last_event.load(Ordering::Relaxed).saturating_add(more) > MOST_EVENTS {
            return Err(Failure::Final(format!("The job has told more than {MOST_EVENTS} events")));
        }
        Ok(events)
    }
}

fn bounded(json: &Value) -> Result<Value, Failure> {
    let too_large = || format!("The job's output is larger than {} KiB", LARGEST_JSON_BYTES / 1024);
    json::kept(json).map(Cow::into_owned).ok_or_else(|| Failure::Final(too_large()))
}

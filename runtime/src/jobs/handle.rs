//! The queue, for the rest of the app.

use std::sync::Arc;

use uuid::Uuid;

use super::hub::{Crowded, Hub, Watching};
use super::pace::Pace;
use super::queries::Queries;
use super::types::{EnqueueError, Enqueued, JobEvents, JobView, NewJob};
use crate::database::{Database, DatabaseError, Transaction};

/// The queue; cheap to clone. A process needs no worker to use it.
#[derive(Clone)]
pub struct Jobs {
    pub(super) shared: Arc<Shared>,
}

/// What the worker, the streams and the handle share.
pub(super) struct Shared {
    pub(super) database: Database,
    pub(super) queries: Queries,
    pub(super) hub: Arc<Hub>,
    pub(super) pace: Pace,
}

impl Jobs {
    /// The queue in this database.
    pub fn new(database: Database, pace: Pace) -> Self {
        let queries = Queries::new(database.schema(), &pace);
        Self { shared: Arc::new(Shared { database, queries, hub: Arc::new(Hub::new()), pace }) }
    }

    /// Puts a job into the queue.
    pub async fn enqueue(&self, new: &NewJob) -> Result<Enqueued, EnqueueError> {
        let database = &self.shared.database;
        let mut connection = database.connection().await?;
        let transaction = connection.transaction(database.schema()).await?;
        let enqueued = self.enqueue_in(&transaction, new).await?;
        transaction.commit().await?;
        self.announce();
        Ok(enqueued)
    }

    /// Puts a job into the queue if the caller's transaction is committed. Call [`Jobs::announce`] then: this
    /// process is the first that can take it.
    pub async fn enqueue_in(
        &self,
        transaction: &Transaction<'_>,
        new: &NewJob,
    ) -> Result<Enqueued, EnqueueError> {
        self.shared.queries.enqueue(transaction, new, &self.shared.pace).await
    }

    /// Has jobs of this kind and owner that wait for a time be done now, if the caller's transaction is committed.
    /// Call [`Jobs::announce`] then.
    pub async fn hurry_in(
        &self,
        transaction: &Transaction<'_>,
        kind: &str,
        owner: &str,
    ) -> Result<(), DatabaseError> {
        self.shared.queries.hurry(transaction, kind, owner).await
    }

    /// Has this process look for work now.
    pub fn announce(&self) {
        self.shared.hub.work_is_waiting();
    }

    /// A job of this owner; `None` if there is none.
    pub async fn view(&self, id: Uuid, owner: &str) -> Result<Option<JobView>, DatabaseError> {
        let connection = self.shared.database.connection().await?;
        self.shared.queries.view(&connection, id, owner).await
    }

    /// The events after the given one, of a job of this owner; `None` if there is none.
    pub async fn events(
        &self,
        id: Uuid,
        owner: &str,
        after: i64,
    ) -> Result<Option<JobEvents>, DatabaseError> {
        let connection = self.shared.database.connection().await?;
        self.shared.queries.events(&connection, id, owner, after).await
    }

    /// Cancels a job of this owner, whichever process does it. `false` if there is none, or it has ended.
    pub async fn cancel(&self, id: Uuid, owner: &str) -> Result<bool, DatabaseError> {
        let Shared { database, queries, hub, .. } = &*self.shared;
        let mut connection = database.connection().await?;
        let transaction = connection.transaction(database.schema()).await?;
        let found = queries.cancel(&transaction, id, owner).await?;
        transaction.commit().await?;
        if found {
            hub.hear(&format!("cancel {id}"));
            hub.told(id);
        }
        Ok(found)
    }

    /// Ends all streams: the process stops.
    pub fn close(&self) {
        self.shared.hub.close();
    }

    pub(super) fn watch(&self, id: Uuid, owner: &str) -> Result<Watching, Crowded> {
        self.shared.hub.watch(id, owner, &self.shared.pace)
    }
}

//! A pooled connection that is only returned to the pool if it can be reused.
//!
//! Problem: a server that stops answering without closing its connections (a suspended machine, a network
//! that drops packets) leaves statements waiting for ever, and a connection whose statement was abandoned
//! still has an answer pending.
//!
//! Choice: each statement has a timeout on the client. A connection whose statement was not answered,
//! because of the timeout or because the request was dropped, is closed instead of returned.
//!
//! Nothing depends on session state set by an earlier statement, since a pooler such as `PgBouncer` may
//! give each transaction another session: statements name the schema, and a transaction that needs a search
//! path sets it ([`Connection::transaction`]). Statements are not prepared under a name for the same
//! reason.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool::managed::Object;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Row, Transaction};

use super::error::DatabaseError;
use super::pool::Connector;
use crate::settings::SchemaName;

/// A connection from the pool.
pub struct Connection {
    object: Option<Object<Connector>>,
    limit: Duration,
    /// A statement was sent but not answered yet.
    waits: AtomicBool,
}

impl Connection {
    pub(super) fn new(object: Object<Connector>, limit: Duration) -> Self {
        Self { object: Some(object), limit, waits: AtomicBool::new(false) }
    }

    /// The rows returned by one statement, which names the schema of its tables.
    pub async fn query(
        &self,
        statement: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, DatabaseError> {
        let Some(object) = &self.object else {
            return Err(DatabaseError::Busy);
        };
        self.waits.store(true, Ordering::Relaxed);
        let answered = tokio::time::timeout(self.limit, object.query_typed(statement, parameters)).await;
        let rows = answered.map_err(|_| DatabaseError::Silent(self.limit))?;
        self.waits.store(false, Ordering::Relaxed);
        Ok(rows?)
    }

    /// A transaction in which unqualified tables are those of `schema`.
    pub async fn transaction(&mut self, schema: &SchemaName) -> Result<Transaction<'_>, DatabaseError> {
        let Some(object) = &mut self.object else {
            return Err(DatabaseError::Busy);
        };
        // Not deadpool's own transaction type, which would keep prepared statements.
        let client: &mut tokio_postgres::Client = object;
        let transaction = client.transaction().await?;
        transaction.batch_execute(&format!("SET LOCAL search_path TO {}", schema.quoted())).await?;
        Ok(transaction)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.waits.load(Ordering::Relaxed)
            && let Some(object) = self.object.take()
        {
            tracing::debug!("a connection to the database with an unanswered statement is closed");
            drop(Object::take(object));
        }
    }
}

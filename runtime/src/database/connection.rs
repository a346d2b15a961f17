//! A pooled connection that is only returned to the pool if it can be reused.
//!
//! Problem: a server that stops answering without closing its connections (a suspended machine, a network
//! that drops packets) leaves statements waiting for ever, and a connection whose statement was abandoned
//! still has an answer pending. After a failover, a connection may lead to a server that only reads.
//!
//! Choice: each statement has a timeout on the client. On a connection whose statement was not answered,
//! because of the timeout or because the request was dropped, the server is asked to stop
//! ([`Stopper`]), and the connection is closed instead of returned; so is one that turned out to be
//! read-only, together with those of the pool that are as old.
//!
//! Nothing depends on session state set by an earlier statement, since a pooler such as `PgBouncer` may
//! give each transaction another session: statements name the schema, and a transaction that needs a search
//! path sets it ([`Connection::transaction`]). Statements are not prepared under a name for the same
//! reason.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use deadpool::managed::Object;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

use super::error::DatabaseError;
use super::given_up::Stopper;
use super::pool::{Connector, Suspicion, statement_timeout};
use crate::settings::SchemaName;

/// A parameter of a statement, with its type.
pub type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// A connection from the pool.
pub struct Connection {
    object: Option<Object<Connector>>,
    limit: Duration,
    condition: Condition,
    stopper: Stopper,
}

impl Connection {
    pub(super) fn new(
        object: Object<Connector>,
        limit: Duration,
        suspicion: Suspicion,
        stopper: Stopper,
    ) -> Self {
        Self { object: Some(object), limit, condition: Condition::good(suspicion), stopper }
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
        self.condition.answered(Some(self.limit), object.query_typed(statement, parameters)).await
    }

    /// A transaction in which unqualified tables are those of `schema`. Dropped without a
    /// [commit](Transaction::commit), it has no effect.
    pub async fn transaction(&mut self, schema: &SchemaName) -> Result<Transaction<'_>, DatabaseError> {
        let Self { object: Some(object), limit, condition, .. } = self else {
            return Err(DatabaseError::Busy);
        };
        let timeout = statement_timeout(*limit);
        let limit = Some(*limit);
        // Not deadpool's own transaction type, which would keep prepared statements.
        let client: &mut tokio_postgres::Client = object;
        let inner = condition.answered(limit, client.transaction()).await?;
        let transaction = Transaction { inner, limit, condition };
        // The server keeps the time limit too, whatever session a pooler gives to this transaction: a cancel
        // request may not reach it.
        let schema = schema.quoted();
        transaction
            .batch_execute(&format!(
                "SET LOCAL search_path TO {schema}; SET LOCAL statement_timeout TO {timeout}"
            ))
            .await?;
        Ok(transaction)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.condition.is_reusable() {
            return;
        }
        let Some(object) = self.object.take() else { return };
        tracing::debug!("a connection to the database that can't be reused is closed");
        if self.condition.is_answered() {
            drop(Object::take(object));
        } else {
            self.stopper.stop(object);
        }
    }
}

/// A transaction on a pooled connection. Its methods are those of `tokio_postgres`, with the connection's
/// time limit.
pub struct Transaction<'c> {
    inner: tokio_postgres::Transaction<'c>,
    limit: Option<Duration>,
    condition: &'c Condition,
}

/// The parameters of a statement.
type Parameters<'p> = &'p [&'p (dyn ToSql + Sync)];

impl Transaction<'_> {
    /// The same without a time limit for a statement on the client: for a migration, which may rewrite a table
    /// and sets the server's limit itself.
    #[must_use]
    pub fn without_limit(self) -> Self {
        Self { limit: None, ..self }
    }

    /// Runs a statement and returns its rows.
    pub async fn query(&self, sql: &str, parameters: Parameters<'_>) -> Result<Vec<Row>, DatabaseError> {
        self.condition.answered(self.limit, self.inner.query(sql, parameters)).await
    }

    /// As [`Transaction::query`], for exactly one row.
    pub async fn query_one(&self, sql: &str, parameters: Parameters<'_>) -> Result<Row, DatabaseError> {
        self.condition.answered(self.limit, self.inner.query_one(sql, parameters)).await
    }

    /// As [`Transaction::query`], for at most one row.
    pub async fn query_opt(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Option<Row>, DatabaseError> {
        self.condition.answered(self.limit, self.inner.query_opt(sql, parameters)).await
    }

    /// As [`Transaction::query`], in one round trip: the types of the parameters are given.
    pub async fn query_typed(
        &self,
        sql: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, DatabaseError> {
        self.condition.answered(self.limit, self.inner.query_typed(sql, parameters)).await
    }

    /// Runs a statement and returns the number of rows that it changed.
    pub async fn execute(&self, sql: &str, parameters: Parameters<'_>) -> Result<u64, DatabaseError> {
        self.condition.answered(self.limit, self.inner.execute(sql, parameters)).await
    }

    /// Runs statements without parameters.
    pub async fn batch_execute(&self, sql: &str) -> Result<(), DatabaseError> {
        self.condition.answered(self.limit, self.inner.batch_execute(sql)).await
    }

    /// Ends the transaction and keeps what it did.
    pub async fn commit(self) -> Result<(), DatabaseError> {
        self.condition.answered(self.limit, self.inner.commit()).await
    }

    /// Ends the transaction and undoes what it did.
    pub async fn rollback(self) -> Result<(), DatabaseError> {
        self.condition.answered(self.limit, self.inner.rollback()).await
    }
}

/// Whether a connection can be reused.
struct Condition {
    /// How many statements were sent but not answered. One that was given up counts for ever.
    unanswered: AtomicUsize,
    /// The server only reads.
    reads_only: AtomicBool,
    suspicion: Suspicion,
}

impl Condition {
    fn good(suspicion: Suspicion) -> Self {
        Self { unanswered: AtomicUsize::new(0), reads_only: AtomicBool::new(false), suspicion }
    }

    /// The outcome of `statement`. If this future is dropped first, or the time is over, the connection
    /// can't be reused.
    async fn answered<T>(
        &self,
        limit: Option<Duration>,
        statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, DatabaseError> {
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        let outcome = match limit {
            Some(limit) => {
                tokio::time::timeout(limit, statement).await.map_err(|_| DatabaseError::Silent(limit))?
            }
            None => statement.await,
        };
        self.unanswered.fetch_sub(1, Ordering::Relaxed);
        outcome.map_err(|error| {
            if error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION) {
                tracing::warn!(
                    "the database only reads, as a server does after a failover; connecting again"
                );
                self.reads_only.store(true, Ordering::Relaxed);
                self.suspicion.raise();
            }
            error.into()
        })
    }

    fn is_answered(&self) -> bool {
        self.unanswered.load(Ordering::Relaxed) == 0
    }

    fn is_reusable(&self) -> bool {
        self.is_answered() && !self.reads_only.load(Ordering::Relaxed)
    }
}

//! The app's data: a PostgreSQL schema, usually in Lakebase.
//!
//! [`Database`] is the interface for the rest of the app: it provides connections and reports its state.
//! [`Database::initialise`] runs once per start, before serving: migrations, the check of the encryption
//! key, initial content. Serving never changes the schema, so any number of processes may start.

mod answer;
mod connection;
mod effort;
pub mod encryption;
mod error;
mod given_up;
mod key_error;
mod listen;
mod migration_error;
pub mod migrations;
mod pool;
pub mod rotation;
pub mod seeds;
pub mod state;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

pub use connection::{Connection, Parameter, Transaction};
pub use effort::Effort;
pub use error::DatabaseError;
pub use listen::Notifications;
pub use state::{DatabaseState, State};

use crate::fernet::Key;
use crate::settings::{DatabaseSettings, SchemaName, Settings, Target};
use crate::tls;
use crate::workspace::{DatabaseCredential, Workspace};
pub use pool::PoolFigures;
use pool::{Connections, Connector};

/// The app's data; cheap to clone.
#[derive(Clone)]
pub struct Database {
    connections: Connections,
    shared: Arc<Shared>,
}

struct Shared {
    settings: DatabaseSettings,
    key: Option<Key>,
    key_is_required: bool,
    /// A check in this process has succeeded.
    was_ready: AtomicBool,
    /// How many connections were asked for.
    uses: AtomicU64,
}

impl Database {
    /// Prepares the pool. It connects on first use, so this works even if the database is down.
    pub fn open(settings: &Settings, effort: Effort) -> Result<Self, DatabaseError> {
        Self::open_of(settings, Workspace::of_app(settings, effort.retry)?.as_ref(), effort)
    }

    /// The same with the workspace that issues credentials, for a caller that asks it for more.
    pub fn open_of(
        settings: &Settings,
        workspace: Option<&Workspace>,
        effort: Effort,
    ) -> Result<Self, DatabaseError> {
        let database = settings.database.clone();
        let credential = match (&database.target, workspace) {
            (Target::Lakebase { lakebase, .. }, Some(workspace)) => {
                Some(DatabaseCredential::new(workspace.clone(), lakebase))
            }
            _ => None,
        };
        let tls = tls::client_config(database.root_certificates.as_deref())?;
        let connector = Connector::new(&database, tls, credential, effort);
        Ok(Self {
            connections: Connections::new(connector),
            shared: Arc::new(Shared {
                settings: database,
                key: settings.encryption_key.clone(),
                key_is_required: settings.environment == crate::settings::Environment::Production,
                was_ready: AtomicBool::new(false),
                uses: AtomicU64::new(0),
            }),
        })
    }

    /// A connection.
    pub async fn connection(&self) -> Result<Connection, DatabaseError> {
        self.shared.uses.fetch_add(1, Ordering::Relaxed);
        let object = self.connections.get().await?;
        let (limit, suspicion) = (self.connections.statement_limit(), self.connections.suspicion());
        Ok(Connection::new(object, limit, suspicion, self.connections.stopper()))
    }

    /// A number that changes each time this process uses the database.
    pub fn uses(&self) -> u64 {
        self.shared.uses.load(Ordering::Relaxed)
    }

    /// The schema of the app's tables.
    pub fn schema(&self) -> &SchemaName {
        &self.shared.settings.schema
    }

    /// The server's address.
    pub fn target(&self) -> &Target {
        &self.shared.settings.target
    }

    /// The key for encrypted data.
    pub fn encryption_key(&self) -> Option<&Key> {
        self.shared.key.as_ref()
    }

    /// Migrates the schema, checks the encryption key, adds the initial content. Idempotent, and safe to
    /// run in any number of processes at once.
    pub async fn initialise(&self, seeds: seeds::Selection) -> Result<Initialised, DatabaseError> {
        let mut connection = self.connection().await?;
        let applied = migrations::run(&mut connection, self.schema(), self.target()).await?;
        let required = self.shared.key_is_required;
        let key = encryption::prove(&connection, self.schema(), self.encryption_key(), required).await?;
        let planted = seeds::plant(&mut connection, self.schema(), seeds).await?;
        Ok(Initialised { applied, key, planted })
    }

    /// Closes connections that were idle for a while.
    pub fn close_idle(&self) {
        self.connections.close_idle();
    }

    /// How the pool is used.
    pub fn pool(&self) -> PoolFigures {
        self.connections.figures()
    }

    /// Closes the pool, and waits for statements that were given up to be stopped, at most for
    /// [`Effort::stopping`].
    pub async fn close(&self) {
        self.connections.close().await;
    }
}

/// The result of [`Database::initialise`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Initialised {
    /// The migrations that were applied.
    pub applied: Vec<i32>,
    /// The result of the encryption key's check.
    pub key: encryption::Proof,
    /// The names of the content that was added.
    pub planted: Vec<&'static str>,
}

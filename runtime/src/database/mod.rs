//! The app's data: a PostgreSQL schema, usually in Lakebase.
//!
//! [`Database`] is what the rest of the app holds: it gives connections and tells its state.
//! [`Database::initialise`] is what runs once per start, before serving: migrations, the proof of the
//! encryption key, seeds. Serving never changes the schema, so any number of processes may start.

mod connection;
pub mod credentials;
mod effort;
pub mod encryption;
mod error;
pub mod migrations;
mod pool;
pub mod seeds;
pub mod state;
pub mod tls;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use connection::Connection;
pub use effort::Effort;
pub use error::DatabaseError;
pub use state::{DatabaseState, State};

use crate::fernet::Key;
use crate::settings::{DatabaseSettings, SchemaName, Settings, Target};
use credentials::Credentials;
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
    /// A probe of this process has found everything as it should be.
    was_ready: AtomicBool,
}

impl Database {
    /// Prepares the pool. Nothing connects before the first use, so this works while the database is down.
    pub fn open(settings: &Settings, effort: Effort) -> Result<Self, DatabaseError> {
        let database = settings.database.clone();
        let credentials = match &database.target {
            Target::Postgres(_) => None,
            Target::Lakebase { lakebase, workspace, .. } => {
                Some(Credentials::new(http_client()?, workspace.clone(), lakebase.clone(), effort.retry))
            }
        };
        let tls = tls::client_config(database.root_certificates.as_deref())?;
        let connector = Connector::new(&database, tls, credentials, effort);
        Ok(Self {
            connections: Connections::new(connector),
            shared: Arc::new(Shared {
                settings: database,
                key: settings.encryption_key.clone(),
                key_is_required: settings.environment == crate::settings::Environment::Production,
                was_ready: AtomicBool::new(false),
            }),
        })
    }

    /// A connection.
    pub async fn connection(&self) -> Result<Connection, DatabaseError> {
        Ok(Connection::new(self.connections.get().await?, self.connections.statement_limit()))
    }

    /// The schema of the app's tables.
    pub fn schema(&self) -> &SchemaName {
        &self.shared.settings.schema
    }

    /// The server.
    pub fn target(&self) -> &Target {
        &self.shared.settings.target
    }

    /// The key for what is stored encrypted.
    pub fn encryption_key(&self) -> Option<&Key> {
        self.shared.key.as_ref()
    }

    /// Brings the schema up to date, proves the encryption key, plants the seeds. Safe to run by any
    /// number of processes at once and any number of times.
    pub async fn initialise(&self, seeds: seeds::Selection) -> Result<Initialised, DatabaseError> {
        let mut connection = self.connection().await?;
        let applied = migrations::run(&mut connection, self.schema(), self.target()).await?;
        let required = self.shared.key_is_required;
        let key = encryption::prove(&connection, self.schema(), self.encryption_key(), required).await?;
        let planted = seeds::plant(&mut connection, self.schema(), seeds).await?;
        Ok(Initialised { applied, key, planted })
    }

    /// Closes connections that nobody used for a while.
    pub fn close_idle(&self) {
        self.connections.close_idle();
    }

    /// Ends the pool.
    pub fn close(&self) {
        self.connections.close();
    }
}

/// What [`Database::initialise`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Initialised {
    /// The migrations applied now.
    pub applied: Vec<i32>,
    /// What became of the encryption key.
    pub key: encryption::Proof,
    /// The names of the seeds planted now.
    pub planted: Vec<&'static str>,
}

fn http_client() -> Result<reqwest::Client, DatabaseError> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls::client_config(None)?)
        .user_agent(concat!("tellr-app/", env!("CARGO_PKG_VERSION")))
        // A redirect would carry the authorisation elsewhere; the API never sends one.
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|_| DatabaseError::HttpClient)
}

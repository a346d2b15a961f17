//! Errors of the database layer.

use std::error::Error as _;

use tokio_postgres::error::SqlState;

use super::key_error::KeyError;
use super::migration_error::MigrationError;
use crate::tls::TlsError;
use crate::workspace::{ClientError, CredentialError};

/// Any database error.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// No password is available.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// TLS could not be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The HTTP client could not be set up.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The server could not be reached, or refused the login.
    #[error("the database at {address} could not be reached: {reason}")]
    Connect {
        /// `host:port`.
        address: String,
        /// What went wrong.
        reason: String,
    },
    /// A statement timed out.
    #[error("the database did not answer a statement within {} s", .0.as_secs())]
    Silent(std::time::Duration),
    /// All connections were in use for too long.
    #[error("all connections to the database are in use")]
    Busy,
    /// A statement failed.
    #[error("the database refused a statement: {}", describe(.0))]
    Statement(#[from] tokio_postgres::Error),
    /// The schema could not be migrated.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// The encryption key does not match the database.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl DatabaseError {
    /// The code of the SQL error, if it is one.
    pub fn sql_state(&self) -> Option<&SqlState> {
        match self {
            Self::Statement(error) => error.code(),
            _ => None,
        }
    }
}

/// The message and code of a PostgreSQL error. Its detail is left out: it may quote a row's values.
pub(super) fn describe(error: &tokio_postgres::Error) -> String {
    if let Some(db) = error.as_db_error() {
        return format!("{} ({})", db.message(), db.code().code());
    }
    match error.source() {
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}

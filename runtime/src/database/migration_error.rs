//! Why a schema could not be migrated.

use crate::settings::SchemaName;

/// How long to wait for another process that is migrating.
pub(super) const LOCK_TIMEOUT: &str = "90s";

/// The schema could not be migrated.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The schema doesn't exist, and the app may not create it.
    #[error(
        "schema `{schema}` does not exist, or the app's role may not use it. The deployer creates it and grants \
         the app USAGE and CREATE on it: run the deployer's `update` again"
    )]
    NoSchema {
        /// The schema.
        schema: SchemaName,
    },
    /// The database was migrated by a newer version of the program, and this one can't work with it.
    #[error(
        "schema `{schema}` is at migration {found}, and this version of tellr-app supports migrations up \
         to {known}. Deploy the version that migrated it, or a newer one"
    )]
    Newer {
        /// The schema.
        schema: SchemaName,
        /// The version of the database.
        found: i32,
        /// The newest version known to the program.
        known: i32,
    },
    /// A migration differs from the one that was applied.
    #[error(
        "migration {version} (`{name}`) was applied to schema `{schema}` with different contents than in \
         this version of tellr-app; the schema may not match the program. Deploy the version that \
         applied it"
    )]
    Changed {
        /// The schema.
        schema: SchemaName,
        /// The migration's number.
        version: i32,
        /// Its name.
        name: String,
    },
    /// Another process holds the lock.
    #[error("another process has been migrating schema `{schema}` for more than {LOCK_TIMEOUT}; try again")]
    Locked {
        /// The schema.
        schema: SchemaName,
    },
    /// A statement failed; the migration was rolled back.
    #[error("migration {version} (`{name}`) failed in schema `{schema}` and was rolled back: {reason}")]
    Failed {
        /// The schema.
        schema: SchemaName,
        /// The migration's number.
        version: i32,
        /// Its name.
        name: &'static str,
        /// PostgreSQL's message.
        reason: String,
    },
}

//! Schema migrations, each applied once.
//!
//! Problem: several processes may migrate the schema at the same time at their start, and a deployment may
//! be rolled back to a version that is older than the database.
//!
//! Choice: numbered files, embedded with a checksum. One migration is one transaction that first takes an
//! advisory lock and then checks what is still to do. The lock ends with its transaction, so a process that
//! dies blocks no other, and it needs no session, so it works behind a pooler. A migration only ever adds:
//! the previous version must keep working on the newer schema.
//!
//! Two situations are errors: a database newer than the program, and a migration that was changed after it
//! was applied.

use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tokio_postgres::Transaction;
use tokio_postgres::error::SqlState;

use super::connection::Connection;
use super::error::{DatabaseError, describe};
use crate::settings::{SchemaName, Target};

/// One migration.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number; consecutive, starting at 1.
    pub version: i32,
    /// What it adds.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

/// All migrations, oldest first.
pub const MIGRATIONS: &[Migration] =
    &[Migration { version: 1, name: "foundation", sql: include_str!("0001_foundation.sql") }];

/// The schema version that this program needs.
pub const NEWEST: i32 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// How long to wait for another process that is migrating.
const LOCK_TIMEOUT: &str = "90s";

/// How often a migration is retried after [`is_race`], with increasing pauses.
const MOST_RACES: u32 = 5;
const AFTER_A_RACE: Duration = Duration::from_millis(50);

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
    /// The database was migrated by a newer version of the program.
    #[error(
        "schema `{schema}` is at migration {found}, and this version of tellr-app supports migrations up \
         to {known}. Deploy the previous version again, or a newer one"
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

/// Applies pending migrations and returns the versions applied by this call.
pub async fn run(
    connection: &mut Connection,
    schema: &SchemaName,
    target: &Target,
) -> Result<Vec<i32>, DatabaseError> {
    run_history(connection, schema, target, MIGRATIONS).await
}

async fn run_history(
    connection: &mut Connection,
    schema: &SchemaName,
    target: &Target,
    history: &[Migration],
) -> Result<Vec<i32>, DatabaseError> {
    let mut applied = Vec::new();
    let mut races = 0;
    loop {
        match step(connection, schema, target, history).await {
            Ok(Some(version)) => applied.push(version),
            Ok(None) => return Ok(applied),
            Err(error) if races < MOST_RACES && is_race(&error) => {
                races += 1;
                tracing::debug!(%error, "another process created the same objects at the same time; checking again");
                tokio::time::sleep(AFTER_A_RACE * races).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Applies the next pending migration, if any.
async fn step(
    connection: &mut Connection,
    schema: &SchemaName,
    target: &Target,
    history: &[Migration],
) -> Result<Option<i32>, DatabaseError> {
    let transaction = connection.transaction(schema).await?;
    lock(&transaction, schema).await?;
    prepare(&transaction, schema, target).await?;
    let done = verify(&transaction, schema, history).await?;
    let Some(next) = history.get(done) else {
        transaction.commit().await?;
        return Ok(None);
    };
    let started = Instant::now();
    apply(&transaction, schema, next).await?;
    transaction.commit().await?;
    tracing::info!(
        migration = next.version,
        duration_ms = started.elapsed().as_millis(),
        "migration {} ({}) was applied to schema {schema}",
        next.version,
        next.name,
    );
    Ok(Some(next.version))
}

/// Whether another client that doesn't take this module's lock, such as the deployer, created the same
/// object or conflicted at the same moment. `IF NOT EXISTS` checks first, and fails if another transaction
/// commits in between; a retry finds the object.
fn is_race(error: &DatabaseError) -> bool {
    let DatabaseError::Statement(error) = error else { return false };
    let Some(error) = error.as_db_error() else { return false };
    match *error.code() {
        // In one of the server's system catalogues, not in a table of ours.
        SqlState::UNIQUE_VIOLATION => error.constraint().is_some_and(|name| name.starts_with("pg_")),
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::DUPLICATE_SCHEMA
        | SqlState::DUPLICATE_OBJECT => true,
        _ => false,
    }
}

/// The version of the newest migration applied.
pub(super) async fn newest_applied(
    connection: &Connection,
    schema: &SchemaName,
) -> Result<Option<i32>, DatabaseError> {
    let statement = format!("SELECT max(version) FROM {}.schema_migrations", schema.quoted());
    let rows = connection.query(&statement, &[]).await?;
    Ok(rows.first().and_then(|row| row.get(0)))
}

/// Lets one process migrate a schema at a time.
async fn lock(transaction: &Transaction<'_>, schema: &SchemaName) -> Result<(), DatabaseError> {
    transaction
        .batch_execute(&format!(
            "SET LOCAL statement_timeout TO 0; SET LOCAL lock_timeout TO '{LOCK_TIMEOUT}'"
        ))
        .await?;
    let name = format!("tellr migrations {schema}");
    match transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", &[&name]).await {
        Ok(_) => Ok(()),
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
            Err(MigrationError::Locked { schema: schema.clone() }.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Creates the schema and the table of applied migrations if needed.
async fn prepare(
    transaction: &Transaction<'_>,
    schema: &SchemaName,
    target: &Target,
) -> Result<(), DatabaseError> {
    let usable: bool = transaction
        .query_one(
            "SELECT coalesce((SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = $1), false)",
            &[&schema.as_str()],
        )
        .await?
        .get(0);
    if !usable {
        match target {
            // In Lakebase the deployer owns the schema, so that it can drop it again.
            Target::Lakebase { .. } => {
                return Err(MigrationError::NoSchema { schema: schema.clone() }.into());
            }
            Target::Postgres(_) => {
                let statement = format!("CREATE SCHEMA IF NOT EXISTS {}", schema.quoted());
                transaction.batch_execute(&statement).await?;
            }
        }
    }
    transaction.batch_execute(include_str!("schema_migrations.sql")).await?;
    Ok(())
}

/// Compares the recorded migrations with the program's and returns the number of applied ones.
async fn verify(
    transaction: &Transaction<'_>,
    schema: &SchemaName,
    history: &[Migration],
) -> Result<usize, DatabaseError> {
    let recorded = transaction
        .query("SELECT version, name, checksum FROM schema_migrations ORDER BY version", &[])
        .await?;
    for (row, step) in recorded.iter().zip(history) {
        let (version, name): (i32, String) = (row.get(0), row.get(1));
        if version != step.version || row.get::<_, String>(2) != checksum(step.sql) {
            return Err(MigrationError::Changed { schema: schema.clone(), version, name }.into());
        }
    }
    match (recorded.last(), history.last()) {
        (Some(row), Some(last)) if recorded.len() > history.len() => {
            Err(MigrationError::Newer { schema: schema.clone(), found: row.get(0), known: last.version }
                .into())
        }
        _ => Ok(recorded.len()),
    }
}

async fn apply(
    transaction: &Transaction<'_>,
    schema: &SchemaName,
    step: &Migration,
) -> Result<(), DatabaseError> {
    let Migration { version, name, sql } = *step;
    let failed = |error: tokio_postgres::Error| {
        let reason = describe(&error);
        let error = DatabaseError::from(error);
        if is_race(&error) {
            return error;
        }
        MigrationError::Failed { schema: schema.clone(), version, name, reason }.into()
    };
    transaction.batch_execute(sql).await.map_err(failed)?;
    transaction
        .execute(
            "INSERT INTO schema_migrations (version, name, checksum, applied_by) VALUES ($1, $2, $3, $4)",
            &[&version, &name, &checksum(sql), &format!("{} {}", crate::NAME, crate::VERSION)],
        )
        .await
        .map_err(failed)?;
    Ok(())
}

/// Computed with Unix line ends, so that it doesn't depend on the checkout.
fn checksum(sql: &str) -> String {
    Sha256::digest(sql.replace("\r\n", "\n"))
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

//! Schema migrations, each applied once.
//!
//! Problem: several processes may migrate the schema at the same time at their start, and a deployment may
//! be rolled back to a version that is older than the database.
//!
//! Choice: numbered files, embedded with a checksum. One migration is one transaction that first takes an
//! advisory lock and then checks what is still to do. The lock ends with its transaction, so a process that
//! dies blocks no other, and it needs no session, so it works behind a pooler.
//!
//! A migration only ever adds, so that the previous version keeps working on the newer schema. Each records
//! the lowest migration a program has to know to work with the schema it leaves ([`Migration::works_from`]).
//! A program that is older than the schema reads that number: it starts if it knows enough, and applies
//! nothing.
//!
//! Two situations are errors: a database that needs a newer program, and a migration that was changed after
//! it was applied.

use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tokio_postgres::error::SqlState;

use super::connection::{Connection, Transaction};
use super::error::{DatabaseError, describe};
use super::migration_error::LOCK_TIMEOUT;
pub use super::migration_error::MigrationError;
use crate::settings::{SchemaName, Target};

/// One migration.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number; consecutive, starting at 1.
    pub version: i32,
    /// What it adds.
    pub name: &'static str,
    /// The lowest migration that a program has to know to work with the schema that this one leaves.
    pub works_from: i32,
    /// The statements.
    pub sql: &'static str,
}

/// All migrations, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "foundation", works_from: 1, sql: include_str!("0001_foundation.sql") },
    Migration { version: 2, name: "assistant", works_from: 1, sql: include_str!("0002_assistant.sql") },
    Migration { version: 3, name: "exports", works_from: 1, sql: include_str!("0003_exports.sql") },
    Migration { version: 4, name: "google", works_from: 1, sql: include_str!("0004_google.sql") },
    Migration { version: 5, name: "styles", works_from: 1, sql: include_str!("0005_styles.sql") },
];

/// The schema version that this program needs.
pub const NEWEST: i32 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// How often a migration is retried after [`is_race`], with increasing pauses.
const MOST_RACES: u32 = 5;
const AFTER_A_RACE: Duration = Duration::from_millis(50);

/// Applies pending migrations and returns the versions applied by this call.
pub async fn run(
    connection: &mut Connection,
    schema: &SchemaName,
    target: &Target,
) -> Result<Vec<i32>, DatabaseError> {
    run_history(connection, schema, target, MIGRATIONS).await
}

/// As [`run`], with the migrations of another version of the program.
pub async fn run_history(
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
    // A migration may take long, and waits for those of other processes.
    let transaction = connection.transaction(schema).await?.without_limit();
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

/// What was applied to a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Applied {
    /// The version of the newest migration.
    pub(super) newest: i32,
    /// The lowest migration that a program has to know.
    pub(super) works_from: i32,
}

/// What was applied to a schema; `None` if nothing was.
pub(super) async fn applied(
    connection: &Connection,
    schema: &SchemaName,
) -> Result<Option<Applied>, DatabaseError> {
    let statement =
        format!("SELECT max(version), max(works_from) FROM {}.schema_migrations", schema.quoted());
    let rows = connection.query(&statement, &[]).await?;
    let applied = |row: &tokio_postgres::Row| {
        Some(Applied { newest: row.get::<_, Option<i32>>(0)?, works_from: row.get::<_, Option<i32>>(1)? })
    };
    Ok(rows.first().and_then(applied))
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
        Err(error) if error.sql_state() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
            Err(MigrationError::Locked { schema: schema.clone() }.into())
        }
        Err(error) => Err(error),
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

/// Compares the recorded migrations with the program's and returns the number of applied ones, which is
/// larger than that of the program's if the schema is newer and may be used.
async fn verify(
    transaction: &Transaction<'_>,
    schema: &SchemaName,
    history: &[Migration],
) -> Result<usize, DatabaseError> {
    let recorded = transaction
        .query("SELECT version, name, checksum, works_from FROM schema_migrations ORDER BY version", &[])
        .await?;
    for (row, step) in recorded.iter().zip(history) {
        let (version, name): (i32, String) = (row.get(0), row.get(1));
        if version != step.version || row.get::<_, String>(2) != checksum(step.sql) {
            return Err(MigrationError::Changed { schema: schema.clone(), version, name }.into());
        }
    }
    let known = history.last().map_or(0, |step| step.version);
    if let Some(row) = recorded.last()
        && recorded.iter().any(|row| row.get::<_, i32>(3) > known)
    {
        return Err(MigrationError::Newer { schema: schema.clone(), found: row.get(0), known }.into());
    }
    Ok(recorded.len())
}

async fn apply(
    transaction: &Transaction<'_>,
    schema: &SchemaName,
    step: &Migration,
) -> Result<(), DatabaseError> {
    let Migration { version, name, works_from, sql } = *step;
    let failed = |error: DatabaseError| {
        let reason = match &error {
            DatabaseError::Statement(refusal) if !is_race(&error) => describe(refusal),
            _ => return error,
        };
        MigrationError::Failed { schema: schema.clone(), version, name, reason }.into()
    };
    transaction.batch_execute(sql).await.map_err(failed)?;
    transaction
        .execute(
            "INSERT INTO schema_migrations (version, name, checksum, works_from, applied_by)
             VALUES ($1, $2, $3, $4, $5)",
            &[&version, &name, &checksum(sql), &works_from, &format!("{} {}", crate::NAME, crate::VERSION)],
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

//! Changes the encryption key of all that is stored encrypted.
//!
//! Problem: the key may have been seen by others. Rows are written with it while the app runs, and a row that is
//! left behind can't be read any more.
//!
//! Choice: one transaction. It first locks the check value, which all who store something encrypted hold in share
//! mode ([`super::encryption::hold`]), then the tables; so nothing is written with the old key once it has begun, and
//! processes that still have the old key read the old rows until it commits. Encrypted columns are found by their
//! names, which end with `_encrypted`: none can be forgotten. A value that the new key decrypts already is left as
//! it is, so a run that was interrupted, or whose end was not seen, is simply repeated. A value that neither key
//! decrypts ends the run without an effect.
//!
//! Alternative considered: keys with numbers in front of each value. Then rows of both keys may exist side by side,
//! and the app needs both keys for ever; Fernet has no place for the number.

use tokio_postgres::types::Type;

use super::{Database, DatabaseError, encryption};
use crate::fernet::Key;

/// The key was not changed.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// There is no present key.
    #[error(
        "GOOGLE_OAUTH_ENCRYPTION_KEY is not set. Set it to the present key, and TELLR_NEW_ENCRYPTION_KEY to the new one"
    )]
    NoKey,
    /// There is no new key.
    #[error(
        "TELLR_NEW_ENCRYPTION_KEY is not set. Set it to the new Fernet key: 32 random bytes in URL-safe base64. It is \
         read from the environment only, so that it doesn't stand in the list of processes"
    )]
    NoNewKey,
    /// They are the same.
    #[error("TELLR_NEW_ENCRYPTION_KEY is the present key. Set it to another one")]
    Same,
    /// Nothing was ever encrypted.
    #[error(
        "this database has no encryption key yet. Run `tellr-app init-database` with the new key instead"
    )]
    NotInUse,
    /// The present key isn't the database's.
    #[error(
        "neither GOOGLE_OAUTH_ENCRYPTION_KEY nor TELLR_NEW_ENCRYPTION_KEY is the key of this database. Nothing was \
         changed. Set GOOGLE_OAUTH_ENCRYPTION_KEY to the present key"
    )]
    WrongKey,
    /// A value is of another key.
    #[error(
        "{count} values in `{table}.{column}` can be decrypted with neither key. Nothing was changed. Delete those \
         rows, or restore them from a backup; people then connect again"
    )]
    Unreadable {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// How many.
        count: usize,
    },
    /// No random bytes.
    #[error(transparent)]
    Randomness(#[from] crate::fernet::NoRandomness),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// Whether the check value was of the new key before.
    pub was_done: bool,
    /// How many values were encrypted anew, by table and column.
    pub changed: Vec<(String, usize)>,
}

/// Changes the key from `old` to `new`. Idempotent.
pub async fn rotate(
    database: &Database,
    old: Option<&Key>,
    new: Option<&Key>,
) -> Result<Rotated, RotationError> {
    let old = old.ok_or(RotationError::NoKey)?;
    let new = new.ok_or(RotationError::NoNewKey)?;
    let value = encryption::check_value(new)?;
    if encryption::decrypts(old, &value) {
        return Err(RotationError::Same);
    }
    let mut connection = database.connection().await?;
    let transaction = connection.transaction(database.schema()).await?.without_limit();
    transaction.batch_execute("SET LOCAL statement_timeout TO 0; SET LOCAL lock_timeout TO '60s'").await?;
    let rows = transaction.query("SELECT token FROM encryption_check WHERE id = 1 FOR UPDATE", &[]).await?;
    let token: String = rows.first().ok_or(RotationError::NotInUse)?.get(0);
    let was_done = encryption::decrypts(new, &token);
    if !was_done && !encryption::decrypts(old, &token) {
        return Err(RotationError::WrongKey);
    }
    let columns = transaction
        .query_typed(
            "SELECT table_name::text, column_name::text FROM information_schema.columns
             WHERE table_schema = $1 AND column_name LIKE '%\\_encrypted' ORDER BY 1, 2",
            &[(&database.schema().as_str(), Type::TEXT)],
        )
        .await?;
    let mut changed = Vec::new();
    for row in &columns {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        // Both are names of our own migrations.
        transaction.batch_execute(&format!("LOCK TABLE \"{table}\" IN EXCLUSIVE MODE")).await?;
        let select =
            format!("SELECT ctid::text, \"{column}\" FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
        let update = format!("UPDATE \"{table}\" SET \"{column}\" = $2 WHERE ctid = $1::text::tid");
        let (mut count, mut unreadable) = (0_usize, 0_usize);
        for value in transaction.query(&select, &[]).await? {
            let (place, token): (String, String) = (value.get(0), value.get(1));
            if new.decrypt(&token).is_ok() {
                continue;
            }
            let Ok(plain) = old.decrypt(&token) else {
                unreadable += 1;
                continue;
            };
            let token = new.encrypt(&plain)?;
            transaction.query_typed(&update, &[(&place, Type::TEXT), (&token, Type::TEXT)]).await?;
            count += 1;
        }
        if unreadable > 0 {
            return Err(RotationError::Unreadable { table, column, count: unreadable });
        }
        changed.push((format!("{table}.{column}"), count));
    }
    if !was_done {
        let statement = "UPDATE encryption_check SET token = $1 WHERE id = 1";
        transaction.query_typed(statement, &[(&value, Type::TEXT)]).await?;
    }
    transaction.commit().await?;
    Ok(Rotated { was_done, changed })
}

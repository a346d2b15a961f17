//! Checks that the configured key is the one the data was encrypted with.
//!
//! Problem: a Fernet key that was lost and replaced can't decrypt the existing data. Without a check this
//! is noticed weeks later, as missing credentials of single users.
//!
//! Choice: the first start encrypts a known value into `encryption_check`; every later start must be able
//! to decrypt it, or the app does not start. The deployer knows this table and its columns too, and checks
//! there whether a key is in use before it creates one.

use time::OffsetDateTime;
use tokio_postgres::types::Type;

use super::connection::{Connection, Transaction};
use super::error::DatabaseError;
pub use super::key_error::KeyError;
use crate::fernet::{Key, NoRandomness};
use crate::settings::SchemaName;

/// What the stored token decrypts to.
const KNOWN_VALUE: &[u8] = b"tellr encryption check v1";

/// The result of the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The database had no key; this key was recorded.
    Recorded,
    /// The key matches the database.
    Right,
    /// There is no key, and none is needed yet.
    NotInUse,
}

/// Checks `key` against the stored value, or stores the value.
pub async fn prove(
    connection: &Connection,
    schema: &SchemaName,
    key: Option<&Key>,
    required: bool,
) -> Result<Proof, DatabaseError> {
    let Some(key) = key else {
        let in_use = stored(connection, schema).await?.is_some();
        return if in_use || required {
            Err(KeyError::Missing { in_use }.into())
        } else {
            Ok(Proof::NotInUse)
        };
    };
    let mut outcome = Proof::Right;
    if stored(connection, schema).await?.is_none()
        && let Ok(token) = key.encrypt(KNOWN_VALUE)
    {
        // Several processes may start at once: the first one's token is kept, and the others are checked
        // against it.
        let statement = format!(
            "INSERT INTO {}.encryption_check (id, token) VALUES (1, $1) ON CONFLICT (id) DO NOTHING RETURNING id",
            schema.quoted()
        );
        if !connection.query(&statement, &[(&token, Type::TEXT)]).await?.is_empty() {
            outcome = Proof::Recorded;
        }
    }
    match stored(connection, schema).await? {
        Some((token, since)) if !decrypts(key, &token) => {
            Err(KeyError::Wrong { schema: schema.clone(), since: since.date().to_string() }.into())
        }
        _ => Ok(outcome),
    }
}

/// Makes sure that `key` stays the database's key until the transaction ends. Call it before the first statement
/// that stores something encrypted: [`super::rotation`] waits for it, and it for that.
pub async fn hold(transaction: &Transaction<'_>, key: &Key) -> Result<(), DatabaseError> {
    let statement = "SELECT token FROM encryption_check WHERE id = 1 FOR SHARE";
    let rows = transaction.query_typed(statement, &[]).await?;
    match rows.first() {
        Some(row) if decrypts(key, row.get(0)) => Ok(()),
        Some(_) => Err(KeyError::Rotated.into()),
        None => Err(KeyError::Missing { in_use: false }.into()),
    }
}

/// The stored value under `key`.
pub(super) fn check_value(key: &Key) -> Result<String, NoRandomness> {
    key.encrypt(KNOWN_VALUE)
}

/// Whether `key` decrypts the stored value; `None` if there is none.
pub(super) async fn is_right(
    connection: &Connection,
    schema: &SchemaName,
    key: &Key,
) -> Result<Option<bool>, DatabaseError> {
    Ok(stored(connection, schema).await?.map(|(token, _)| decrypts(key, &token)))
}

pub(super) fn decrypts(key: &Key, token: &str) -> bool {
    key.decrypt(token).is_ok_and(|plain| plain.as_slice() == KNOWN_VALUE)
}

async fn stored(
    connection: &Connection,
    schema: &SchemaName,
) -> Result<Option<(String, OffsetDateTime)>, DatabaseError> {
    let statement =
        format!("SELECT token, created_at FROM {}.encryption_check WHERE id = 1", schema.quoted());
    let rows = connection.query(&statement, &[]).await?;
    Ok(rows.first().map(|row| (row.get(0), row.get(1))))
}

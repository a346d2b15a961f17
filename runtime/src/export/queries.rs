//! The statements on files that decks were written into.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::types::ExportedFile;
use crate::database::{Connection, Database, DatabaseError, Parameter, Transaction};
use crate::sharing::Caller;
use crate::sharing::queries::role;

/// Bytes of a chunk of a file; the last one has fewer.
pub(super) const CHUNK: usize = 256 * 1024;
/// The most files that are kept of a deck; the oldest go first.
const MOST_OF_A_DECK: i64 = 24;
/// Hours for which a file is kept.
const KEPT_HOURS: i32 = 24;
/// The same.
pub(super) const KEPT: Duration = Duration::from_hours(24);

/// The version of a deck that a person may see, by their id and the ids of their groups.
pub(super) async fn version(
    connection: &Connection,
    schema: &str,
    (person, groups): (&str, &[String]),
    session: Uuid,
) -> Result<Option<i64>, DatabaseError> {
    Ok(seen(connection, schema, (person, groups), session, "0").await?.map(|row| row.get(1)))
}

/// The document of a deck that a person may see, and its version.
pub(super) async fn deck(
    connection: &Connection,
    schema: &str,
    (person, groups): (&str, &[String]),
    session: Uuid,
) -> Result<Option<(String, i64)>, DatabaseError> {
    let row = seen(connection, schema, (person, groups), session, "d.document::text").await?;
    Ok(row.map(|row| (row.get(0), row.get(1))))
}

async fn seen(
    connection: &Connection,
    schema: &str,
    (person, groups): (&str, &[String]),
    session: Uuid,
    shown: &str,
) -> Result<Option<Row>, DatabaseError> {
    let role = role(schema, "$1", "$2");
    let statement = format!(
        "SELECT {shown}, d.version FROM {schema}.sessions s JOIN {schema}.decks d ON d.session_id = s.id
         WHERE s.id = $3 AND {role} IS NOT NULL"
    );
    let parameters: [Parameter<'_>; 3] =
        [(&person, Type::TEXT), (&groups, Type::TEXT_ARRAY), (&session, Type::UUID)];
    Ok(connection.query(&statement, &parameters).await?.into_iter().next())
}

/// A file that is about to be kept.
pub(super) struct NewFile<'a> {
    pub(super) session: Uuid,
    pub(super) recipe: [u8; 32],
    pub(super) version: i64,
    pub(super) name: &'a str,
    pub(super) media_type: &'a str,
    pub(super) slides: i32,
    pub(super) bytes: &'a [u8],
    pub(super) person: &'a str,
    pub(super) warnings: &'a [String],
}

/// What an answer about a file is made of.
const SHOWN: &str = "id, name, media_type, size_bytes, slide_count, version, expires_at, warnings";

fn file(row: &Row) -> ExportedFile {
    let expires: OffsetDateTime = row.get(6);
    let expires = expires.format(&time::format_description::well_known::Rfc3339);
    ExportedFile {
        file_id: row.get(0),
        name: row.get(1),
        media_type: row.get(2),
        size_bytes: row.get(3),
        slides: row.get(4),
        version: row.get(5),
        expires_at: expires.unwrap_or_default(),
        warnings: row.get(7),
    }
}

/// The file of a version of a deck, written by a recipe. It is then kept for a day from now.
pub(super) async fn same(
    transaction: &Transaction<'_>,
    session: Uuid,
    recipe: &[u8; 32],
    version: i64,
) -> Result<Option<ExportedFile>, DatabaseError> {
    let statement = format!(
        "UPDATE exports SET expires_at = now() + make_interval(hours => $4)
         WHERE session_id = $1 AND recipe = $2 AND version = $3 RETURNING {SHOWN}"
    );
    let recipe = recipe.as_slice();
    let parameters: [Parameter<'_>; 4] =
        [(&session, Type::UUID), (&recipe, Type::BYTEA), (&version, Type::INT8), (&KEPT_HOURS, Type::INT4)];
    Ok(transaction.query_typed(&statement, &parameters).await?.first().map(file))
}

/// Keeps a file. If another job has written the same one meanwhile, that one is answered; none if it was
/// swept at the same time.
pub(super) async fn keep(
    transaction: &Transaction<'_>,
    new: &NewFile<'_>,
) -> Result<Option<ExportedFile>, DatabaseError> {
    let statement = format!(
        "INSERT INTO exports (session_id, recipe, version, name, media_type, slide_count, size_bytes, sha256,
                              created_by, expires_at, warnings)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(hours => $10), $11)
         ON CONFLICT (session_id, recipe, version) DO NOTHING RETURNING {SHOWN}"
    );
    let recipe = new.recipe.as_slice();
    let size = i64::try_from(new.bytes.len()).unwrap_or(i64::MAX);
    let hash = Sha256::digest(new.bytes).to_vec();
    let parameters: [Parameter<'_>; 11] = [
        (&new.session, Type::UUID),
        (&recipe, Type::BYTEA),
        (&new.version, Type::INT8),
        (&new.name, Type::TEXT),
        (&new.media_type, Type::TEXT),
        (&new.slides, Type::INT4),
        (&size, Type::INT8),
        (&hash, Type::BYTEA),
        (&new.person, Type::TEXT),
        (&KEPT_HOURS, Type::INT4),
        (&new.warnings, Type::TEXT_ARRAY),
    ];
    let kept = transaction.query_typed(&statement, &parameters).await?.first().map(file);
    let Some(kept) = kept else {
        return same(transaction, new.session, &new.recipe, new.version).await;
    };
    let statement = "INSERT INTO export_chunks (export_id, number, bytes) VALUES ($1, $2, $3)";
    for (number, chunk) in (0_i32..).zip(new.bytes.chunks(CHUNK)) {
        let parameters: [Parameter<'_>; 3] =
            [(&kept.file_id, Type::UUID), (&number, Type::INT4), (&chunk, Type::BYTEA)];
        transaction.query_typed(statement, &parameters).await?;
    }
    let statement = "DELETE FROM exports WHERE id IN (
             SELECT id FROM exports WHERE session_id = $1 ORDER BY created_at DESC, id OFFSET $2)";
    let parameters: [Parameter<'_>; 2] = [(&new.session, Type::UUID), (&MOST_OF_A_DECK, Type::INT8)];
    transaction.query_typed(statement, &parameters).await?;
    Ok(Some(kept))
}

/// A file as it is served.
#[derive(Clone, Debug)]
pub(super) struct Served {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) size: u64,
    pub(super) sha256: Vec<u8>,
}

/// A file of a deck that the caller may see.
pub(super) async fn find(
    database: &Database,
    caller: &Caller,
    id: Uuid,
) -> Result<Option<Served>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let statement = format!(
        "SELECT e.id, e.name, e.media_type, e.size_bytes, e.sha256
         FROM {schema}.exports e JOIN {schema}.sessions s ON s.id = e.session_id
         WHERE e.id = $3 AND e.expires_at > now() AND {role} IS NOT NULL"
    );
    let parameters: [Parameter<'_>; 3] =
        [(&caller.user.id, Type::TEXT), (&caller.groups, Type::TEXT_ARRAY), (&id, Type::UUID)];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(|row| Served {
        id: row.get(0),
        name: row.get(1),
        media_type: row.get(2),
        size: u64::try_from(row.get::<_, i64>(3)).unwrap_or(0),
        sha256: row.get(4),
    }))
}

/// A chunk of a file; none if the file was swept.
pub(super) async fn chunk(
    database: &Database,
    id: Uuid,
    number: i32,
) -> Result<Option<Vec<u8>>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!("SELECT bytes FROM {schema}.export_chunks WHERE export_id = $1 AND number = $2");
    let parameters: [Parameter<'_>; 2] = [(&id, Type::UUID), (&number, Type::INT4)];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(|row| row.get(0)))
}

/// Deletes a page of files that have expired. How many.
pub(super) async fn sweep(connection: &Connection, schema: &str, page: i64) -> Result<usize, DatabaseError> {
    let statement = format!(
        "DELETE FROM {schema}.exports WHERE id IN (
             SELECT id FROM {schema}.exports WHERE expires_at <= now() ORDER BY expires_at LIMIT $1
             FOR UPDATE SKIP LOCKED) RETURNING id"
    );
    Ok(connection.query(&statement, &[(&page, Type::INT8)]).await?.len())
}

/// How long from now the next file expires; none if there are no files.
pub(super) async fn next_expiry(transaction: &Transaction<'_>) -> Result<Option<Duration>, DatabaseError> {
    let statement = "SELECT extract(epoch FROM min(expires_at) - now())::float8 FROM exports";
    let rows = transaction.query_typed(statement, &[]).await?;
    let seconds: Option<f64> = rows.first().and_then(|row| row.get(0));
    Ok(seconds.map(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(KEPT)))
}

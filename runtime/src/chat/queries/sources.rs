//! The statements on sources.

use serde_json::{Value, json};
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::super::types::{SourceColumn, SourceData, SourceSummary};
use crate::database::{Connection, Database, DatabaseError, Parameter, Transaction};
use crate::sharing::Caller;
use crate::sharing::queries::role;

/// A source that was found.
pub(in crate::chat) struct NewSource {
    pub(in crate::chat) label: String,
    pub(in crate::chat) space_id: String,
    pub(in crate::chat) space: String,
    pub(in crate::chat) question: String,
    pub(in crate::chat) sql: String,
    pub(in crate::chat) columns: Vec<SourceColumn>,
    pub(in crate::chat) rows: Value,
    pub(in crate::chat) row_count: i64,
    pub(in crate::chat) is_truncated: bool,
}

const COLUMNS: &str =
    "c.id, c.number, c.label, c.space, c.question, c.columns, c.row_count, c.truncated, c.created_at";

fn summary(row: &Row) -> SourceSummary {
    SourceSummary {
        id: row.get(0),
        name: format!("S{}", row.get::<_, i32>(1)),
        label: row.get(2),
        space: row.get(3),
        question: row.get(4),
        columns: serde_json::from_value(row.get(5)).unwrap_or_default(),
        row_count: row.get(6),
        truncated: row.get(7),
        created_at: row.get(8),
    }
}

fn data(row: &Row) -> SourceData {
    SourceData { source: summary(row), sql: row.get(9), rows: row.get(10) }
}

/// Adds a source to a session under the next number, unless the same question had the same answer before: then it is
/// that one. A label that is taken gets the number behind it, so that a slide's footer leads to one source. The lock of
/// the session's row makes the numbers have no gaps.
pub(in crate::chat) async fn add(
    transaction: &Transaction<'_>,
    schema: &str,
    (session, turn, author): (Uuid, Uuid, &str),
    new: &NewSource,
) -> Result<Option<SourceSummary>, DatabaseError> {
    let lock = format!("SELECT FROM {schema}.sessions WHERE id = $1 FOR NO KEY UPDATE");
    transaction.query_typed(&lock, &[(&session, Type::UUID)]).await?;
    let statement = format!(
        "WITH next AS (SELECT coalesce(max(number), 0) + 1 AS number,
                              coalesce(bool_or(label = $4), false) AS is_taken
                       FROM {schema}.chat_sources WHERE session_id = $1)
         INSERT INTO {schema}.chat_sources AS c
             (session_id, turn_id, author, number, label, space_id, space, question, sql, columns, rows, row_count,
              truncated)
         SELECT $1, $2, $3, number, CASE WHEN is_taken THEN left($4, 285) || ' (S' || number || ')' ELSE $4 END,
                $5, $6, $7, $8, $9, $10, $11, $12
         FROM next RETURNING {COLUMNS}"
    );
    let columns = json!(new.columns);
    let known = format!(
        "SELECT {COLUMNS} FROM {schema}.chat_sources c
         WHERE c.session_id = $1 AND c.author = $2 AND c.space_id = $3 AND c.question = $4 AND c.columns = $5 AND c.rows = $6
         ORDER BY c.number LIMIT 1"
    );
    let same: [Parameter<'_>; 6] = [
        (&session, Type::UUID),
        (&author, Type::TEXT),
        (&new.space_id, Type::TEXT),
        (&new.question, Type::TEXT),
        (&columns, Type::JSONB),
        (&new.rows, Type::JSONB),
    ];
    if let Some(row) = transaction.query_typed(&known, &same).await?.first() {
        return Ok(Some(summary(row)));
    }
    let parameters: [Parameter<'_>; 12] = [
        (&session, Type::UUID),
        (&turn, Type::UUID),
        (&author, Type::TEXT),
        (&new.label, Type::TEXT),
        (&new.space_id, Type::TEXT),
        (&new.space, Type::TEXT),
        (&new.question, Type::TEXT),
        (&new.sql, Type::TEXT),
        (&columns, Type::JSONB),
        (&new.rows, Type::JSONB),
        (&new.row_count, Type::INT8),
        (&new.is_truncated, Type::BOOL),
    ];
    let rows = transaction.query_typed(&statement, &parameters).await?;
    Ok(rows.first().map(summary))
}

/// The last sources that a person found in a session, in the order of their numbers.
pub(in crate::chat) async fn last(
    connection: &Connection,
    schema: &str,
    session: Uuid,
    author: &str,
    most: i64,
) -> Result<Vec<SourceData>, DatabaseError> {
    let statement = format!(
        "SELECT * FROM (
             SELECT {COLUMNS}, c.sql, c.rows FROM {schema}.chat_sources c
             WHERE c.session_id = $1 AND c.author = $2 ORDER BY c.number DESC LIMIT $3) newest
         ORDER BY number"
    );
    let parameters: [Parameter<'_>; 3] = [(&session, Type::UUID), (&author, Type::TEXT), (&most, Type::INT8)];
    Ok(connection.query(&statement, &parameters).await?.iter().map(data).collect())
}

/// The sources that the caller found in a session they may see.
pub(in crate::chat) async fn of_session(
    database: &Database,
    caller: &Caller,
    session: Uuid,
) -> Result<Vec<SourceSummary>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "SELECT {COLUMNS} FROM {schema}.chat_sources c WHERE c.session_id = $1 AND c.author = $2
         ORDER BY c.number LIMIT 1000"
    );
    let parameters: [Parameter<'_>; 2] = [(&session, Type::UUID), (&caller.user.id, Type::TEXT)];
    Ok(database.connection().await?.query(&statement, &parameters).await?.iter().map(summary).collect())
}

/// A source that the caller found, if they may still see its session.
pub(in crate::chat) async fn find(
    database: &Database,
    caller: &Caller,
    session: Uuid,
    source: Uuid,
) -> Result<Option<SourceData>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let statement = format!(
        "SELECT {COLUMNS}, c.sql, c.rows FROM {schema}.chat_sources c JOIN {schema}.sessions s ON s.id = c.session_id
         WHERE s.id = $3 AND c.id = $4 AND c.author = $1 AND {role} IS NOT NULL"
    );
    let parameters: [Parameter<'_>; 4] = [
        (&caller.user.id, Type::TEXT),
        (&caller.groups, Type::TEXT_ARRAY),
        (&session, Type::UUID),
        (&source, Type::UUID),
    ];
    Ok(database.connection().await?.query(&statement, &parameters).await?.first().map(data))
}

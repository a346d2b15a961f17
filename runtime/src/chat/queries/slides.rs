//! The statements on the slides of a turn.

use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::super::turn::SlideRow;
use super::stages::figures;
use crate::database::{Connection, DatabaseError, Parameter, Transaction};
use crate::workspace::serving::Spent;

/// Lists the slides that are to be written; those that are there already stay.
pub(in crate::chat) async fn plan(
    transaction: &Transaction<'_>,
    schema: &str,
    turn: Uuid,
    slides: &[(i32, String, String)],
) -> Result<(), DatabaseError> {
    let statement = format!(
        "INSERT INTO {schema}.chat_slides (turn_id, number, slide_id, title)
         SELECT $1, * FROM unnest($2, $3, $4) ON CONFLICT (turn_id, number) DO NOTHING"
    );
    let numbers: Vec<i32> = slides.iter().map(|(number, _, _)| *number).collect();
    let ids: Vec<&str> = slides.iter().map(|(_, id, _)| id.as_str()).collect();
    let titles: Vec<&str> = slides.iter().map(|(_, _, title)| title.as_str()).collect();
    let parameters: [Parameter<'_>; 4] = [
        (&turn, Type::UUID),
        (&numbers, Type::INT4_ARRAY),
        (&ids, Type::TEXT_ARRAY),
        (&titles, Type::TEXT_ARRAY),
    ];
    transaction.query_typed(&statement, &parameters).await?;
    Ok(())
}

/// Forgets the slides of an outline that was changed before any was written.
pub(in crate::chat) async fn clear(
    transaction: &Transaction<'_>,
    schema: &str,
    turn: Uuid,
) -> Result<(), DatabaseError> {
    let statement = format!("DELETE FROM {schema}.chat_slides WHERE turn_id = $1 AND state = 'waiting'");
    transaction.query_typed(&statement, &[(&turn, Type::UUID)]).await?;
    Ok(())
}

/// The slides of a turn, in order.
pub(in crate::chat) async fn all(
    connection: &Connection,
    schema: &str,
    turn: Uuid,
) -> Result<Vec<SlideRow>, DatabaseError> {
    let statement = format!(
        "SELECT number, slide_id, title, state, slide::text, checked, replaces::text FROM {schema}.chat_slides
         WHERE turn_id = $1 ORDER BY number"
    );
    let rows = connection.query(&statement, &[(&turn, Type::UUID)]).await?;
    let slide = |row: &Row| SlideRow {
        number: row.get(0),
        slide_id: row.get(1),
        title: row.get(2),
        state: row.get(3),
        slide: row.get(4),
        checked: row.get(5),
        replaces: row.get(6),
    };
    Ok(rows.iter().map(slide).collect())
}

/// What became of a slide.
pub(in crate::chat) struct Outcome<'a> {
    pub(in crate::chat) number: i32,
    /// `done` or `failed`.
    pub(in crate::chat) state: &'a str,
    pub(in crate::chat) title: &'a str,
    /// The slide as it was written.
    pub(in crate::chat) slide: Option<String>,
    /// Of a slide that was rewritten: as it was when it was read.
    pub(in crate::chat) replaces: Option<String>,
    pub(in crate::chat) is_checked: bool,
    pub(in crate::chat) spent: Spent,
    pub(in crate::chat) notices: Vec<String>,
    /// The version of the deck that has it.
    pub(in crate::chat) version: Option<i64>,
}

/// Keeps what became of a slide, with what it cost.
pub(in crate::chat) async fn settle(
    transaction: &Transaction<'_>,
    schema: &str,
    turn: Uuid,
    outcome: &Outcome<'_>,
) -> Result<(), DatabaseError> {
    let statement = format!(
        "WITH slide AS (
             UPDATE {schema}.chat_slides SET state = $3, title = left($4, 300), slide = $5::text::jsonb, checked = $6,
                    replaces = coalesce($12::text::jsonb, replaces)
             WHERE turn_id = $1 AND number = $2)
         UPDATE {schema}.chat_turns SET prompt_tokens = prompt_tokens + $7, completion_tokens = completion_tokens + $8,
                calls = calls + $9, notices = notices || $10, made_version = coalesce($11, made_version)
         WHERE id = $1"
    );
    let (prompt, completion, calls) = figures(outcome.spent);
    let notices = serde_json::json!(outcome.notices);
    let parameters: [Parameter<'_>; 12] = [
        (&turn, Type::UUID),
        (&outcome.number, Type::INT4),
        (&outcome.state, Type::TEXT),
        (&outcome.title, Type::TEXT),
        (&outcome.slide, Type::TEXT),
        (&outcome.is_checked, Type::BOOL),
        (&prompt, Type::INT8),
        (&completion, Type::INT8),
        (&calls, Type::INT4),
        (&notices, Type::JSONB),
        (&outcome.version, Type::INT8),
        (&outcome.replaces, Type::TEXT),
    ];
    transaction.query_typed(&statement, &parameters).await?;
    Ok(())
}

/// The slides that a turn has written, as they were written.
pub(in crate::chat) async fn written(
    transaction: &Transaction<'_>,
    schema: &str,
    turn: Uuid,
) -> Result<Vec<String>, DatabaseError> {
    let statement = format!(
        "SELECT slide::text FROM {schema}.chat_slides
         WHERE turn_id = $1 AND state = 'done' AND slide IS NOT NULL ORDER BY number"
    );
    let rows = transaction.query_typed(&statement, &[(&turn, Type::UUID)]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

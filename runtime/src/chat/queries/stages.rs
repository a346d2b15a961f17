//! The statements of the job on its turn. Each keeps what a stage came to, and what it cost, at once.

use serde_json::{Value, json};
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::super::turn::{Gathered, Plan, TurnRow};
use super::super::types::{ChatOptions, Stage, TurnKind};
use crate::database::{Connection, DatabaseError, Parameter, Transaction};
use crate::workspace::serving::Spent;

/// The most tokens that are taken from what an endpoint says of its answers: no model reads or writes more.
const MOST_TOKENS: i64 = 20_000_000;

/// Tokens read, tokens written and calls, as they are added to those of a turn.
pub(super) fn figures(spent: Spent) -> (i64, i64, i32) {
    let bounded = |tokens| i64::try_from(tokens).unwrap_or(i64::MAX).min(MOST_TOKENS);
    let calls = i32::try_from(spent.calls).unwrap_or(i32::MAX);
    (bounded(spent.usage.prompt_tokens), bounded(spent.usage.completion_tokens), calls)
}

/// The turn of a job.
pub(in crate::chat) async fn load(
    connection: &Connection,
    schema: &str,
    id: Uuid,
) -> Result<Option<TurnRow>, DatabaseError> {
    let statement = format!(
        "SELECT id, session_id, author, groups, message, selection, options, kind, stage, gathered, plan,
                prompt_tokens + completion_tokens, calls, waits, created_at
         FROM {schema}.chat_turns WHERE id = $1"
    );
    let rows = connection.query(&statement, &[(&id, Type::UUID)]).await?;
    Ok(rows.first().map(|row| TurnRow {
        id: row.get(0),
        session: row.get(1),
        author: row.get(2),
        groups: row.get(3),
        message: row.get(4),
        selection: row.get(5),
        options: serde_json::from_value::<ChatOptions>(row.get(6)).unwrap_or_default(),
        kind: row.get::<_, Option<&str>>(7).map(TurnKind::read),
        stage: Stage::read(row.get(8)),
        gathered: serde_json::from_value::<Gathered>(row.get(9)).unwrap_or_default(),
        plan: row.get::<_, Option<Value>>(10).and_then(|plan| serde_json::from_value::<Plan>(plan).ok()),
        tokens: row.get(11),
        calls: row.get(12),
        waits: row.get(13),
        created_at: row.get(14),
    }))
}

/// What is kept of a turn. What is `None` stays.
#[derive(Debug, Default)]
pub(in crate::chat) struct Kept<'a> {
    pub(in crate::chat) kind: Option<TurnKind>,
    pub(in crate::chat) stage: Option<Stage>,
    pub(in crate::chat) gathered: Option<&'a Gathered>,
    pub(in crate::chat) plan: Option<&'a Plan>,
    pub(in crate::chat) inverse: Option<Value>,
    pub(in crate::chat) made_version: Option<i64>,
    pub(in crate::chat) reply: Option<&'a str>,
    /// Added to those that are there.
    pub(in crate::chat) notices: &'a [String],
    /// Added to what it cost so far.
    pub(in crate::chat) spent: Spent,
}

/// Keeps these of a turn.
pub(in crate::chat) async fn keep(
    transaction: &Transaction<'_>,
    schema: &str,
    id: Uuid,
    kept: &Kept<'_>,
) -> Result<(), DatabaseError> {
    let statement = format!(
        "UPDATE {schema}.chat_turns SET kind = coalesce($2, kind), stage = coalesce($3, stage),
                gathered = coalesce($4, gathered), plan = coalesce($5, plan), inverse = coalesce($6, inverse),
                made_version = coalesce($7, made_version), reply = coalesce(left($8, 5000), reply),
                notices = notices || $9, prompt_tokens = prompt_tokens + $10,
                completion_tokens = completion_tokens + $11, calls = calls + $12,
                finished_at = CASE WHEN $3 = 'done' THEN clock_timestamp() ELSE finished_at END
         WHERE id = $1"
    );
    let kind = kept.kind.map(TurnKind::as_str);
    let stage = kept.stage.map(Stage::as_str);
    let gathered = kept.gathered.and_then(|gathered| serde_json::to_value(gathered).ok());
    let plan = kept.plan.and_then(|plan| serde_json::to_value(plan).ok());
    let notices = json!(kept.notices);
    let (prompt, completion, calls) = figures(kept.spent);
    let parameters: [Parameter<'_>; 12] = [
        (&id, Type::UUID),
        (&kind, Type::TEXT),
        (&stage, Type::TEXT),
        (&gathered, Type::JSONB),
        (&plan, Type::JSONB),
        (&kept.inverse, Type::JSONB),
        (&kept.made_version, Type::INT8),
        (&kept.reply, Type::TEXT),
        (&notices, Type::JSONB),
        (&prompt, Type::INT8),
        (&completion, Type::INT8),
        (&calls, Type::INT4),
    ];
    transaction.query_typed(&statement, &parameters).await?;
    Ok(())
}

/// Keeps why a turn can't go on.
pub(in crate::chat) async fn fail(
    connection: &Connection,
    schema: &str,
    id: Uuid,
    code: &str,
    message: &str,
    spent: Spent,
) -> Result<(), DatabaseError> {
    let statement = format!(
        "UPDATE {schema}.chat_turns SET error_code = $2, error = left($3, 2000), finished_at = clock_timestamp(),
                prompt_tokens = prompt_tokens + $4, completion_tokens = completion_tokens + $5, calls = calls + $6
         WHERE id = $1"
    );
    let (prompt, completion, calls) = figures(spent);
    let parameters: [Parameter<'_>; 6] = [
        (&id, Type::UUID),
        (&code, Type::TEXT),
        (&message, Type::TEXT),
        (&prompt, Type::INT8),
        (&completion, Type::INT8),
        (&calls, Type::INT4),
    ];
    connection.query(&statement, &parameters).await?;
    Ok(())
}

/// Counts a time that the turn waits for an endpoint or a sign-in.
pub(in crate::chat) async fn count_wait(
    connection: &Connection,
    schema: &str,
    id: Uuid,
) -> Result<(), DatabaseError> {
    let statement = format!("UPDATE {schema}.chat_turns SET waits = waits + 1 WHERE id = $1");
    connection.query(&statement, &[(&id, Type::UUID)]).await?;
    Ok(())
}

/// The messages and replies of the author's last finished turns of the session before this one, the oldest first.
pub(in crate::chat) async fn history(
    connection: &Connection,
    schema: &str,
    turn: &TurnRow,
    most: i64,
) -> Result<Vec<(String, String)>, DatabaseError> {
    let statement = format!(
        "SELECT message, reply FROM (
             SELECT message, reply, created_at FROM {schema}.chat_turns
             WHERE session_id = $1 AND author = $2 AND created_at < $3 AND reply <> ''
             ORDER BY created_at DESC LIMIT $4) newest
         ORDER BY created_at"
    );
    let parameters: [Parameter<'_>; 4] = [
        (&turn.session, Type::UUID),
        (&turn.author, Type::TEXT),
        (&turn.created_at, Type::TIMESTAMPTZ),
        (&most, Type::INT8),
    ];
    let rows = connection.query(&statement, &parameters).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// What takes a turn's change back: the version it made, and the patches if it changed a deck.
pub(in crate::chat) async fn undoing(
    transaction: &Transaction<'_>,
    schema: &str,
    id: Uuid,
) -> Result<Option<(TurnKind, Option<Value>)>, DatabaseError> {
    let statement = format!(
        "SELECT kind, inverse FROM {schema}.chat_turns
         WHERE id = $1 AND stage = 'done' AND NOT undone AND made_version IS NOT NULL FOR UPDATE"
    );
    let rows = transaction.query_typed(&statement, &[(&id, Type::UUID)]).await?;
    Ok(rows.first().map(|row| (TurnKind::read(row.get(0)), row.get(1))))
}

/// Notes that a turn's change was taken back.
pub(in crate::chat) async fn undone(
    transaction: &Transaction<'_>,
    schema: &str,
    id: Uuid,
) -> Result<(), DatabaseError> {
    let statement = format!("UPDATE {schema}.chat_turns SET undone = true WHERE id = $1");
    transaction.query_typed(&statement, &[(&id, Type::UUID)]).await?;
    Ok(())
}

/// Takes an outline that waits for approval as approved, as it is now. Whether it was waiting.
pub(in crate::chat) async fn approve(
    transaction: &Transaction<'_>,
    schema: &str,
    id: Uuid,
    plan: &Plan,
) -> Result<bool, DatabaseError> {
    let statement = format!(
        "UPDATE {schema}.chat_turns SET plan = $2, stage = 'slides' WHERE id = $1 AND stage = 'review' RETURNING id"
    );
    let plan = serde_json::to_value(plan).unwrap_or(Value::Null);
    let parameters: [Parameter<'_>; 2] = [(&id, Type::UUID), (&plan, Type::JSONB)];
    Ok(!transaction.query_typed(&statement, &parameters).await?.is_empty())
}

/// Has a turn use another endpoint from now on.
pub(in crate::chat) async fn use_endpoint(
    transaction: &Transaction<'_>,
    schema: &str,
    id: Uuid,
    endpoint: &str,
) -> Result<(), DatabaseError> {
    let statement = format!(
        "UPDATE {schema}.chat_turns SET options = jsonb_set(options, '{{endpoint}}', to_jsonb($2::text)) WHERE id = $1"
    );
    let parameters: [Parameter<'_>; 2] = [(&id, Type::UUID), (&endpoint, Type::TEXT)];
    transaction.query_typed(&statement, &parameters).await?;
    Ok(())
}

//! The statements on turns, for requests of their author.

use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::super::types::{
    ChatOptions, FeedbackRequest, Rating, Stage, Turn, TurnError, TurnKind, TurnSlide, TurnState, TurnUsage,
};
use crate::database::{Database, DatabaseError, Parameter, Transaction};
use crate::sharing::queries::{caller_is_known, caller_parameters, role};
use crate::sharing::{Caller, Role};

/// The most turns of a conversation that are shown.
const MOST_TURNS: i64 = 200;

/// A turn that is asked for.
pub(in crate::chat) struct NewTurn<'a> {
    pub(in crate::chat) session: Uuid,
    pub(in crate::chat) message: &'a str,
    pub(in crate::chat) selection: &'a [String],
    pub(in crate::chat) options: &'a ChatOptions,
}

/// What came of asking for a turn.
pub(in crate::chat) struct Added {
    /// The caller's role in the session.
    pub(in crate::chat) role: Option<Role>,
    /// The turn, if the caller may change the deck.
    pub(in crate::chat) turn: Option<Uuid>,
}

/// Adds a turn of the caller's.
pub(in crate::chat) async fn add(
    transaction: &Transaction<'_>,
    schema: &str,
    caller: &Caller,
    new: &NewTurn<'_>,
) -> Result<Option<Added>, DatabaseError> {
    let role = role(schema, "$1", "$5");
    let statement = format!(
        "WITH me AS ({}),
              seen AS (SELECT s.id, {role} AS role FROM {schema}.sessions s WHERE s.id = $6),
              added AS (INSERT INTO {schema}.chat_turns (session_id, author, groups, message, selection, options)
                        SELECT id, $1, $5, $7, $8, $9 FROM seen WHERE role IN ('owner', 'editor') RETURNING id),
              active AS (UPDATE {schema}.sessions a SET last_activity_at = now() WHERE a.id = $6 AND EXISTS (SELECT FROM added))
         SELECT seen.role, (SELECT id FROM added) FROM seen",
        caller_is_known(schema),
    );
    let options = serde_json::to_value(new.options).unwrap_or(Value::Null);
    let mut parameters = caller_parameters(&caller.user).to_vec();
    parameters.push((&caller.groups, Type::TEXT_ARRAY));
    parameters.push((&new.session, Type::UUID));
    parameters.push((&new.message, Type::TEXT));
    parameters.push((&new.selection, Type::TEXT_ARRAY));
    parameters.push((&options, Type::JSONB));
    let rows = transaction.query_typed(&statement, &parameters).await?;
    Ok(rows.first().map(|row| Added { role: Role::read(row.get(0)), turn: row.get(1) }))
}

/// Says which job works on a turn, and clears why an earlier one failed.
pub(in crate::chat) async fn set_job(
    transaction: &Transaction<'_>,
    schema: &str,
    turn: Uuid,
    job: Uuid,
) -> Result<(), DatabaseError> {
    let statement = format!(
        "UPDATE {schema}.chat_turns SET job_id = $2, error_code = NULL, error = NULL, finished_at = NULL, waits = 0
         WHERE id = $1"
    );
    transaction.query_typed(&statement, &[(&turn, Type::UUID), (&job, Type::UUID)]).await?;
    Ok(())
}

/// SQL: what [`turn`] reads, of the alias `t` with the job `j`.
fn columns(schema: &str) -> String {
    format!(
        "t.id, t.session_id, t.job_id, t.message, t.selection, t.kind, t.stage, j.state, t.error_code, t.error,
         t.reply, t.plan -> 'outline',
         (SELECT coalesce(jsonb_agg(jsonb_build_object('number', l.number, 'slide_id', l.slide_id, 'title', l.title,
                                                       'state', l.state) ORDER BY l.number), '[]')
          FROM {schema}.chat_slides l WHERE l.turn_id = t.id),
         ARRAY (SELECT x.id FROM {schema}.chat_sources x WHERE x.turn_id = t.id ORDER BY x.number),
         t.notices, t.prompt_tokens, t.completion_tokens, t.calls,
         (extract(epoch FROM coalesce(t.finished_at, j.finished_at) - t.created_at) * 1000)::bigint,
         t.stage = 'done' AND NOT t.undone AND t.made_version IS NOT NULL, t.rating, t.created_at,
         j.error, CASE WHEN j.state = 'queued' THEN
             (SELECT count(*) FROM (SELECT FROM {schema}.jobs q WHERE q.state = 'queued'
                  AND (q.turn, q.created_at, q.id) <= (j.turn, j.created_at, j.id) LIMIT 1000) ahead) END"
    )
}

fn turn(row: &Row) -> Turn {
    let stage = Stage::read(row.get(6));
    let code: Option<String> = row.get(8);
    let state = state(stage, row.get(7), code.is_some());
    let error = match (code, row.get::<_, Option<String>>(9)) {
        (Some(code), Some(message)) => Some(TurnError { code, message }),
        _ => row
            .get::<_, Option<String>>(22)
            .filter(|_| state == TurnState::Failed)
            .map(|message| TurnError { code: "failed".to_owned(), message }),
    };
    let reply: String = row.get(10);
    let slides: Value = row.get(12);
    let notices: Value = row.get(14);
    Turn {
        id: row.get(0),
        session_id: row.get(1),
        job_id: row.get(2),
        message: row.get(3),
        selection: row.get(4),
        kind: row.get::<_, Option<&str>>(5).map(TurnKind::read),
        stage,
        state,
        reply: Some(reply).filter(|reply| !reply.is_empty()),
        outline: row.get(11),
        slides: serde_json::from_value::<Vec<TurnSlide>>(slides).unwrap_or_default(),
        sources: row.get(13),
        notices: serde_json::from_value(notices).unwrap_or_default(),
        error,
        usage: TurnUsage { prompt_tokens: row.get(15), completion_tokens: row.get(16), calls: row.get(17) },
        duration_ms: row.get(18),
        can_undo: row.get(19),
        rating: row.get::<_, Option<&str>>(20).map(Rating::read),
        created_at: row.get(21),
        position: row.get(23),
    }
}

/// The state of a turn. Its job may have been deleted since, or have ended without the turn's own code: when it
/// was cancelled, for example.
fn state(stage: Stage, job: Option<&str>, has_error: bool) -> TurnState {
    match (stage, job) {
        (Stage::Done, _) => TurnState::Succeeded,
        (Stage::Review, Some("succeeded") | None) => TurnState::Review,
        (_, Some("queued")) => TurnState::Queued,
        (_, Some("running")) => TurnState::Running,
        _ if has_error => TurnState::Failed,
        (_, Some("failed")) => TurnState::Failed,
        _ => TurnState::Cancelled,
    }
}

/// The caller's own turns of a session, the oldest first, and the caller's role.
pub(in crate::chat) async fn of_session(
    database: &Database,
    caller: &Caller,
    session: Uuid,
) -> Result<(Option<Role>, Vec<Turn>), DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let statement = format!(
        "SELECT * FROM (
             SELECT {}, v.role FROM (SELECT s.id, {role} AS role FROM {schema}.sessions s WHERE s.id = $3) v
             LEFT JOIN {schema}.chat_turns t ON t.session_id = v.id AND t.author = $1 AND v.role IS NOT NULL
             LEFT JOIN {schema}.jobs j ON j.id = t.job_id
             ORDER BY t.created_at DESC NULLS LAST LIMIT $4) newest
         ORDER BY created_at",
        columns(&schema)
    );
    let parameters: [Parameter<'_>; 4] = [
        (&caller.user.id, Type::TEXT),
        (&caller.groups, Type::TEXT_ARRAY),
        (&session, Type::UUID),
        (&MOST_TURNS, Type::INT8),
    ];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    let role = rows.first().and_then(|row| Role::read(row.get(24)));
    let is_turn = |row: &&Row| row.get::<_, Option<Uuid>>(0).is_some();
    Ok((role, rows.iter().filter(is_turn).map(turn).collect()))
}

/// A turn of the caller's; none if there is none, or they may not see its deck any more.
pub(in crate::chat) async fn find(
    database: &Database,
    caller: &Caller,
    id: Uuid,
) -> Result<Option<(Role, Turn)>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let statement = format!(
        "SELECT {}, {role} FROM {schema}.chat_turns t JOIN {schema}.sessions s ON s.id = t.session_id
         LEFT JOIN {schema}.jobs j ON j.id = t.job_id WHERE t.id = $3 AND t.author = $1",
        columns(&schema)
    );
    let parameters: [Parameter<'_>; 3] =
        [(&caller.user.id, Type::TEXT), (&caller.groups, Type::TEXT_ARRAY), (&id, Type::UUID)];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().and_then(|row| Some((Role::read(row.get(24))?, turn(row)))))
}

/// Keeps the author's rating; whether there is such a turn.
pub(in crate::chat) async fn rate(
    database: &Database,
    caller: &Caller,
    id: Uuid,
    feedback: &FeedbackRequest,
) -> Result<bool, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "UPDATE {schema}.chat_turns SET rating = $3, comment = $4 WHERE id = $1 AND author = $2 RETURNING id"
    );
    let rating = feedback.rating.as_str();
    let parameters: [Parameter<'_>; 4] = [
        (&id, Type::UUID),
        (&caller.user.id, Type::TEXT),
        (&rating, Type::TEXT),
        (&feedback.comment, Type::TEXT),
    ];
    Ok(!database.connection().await?.query(&statement, &parameters).await?.is_empty())
}

/// The tokens that a person's requests took within a day.
pub(in crate::chat) async fn tokens_of_a_day(
    database: &Database,
    author: &str,
) -> Result<i64, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "SELECT coalesce(sum(prompt_tokens + completion_tokens), 0)::bigint FROM {schema}.chat_turns
         WHERE author = $1 AND created_at > now() - interval '24 hours'"
    );
    let rows = database.connection().await?.query(&statement, &[(&author, Type::TEXT)]).await?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}

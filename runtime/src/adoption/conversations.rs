//! Sessions with their messages and decks.

use serde_json::{Value, json};
use tokio_postgres::types::Type;

use super::deck;
use super::source::{Source, text};
use super::turns;
use crate::database::{DatabaseError, Parameter};
use crate::decks::Contents;
use crate::decks::queries::words;

/// How many sessions are read at once.
const BATCH: i64 = 50;
/// The most bytes of a deck that are read: images within slides can make it large.
const MOST_DECK_BYTES: i64 = 32 * 1024 * 1024;

/// Copies all sessions; how many, and how many questions they have.
///
/// A session in which a person worked on the deck of another one becomes a session of its own, with a copy of that
/// deck: the original keeps who may see what in other ways.
pub(super) async fn copy(source: &Source<'_>) -> Result<(usize, usize), DatabaseError> {
    let (Some(sessions), Some(messages), Some(decks)) = (
        source.table("user_sessions").await?,
        source.table("session_messages").await?,
        source.table("session_slide_decks").await?,
    ) else {
        return Ok((0, 0));
    };
    let batch = format!(
        "SELECT to_jsonb(s), coalesce((SELECT jsonb_agg(jsonb_build_object(
                    'role', m.role, 'content', m.content, 'message_type', m.message_type, 'created_at', m.created_at)
                    ORDER BY m.created_at, m.id) FROM {messages} m WHERE m.session_id = s.id), '[]'),
                d.title, CASE WHEN octet_length(d.deck_json) <= $2 THEN d.deck_json END
         FROM {sessions} s
         LEFT JOIN {decks} d ON d.session_id = coalesce((to_jsonb(s) ->> 'parent_session_id')::int, s.id)
         WHERE s.id > $1 ORDER BY s.id LIMIT $3"
    );
    let (mut after, mut copied, mut asked) = (0, 0, 0);
    loop {
        let rows = source
            .transaction
            .query_typed(
                &batch,
                &[(&after, Type::INT4), (&MOST_DECK_BYTES, Type::INT8), (&BATCH, Type::INT8)],
            )
            .await?;
        for row in &rows {
            let session: Value = row.get(0);
            after = session["id"].as_i64().and_then(|id| i32::try_from(id).ok()).unwrap_or(i32::MAX);
            let messages: Vec<Value> = serde_json::from_value(row.get(1)).unwrap_or_default();
            let (title, deck_json) = (row.get::<_, Option<&str>>(2), row.get::<_, Option<&str>>(3));
            let title = text(&session, "title").or(title).unwrap_or_default();
            asked += insert(source, &session, &messages, &deck::deck(title, deck_json)).await?;
            copied += 1;
        }
        if rows.is_empty() {
            return Ok((copied, asked));
        }
    }
}

/// Adds one session; how many questions it has.
async fn insert(
    source: &Source<'_>,
    session: &Value,
    messages: &[Value],
    deck: &tellr_slides::deck::Deck,
) -> Result<usize, DatabaseError> {
    let owner = source.owner(session).await?;
    let (contents, turns) = (Contents::of(deck), turns::turns(messages));
    let (made_at, used_at) = (session["created_at"].as_str(), session["last_activity"].as_str());
    let statement = format!(
        "WITH made AS (
             INSERT INTO sessions (owner, created_at, last_activity_at)
             VALUES ($1, coalesce($2::timestamp AT TIME ZONE 'UTC', now()), coalesce($3::timestamp AT TIME ZONE 'UTC', now()))
             RETURNING id),
         deck AS (
             INSERT INTO decks (session_id, document, updated_at, search, search_version)
             SELECT id, $4::text::jsonb, coalesce($3::timestamp AT TIME ZONE 'UTC', now()), {}, 1 FROM made)
         INSERT INTO chat_turns (session_id, author, message, options, kind, stage, reply, created_at, finished_at)
         SELECT made.id, $1, t.message, '{{}}', CASE WHEN t.nth = 1 THEN 'create' ELSE 'change' END, 'done', t.reply,
                t.asked_at::timestamp AT TIME ZONE 'UTC', t.answered_at::timestamp AT TIME ZONE 'UTC'
         FROM made, ROWS FROM (jsonb_to_recordset($8) AS (message text, reply text, asked_at text, answered_at text))
             WITH ORDINALITY AS t (message, reply, asked_at, answered_at, nth)",
        words("$5", "$6", "$7")
    );
    let listed = serde_json::to_value(&turns).unwrap_or_else(|_| json!([]));
    let parameters: [Parameter<'_>; 8] = [
        (&owner, Type::TEXT),
        (&made_at, Type::TEXT),
        (&used_at, Type::TEXT),
        (&contents.document, Type::TEXT),
        (&contents.title, Type::TEXT),
        (&contents.texts, Type::TEXT),
        (&contents.notes, Type::TEXT),
        (&listed, Type::JSONB),
    ];
    source.transaction.query_typed(&statement, &parameters).await?;
    Ok(turns.len())
}

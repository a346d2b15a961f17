//! The statements on sessions.

use serde_json::value::RawValue;
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::cursor::Cursor;
use super::search::Search;
use super::types::{ListedSession, SessionSummary};
use crate::database::{Database, DatabaseError, Parameter};
use crate::decks::Contents;
use crate::decks::queries::{contents_parameters, link_images, link_styles, words};
use crate::sharing::queries::{caller_is_known, caller_parameters, role};
use crate::sharing::{Caller, Person, Role};

/// SQL: the first slide, unless it has more than 32 KiB of JSON. What is kept of it is compressed, so that alone
/// says little; but what is large there needn't be unpacked.
const COVER: &str = "CASE WHEN pg_column_size(d.cover) <= 32768 AND octet_length(d.cover::text) <= 32768 THEN d.cover::text END";

/// SQL: what [`summary`] reads, of a role and the aliases `s`, `d`, `o` (owner) and `u` (who changed it last).
fn columns(schema: &str, role: &str) -> String {
    format!(
        "s.id, d.title, {role}, s.owner, o.display_name, d.slide_count, d.version, d.theme, s.created_at,
         d.updated_at, d.updated_by, u.display_name,
         EXISTS (SELECT FROM {schema}.shares x WHERE x.session_id = s.id)"
    )
}

/// SQL: the tables that [`columns`] names besides `s`.
fn joins(schema: &str) -> String {
    format!(
        "JOIN {schema}.decks d ON d.session_id = s.id
         JOIN {schema}.users o ON o.id = s.owner
         LEFT JOIN {schema}.users u ON u.id = d.updated_by"
    )
}

fn summary(row: &Row) -> Option<SessionSummary> {
    Some(SessionSummary {
        id: row.get(0),
        title: row.get(1),
        role: Role::read(row.get(2))?,
        owner: Person { id: row.get(3), name: row.get(4) },
        slide_count: row.get(5),
        version: row.get(6),
        theme: row.get(7),
        created_at: row.get(8),
        updated_at: row.get(9),
        updated_by: Person::read(row.get(10), row.get(11)),
        shared: row.get(12),
    })
}

/// One more than `limit` sessions that the caller may see and that match, the last used first, with the end of
/// a page behind each.
///
/// The caller's own are read through an index in their order, and those shared with them by their shares, so
/// the cost doesn't depend on what other people have.
pub(super) async fn list(
    database: &Database,
    caller: &Caller,
    limit: i64,
    before: Option<Cursor>,
    search: &Search,
) -> Result<Vec<(ListedSession, Cursor)>, DatabaseError> {
    let schema = database.schema().quoted();
    let tables = format!("{schema}.sessions s JOIN {schema}.decks d ON d.session_id = s.id");
    let matching = "s.last_activity_at <= coalesce($4, 'infinity')
           AND ($4 IS NULL OR s.last_activity_at < $4 OR s.id > $5)
           AND ($6 IS NULL OR strpos(lower(d.title), lower($6)) > 0 OR d.search @@ to_tsquery('simple', $7))
         ORDER BY s.last_activity_at DESC, s.id LIMIT $3";
    let statement = format!(
        "SELECT {}, {COVER}, s.last_activity_at
         FROM (
             (SELECT s.id, 'owner' AS role FROM {tables} WHERE s.owner = $1 AND {matching})
             UNION ALL
             (SELECT s.id, h.role
              FROM (SELECT session_id, CASE WHEN bool_or(permission = 'edit') THEN 'editor' ELSE 'viewer' END AS role
                    FROM {schema}.shares
                    WHERE (principal_kind = 'user' AND principal = $1)
                       OR (principal_kind = 'group' AND principal = ANY ($2))
                    GROUP BY session_id) h
              JOIN ({tables}) ON s.id = h.session_id
              WHERE s.owner <> $1 AND {matching})
         ) v
         JOIN {schema}.sessions s ON s.id = v.id {}
         ORDER BY s.last_activity_at DESC, s.id LIMIT $3",
        columns(&schema, "v.role"),
        joins(&schema),
    );
    let one_more = limit.saturating_add(1);
    let (used_at, id) = (before.map(|cursor| cursor.used_at), before.map(|cursor| cursor.id));
    let parameters: [Parameter<'_>; 7] = [
        (&caller.user.id, Type::TEXT),
        (&caller.groups, Type::TEXT_ARRAY),
        (&one_more, Type::INT8),
        (&used_at, Type::TIMESTAMPTZ),
        (&id, Type::UUID),
        (&search.text, Type::TEXT),
        (&search.words, Type::TEXT),
    ];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    let listed = |row: &Row| {
        let session = summary(row)?;
        let cover: Option<String> = row.get(13);
        let cover = cover.and_then(|text| RawValue::from_string(text).ok());
        let cursor = Cursor { used_at: row.get(14), id: session.id };
        Some((ListedSession { session, cover }, cursor))
    };
    Ok(rows.iter().filter_map(listed).collect())
}

/// A session with its deck's document.
pub(super) struct Found {
    pub(super) session: SessionSummary,
    pub(super) document: String,
    pub(super) format: i32,
}

/// A session that the caller may see.
pub(super) async fn find(
    database: &Database,
    caller: &Caller,
    session: Uuid,
) -> Result<Option<Found>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let statement = format!(
        "SELECT {}, d.document::text, (d.document ->> 'format')::int
         FROM (SELECT s.*, {role} AS role FROM {schema}.sessions s WHERE s.id = $3) s {}
         WHERE s.role IS NOT NULL",
        columns(&schema, "s.role"),
        joins(&schema),
    );
    let parameters: [Parameter<'_>; 3] =
        [(&caller.user.id, Type::TEXT), (&caller.groups, Type::TEXT_ARRAY), (&session, Type::UUID)];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows
        .first()
        .and_then(|row| Some(Found { session: summary(row)?, document: row.get(13), format: row.get(14) })))
}

/// Creates a session of the caller's; its id.
pub async fn create(
    database: &Database,
    caller: &Caller,
    contents: &Contents,
) -> Result<Option<Uuid>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "WITH me AS ({}),
              made AS (INSERT INTO {schema}.sessions (owner) VALUES ($1) RETURNING id AS session_id),
              deck AS (INSERT INTO {schema}.decks (session_id, document, updated_by, search, search_version)
                       SELECT session_id, $6::text::jsonb, $1, {}, 1 FROM made RETURNING session_id, theme),
              linked AS ({}),
              dressed AS ({})
         SELECT session_id FROM made",
        caller_is_known(&schema),
        words("$7", "$8", "$9"),
        link_images(&schema, "made", "$10", "$1", "$5"),
        link_styles(&schema, "deck", "$1", "$5"),
    );
    let mut parameters = caller_parameters(&caller.user).to_vec();
    parameters.push((&caller.groups, Type::TEXT_ARRAY));
    parameters.extend(contents_parameters(contents));
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(|row| row.get(0)))
}

/// Copies a session that the caller may see into one of their own; the copy's id.
pub(super) async fn duplicate(
    database: &Database,
    caller: &Caller,
    session: Uuid,
) -> Result<Option<Uuid>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$5");
    let statement = format!(
        "WITH me AS ({}),
              seen AS (SELECT s.id FROM {schema}.sessions s WHERE s.id = $6 AND {role} IS NOT NULL),
              made AS (INSERT INTO {schema}.sessions (owner, profile_id)
                       SELECT $1, (SELECT s.profile_id FROM {schema}.sessions s WHERE s.id = seen.id AND s.owner = $1)
                       FROM seen RETURNING id),
              deck AS (INSERT INTO {schema}.decks (session_id, document, updated_by, search, search_version)
                       SELECT made.id,
                              jsonb_set(d.document, '{{title}}', to_jsonb(left('Copy of ' || d.title, 300))),
                              $1, d.search, 1
                       FROM made, seen JOIN {schema}.decks d ON d.session_id = seen.id),
              linked AS (INSERT INTO {schema}.deck_images (session_id, image_id)
                         SELECT made.id, x.image_id
                         FROM made, seen JOIN {schema}.deck_images x ON x.session_id = seen.id),
              dressed AS (INSERT INTO {schema}.deck_styles (session_id, style_id)
                          SELECT made.id, x.style_id
                          FROM made, seen JOIN {schema}.deck_styles x ON x.session_id = seen.id)
         SELECT id FROM made",
        caller_is_known(&schema),
    );
    let mut parameters = caller_parameters(&caller.user).to_vec();
    parameters.push((&caller.groups, Type::TEXT_ARRAY));
    parameters.push((&session, Type::UUID));
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(|row| row.get(0)))
}

/// Sets a deck's title, whatever its version; the caller's role, and the new version if it was set.
pub(super) async fn rename(
    database: &Database,
    caller: &Caller,
    session: Uuid,
    title: &str,
) -> Result<(Option<Role>, Option<i64>), DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$5");
    let statement = format!(
        "WITH me AS ({}),
              seen AS (SELECT s.id, {role} AS role FROM {schema}.sessions s WHERE s.id = $6),
              changed AS (
                  UPDATE {schema}.decks d
                  SET document = jsonb_set(d.document, '{{title}}', to_jsonb($7::text)), version = d.version + 1,
                      updated_by = $1, updated_at = now(), search_version = d.version + 1,
                      search = setweight(to_tsvector('simple', $7), 'A') || ts_filter(d.search, '{{b,c,d}}')
                  FROM seen WHERE d.session_id = seen.id AND seen.role IN ('owner', 'editor')
                  RETURNING d.session_id, d.version),
              active AS (UPDATE {schema}.sessions a SET last_activity_at = now() FROM changed
                         WHERE a.id = changed.session_id)
         SELECT seen.role, (SELECT version FROM changed) FROM seen",
        caller_is_known(&schema),
    );
    let mut parameters = caller_parameters(&caller.user).to_vec();
    parameters.push((&caller.groups, Type::TEXT_ARRAY));
    parameters.push((&session, Type::UUID));
    parameters.push((&title, Type::TEXT));
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map_or((None, None), |row| (Role::read(row.get(0)), row.get(1))))
}

/// Deletes a session, if it is the caller's; their role.
pub(super) async fn delete(
    database: &Database,
    caller: &Caller,
    session: Uuid,
) -> Result<Option<Role>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let statement = format!(
        "WITH seen AS (SELECT s.id, {role} AS role FROM {schema}.sessions s WHERE s.id = $3),
              gone AS (DELETE FROM {schema}.sessions g USING seen WHERE g.id = seen.id AND seen.role = 'owner')
         SELECT role FROM seen"
    );
    let parameters: [Parameter<'_>; 3] =
        [(&caller.user.id, Type::TEXT), (&caller.groups, Type::TEXT_ARRAY), (&session, Type::UUID)];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().and_then(|row| Role::read(row.get(0))))
}

//! The statements on decks and their save points.

use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::contents::Contents;
use super::types::SavePoint;
use crate::database::{Connection, Database, DatabaseError, Parameter, Transaction};
use crate::sharing::queries::{caller_is_known, caller_parameters, role};
use crate::sharing::{Caller, Person, Role};

/// Save points kept for a deck; the oldest go first.
const MOST_SAVE_POINTS: i32 = 200;

/// SQL: the words of a deck, of the parameters of its title, texts and notes.
pub fn words(title: &str, texts: &str, notes: &str) -> String {
    format!(
        "setweight(to_tsvector('simple', {title}), 'A') || setweight(to_tsvector('simple', {texts}), 'B')
         || setweight(to_tsvector('simple', {notes}), 'C')"
    )
}

/// SQL: links to the session of `decks` (an alias with `session_id`) those of the images with the ids of
/// `images` that the caller (`user`, `groups`) may see. An image of somebody else that the caller can't see
/// stays invisible, whatever a deck says.
pub fn link_images(schema: &str, decks: &str, images: &str, user: &str, groups: &str) -> String {
    let role = role(schema, user, groups);
    format!(
        "INSERT INTO {schema}.deck_images (session_id, image_id)
         SELECT w.session_id, i.id FROM {decks} w JOIN {schema}.images i ON i.id = ANY ({images})
         WHERE NOT EXISTS (SELECT FROM {schema}.deck_images x WHERE x.session_id = w.session_id AND x.image_id = i.id)
           AND (i.owner = {user} OR EXISTS (
               SELECT FROM {schema}.deck_images y JOIN {schema}.sessions s ON s.id = y.session_id
               WHERE y.image_id = i.id AND {role} IS NOT NULL))
         ON CONFLICT DO NOTHING"
    )
}

/// SQL: the form of the id of a theme that is a style's, so that the rest can be read as a `uuid`.
const STYLE_THEME: &str = "^style-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

/// SQL: links to the session of `decks` (an alias with `session_id` and `theme`) the style that its theme is, if
/// the theme is another one than before and the caller (`user`, `groups`) may see the style. So a person shows
/// others the style that they choose, and none that others have named in the deck.
///
/// The deck's theme is read as it was before the statement: all parts of a statement see the same.
pub fn link_styles(schema: &str, decks: &str, user: &str, groups: &str) -> String {
    let role = role(schema, user, groups);
    format!(
        "INSERT INTO {schema}.deck_styles (session_id, style_id)
         SELECT w.session_id, t.id FROM {decks} w JOIN {schema}.slide_styles t
             ON t.id = CASE WHEN w.theme ~ '{STYLE_THEME}' THEN substr(w.theme, 7)::uuid END
         WHERE w.theme IS DISTINCT FROM (SELECT o.theme FROM {schema}.decks o WHERE o.session_id = w.session_id)
           AND t.theme IS NOT NULL
           AND ((t.is_active AND (t.owner IS NULL OR t.owner = {user})) OR EXISTS (
               SELECT FROM {schema}.deck_styles y JOIN {schema}.sessions s ON s.id = y.session_id
               WHERE y.style_id = t.id AND {role} IS NOT NULL))
         ON CONFLICT DO NOTHING"
    )
}

/// A deck as it is kept.
pub struct Kept {
    /// The caller's role; none if they may not see it.
    pub role: Option<Role>,
    /// Its version.
    pub version: i64,
    /// The format of its document.
    pub format: i32,
    /// Its document, unless the caller may not see it or has this version already.
    pub document: Option<String>,
}

/// A deck, without its document if its version is `known`.
pub(super) async fn read(
    database: &Database,
    caller: &Caller,
    session: Uuid,
    known: Option<i64>,
) -> Result<Option<Kept>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let statement = format!(
        "SELECT v.role, d.version, (d.document ->> 'format')::int,
                CASE WHEN v.role IS NOT NULL AND d.version IS DISTINCT FROM $4 THEN d.document::text END
         FROM (SELECT s.id, {role} AS role FROM {schema}.sessions s WHERE s.id = $3) v
         JOIN {schema}.decks d ON d.session_id = v.id"
    );
    let parameters: [Parameter<'_>; 4] = [
        (&caller.user.id, Type::TEXT),
        (&caller.groups, Type::TEXT_ARRAY),
        (&session, Type::UUID),
        (&known, Type::INT8),
    ];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(|row| Kept {
        role: Role::read(row.get(0)),
        version: row.get(1),
        format: row.get(2),
        document: row.get(3),
    }))
}

/// The outcome of [`write()`].
pub struct Written {
    /// The caller's role.
    pub role: Option<Role>,
    /// The new version, if the deck was changed.
    pub version: Option<i64>,
}

/// Replaces a deck, if its version is still `expected` and the caller may change it.
pub async fn write(
    database: &Database,
    caller: &Caller,
    session: Uuid,
    expected: i64,
    contents: &Contents,
) -> Result<Option<Written>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$5");
    let statement = format!(
        "WITH me AS ({}),
              seen AS (SELECT s.id, {role} AS role FROM {schema}.sessions s WHERE s.id = $6),
              changed AS (
                  UPDATE {schema}.decks d
                  SET document = $8::text::jsonb, version = d.version + 1, updated_by = $1, updated_at = now(),
                      search = {}, search_version = d.version + 1
                  FROM seen
                  WHERE d.session_id = seen.id AND seen.role IN ('owner', 'editor') AND d.version = $7
                  RETURNING d.session_id, d.version, d.theme),
              active AS (UPDATE {schema}.sessions a SET last_activity_at = now() FROM changed
                         WHERE a.id = changed.session_id),
              linked AS ({}),
              dressed AS ({})
         SELECT seen.role, (SELECT version FROM changed) FROM seen",
        caller_is_known(&schema),
        words("$9", "$10", "$11"),
        link_images(&schema, "changed", "$12", "$1", "$5"),
        link_styles(&schema, "changed", "$1", "$5"),
    );
    let mut parameters = caller_parameters(&caller.user).to_vec();
    parameters.push((&caller.groups, Type::TEXT_ARRAY));
    parameters.push((&session, Type::UUID));
    parameters.push((&expected, Type::INT8));
    parameters.extend(contents_parameters(contents));
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(|row| Written { role: Role::read(row.get(0)), version: row.get(1) }))
}

/// A deck that a transaction has locked, so that nothing changes it before the commit.
pub struct Locked {
    /// The role of the person it is changed for; none if they may not see it.
    pub role: Option<Role>,
    /// Its version.
    pub version: i64,
    /// Its document.
    pub document: String,
}

/// Locks a deck for a change on behalf of a person, by their id and the ids of their groups.
pub async fn lock(
    transaction: &Transaction<'_>,
    schema: &str,
    (person, groups): (&str, &[String]),
    session: Uuid,
) -> Result<Option<Locked>, DatabaseError> {
    let role = role(schema, "$1", "$2");
    let statement = format!(
        "SELECT {role}, d.version, d.document::text
         FROM {schema}.sessions s JOIN {schema}.decks d ON d.session_id = s.id WHERE s.id = $3 FOR UPDATE OF d"
    );
    let parameters: [Parameter<'_>; 3] =
        [(&person, Type::TEXT), (&groups, Type::TEXT_ARRAY), (&session, Type::UUID)];
    let rows = transaction.query_typed(&statement, &parameters).await?;
    Ok(rows.first().map(|row| Locked {
        role: Role::read(row.get(0)),
        version: row.get(1),
        document: row.get(2),
    }))
}

/// The document of a deck, for a person by their id and the ids of their groups; none if they may not see it.
pub async fn document_for(
    connection: &Connection,
    schema: &str,
    (person, groups): (&str, &[String]),
    session: Uuid,
) -> Result<Option<String>, DatabaseError> {
    let role = role(schema, "$1", "$2");
    let statement = format!(
        "SELECT d.document::text FROM {schema}.sessions s JOIN {schema}.decks d ON d.session_id = s.id
         WHERE s.id = $3 AND {role} IS NOT NULL"
    );
    let parameters: [Parameter<'_>; 3] =
        [(&person, Type::TEXT), (&groups, Type::TEXT_ARRAY), (&session, Type::UUID)];
    Ok(connection.query(&statement, &parameters).await?.first().map(|row| row.get(0)))
}

/// Replaces a deck that the transaction has locked; its new version.
pub async fn replace(
    transaction: &Transaction<'_>,
    schema: &str,
    person: &str,
    session: Uuid,
    contents: &Contents,
) -> Result<i64, DatabaseError> {
    let statement = format!(
        "WITH active AS (UPDATE {schema}.sessions SET last_activity_at = now() WHERE id = $2),
              changed AS (
                  UPDATE {schema}.decks d
                  SET document = $3::text::jsonb, version = d.version + 1, updated_by = $1, updated_at = now(),
                      search = {}, search_version = d.version + 1
                  WHERE d.session_id = $2 RETURNING d.session_id, d.version, d.theme),
              dressed AS ({})
         SELECT version FROM changed",
        words("$4", "$5", "$6"),
        link_styles(schema, "changed", "$1", "'{}'::text[]"),
    );
    let [document, title, texts, notes, _] = contents_parameters(contents);
    let parameters: [Parameter<'_>; 6] =
        [(&person, Type::TEXT), (&session, Type::UUID), document, title, texts, notes];
    let row = transaction.query_typed(&statement, &parameters).await?;
    Ok(row.first().map_or(0, |row| row.get(0)))
}

/// The parameters of a document, its words (title, texts, notes) and its images.
pub fn contents_parameters(contents: &Contents) -> [Parameter<'_>; 5] {
    [
        (&contents.document, Type::TEXT),
        (&contents.title, Type::TEXT),
        (&contents.texts, Type::TEXT),
        (&contents.notes, Type::TEXT),
        (&contents.images, Type::UUID_ARRAY),
    ]
}

fn save_point(row: &Row) -> SavePoint {
    SavePoint {
        number: row.get(0),
        name: row.get(1),
        created_at: row.get(2),
        created_by: Person::read(row.get(3), row.get(4)),
        slide_count: row.get(5),
    }
}

/// The caller's role, and the save points of a deck, the newest first.
pub(super) async fn save_points(
    database: &Database,
    caller: &Caller,
    session: Uuid,
) -> Result<(Option<Role>, Vec<SavePoint>), DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let statement = format!(
        "SELECT p.number, p.name, p.created_at, p.created_by, u.display_name, p.slide_count, v.role
         FROM (SELECT s.id, {role} AS role FROM {schema}.sessions s WHERE s.id = $3) v
         LEFT JOIN {schema}.save_points p ON p.session_id = v.id AND v.role IS NOT NULL
         LEFT JOIN {schema}.users u ON u.id = p.created_by
         ORDER BY p.number DESC LIMIT $4"
    );
    let most = i64::from(MOST_SAVE_POINTS);
    let parameters: [Parameter<'_>; 4] = [
        (&caller.user.id, Type::TEXT),
        (&caller.groups, Type::TEXT_ARRAY),
        (&session, Type::UUID),
        (&most, Type::INT8),
    ];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    let role = rows.first().and_then(|row| Role::read(row.get(6)));
    let is_point = |row: &&Row| row.get::<_, Option<i32>>(0).is_some();
    Ok((role, rows.iter().filter(is_point).map(save_point).collect()))
}

/// A save point with its document and the document's format.
pub(super) struct Saved {
    pub(super) save_point: SavePoint,
    pub(super) document: String,
    pub(super) format: i32,
}

/// The caller's role, and one save point: the newest without a number.
pub(super) async fn saved(
    database: &Database,
    caller: &Caller,
    session: Uuid,
    number: Option<i32>,
) -> Result<(Option<Role>, Option<Saved>), DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let statement = format!(
        "SELECT p.number, p.name, p.created_at, p.created_by, u.display_name, p.slide_count, v.role,
                p.document::text, (p.document ->> 'format')::int
         FROM (SELECT s.id, {role} AS role FROM {schema}.sessions s WHERE s.id = $3) v
         LEFT JOIN {schema}.save_points p ON p.session_id = v.id AND v.role IS NOT NULL
              AND p.number = coalesce($4, (SELECT max(number) FROM {schema}.save_points WHERE session_id = $3))
         LEFT JOIN {schema}.users u ON u.id = p.created_by"
    );
    let parameters: [Parameter<'_>; 4] = [
        (&caller.user.id, Type::TEXT),
        (&caller.groups, Type::TEXT_ARRAY),
        (&session, Type::UUID),
        (&number, Type::INT4),
    ];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    let Some(row) = rows.first() else { return Ok((None, None)) };
    let saved = row.get::<_, Option<i32>>(0).map(|_| Saved {
        save_point: save_point(row),
        document: row.get(7),
        format: row.get(8),
    });
    Ok((Role::read(row.get(6)), saved))
}

/// Saves the deck as it is under the next number. The row's lock makes the numbers have no gaps.
pub(super) async fn save(
    database: &Database,
    caller: &Caller,
    session: Uuid,
    name: &str,
) -> Result<Option<SavePoint>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$5");
    let statement = format!(
        "WITH me AS ({}),
              seen AS (SELECT s.id, {role} AS role FROM {schema}.sessions s WHERE s.id = $6),
              kept AS (UPDATE {schema}.decks d SET last_save_point = d.last_save_point + 1
                       FROM seen WHERE d.session_id = seen.id AND seen.role IN ('owner', 'editor')
                       RETURNING d.session_id, d.last_save_point, d.document, d.version),
              old AS (DELETE FROM {schema}.save_points o USING kept
                      WHERE o.session_id = kept.session_id AND o.number <= kept.last_save_point - $8)
         INSERT INTO {schema}.save_points (session_id, number, document, version, name, created_by)
         SELECT session_id, last_save_point, document, version, $7, $1 FROM kept
         RETURNING number, name, created_at, created_by, $4, slide_count",
        caller_is_known(&schema),
    );
    let mut parameters = caller_parameters(&caller.user).to_vec();
    parameters.push((&caller.groups, Type::TEXT_ARRAY));
    parameters.push((&session, Type::UUID));
    parameters.push((&name, Type::TEXT));
    parameters.push((&MOST_SAVE_POINTS, Type::INT4));
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(save_point))
}

/// Saves the deck as it is under `name`, and replaces it. The new version; none if the caller may not change it.
pub(super) async fn restore(
    database: &Database,
    caller: &Caller,
    session: Uuid,
    name: &str,
    contents: &Contents,
) -> Result<Option<i64>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$5");
    // What is saved is read under the lock of the deck's row, so it is what the update replaces.
    let statement = format!(
        "WITH me AS ({}),
              kept AS (SELECT d.session_id, d.document, d.version, d.last_save_point
                       FROM {schema}.decks d JOIN {schema}.sessions s ON s.id = d.session_id
                       WHERE s.id = $6 AND {role} IN ('owner', 'editor') FOR UPDATE OF d),
              saved AS (INSERT INTO {schema}.save_points (session_id, number, document, version, name, created_by)
                        SELECT session_id, last_save_point + 1, document, version, $7, $1 FROM kept),
              old AS (DELETE FROM {schema}.save_points o USING kept
                      WHERE o.session_id = kept.session_id AND o.number <= kept.last_save_point + 1 - $13),
              changed AS (
                  UPDATE {schema}.decks d
                  SET document = $8::text::jsonb, version = d.version + 1, updated_by = $1, updated_at = now(),
                      last_save_point = d.last_save_point + 1, search = {}, search_version = d.version + 1
                  FROM kept WHERE d.session_id = kept.session_id
                  RETURNING d.session_id, d.version),
              active AS (UPDATE {schema}.sessions a SET last_activity_at = now() FROM changed
                         WHERE a.id = changed.session_id),
              linked AS ({})
         SELECT version FROM changed",
        caller_is_known(&schema),
        words("$9", "$10", "$11"),
        link_images(&schema, "changed", "$12", "$1", "$5"),
    );
    let mut parameters = caller_parameters(&caller.user).to_vec();
    parameters.push((&caller.groups, Type::TEXT_ARRAY));
    parameters.push((&session, Type::UUID));
    parameters.push((&name, Type::TEXT));
    parameters.extend(contents_parameters(contents));
    parameters.push((&MOST_SAVE_POINTS, Type::INT4));
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(|row| row.get(0)))
}

/// The document of a deck as JSON, and its version.
pub(super) async fn document(
    transaction: &Transaction<'_>,
    session: Uuid,
) -> Result<Option<(String, i64)>, DatabaseError> {
    let statement = "SELECT document::text, version FROM decks WHERE session_id = $1";
    let rows = transaction.query_typed(statement, &[(&session, Type::UUID)]).await?;
    Ok(rows.first().map(|row| (row.get(0), row.get(1))))
}

/// Replaces the words that a deck is found by, unless those of a later version are there.
pub(super) async fn set_words(
    transaction: &Transaction<'_>,
    session: Uuid,
    version: i64,
    contents: &Contents,
) -> Result<(), DatabaseError> {
    let statement = format!(
        "UPDATE decks SET search_version = $2, search = {} WHERE session_id = $1 AND search_version < $2",
        words("$3", "$4", "$5")
    );
    let parameters: [Parameter<'_>; 5] = [
        (&session, Type::UUID),
        (&version, Type::INT8),
        (&contents.title, Type::TEXT),
        (&contents.texts, Type::TEXT),
        (&contents.notes, Type::TEXT),
    ];
    transaction.query_typed(&statement, &parameters).await?;
    Ok(())
}

//! The statements on shares and presence, and what statements of other subjects need of them.

use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::Caller;
use super::role::Role;
use super::types::{Access, Presence, Present, Principal, PrincipalKind, Share};
use crate::database::{Database, DatabaseError, Parameter};
use crate::identity::User;

/// Seconds after which a person who was not heard of has left.
const PRESENCE_SECS: f64 = 30.0;

/// SQL: the caller's role in the session with the alias `s`: `owner`, `editor`, `viewer`, or `NULL` if they
/// may not see it. `user` and `groups` are the parameters of the caller's id and of their groups' ids.
pub fn role(schema: &str, user: &str, groups: &str) -> String {
    format!(
        "CASE WHEN s.owner = {user} THEN 'owner' ELSE (
             SELECT CASE WHEN bool_or(h.permission = 'edit') THEN 'editor' WHEN count(*) > 0 THEN 'viewer' END
             FROM {schema}.shares h
             WHERE h.session_id = s.id AND (
                 (h.principal_kind = 'user' AND h.principal = {user})
                 OR (h.principal_kind = 'group' AND h.principal = ANY ({groups})))) END"
    )
}

/// SQL: records the caller, whose id, name, e-mail address and display name are the parameters `$1` to `$4`.
/// Written only if something has changed, or once an hour.
pub fn caller_is_known(schema: &str) -> String {
    format!(
        "INSERT INTO {schema}.users AS u (id, name, email, display_name) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE
             SET name = excluded.name, email = excluded.email, display_name = excluded.display_name,
                 last_seen_at = now()
             WHERE (u.name, u.email, u.display_name)
                   IS DISTINCT FROM (excluded.name, excluded.email, excluded.display_name)
                OR u.last_seen_at < now() - interval '1 hour'"
    )
}

/// The parameters `$1` to `$4` of [`caller_is_known`].
pub fn caller_parameters(user: &User) -> [Parameter<'_>; 4] {
    [
        (&user.id, Type::TEXT),
        (&user.name, Type::TEXT),
        (&user.email, Type::TEXT),
        (&user.display_name, Type::TEXT),
    ]
}

fn share(row: &Row) -> Share {
    let kind = PrincipalKind::read(row.get(0)).unwrap_or(PrincipalKind::User);
    let principal = Principal { kind, id: row.get(1), name: row.get(2) };
    Share { principal, access: Access::read(row.get(3)), created_at: row.get(4) }
}

/// The caller's role in a session, and its shares.
pub(super) async fn shares(
    database: &Database,
    caller: &Caller,
    session: Uuid,
) -> Result<(Option<Role>, Vec<Share>), DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let statement = format!(
        "SELECT p.principal_kind, p.principal, coalesce(u.display_name, p.display_name), p.permission, p.created_at, v.role
         FROM (SELECT s.id, {role} AS role FROM {schema}.sessions s WHERE s.id = $3) v
         LEFT JOIN {schema}.shares p ON p.session_id = v.id AND v.role IS NOT NULL
         LEFT JOIN {schema}.users u ON p.principal_kind = 'user' AND u.id = p.principal
         ORDER BY p.principal_kind DESC, lower(p.display_name), p.principal"
    );
    let parameters: [Parameter<'_>; 3] =
        [(&caller.user.id, Type::TEXT), (&caller.groups, Type::TEXT_ARRAY), (&session, Type::UUID)];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    let role = rows.first().and_then(|row| Role::read(row.get(5)));
    let is_share = |row: &&Row| row.get::<_, Option<&str>>(0).is_some();
    Ok((role, rows.iter().filter(is_share).map(share).collect()))
}

/// The caller's role in a session, its owner, and the number of its shares besides the one with `principal`.
pub(super) struct Standing {
    pub(super) role: Option<Role>,
    pub(super) owner: String,
    pub(super) other_shares: i64,
}

/// How a session stands, before it is shared.
pub(super) async fn standing(
    database: &Database,
    caller: &Caller,
    session: Uuid,
    kind: PrincipalKind,
    principal: &str,
) -> Result<Option<Standing>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let statement = format!(
        "SELECT {role}, s.owner, (SELECT count(*) FROM {schema}.shares p
             WHERE p.session_id = s.id AND (p.principal_kind, p.principal) <> ($4, $5))
         FROM {schema}.sessions s WHERE s.id = $3"
    );
    let kind = kind.as_str();
    let parameters: [Parameter<'_>; 5] = [
        (&caller.user.id, Type::TEXT),
        (&caller.groups, Type::TEXT_ARRAY),
        (&session, Type::UUID),
        (&kind, Type::TEXT),
        (&principal, Type::TEXT),
    ];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(|row| Standing {
        role: Role::read(row.get(0)),
        owner: row.get(1),
        other_shares: row.get(2),
    }))
}

/// Shares a session of the caller's, or changes the share. None if it isn't theirs any more.
pub(super) async fn put(
    database: &Database,
    user: &User,
    session: Uuid,
    principal: &Principal,
    access: Access,
) -> Result<Option<Share>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "WITH me AS ({})
         INSERT INTO {schema}.shares (session_id, principal_kind, principal, display_name, permission, created_by)
         SELECT s.id, $6, $7, $8, $9, $1 FROM {schema}.sessions s WHERE s.id = $5 AND s.owner = $1
         ON CONFLICT (session_id, principal_kind, principal)
             DO UPDATE SET permission = excluded.permission, display_name = excluded.display_name
         RETURNING principal_kind, principal, display_name, permission, created_at",
        caller_is_known(&schema)
    );
    let (kind, access) = (principal.kind.as_str(), access.as_str());
    let mut parameters = caller_parameters(user).to_vec();
    parameters.push((&session, Type::UUID));
    parameters.push((&kind, Type::TEXT));
    parameters.push((&principal.id, Type::TEXT));
    parameters.push((&principal.name, Type::TEXT));
    parameters.push((&access, Type::TEXT));
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(share))
}

/// Ends a share; the caller's role, and whether there was one.
pub(super) async fn remove(
    database: &Database,
    caller: &Caller,
    session: Uuid,
    kind: PrincipalKind,
    principal: &str,
) -> Result<(Option<Role>, bool), DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let statement = format!(
        "WITH seen AS (SELECT s.id, {role} AS role FROM {schema}.sessions s WHERE s.id = $3),
              gone AS (DELETE FROM {schema}.shares p USING seen
                       WHERE p.session_id = seen.id AND seen.role = 'owner'
                         AND p.principal_kind = $4 AND p.principal = $5 RETURNING p.principal)
         SELECT role, EXISTS (SELECT FROM gone) FROM seen"
    );
    let kind = kind.as_str();
    let parameters: [Parameter<'_>; 5] = [
        (&caller.user.id, Type::TEXT),
        (&caller.groups, Type::TEXT_ARRAY),
        (&session, Type::UUID),
        (&kind, Type::TEXT),
        (&principal, Type::TEXT),
    ];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map_or((None, false), |row| (Role::read(row.get(0)), row.get(1))))
}

/// Notes that the caller has the deck open, and gives the others who have. None if they may not see it.
pub(super) async fn presence(
    database: &Database,
    caller: &Caller,
    session: Uuid,
    editing: Option<&str>,
) -> Result<Option<Presence>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$5");
    let statement = format!(
        "WITH me AS ({}),
              seen AS (SELECT s.id, d.version FROM {schema}.sessions s JOIN {schema}.decks d ON d.session_id = s.id
                       WHERE s.id = $6 AND {role} IS NOT NULL),
              here AS (INSERT INTO {schema}.deck_presence (session_id, user_id, slide_id)
                       SELECT id, $1, $7 FROM seen
                       ON CONFLICT (session_id, user_id) DO UPDATE SET slide_id = excluded.slide_id, seen_at = now())
         SELECT seen.version, p.user_id, u.display_name, p.slide_id, p.seen_at
         FROM seen
         LEFT JOIN {schema}.deck_presence p ON p.session_id = seen.id AND p.user_id <> $1
              AND p.seen_at > now() - make_interval(secs => $8)
         LEFT JOIN {schema}.users u ON u.id = p.user_id
         ORDER BY lower(u.display_name), p.user_id LIMIT 50",
        caller_is_known(&schema)
    );
    let mut parameters = caller_parameters(&caller.user).to_vec();
    parameters.push((&caller.groups, Type::TEXT_ARRAY));
    parameters.push((&session, Type::UUID));
    parameters.push((&editing, Type::TEXT));
    parameters.push((&PRESENCE_SECS, Type::FLOAT8));
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let present = |row: &Row| {
        let id: Option<String> = row.get(1);
        Some(Present { id: id?, name: row.get(2), slide_id: row.get(3), seen_at: row.get(4) })
    };
    Ok(Some(Presence { version: first.get(0), people: rows.iter().filter_map(present).collect() }))
}

/// The prefix of a placeholder's id: a user whose data was copied from the original app, and whose id isn't known
/// yet. Ids of the platform have no colon.
pub const PLACEHOLDER: &str = "imported:";

/// People and groups that this app has met, whose name or address contains a text.
pub(super) async fn known_principals(
    database: &Database,
    text: &str,
) -> Result<Vec<Principal>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "SELECT id, display_name FROM {schema}.users
         WHERE (strpos(lower(display_name), lower($1)) > 0 OR strpos(lower(name), lower($1)) > 0)
           AND NOT starts_with(id, '{PLACEHOLDER}')
         ORDER BY lower(display_name), id LIMIT 20"
    );
    let rows = database.connection().await?.query(&statement, &[(&text, Type::TEXT)]).await?;
    let principal = |row: &Row| Principal { kind: PrincipalKind::User, id: row.get(0), name: row.get(1) };
    Ok(rows.iter().map(principal).collect())
}

/// A person that this app has met.
pub(super) async fn known_person(database: &Database, id: &str) -> Result<Option<Principal>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!("SELECT id, display_name FROM {schema}.users WHERE id = $1");
    let rows = database.connection().await?.query(&statement, &[(&id, Type::TEXT)]).await?;
    let principal = |row: &Row| Principal { kind: PrincipalKind::User, id: row.get(0), name: row.get(1) };
    Ok(rows.first().map(principal))
}

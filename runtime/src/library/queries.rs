//! The statements on the library's tables.

use serde_json::json;
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::types::{NewProfile, NewText, Profile, ProfileChanges, Prompt, Style, TextChanges};
use crate::database::{Database, DatabaseError, Parameter};
use crate::identity::User;
use crate::sharing::queries::{caller_is_known, caller_parameters};

/// What a statement on one row came to.
pub(super) enum Outcome<T> {
    /// It took effect.
    Done(T),
    /// The caller can see the row, but may not change it.
    Forbidden,
    /// There is no such row, or it is another person's.
    Missing,
}

/// A text of the library with the table that keeps it.
pub(super) trait Text: Sized {
    const TABLE: &'static str;
    /// Columns besides those that both have.
    const MORE: &'static str;
    fn read(row: &Row) -> Self;
    /// Says whether the caller may change it: it is the caller's own, or the caller administers the shared ones.
    fn allow(&mut self, is_admin: bool);
}

impl Text for Prompt {
    const TABLE: &'static str = "deck_prompts";
    const MORE: &'static str = "false, NULL::text, NULL::text[]";

    fn read(row: &Row) -> Self {
        Self {
            id: row.get(0),
            name: row.get(1),
            description: row.get(2),
            category: row.get(3),
            content: row.get(4),
            origin: row.get(5),
            shared: row.get(6),
            // Whoever changes a row may; a list sees to the others.
            can_edit: true,
        }
    }

    fn allow(&mut self, is_admin: bool) {
        self.can_edit = is_admin || !self.shared;
    }
}

impl Text for Style {
    const TABLE: &'static str = "slide_styles";
    const MORE: &'static str =
        "coalesce(t.id = (SELECT style_id FROM {schema}.user_defaults WHERE user_id = $1), t.is_default),
         t.theme ->> 'id', (SELECT f.notes FROM {schema}.style_files f WHERE f.style_id = t.id)";

    fn read(row: &Row) -> Self {
        Self {
            id: row.get(0),
            name: row.get(1),
            description: row.get(2),
            category: row.get(3),
            content: row.get(4),
            origin: row.get(5),
            shared: row.get(6),
            // Whoever changes a row may; a list sees to the others.
            can_edit: true,
            is_default: row.get(7),
            theme: row.get(8),
            notes: row.get::<_, Option<Vec<String>>>(9).unwrap_or_default(),
        }
    }

    fn allow(&mut self, is_admin: bool) {
        self.can_edit = is_admin || !self.shared;
    }
}

pub(super) fn columns<T: Text>(schema: &str) -> String {
    let more = T::MORE.replace("{schema}", schema);
    format!("t.id, t.name, t.description, t.category, t.content, t.origin, t.owner IS NULL, {more}")
}

/// All texts that the caller can use: the default first, then by name.
pub(super) async fn texts<T: Text>(database: &Database, user: &User) -> Result<Vec<T>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "SELECT {} FROM {schema}.{} t WHERE t.is_active AND (t.owner IS NULL OR t.owner = $1)
         ORDER BY 8 DESC, lower(t.name), t.id",
        columns::<T>(&schema),
        T::TABLE
    );
    let rows = database.connection().await?.query(&statement, &[(&user.id, Type::TEXT)]).await?;
    Ok(rows.iter().map(T::read).collect())
}

/// Creates a text: the caller's, or a shared one.
pub(super) async fn create_text<T: Text>(
    database: &Database,
    user: &User,
    new: &NewText,
) -> Result<Option<T>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "WITH me AS ({}),
              t AS (INSERT INTO {schema}.{} (owner, name, description, category, content, updated_by)
                    VALUES (CASE WHEN $9 THEN NULL ELSE $1 END, $5, $6, $7, $8, $1) RETURNING *)
         SELECT {} FROM t",
        caller_is_known(&schema),
        T::TABLE,
        columns::<T>(&schema),
    );
    let mut parameters = caller_parameters(user).to_vec();
    for text in [&new.name, &new.description, &new.category, &new.content] {
        parameters.push((text, Type::TEXT));
    }
    parameters.push((&new.shared, Type::BOOL));
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(T::read))
}

/// SQL: `seen` is the row `$5` of a table if the caller may see it, and whether they may change it: their own,
/// or as an administrator (`$6`) a shared one.
fn seen(schema: &str, table: &str, also: &str) -> String {
    format!(
        "me AS ({}),
         seen AS (SELECT r.id, r.owner IS NOT NULL OR $6 AS may_edit FROM {schema}.{table} r
                  WHERE r.id = $5 AND (r.owner IS NULL OR r.owner = $1) {also})",
        caller_is_known(schema)
    )
}

fn seen_parameters<'a>(user: &'a User, id: &'a Uuid, is_admin: &'a bool) -> Vec<Parameter<'a>> {
    let mut parameters = caller_parameters(user).to_vec();
    parameters.push((id, Type::UUID));
    parameters.push((is_admin, Type::BOOL));
    parameters
}

/// The outcome of a statement that gives whether the caller may change the row, and then the row if it did.
fn outcome<T>(rows: &[Row], read: impl FnOnce(&Row) -> Option<T>) -> Outcome<T> {
    let Some(row) = rows.first() else { return Outcome::Missing };
    read(row).map_or(Outcome::Forbidden, Outcome::Done)
}

/// Changes a text.
pub(super) async fn change_text<T: Text>(
    database: &Database,
    user: &User,
    is_admin: bool,
    id: Uuid,
    changes: &TextChanges,
) -> Result<Outcome<T>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "WITH {},
              t AS (UPDATE {schema}.{} u
                    SET name = coalesce($7, u.name), description = coalesce($8, u.description),
                        category = coalesce($9, u.category), content = coalesce($10, u.content),
                        updated_by = $1, updated_at = now()
                    FROM seen WHERE u.id = seen.id AND seen.may_edit RETURNING u.*)
         SELECT {}, t.id IS NOT NULL FROM seen LEFT JOIN t ON true",
        seen(&schema, T::TABLE, "AND r.is_active"),
        T::TABLE,
        columns::<T>(&schema),
    );
    let mut parameters = seen_parameters(user, &id, &is_admin);
    for text in [&changes.name, &changes.description, &changes.category, &changes.content] {
        parameters.push((text, Type::TEXT));
    }
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(outcome(&rows, |row| row.get::<_, bool>(10).then(|| T::read(row))))
}

/// Deletes a text. It stays in the table, for decks that were made with it, and its name is free again.
pub(super) async fn delete_text<T: Text>(
    database: &Database,
    user: &User,
    is_admin: bool,
    id: Uuid,
) -> Result<Outcome<()>, DatabaseError> {
    let schema = database.schema().quoted();
    let (reset, uses) = if T::TABLE == Style::TABLE {
        let forgotten = format!(
            ", forgotten AS (UPDATE {schema}.user_defaults f SET style_id = NULL FROM t WHERE f.style_id = t.id)"
        );
        (
            ", is_default = false",
            format!(
                "{forgotten}, uses AS (UPDATE {schema}.profiles p SET style_id = NULL FROM t WHERE p.style_id = t.id)"
            ),
        )
    } else {
        (
            "",
            format!(
                ", uses AS (UPDATE {schema}.profiles p SET prompt_id = NULL FROM t WHERE p.prompt_id = t.id)"
            ),
        )
    };
    let statement = format!(
        "WITH {},
              t AS (UPDATE {schema}.{} u SET is_active = false, updated_by = $1, updated_at = now() {reset}
                    FROM seen WHERE u.id = seen.id AND seen.may_edit RETURNING u.id) {uses}
         SELECT t.id IS NOT NULL FROM seen LEFT JOIN t ON true",
        seen(&schema, T::TABLE, "AND r.is_active"),
        T::TABLE,
    );
    let parameters = seen_parameters(user, &id, &is_admin);
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(outcome(&rows, |row| row.get::<_, bool>(0).then_some(())))
}

/// What can be a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defaultable {
    Style,
    Profile,
}

impl Defaultable {
    fn table(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Style => (Style::TABLE, "style_id", "AND r.is_active"),
            Self::Profile => ("profiles", "profile_id", ""),
        }
    }
}

/// Makes a style or profile the caller's default.
pub(super) async fn set_own_default(
    database: &Database,
    user: &User,
    what: Defaultable,
    id: Uuid,
) -> Result<Outcome<()>, DatabaseError> {
    let schema = database.schema().quoted();
    let (table, column, also) = what.table();
    let statement = format!(
        "WITH {},
              t AS (INSERT INTO {schema}.user_defaults (user_id, {column}) SELECT $1, id FROM seen
                    ON CONFLICT (user_id) DO UPDATE SET {column} = excluded.{column})
         SELECT true FROM seen",
        seen(&schema, table, also),
    );
    let parameters = seen_parameters(user, &id, &false);
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(outcome(&rows, |_| Some(())))
}

/// Makes a shared style or profile the default of everybody who has chosen none.
pub(super) async fn set_shared_default(
    database: &Database,
    user: &User,
    is_admin: bool,
    what: Defaultable,
    id: Uuid,
) -> Result<Outcome<()>, DatabaseError> {
    let schema = database.schema().quoted();
    let (table, _, also) = what.table();
    // The one before is cleared first: at most one row is the default at any moment.
    let statement = format!(
        "WITH {},
              cleared AS (UPDATE {schema}.{table} u SET is_default = false FROM seen
                          WHERE u.is_default AND u.id <> seen.id AND seen.may_edit RETURNING u.id),
              t AS (UPDATE {schema}.{table} u SET is_default = true, updated_by = $1, updated_at = now()
                    FROM seen, (SELECT count(*) FROM cleared) c
                    WHERE u.id = seen.id AND seen.may_edit RETURNING u.id)
         SELECT t.id IS NOT NULL FROM seen LEFT JOIN t ON true",
        seen(&schema, table, &format!("{also} AND r.owner IS NULL")),
    );
    let parameters = seen_parameters(user, &id, &is_admin);
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(outcome(&rows, |row| row.get::<_, bool>(0).then_some(())))
}

fn profile_columns(schema: &str) -> String {
    format!(
        "t.id, t.name, t.description,
         coalesce(t.id = (SELECT profile_id FROM {schema}.user_defaults WHERE user_id = $1), t.is_default),
         t.prompt_id, t.style_id, t.owner IS NULL, t.options"
    )
}

fn profile(row: &Row) -> Profile {
    Profile {
        id: row.get(0),
        name: row.get(1),
        description: row.get(2),
        is_default: row.get(3),
        prompt_id: row.get(4),
        style_id: row.get(5),
        shared: row.get(6),
        // What another version of the app has chosen and this one can't read is not used.
        options: serde_json::from_value(row.get(7)).unwrap_or_default(),
        // Whoever changes a row may; a list sees to the others.
        can_edit: true,
    }
}

/// All profiles that the caller can use, the default first, then by name.
pub(super) async fn profiles(database: &Database, user: &User) -> Result<Vec<Profile>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "SELECT {} FROM {schema}.profiles t WHERE t.owner IS NULL OR t.owner = $1 ORDER BY 4 DESC, lower(t.name), t.id",
        profile_columns(&schema)
    );
    let rows = database.connection().await?.query(&statement, &[(&user.id, Type::TEXT)]).await?;
    Ok(rows.iter().map(profile).collect())
}

/// SQL: whether a prompt and a style (parameters) can be used in a profile that is shared or not: they are in
/// use, and shared or the caller's own.
fn usable(schema: &str, prompt: &str, style: &str, shared: &str) -> String {
    let one = |id: &str, table: &str| {
        format!(
            "({id} IS NULL OR EXISTS (SELECT FROM {schema}.{table} x WHERE x.id = {id} AND x.is_active
                 AND (x.owner IS NULL OR (x.owner = $1 AND NOT {shared}))))"
        )
    };
    format!("{} AND {}", one(prompt, Prompt::TABLE), one(style, Style::TABLE))
}

/// Creates a profile: the caller's, or a shared one. None if its prompt or style can't be used.
pub(super) async fn create_profile(
    database: &Database,
    user: &User,
    new: &NewProfile,
) -> Result<Option<Profile>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "WITH me AS ({}),
              t AS (INSERT INTO {schema}.profiles (owner, name, description, prompt_id, style_id, options, updated_by)
                    SELECT CASE WHEN $9 THEN NULL ELSE $1 END, $5, $6, $7, $8, $10, $1 WHERE {} RETURNING *)
         SELECT {} FROM t",
        caller_is_known(&schema),
        usable(&schema, "$7", "$8", "$9"),
        profile_columns(&schema),
    );
    let mut parameters = caller_parameters(user).to_vec();
    parameters.push((&new.name, Type::TEXT));
    parameters.push((&new.description, Type::TEXT));
    parameters.push((&new.prompt_id, Type::UUID));
    parameters.push((&new.style_id, Type::UUID));
    parameters.push((&new.shared, Type::BOOL));
    let options = json!(new.options);
    parameters.push((&options, Type::JSONB));
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(profile))
}

/// Changes a profile. `Done(None)` if its prompt or style can't be used.
pub(super) async fn change_profile(
    database: &Database,
    user: &User,
    is_admin: bool,
    id: Uuid,
    changes: &ProfileChanges,
) -> Result<Outcome<Option<Profile>>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "WITH {},
              t AS (UPDATE {schema}.profiles u
                    SET name = coalesce($7, u.name), description = coalesce($8, u.description),
                        prompt_id = CASE WHEN $9 THEN $10 ELSE u.prompt_id END,
                        style_id = CASE WHEN $11 THEN $12 ELSE u.style_id END,
                        options = coalesce($13, u.options),
                        updated_by = $1, updated_at = now()
                    FROM seen WHERE u.id = seen.id AND seen.may_edit AND {} RETURNING u.*)
         SELECT {}, seen.may_edit, t.id IS NOT NULL FROM seen LEFT JOIN t ON true",
        seen(&schema, "profiles", ""),
        usable(&schema, "$10", "$12", "u.owner IS NULL"),
        profile_columns(&schema),
    );
    let (sets_prompt, prompt) = (changes.prompt_id.is_some(), changes.prompt_id.flatten());
    let (sets_style, style) = (changes.style_id.is_some(), changes.style_id.flatten());
    let mut parameters = seen_parameters(user, &id, &is_admin);
    parameters.push((&changes.name, Type::TEXT));
    parameters.push((&changes.description, Type::TEXT));
    parameters.push((&sets_prompt, Type::BOOL));
    parameters.push((&prompt, Type::UUID));
    parameters.push((&sets_style, Type::BOOL));
    parameters.push((&style, Type::UUID));
    let options = changes.options.as_ref().map(|options| json!(options));
    parameters.push((&options, Type::JSONB));
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(outcome(&rows, |row| row.get::<_, bool>(8).then(|| row.get::<_, bool>(9).then(|| profile(row)))))
}

/// Deletes a profile.
pub(super) async fn delete_profile(
    database: &Database,
    user: &User,
    is_admin: bool,
    id: Uuid,
) -> Result<Outcome<()>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "WITH {},
              t AS (DELETE FROM {schema}.profiles u USING seen WHERE u.id = seen.id AND seen.may_edit RETURNING u.id)
         SELECT t.id IS NOT NULL FROM seen LEFT JOIN t ON true",
        seen(&schema, "profiles", ""),
    );
    let parameters = seen_parameters(user, &id, &is_admin);
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(outcome(&rows, |row| row.get::<_, bool>(0).then_some(())))
}

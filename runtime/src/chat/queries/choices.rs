//! The statements on what a person has chosen: profile, prompt and style.

use serde_json::Value;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::database::{Connection, DatabaseError, Parameter};

/// A profile's choices.
pub(in crate::chat) struct ProfileChoice {
    pub(in crate::chat) id: Uuid,
    pub(in crate::chat) prompt: Option<Uuid>,
    pub(in crate::chat) style: Option<Uuid>,
    pub(in crate::chat) options: Value,
}

/// The profile of this id, or the person's default, if they may use it.
pub(in crate::chat) async fn profile(
    connection: &Connection,
    schema: &str,
    person: &str,
    id: Option<Uuid>,
) -> Result<Option<ProfileChoice>, DatabaseError> {
    let statement = format!(
        "SELECT p.id, p.prompt_id, p.style_id, p.options FROM {schema}.profiles p
         WHERE (p.owner IS NULL OR p.owner = $1)
           AND p.id = coalesce($2, (SELECT profile_id FROM {schema}.user_defaults WHERE user_id = $1),
                               (SELECT id FROM {schema}.profiles WHERE is_default))"
    );
    let parameters: [Parameter<'_>; 2] = [(&person, Type::TEXT), (&id, Type::UUID)];
    let rows = connection.query(&statement, &parameters).await?;
    Ok(rows.first().map(|row| ProfileChoice {
        id: row.get(0),
        prompt: row.get(1),
        style: row.get(2),
        options: row.get(3),
    }))
}

/// What a prompt and a style say to the model.
#[derive(Default)]
pub(in crate::chat) struct Texts {
    pub(in crate::chat) prompt: Option<String>,
    pub(in crate::chat) style: Option<String>,
}

/// The texts of a prompt and of a style, if the person may use them; without a style, those of the default one.
pub(in crate::chat) async fn texts(
    connection: &Connection,
    schema: &str,
    person: &str,
    prompt: Option<Uuid>,
    style: Option<Uuid>,
) -> Result<Texts, DatabaseError> {
    let statement = format!(
        "SELECT (SELECT content FROM {schema}.deck_prompts
                 WHERE id = $2 AND is_active AND (owner IS NULL OR owner = $1)),
                s.content
         FROM (SELECT) one LEFT JOIN {schema}.slide_styles s
              ON s.is_active AND (s.owner IS NULL OR s.owner = $1)
             AND s.id = coalesce($3, (SELECT style_id FROM {schema}.user_defaults WHERE user_id = $1),
                                 (SELECT id FROM {schema}.slide_styles WHERE is_default))"
    );
    let parameters: [Parameter<'_>; 3] = [(&person, Type::TEXT), (&prompt, Type::UUID), (&style, Type::UUID)];
    let rows = connection.query(&statement, &parameters).await?;
    Ok(rows.first().map_or_else(Texts::default, |row| Texts { prompt: row.get(0), style: row.get(1) }))
}

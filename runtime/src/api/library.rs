//! The material for a deck: prompts, styles, profiles. Readable by every user of the app.

use axum::Json;
use axum::extract::State;

use super::ApiError;
use super::types::{Profile, Profiles, Prompt, Prompts, Style, Styles};
use crate::app::App;
use crate::identity::User;

/// All prompts in use.
pub async fn prompts(_: User, State(app): State<App>) -> Result<Json<Prompts>, ApiError> {
    let schema = app.database.schema().quoted();
    let statement = format!(
        "SELECT id, name, description, category, content, origin
             FROM {schema}.deck_prompts WHERE is_active ORDER BY lower(name)"
    );
    let rows = app.database.connection().await?.query(&statement, &[]).await?;
    let prompts = rows
        .iter()
        .map(|row| Prompt {
            id: row.get(0),
            name: row.get(1),
            description: row.get(2),
            category: row.get(3),
            content: row.get(4),
            origin: row.get(5),
        })
        .collect();
    Ok(Json(Prompts { prompts }))
}

/// All styles in use.
pub async fn styles(_: User, State(app): State<App>) -> Result<Json<Styles>, ApiError> {
    let schema = app.database.schema().quoted();
    let statement = format!(
        "SELECT id, name, description, category, content, is_default, origin
             FROM {schema}.slide_styles WHERE is_active ORDER BY is_default DESC, lower(name)"
    );
    let rows = app.database.connection().await?.query(&statement, &[]).await?;
    let styles = rows
        .iter()
        .map(|row| Style {
            id: row.get(0),
            name: row.get(1),
            description: row.get(2),
            category: row.get(3),
            content: row.get(4),
            is_default: row.get(5),
            origin: row.get(6),
        })
        .collect();
    Ok(Json(Styles { styles }))
}

/// All profiles.
pub async fn profiles(_: User, State(app): State<App>) -> Result<Json<Profiles>, ApiError> {
    let schema = app.database.schema().quoted();
    let statement = format!(
        "SELECT id, name, description, is_default, prompt_id, style_id
             FROM {schema}.profiles ORDER BY is_default DESC, lower(name)"
    );
    let rows = app.database.connection().await?.query(&statement, &[]).await?;
    let profiles = rows
        .iter()
        .map(|row| Profile {
            id: row.get(0),
            name: row.get(1),
            description: row.get(2),
            is_default: row.get(3),
            prompt_id: row.get(4),
            style_id: row.get(5),
        })
        .collect();
    Ok(Json(Profiles { profiles }))
}

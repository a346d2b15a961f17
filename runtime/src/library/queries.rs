//! The statements on the library's tables.

use super::types::{Profile, Prompt, Style};
use crate::database::{Database, DatabaseError};

/// All prompts in use, by name.
pub(super) async fn prompts(database: &Database) -> Result<Vec<Prompt>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "SELECT id, name, description, category, content, origin
             FROM {schema}.deck_prompts WHERE is_active ORDER BY lower(name)"
    );
    let rows = database.connection().await?.query(&statement, &[]).await?;
    let prompts = rows.iter().map(|row| Prompt {
        id: row.get(0),
        name: row.get(1),
        description: row.get(2),
        category: row.get(3),
        content: row.get(4),
        origin: row.get(5),
    });
    Ok(prompts.collect())
}

/// All styles in use, the default first, then by name.
pub(super) async fn styles(database: &Database) -> Result<Vec<Style>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "SELECT id, name, description, category, content, is_default, origin
             FROM {schema}.slide_styles WHERE is_active ORDER BY is_default DESC, lower(name)"
    );
    let rows = database.connection().await?.query(&statement, &[]).await?;
    let styles = rows.iter().map(|row| Style {
        id: row.get(0),
        name: row.get(1),
        description: row.get(2),
        category: row.get(3),
        content: row.get(4),
        is_default: row.get(5),
        origin: row.get(6),
    });
    Ok(styles.collect())
}

/// All profiles, the default first, then by name.
pub(super) async fn profiles(database: &Database) -> Result<Vec<Profile>, DatabaseError> {
    let schema = database.schema().quoted();
    let statement = format!(
        "SELECT id, name, description, is_default, prompt_id, style_id
             FROM {schema}.profiles ORDER BY is_default DESC, lower(name)"
    );
    let rows = database.connection().await?.query(&statement, &[]).await?;
    let profiles = rows.iter().map(|row| Profile {
        id: row.get(0),
        name: row.get(1),
        description: row.get(2),
        is_default: row.get(3),
        prompt_id: row.get(4),
        style_id: row.get(5),
    });
    Ok(profiles.collect())
}

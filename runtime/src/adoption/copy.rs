//! What is copied, and the record of it.

use super::library::Copies;
use super::source::Source;
use super::{conversations, library};
use crate::database::{Database, DatabaseError};
use crate::settings::ImportSettings;

/// How much was copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Deck prompts.
    pub prompts: usize,
    /// Slide styles.
    pub styles: usize,
    /// Profiles.
    pub profiles: usize,
    /// Sessions, each with a deck.
    pub sessions: usize,
    /// Questions with their answers.
    pub turns: usize,
}

/// Copies the data, unless that was done before; `None` if so. Waits for another process that is doing it.
///
/// # Errors
/// Of the database; then nothing was copied.
pub async fn copy(database: &Database, import: &ImportSettings) -> Result<Option<Copied>, DatabaseError> {
    let mut connection = database.connection().await?;
    let transaction = connection.transaction(database.schema()).await?.without_limit();
    transaction.batch_execute("SET LOCAL statement_timeout TO 0").await?;
    let recorded = transaction
        .execute(
            "INSERT INTO planted_seeds (kind, name) VALUES ('import', $1) ON CONFLICT DO NOTHING",
            &[&import.schema.as_str()],
        )
        .await?;
    if recorded == 0 {
        return Ok(None);
    }
    let source = Source { transaction: &transaction, schema: &import.schema, owner: &import.owner };
    let Copies { prompts, styles, profiles, .. } = library::copy(&source).await?;
    let (sessions, turns) = conversations::copy(&source).await?;
    transaction.commit().await?;
    Ok(Some(Copied { prompts: prompts.len(), styles: styles.len(), profiles, sessions, turns }))
}

//! Rebuilds the words that a deck is found by. A change of a deck sets them with it; this is for decks that
//! were written by other means, such as a migration.

use serde_json::{Value, json};
use uuid::Uuid;

use super::contents::Contents;
use super::kept::deck_of;
use super::queries;
use crate::jobs::types::{IfRunning, Unique};
use crate::jobs::work::{Attempt, Work};
use crate::jobs::{Done, Failure, NewJob, Running};

const KIND: &str = "search_index";

/// Rebuilds the words that a deck is found by.
#[derive(Clone, Copy, Debug)]
pub struct SearchIndex;

impl SearchIndex {
    /// The job for the deck of this session. One that runs already is done once more: it may have read the
    /// deck before it was changed.
    pub fn of(session: Uuid) -> NewJob {
        let unique = Unique { key: format!("{KIND} {session}"), if_running: IfRunning::RunAgain };
        NewJob { session: Some(session), unique: Some(unique), ..NewJob::new(KIND) }
    }
}

impl Work for SearchIndex {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, job: &'a Running) -> Attempt<'a> {
        Box::pin(rebuild(job))
    }
}

async fn rebuild(job: &Running) -> Result<Done, Failure> {
    let session = job.session().ok_or_else(|| Failure::Final("The job names no session".to_owned()))?;
    let mut connection = job.connection().await?;
    let transaction = job.begin(&mut connection).await?;
    let Some((document, version)) = queries::document(&transaction, session).await? else {
        return Ok(Done::Succeeded(Value::Null));
    };
    let deck = deck_of(&document).map_err(|_| Failure::Retry("The deck can't be read".to_owned()))?;
    queries::set_words(&transaction, session, version, &Contents::of(&deck)).await?;
    let done = job.succeed(&transaction, json!({ "version": version })).await?;
    transaction.commit().await?;
    Ok(done)
}

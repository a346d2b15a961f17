//! What the stages of a turn have: the turn, its model, and how what they come to is kept and told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tellr_slides::deck::Deck;
use tellr_slides::id::ThemeId;
use tellr_slides::theme::{Theme, built_in};

use super::assistant::{Assistant, OnBehalf};
use super::queries::stages::{self, Kept};
use super::queries::{choices, sources};
use super::stop::Stop;
use super::turn::{SpaceChoice, TurnRow};
use super::types::SourceData;
use crate::database::Connection;
use crate::decks::{self, themes};
use crate::http::blocking;
use crate::jobs::{Failure, Running};
use crate::prompting::{Guidance, SourceTable, SpaceBrief, ThemeChoice};
use crate::traces::{SpanId, TurnTrace};
use crate::workspace::serving::{ChatEndpoint, Completion, ModelError, Request, Spent};

/// How often text that a model streams is told: each telling is a statement.
const TOLD_EVERY: Duration = Duration::from_millis(250);
/// How much of a streamed answer is told, in characters.
const MOST_TOLD: usize = 20_000;
/// The shortest wait for an endpoint that doesn't say how long.
const SHORTEST_WAIT: Duration = Duration::from_secs(2);
/// Sources that prompts and slides can use; those of earlier turns count.
const MOST_SOURCES: i64 = 16;
/// The longest wait for an endpoint.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// What the stages of a turn have.
pub(super) struct Context<'a> {
    pub(super) job: &'a Running,
    pub(super) assistant: &'a Assistant,
    /// The schema of the tables, quoted.
    pub(super) schema: String,
    /// The trace of the turn.
    pub(super) trace: TurnTrace,
}

/// An event for those who watch: its kind and what it says.
pub(super) type Event = (String, Value);

/// An event.
pub(super) fn event(kind: &str, body: Value) -> Event {
    (kind.to_owned(), body)
}

impl Context<'_> {
    /// Keeps what a stage came to, and tells it, at once.
    pub(super) async fn keep(&self, turn: &TurnRow, kept: &Kept<'_>, events: &[Event]) -> Result<(), Stop> {
        let mut connection = self.job.connection().await?;
        let transaction = self.job.begin(&mut connection).await?;
        stages::keep(&transaction, &self.schema, turn.id, kept).await?;
        self.job.tell_in(&transaction, events, None).await?;
        transaction.commit().await?;
        self.job.told();
        Ok(())
    }

    /// The deck of a turn as it is now.
    pub(super) async fn deck(&self, turn: &TurnRow) -> Result<Deck, Stop> {
        let connection = self.job.connection().await?;
        let person = (turn.author.as_str(), turn.groups.as_slice());
        let document = decks::queries::document_for(&connection, &self.schema, person, turn.session).await?;
        let gone = || Stop::failed("no_deck", "The deck was deleted, or is not shared with you any more");
        let document = document.ok_or_else(gone)?;
        let read = blocking(move || decks::deck_of(&document)).await;
        let deck = read.map_err(|error| Stop::Job(Failure::Retry(error.to_string())))?;
        deck.map_err(|_| Stop::failed("unreadable_deck", "The deck can't be read. The log has the details"))
    }

    /// What shapes the prompts of a turn.
    pub(super) async fn guidance(&self, turn: &TurnRow, theme: &ThemeId) -> Result<Guidance, Stop> {
        let connection = self.job.connection().await?;
        let (prompt, style) = (turn.options.prompt_id, turn.options.style_id);
        let texts = choices::texts(&connection, &self.schema, &turn.author, prompt, style).await?;
        let spaces = turn.gathered.spaces.iter().flatten();
        let brief = |space: &SpaceChoice| SpaceBrief {
            title: space.title.clone(),
            description: space.description.clone(),
        };
        Ok(Guidance {
            deck_prompt: texts.prompt,
            style: texts.style,
            theme: themes::of_deck(&connection, &self.schema, &turn.author, turn.session, theme).await?,
            themes: themes_for(&connection, &self.schema, &turn.author).await?,
            spaces: spaces.map(brief).collect(),
        })
    }

    /// The theme of a turn's deck.
    pub(super) async fn theme(&self, turn: &TurnRow, theme: &ThemeId) -> Result<Theme, Stop> {
        let connection = self.job.connection().await?;
        Ok(themes::of_deck(&connection, &self.schema, &turn.author, turn.session, theme).await?)
    }

    /// The themes that a turn may choose from.
    pub(super) async fn themes(&self, turn: &TurnRow) -> Result<Vec<ThemeChoice>, Stop> {
        themes_for(&self.job.connection().await?, &self.schema, &turn.author).await
    }

    /// The data that was found in the session, the last of it.
    pub(super) async fn sources(&self, turn: &TurnRow) -> Result<Vec<SourceTable>, Stop> {
        let connection = self.job.connection().await?;
        let last = sources::last(&connection, &self.schema, turn.session, &turn.author, MOST_SOURCES).await?;
        // One that can't be read was kept by another version of the app.
        Ok(last.into_iter().filter_map(SourceData::table).collect())
    }

    /// Whether the turn may ask the model again.
    pub(super) fn check_budget(&self, turn: &TurnRow) -> Result<(), Stop> {
        let limits = self.assistant.limits();
        if turn.calls >= limits.calls {
            let message = format!(
                "This request has asked the model {} times, which is the limit. What is done is kept. Ask for the rest in a new \
                 request",
                limits.calls
            );
            return Err(Stop::failed("too_many_calls", message));
        }
        if turn.tokens >= limits.tokens {
            let message = format!(
                "This request has used {} tokens, which is the limit. What is done is kept. Ask for the rest in a new request",
                limits.tokens
            );
            return Err(Stop::failed("too_many_tokens", message));
        }
        Ok(())
    }

    /// The model of a turn.
    pub(super) async fn model(&self, turn: &TurnRow) -> Result<Model<'_>, Stop> {
        let endpoint = turn.options.assistant.endpoint.as_deref();
        let (endpoint, on_behalf) = self.assistant.model(&turn.author, endpoint).await?;
        Ok(Model { assistant: self.assistant, author: turn.author.clone(), endpoint, on_behalf })
    }

    /// Asks a model and tells what it says as it is said, `lead` first. Short waits for a busy endpoint happen here. `under` is the
    /// span of what it is asked for.
    pub(super) async fn stream(
        &self,
        model: &Model<'_>,
        under: SpanId,
        request: &Request,
        lead: &str,
    ) -> Result<Completion, Stop> {
        let endpoint = self.traced(model, under);
        let mut waits = 0;
        loop {
            let (sender, mut pieces) = tokio::sync::mpsc::unbounded_channel::<String>();
            let asking = Box::pin(endpoint.stream(request, move |text: &str| {
                let _ = sender.send(text.to_owned());
            }));
            let telling = async {
                let mut text = String::new();
                let mut told = Instant::now();
                let mut lead = Some(lead);
                let mut left = MOST_TOLD;
                while let Some(piece) = pieces.recv().await {
                    text.push_str(lead.take().unwrap_or_default());
                    // What is longer is read, and shown no further.
                    let piece: String = piece.chars().take(left).collect();
                    left = left.saturating_sub(piece.chars().count());
                    text.push_str(&piece);
                    if told.elapsed() >= TOLD_EVERY {
                        self.job.tell("text", json!({ "text": std::mem::take(&mut text) })).await?;
                        told = Instant::now();
                    }
                }
                if !text.is_empty() {
                    self.job.tell("text", json!({ "text": text })).await?;
                }
                Ok::<(), Stop>(())
            };
            let (asked, told) = tokio::join!(asking, telling);
            told?;
            match asked {
                Ok(completion) => return Ok(completion),
                Err(error) => waits = self.wait(model, error, waits).await?,
            }
        }
    }

    /// Asks a model for JSON. Short waits for a busy endpoint happen here. `under` is the span of what it is asked for.
    pub(super) async fn json<T: Send>(
        &self,
        model: &Model<'_>,
        under: SpanId,
        request: &Request,
        check: impl Fn(Value) -> Result<T, String> + Send + Sync,
    ) -> Result<(T, Spent), Stop> {
        let endpoint = self.traced(model, under);
        let mut waits = 0;
        loop {
            match Box::pin(endpoint.json(request, &check)).await {
                Ok(answer) => return Ok(answer),
                Err(error) => waits = self.wait(model, error, waits).await?,
            }
        }
    }

    fn traced(&self, model: &Model<'_>, under: SpanId) -> ChatEndpoint {
        model.endpoint.clone().observed(Arc::new(self.trace.chats(under)))
    }

    /// Waits if the endpoint may answer soon; how often it was waited. Else why the stage ends.
    async fn wait(&self, model: &Model<'_>, error: ModelError, waits: u32) -> Result<u32, Stop> {
        let stop = model.stop(error);
        let Stop::Wait(pause, reason) = &stop else { return Err(stop) };
        let pause = pause.unwrap_or(SHORTEST_WAIT * 2_u32.saturating_pow(waits));
        if waits >= 3 || pause > self.assistant.limits().patience {
            return Err(Stop::Wait(Some(pause.min(LONGEST_WAIT)), reason.clone()));
        }
        self.job.tell("waiting", json!({ "reason": reason, "seconds": pause.as_secs() })).await?;
        tokio::time::sleep(pause).await;
        Ok(waits + 1)
    }
}

/// The themes that a person can choose from.
async fn themes_for(connection: &Connection, schema: &str, person: &str) -> Result<Vec<ThemeChoice>, Stop> {
    let of_styles = themes::of_person(connection, schema, person).await?;
    Ok(built_in().into_iter().chain(of_styles).map(ThemeChoice::from).collect())
}

/// The model of a turn, and on whose behalf it is asked.
pub(super) struct Model<'a> {
    assistant: &'a Assistant,
    author: String,
    endpoint: ChatEndpoint,
    on_behalf: Option<OnBehalf>,
}

impl Model<'_> {
    /// Why the model gave no answer. A token that was refused isn't used again.
    fn stop(&self, error: ModelError) -> Stop {
        match (&error, &self.on_behalf) {
            (ModelError::SignIn, Some(used)) => {
                self.assistant.refused(&self.author, used);
                Stop::SignIn
            }
            (ModelError::SignIn, None) => Stop::failed(
                "app_sign_in",
                "The workspace doesn't accept the app's own credentials. Ask the app's administrator to redeploy it",
            ),
            _ => Stop::of_model(error, self.endpoint.name()),
        }
    }
}

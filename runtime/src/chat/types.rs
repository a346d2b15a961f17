//! The JSON bodies about the assistant.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::library::types::AssistantOptions;
use crate::prompting::SourceTable;

/// The longest message, in characters.
pub const LONGEST_MESSAGE: usize = 20_000;
/// The longest comment on an answer, in characters.
pub const LONGEST_COMMENT: usize = 2_000;
/// The most slides of a request's selection.
pub const MOST_SELECTED: usize = 300;

/// `POST /api/chat`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChatRequest {
    /// The deck's session; without one, a session with an empty deck is created.
    #[serde(default)]
    pub session_id: Option<Uuid>,
    /// What the person wants; 1–20,000 characters.
    #[schema(min_length = 1, max_length = 20_000)]
    pub message: String,
    /// The slides it is about; empty: the whole deck.
    #[serde(default)]
    #[schema(max_items = 300)]
    pub selection: Vec<String>,
    /// Choices other than the person's defaults.
    #[serde(default)]
    pub options: ChatOptions,
}

/// Choices of a request. What isn't given comes from the profile, else from the app's settings.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ChatOptions {
    /// The deck prompt.
    pub prompt_id: Option<Uuid>,
    /// The slide style.
    pub style_id: Option<Uuid>,
    /// The profile.
    pub profile_id: Option<Uuid>,
    /// What the assistant uses.
    #[serde(flatten)]
    pub assistant: AssistantOptions,
}

/// `GET /api/assistant`: what the caller may use.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Choices {
    /// Whether a request can be made.
    pub available: bool,
    /// Why not, or what doesn't work.
    pub problem: Option<TurnError>,
    /// The endpoints that the caller may query, by name.
    pub endpoints: Vec<EndpointChoice>,
    /// The endpoint that is used if none is chosen.
    pub endpoint: Option<String>,
    /// The Genie spaces that the caller may ask, those of the app's settings first.
    pub spaces: Vec<SpaceView>,
    /// Whether the app may act on the caller's behalf, which Genie needs.
    pub user_authorization: bool,
    /// How much is too much.
    pub limits: LimitsView,
}

/// A model endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EndpointChoice {
    /// Its name.
    pub name: String,
    /// Whether it is ready.
    pub ready: bool,
}

/// A Genie space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SpaceView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: String,
}

/// How much is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LimitsView {
    /// Characters of a message.
    pub message_characters: usize,
    /// Slides that one request may write.
    pub slides: usize,
    /// Tokens of a request.
    pub tokens: i64,
    /// Tokens of a person within 24 hours.
    pub tokens_of_a_day: i64,
}

/// `POST /api/assistant/test`: one of the two.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TestRequest {
    /// A model endpoint: it is asked for one word.
    #[schema(min_length = 1, max_length = 255)]
    pub endpoint: Option<String>,
    /// The id of a Genie space: it is looked up.
    #[schema(min_length = 1, max_length = 255)]
    pub space: Option<String>,
}

/// The answer to [`TestRequest`].
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TestOutcome {
    /// Whether it works.
    pub ok: bool,
    /// What was found, or what to do.
    pub message: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// What a turn does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TurnKind {
    /// It makes a new deck.
    Create,
    /// It changes a deck.
    Change,
}

impl TurnKind {
    /// As in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
        }
    }

    /// Of its name.
    pub fn read(name: &str) -> Self {
        if name == "create" { Self::Create } else { Self::Change }
    }
}

/// How far a turn is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Data is looked up.
    Gather,
    /// The outline, or the list of changes, is written.
    Plan,
    /// The outline waits for the person.
    Review,
    /// Slides are written.
    Slides,
    /// Slides are looked over.
    Check,
    /// Nothing is left to do.
    Done,
}

impl Stage {
    /// As in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gather => "gather",
            Self::Plan => "plan",
            Self::Review => "review",
            Self::Slides => "slides",
            Self::Check => "check",
            Self::Done => "done",
        }
    }

    /// Of its name.
    pub fn read(name: &str) -> Self {
        match name {
            "plan" => Self::Plan,
            "review" => Self::Review,
            "slides" => Self::Slides,
            "check" => Self::Check,
            "done" => Self::Done,
            _ => Self::Gather,
        }
    }
}

/// The state of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TurnState {
    /// It waits for its turn, or for an endpoint.
    Queued,
    /// It is worked on.
    Running,
    /// It waits for the person to approve the outline.
    Review,
    /// It is done.
    Succeeded,
    /// It could not be finished; it can be resumed.
    Failed,
    /// It was stopped; it can be resumed.
    Cancelled,
}

/// What a person asked, and how far the answer is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Turn {
    /// Its id.
    pub id: Uuid,
    /// The deck's session.
    pub session_id: Uuid,
    /// The job that works on it, or did last.
    pub job_id: Option<Uuid>,
    /// What the person wants.
    pub message: String,
    /// The slides it is about; empty: the whole deck.
    pub selection: Vec<String>,
    /// What it does; `null` until that is known.
    pub kind: Option<TurnKind>,
    /// How far it is.
    pub stage: Stage,
    /// Its state.
    pub state: TurnState,
    /// What the assistant says.
    pub reply: Option<String>,
    /// The outline of a new deck.
    #[schema(value_type = Option<Object>)]
    pub outline: Option<Value>,
    /// The slides that are written.
    pub slides: Vec<TurnSlide>,
    /// The sources that it found.
    pub sources: Vec<Uuid>,
    /// What the person should know: what is missing, or was left out.
    pub notices: Vec<String>,
    /// Why it failed.
    pub error: Option<TurnError>,
    /// What it cost.
    pub usage: TurnUsage,
    /// From the request to the end, in milliseconds; `null` until it has ended.
    pub duration_ms: Option<i64>,
    /// Whether its change can be taken back.
    pub can_undo: bool,
    /// Its place in the queue, from 1; `null` unless it waits there.
    pub position: Option<i64>,
    /// The person's rating.
    pub rating: Option<Rating>,
    /// When it was asked.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// A slide that a turn writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TurnSlide {
    /// Its place in the outline or in the list of changes, from 1.
    pub number: i32,
    /// Its id in the deck.
    pub slide_id: String,
    /// Its title.
    pub title: String,
    /// `waiting`, `done` or `failed`.
    pub state: String,
}

/// Why a turn failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TurnError {
    /// A code for programs.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
}

/// What a turn cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TurnUsage {
    /// Tokens that the model read.
    pub prompt_tokens: i64,
    /// Tokens that it wrote.
    pub completion_tokens: i64,
    /// How often it was asked.
    pub calls: i32,
}

/// `GET /api/sessions/{id}/chat`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Conversation {
    /// The caller's own turns, the oldest first; at most the last 200.
    pub turns: Vec<Turn>,
    /// The sources that they found, in the order of their names.
    pub sources: Vec<SourceSummary>,
}

/// A column of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceColumn {
    /// Its name.
    pub name: String,
    /// `number`, `text`, `date` or `bool`.
    pub kind: String,
}

/// Data that was found, without its rows.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SourceSummary {
    /// Its id.
    pub id: Uuid,
    /// `S1`, `S2`…, counted in the session.
    pub name: String,
    /// What footers of slides call it.
    pub label: String,
    /// The Genie space that was asked.
    pub space: String,
    /// What it was asked.
    pub question: String,
    /// Its columns.
    pub columns: Vec<SourceColumn>,
    /// How many rows the source has.
    pub row_count: i64,
    /// Whether fewer rows are kept.
    pub truncated: bool,
    /// When it was found.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// `GET /api/sessions/{id}/sources/{source}`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceData {
    /// The source.
    #[serde(flatten)]
    pub source: SourceSummary,
    /// The query that Genie ran.
    pub sql: String,
    /// The rows that are kept: a number, a text or `null` for each column.
    #[schema(value_type = Vec<Vec<Object>>)]
    pub rows: Value,
}

impl SourceData {
    /// The table, for prompts and slides; none if it was kept by a version of the app that writes it differently.
    pub(super) fn table(self) -> Option<SourceTable> {
        let Self { source, rows, .. } = self;
        let named = json!({ "label": source.label });
        let table = json!({ "id": source.name, "label": source.label, "columns": source.columns, "rows": rows,
                            "truncated": source.truncated, "named": named });
        serde_json::from_value(table).ok()
    }
}

/// `POST /api/chat/{turn}/outline`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutlineRequest {
    /// The outline as the person wants it.
    #[schema(value_type = Object)]
    pub outline: Value,
}

/// `POST /api/chat/{turn}/retry`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetryRequest {
    /// Another endpoint than before.
    #[schema(min_length = 1, max_length = 255)]
    pub endpoint: Option<String>,
}

/// A rating.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// Good.
    Up,
    /// Bad.
    Down,
}

impl Rating {
    /// As in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    /// Of its name.
    pub fn read(name: &str) -> Self {
        if name == "up" { Self::Up } else { Self::Down }
    }
}

/// `POST /api/chat/{turn}/feedback`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackRequest {
    /// The rating.
    pub rating: Rating,
    /// More about it; at most 2,000 characters.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub comment: Option<String>,
}

/// The answer to `POST /api/chat/{turn}/undo`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Undone {
    /// The deck's version.
    pub version: i64,
}

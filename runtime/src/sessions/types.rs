//! The JSON bodies about sessions.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::decks::{Document, SlideDocument};
use crate::sharing::{Person, Role};

/// A session, as lists show it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionSummary {
    /// Its id.
    pub id: Uuid,
    /// The deck's title.
    pub title: String,
    /// What the caller may do with it.
    pub role: Role,
    /// Whose it is.
    pub owner: Person,
    /// How many slides the deck has.
    pub slide_count: i32,
    /// The deck's version.
    pub version: i64,
    /// The deck's theme.
    pub theme: String,
    /// When it was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When the deck was last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// Who changed it last.
    pub updated_by: Option<Person>,
    /// Whether it is shared with anybody.
    pub shared: bool,
}

/// A session of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListedSession {
    /// The session.
    #[serde(flatten)]
    pub session: SessionSummary,
    /// The first slide, for a thumbnail; `null` if there is none or it is very large.
    #[schema(value_type = Option<SlideDocument>)]
    pub cover: Option<Box<RawValue>>,
}

/// `GET /api/sessions`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionList {
    /// The last used first.
    pub sessions: Vec<ListedSession>,
    /// The value of `before` for the next page; `null` on the last one.
    pub next: Option<String>,
}

/// A session with its deck.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Session {
    /// The session.
    #[serde(flatten)]
    pub session: SessionSummary,
    /// The deck.
    pub deck: Document,
}

/// Which sessions to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// How many at most, 1–100; 50 if it isn't given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
    /// `next` of the page before.
    #[param(pattern = "^[0-9]{1,16}_[0-9a-f]{32}$")]
    pub before: Option<String>,
    /// Words that titles or slides contain; each may be the beginning of a word.
    #[param(max_length = 200)]
    pub q: Option<String>,
}

/// What a new session begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// One empty slide.
    Blank,
    /// The deck that explains itself.
    Sample,
}

/// `POST /api/sessions`. Without `from` and `deck` it is a blank one.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRequest {
    /// The deck's title, instead of its own.
    #[serde(default)]
    pub title: Option<String>,
    /// What it begins with.
    #[serde(default)]
    pub from: Option<Start>,
    /// The deck of a `deck.json`.
    #[serde(default)]
    #[schema(value_type = Option<Document>)]
    pub deck: Option<Box<RawValue>>,
}

/// `PATCH /api/sessions/{id}`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameRequest {
    /// The deck's title.
    pub title: String,
}

//! The JSON bodies about decks.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tellr_slides::patch::Patch;
use tellr_slides::theme::Theme;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::document::{Document, PatchDocument};
use crate::sharing::Person;

/// A deck with its version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionedDeck {
    /// Grows by one with each change.
    pub version: i64,
    /// The deck.
    pub deck: Document,
}

/// `POST /api/sessions/{id}/patches`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchRequest {
    /// The version that the patches were made for.
    pub version: i64,
    /// The patches, 1–100; each applies to what those before it have made.
    #[schema(value_type = Vec<PatchDocument>, min_items = 1, max_items = 100)]
    pub patches: Vec<Box<RawValue>>,
}

/// The answer to [`PatchRequest`].
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Patched {
    /// The version that the patches have made.
    pub version: i64,
    /// The patches that take the change back, in the order in which they apply.
    #[schema(value_type = Vec<PatchDocument>)]
    pub inverse: Vec<Patch>,
}

/// A state of a deck to go back to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavePoint {
    /// Counted from 1, without gaps.
    pub number: i32,
    /// Given by a person, or what changed since the one before.
    pub name: String,
    /// When it was saved.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Who saved it.
    pub created_by: Option<Person>,
    /// How many slides it has.
    pub slide_count: i32,
}

/// A save point with its deck.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedDeck {
    /// The save point.
    #[serde(flatten)]
    pub save_point: SavePoint,
    /// The deck as it was.
    pub deck: Document,
}

/// `GET /api/sessions/{id}/save-points`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavePoints {
    /// The newest first.
    pub save_points: Vec<SavePoint>,
}

/// `POST /api/sessions/{id}/save-points`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavePointRequest {
    /// A name; without one, what changed since the last save point.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub name: Option<String>,
}

/// `GET /api/themes`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Themes {
    /// The default first.
    #[schema(value_type = Vec<Object>)]
    pub themes: Vec<Theme>,
}

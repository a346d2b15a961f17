//! The JSON bodies about the material for a deck.

use serde::Serialize;
use uuid::Uuid;

/// `GET /api/prompts`.
#[derive(Clone, Debug, Serialize)]
pub struct Prompts {
    /// By name.
    pub prompts: Vec<Prompt>,
}

/// The content of a deck.
#[derive(Clone, Debug, Serialize)]
pub struct Prompt {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// A category.
    pub category: String,
    /// The instructions.
    pub content: String,
    /// `seed`, `databricks` or `user`.
    pub origin: String,
}

/// `GET /api/styles`.
#[derive(Clone, Debug, Serialize)]
pub struct Styles {
    /// The default first, then by name.
    pub styles: Vec<Style>,
}

/// The visual style of a deck.
#[derive(Clone, Debug, Serialize)]
pub struct Style {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// A category.
    pub category: String,
    /// The instructions.
    pub content: String,
    /// Whether it is the default for new decks; true for at most one.
    pub is_default: bool,
    /// `seed`, `databricks` or `user`.
    pub origin: String,
}

/// `GET /api/profiles`.
#[derive(Clone, Debug, Serialize)]
pub struct Profiles {
    /// The default first, then by name.
    pub profiles: Vec<Profile>,
}

/// A named combination of prompt and style.
#[derive(Clone, Debug, Serialize)]
pub struct Profile {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Whether it is the default for new sessions; true for at most one.
    pub is_default: bool,
    /// The prompt, unless it was deleted.
    pub prompt_id: Option<Uuid>,
    /// The style, unless it was deleted.
    pub style_id: Option<Uuid>,
}

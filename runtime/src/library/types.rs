//! The JSON bodies about the material for a deck.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// `GET /api/settings/prompts`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Prompts {
    /// By name.
    pub prompts: Vec<Prompt>,
}

/// The content of a deck.
#[derive(Clone, Debug, Serialize, ToSchema)]
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
    /// Whether everybody has it; else only the caller.
    pub shared: bool,
    /// Whether the caller may change and delete it.
    pub can_edit: bool,
}

/// `GET /api/settings/styles`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Styles {
    /// The default first, then by name.
    pub styles: Vec<Style>,
}

/// The visual style of a deck.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Style {
    /// The id of its theme, if it was read from a PowerPoint file; decks name it.
    pub theme: Option<String>,
    /// What was changed or left out of that file, a sentence each.
    pub notes: Vec<String>,
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
    /// Whether it is the caller's default for new decks; true for at most one.
    pub is_default: bool,
    /// `seed`, `databricks` or `user`.
    pub origin: String,
    /// Whether everybody has it; else only the caller.
    pub shared: bool,
    /// Whether the caller may change and delete it.
    pub can_edit: bool,
}

/// `GET /api/settings/profiles`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Profiles {
    /// The default first, then by name.
    pub profiles: Vec<Profile>,
}

/// A named combination of prompt and style.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Profile {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Whether it is the caller's default for new sessions; true for at most one.
    pub is_default: bool,
    /// The prompt, unless it was deleted.
    pub prompt_id: Option<Uuid>,
    /// The style, unless it was deleted.
    pub style_id: Option<Uuid>,
    /// What the assistant uses.
    pub options: AssistantOptions,
    /// Whether everybody has it; else only the caller.
    pub shared: bool,
    /// Whether the caller may change and delete it.
    pub can_edit: bool,
}

/// What the assistant uses. What isn't chosen comes from the app's settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AssistantOptions {
    /// The model's serving endpoint.
    #[schema(min_length = 1, max_length = 255)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The Genie spaces that may be asked, by id; empty: none.
    #[schema(max_items = 20)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spaces: Option<Vec<String>>,
    /// Whether the outline waits for approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_outline: Option<bool>,
    /// How freely the model writes, 0–2; the endpoint's own default if it isn't given.
    #[schema(minimum = 0, maximum = 2)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
}

/// A new prompt or style.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewText {
    /// Its name, unique among the caller's or among the shared ones; 1–100 characters.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// One sentence; at most 1,000 characters.
    #[schema(max_length = 1000)]
    #[serde(default)]
    pub description: String,
    /// A category, 1–50 characters; `General` if it isn't given.
    #[schema(min_length = 1, max_length = 50)]
    #[serde(default = "general")]
    pub category: String,
    /// The instructions, 1–50,000 characters.
    #[schema(min_length = 1, max_length = 50_000)]
    pub content: String,
    /// Whether everybody has it; for administrators.
    #[serde(default)]
    pub shared: bool,
}

fn general() -> String {
    "General".to_owned()
}

/// The parameters of `POST /api/settings/styles/file`.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NewStyleFile {
    /// Its name, unique among the caller's or among the shared ones; 1–100 characters.
    #[param(min_length = 1, max_length = 100)]
    pub name: String,
    /// Whether everybody has it; for administrators.
    #[serde(default)]
    pub shared: bool,
}

/// Changes of a prompt or style. What isn't given stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TextChanges {
    /// Its name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// One sentence.
    #[schema(max_length = 1000)]
    pub description: Option<String>,
    /// A category.
    #[schema(min_length = 1, max_length = 50)]
    pub category: Option<String>,
    /// The instructions.
    #[schema(min_length = 1, max_length = 50_000)]
    pub content: Option<String>,
}

/// A new profile.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProfile {
    /// Its name, unique among the caller's or among the shared ones; 1–100 characters.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// One sentence; at most 1,000 characters.
    #[schema(max_length = 1000)]
    #[serde(default)]
    pub description: String,
    /// The prompt; a shared one if the profile is shared.
    #[serde(default)]
    pub prompt_id: Option<Uuid>,
    /// The style; a shared one if the profile is shared.
    #[serde(default)]
    pub style_id: Option<Uuid>,
    /// What the assistant uses.
    #[serde(default)]
    pub options: AssistantOptions,
    /// Whether everybody has it; for administrators.
    #[serde(default)]
    pub shared: bool,
}

/// Changes of a profile. What isn't given stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileChanges {
    /// Its name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// One sentence.
    #[schema(max_length = 1000)]
    pub description: Option<String>,
    /// The prompt; `null`: none.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    pub prompt_id: Option<Option<Uuid>>,
    /// The style; `null`: none.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    pub style_id: Option<Option<Uuid>>,
    /// What the assistant uses; replaces what was chosen before.
    pub options: Option<AssistantOptions>,
}

/// A field that is there, though it may be `null`.
#[expect(clippy::option_option, reason = "absent and `null` mean different things in a change")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Uuid>>, D::Error> {
    Option::<Uuid>::deserialize(deserializer).map(Some)
}

/// Whose default.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DefaultRequest {
    /// The default of everybody who has chosen none; for administrators. Else the caller's own.
    pub everyone: bool,
}

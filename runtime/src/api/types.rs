//! Every JSON body that the API sends. Field names are sent unchanged; all are lower case with underscores.

use serde::Serialize;
use uuid::Uuid;

use crate::database::State;

/// `GET /api/health`: the process runs and answers. Says nothing about the database.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Health {
    /// Always `ok`.
    pub status: &'static str,
}

/// `GET /api/version`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Version {
    /// `tellr-app`.
    pub name: &'static str,
    /// Such as `0.1.0`.
    pub version: &'static str,
    /// The commit, if it was given to the build; else `null`.
    pub commit: Option<&'static str>,
}

/// `GET /api/ready`: 200 when `ready`, else 503 with the same body.
#[derive(Clone, Debug, Serialize)]
pub struct Ready {
    /// Whether requests that need the database can be answered.
    pub ready: bool,
    /// The database.
    pub database: DatabaseStatus,
}

/// The database in [`Ready`]. Unknown fields are `null`; `message` is absent if there is no problem.
#[derive(Clone, Debug, Serialize)]
pub struct DatabaseStatus {
    /// `ok`, `down`, `migrating` or `wrong_key`.
    pub state: State,
    /// `autoscaling`, `provisioned` or `postgres`.
    pub kind: &'static str,
    /// The server's version, such as `17.2`.
    pub server_version: Option<String>,
    /// The schema of the app's tables.
    pub schema: String,
    /// The newest migration applied.
    pub migration: Option<i32>,
    /// How long the database check took, in milliseconds.
    pub latency_ms: u64,
    /// What is wrong and what to do, for users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// `GET /api/user/current`; 401 without an identity.
#[derive(Clone, Debug, Serialize)]
pub struct CurrentUser {
    /// The owner of the user's sessions: the e-mail address, or a service principal's id.
    pub user_name: String,
    /// The e-mail address; `null` for a caller without one, such as a service principal.
    pub email: Option<String>,
    /// A display name.
    pub display_name: String,
    /// `platform` or `local`.
    pub source: &'static str,
}

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

/// The body of every error.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// The error.
    pub error: FailureDetail,
}

/// The error.
#[derive(Clone, Debug, Serialize)]
pub struct FailureDetail {
    /// A machine-readable code, such as `not_found`.
    pub code: &'static str,
    /// A message for users.
    pub message: String,
}

//! The JSON bodies about Google Slides.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// `GET /api/google`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GoogleStatus {
    /// Whether an administrator has uploaded the OAuth client.
    pub is_configured: bool,
    /// Whether the caller may upload it.
    pub can_configure: bool,
    /// Whether the caller's Google account is connected.
    pub is_connected: bool,
    /// The address of that account.
    pub email: Option<String>,
    /// What the OAuth client has to list under "Authorized redirect URIs", exactly.
    pub redirect_uri: String,
}

/// `POST /api/google/connection`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GoogleConsent {
    /// Google's page that asks for the person's consent. Open it in a new tab of the same browser.
    pub url: String,
}

/// `DELETE /api/google/connection`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GoogleDisconnected {
    /// Whether Google has confirmed that the app's access has ended.
    pub is_revoked: bool,
    /// What to do if it has not.
    pub message: Option<String>,
}

/// `POST /api/export/google-slides`.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub struct GoogleExportRequest {
    /// The session of the deck.
    pub session_id: Uuid,
}

/// The answer to it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct GoogleExportStarted {
    /// The job that exports. Its result is `{"presentation_id", "url"}`. While it waits for a connection, it tells an
    /// event `waiting_for_google` with `{"reason", "message"}`.
    pub job_id: Uuid,
}

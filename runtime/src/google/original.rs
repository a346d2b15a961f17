//! The paths by which programs written for the original Tellr connect to Google and export. They lead to the same
//! connections and jobs.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answering::{Origin, answered, begun, status_of};
use super::connecting::Answer;
use super::handle::Google;
use super::types::GoogleConsent;
use crate::http::ApiError;
use crate::http::extract::Parameters;
use crate::http::security::own::{self, OwnAddress};
use crate::identity::User;
use crate::jobs::Jobs;
use crate::jobs::types::JobState;
use crate::sharing::Groups;

/// The answer to `GET /api/export/google-slides/auth/status`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct GoogleAuthStatus {
    /// Whether an administrator has uploaded the OAuth client.
    credentials_configured: bool,
    /// Whether the caller's account is connected.
    authorized: bool,
}

/// The answer to `GET /api/export/google-slides/poll/{job_id}`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct PolledGoogleExport {
    /// The job.
    job_id: Uuid,
    /// `pending`, `running`, `completed` or `error`.
    status: &'static str,
    /// In percent.
    progress: i16,
    /// The presentation, once it is completed.
    presentation_id: Option<String>,
    /// Where it is opened.
    presentation_url: Option<String>,
    /// Why it failed.
    error: Option<String>,
}

/// Whether the caller's Google account is connected
#[utoipa::path(get, path = "/export/google-slides/auth/status", tag = "Google Slides",
    responses((status = 200, body = GoogleAuthStatus)))]
pub(super) async fn google_auth_status(
    user: User,
    State(google): State<Google>,
    State(groups): State<Groups>,
    Origin(origin): Origin,
) -> Result<Json<GoogleAuthStatus>, ApiError> {
    let status = status_of(&google, &groups, &user, &origin).await?;
    Ok(Json(GoogleAuthStatus {
        credentials_configured: status.is_configured,
        authorized: status.is_connected,
    }))
}

/// Begin to connect the caller's Google account
///
/// A request that changes something, although it is a GET: it is taken only from the app's own page.
#[utoipa::path(get, path = "/export/google-slides/auth/url", tag = "Google Slides",
    responses((status = 200, body = GoogleConsent)))]
pub(super) async fn google_auth_url(
    user: User,
    State(google): State<Google>,
    State(own): State<OwnAddress>,
    Origin(origin): Origin,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    own::from_own_page(&own, &uri, &headers)
        .map_err(|message| ApiError::Refused(StatusCode::FORBIDDEN, message))?;
    begun(&google, &user, &origin, &headers).await
}

/// Where Google sends people back to, if the OAuth client was made for the original Tellr
#[utoipa::path(get, path = "/export/google-slides/auth/callback", tag = "Google Slides",
    params(("code" = Option<String>, Query), ("state" = Option<String>, Query), ("error" = Option<String>, Query)),
    responses((status = 200, content((String = "text/html")))))]
pub(super) async fn google_auth_callback(
    user: Result<User, ApiError>,
    State(google): State<Google>,
    State(jobs): State<Jobs>,
    origin: Result<Origin, ApiError>,
    headers: HeaderMap,
    answer: Result<Parameters<Answer>, ApiError>,
) -> Response {
    answered(&google, &jobs, (user, origin), &headers, answer).await
}

/// Poll for an export to Google Slides
#[utoipa::path(get, path = "/export/google-slides/poll/{job_id}", tag = "Google Slides",
    params(("job_id" = Uuid, Path)), responses((status = 200, body = PolledGoogleExport)))]
pub(super) async fn poll_google_export(
    user: User,
    State(jobs): State<Jobs>,
    Path(id): Path<String>,
) -> Result<Json<PolledGoogleExport>, ApiError> {
    let id: Uuid = id.parse().map_err(|_| ApiError::NotFound)?;
    let job = jobs.view(id, &user.id).await?.ok_or(ApiError::NotFound)?;
    let text = |name: &str| Some(job.result.as_ref()?[name].as_str()?.to_owned());
    let status = match job.state {
        JobState::Queued => "pending",
        JobState::Running => "running",
        JobState::Succeeded => "completed",
        JobState::Failed | JobState::Cancelled => "error",
    };
    let (presentation_id, presentation_url) = (text("presentation_id"), text("url"));
    let error = job.error.filter(|_| status == "error");
    let error =
        error.or_else(|| (job.state == JobState::Cancelled).then(|| "The export was cancelled".to_owned()));
    Ok(Json(PolledGoogleExport {
        job_id: job.id,
        status,
        progress: job.progress,
        presentation_id,
        presentation_url,
        error,
    }))
}

//! The paths by which programs written for the original Tellr export a deck: submit, poll, download.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use tellr_slides::pptx::Lines;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answering::{asked, served};
use super::format::Format;
use super::types::{ExportRequest, ExportedFile};
use crate::database::Database;
use crate::http::extract::JsonBody;
use crate::http::{ApiError, Rejection};
use crate::jobs::Jobs;
use crate::jobs::types::JobState;
use crate::sharing::Caller;

/// The answer to `POST /api/export/pptx/async`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct PptxSubmitted {
    /// To poll with.
    job_id: Uuid,
    /// `pending`.
    status: &'static str,
}

/// The answer to `GET /api/export/pptx/poll/{job}`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct PptxPolled {
    /// The job.
    job_id: Uuid,
    /// `pending`, `running`, `completed` or `error`.
    status: &'static str,
    /// How much is done, in percent.
    progress: i16,
    /// The number of slides, once it is completed.
    total_slides: Option<i32>,
    /// Why it failed.
    error: Option<String>,
}

/// Write a deck as a PowerPoint file; the answer is polled for
#[utoipa::path(post, path = "/export/pptx/async", tag = "Export", operation_id = "original_pptx_submit",
    request_body = ExportRequest, responses((status = 202, body = PptxSubmitted)))]
pub(super) async fn submit(
    caller: Caller,
    State(database): State<Database>,
    State(jobs): State<Jobs>,
    JsonBody(request): JsonBody<ExportRequest>,
) -> Result<(StatusCode, Json<PptxSubmitted>), ApiError> {
    let job_id = asked(&database, &jobs, &caller, request, Format::Pptx(Lines::Editable)).await?;
    Ok((StatusCode::ACCEPTED, Json(PptxSubmitted { job_id, status: "pending" })))
}

/// Poll for a PowerPoint file
#[utoipa::path(get, path = "/export/pptx/poll/{job}", tag = "Export", operation_id = "original_pptx_poll",
    params(("job" = Uuid, Path)), responses((status = 200, body = PptxPolled)))]
pub(super) async fn poll(
    caller: Caller,
    Path(job): Path<String>,
    State(jobs): State<Jobs>,
) -> Result<Json<PptxPolled>, ApiError> {
    let job_id = job.parse().map_err(|_| no_job())?;
    let view = jobs.view(job_id, &caller.user.id).await?.ok_or_else(no_job)?;
    let file = view.result.and_then(|result| serde_json::from_value::<ExportedFile>(result).ok());
    let (status, error) = match view.state {
        JobState::Queued => ("pending", None),
        JobState::Running => ("running", None),
        JobState::Succeeded => ("completed", None),
        JobState::Failed => ("error", view.error),
        JobState::Cancelled => ("error", Some("It was cancelled".to_owned())),
    };
    let progress = if status == "completed" { 100 } else { view.progress };
    Ok(Json(PptxPolled { job_id, status, progress, total_slides: file.map(|file| file.slides), error }))
}

/// The PowerPoint file of a job
#[utoipa::path(get, path = "/export/pptx/download/{job}", tag = "Export", operation_id = "original_pptx_download",
    params(("job" = Uuid, Path)),
    responses((status = 200, content((Vec<u8> = "application/octet-stream"))), (status = 206), (status = 304)))]
pub(super) async fn download(
    caller: Caller,
    Path(job): Path<String>,
    headers: HeaderMap,
    State(database): State<Database>,
    State(jobs): State<Jobs>,
) -> Result<Response, ApiError> {
    let id = job.parse().map_err(|_| no_job())?;
    let view = jobs.view(id, &caller.user.id).await?.ok_or_else(no_job)?;
    let file = view.result.and_then(|result| serde_json::from_value::<ExportedFile>(result).ok());
    served(&database, &caller, file.map(|file| file.file_id), &headers).await
}

fn no_job() -> Rejection {
    Rejection::not_found("There is no such export, or it is another person's. Export the deck again")
}

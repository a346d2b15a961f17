//! The routes of exports, below `/api`.

use axum::Json;
use axum::extract::{FromRef, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tellr_slides::pdf::Pages;
use tellr_slides::pptx::Lines;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answering::{asked, served};
use super::file_name::{as_attachment, file_name};
use super::format::Format;
use super::maker::Maker;
use super::original;
use super::types::{ExportAccepted, ExportRequest, LinesWanted};
use crate::database::Database;
use crate::decks::DeckWork;
use crate::http::extract::JsonBody;
use crate::http::{ApiError, Rejection};
use crate::identity::IdentityRule;
use crate::jobs::Jobs;
use crate::sharing::{Caller, Groups, SessionPath};

/// The routes.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Database: FromRef<S>,
    DeckWork: FromRef<S>,
    IdentityRule: FromRef<S>,
    Groups: FromRef<S>,
    Jobs: FromRef<S>,
    Maker: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(export))
        .routes(routes!(file))
        .routes(routes!(picture))
        .routes(routes!(original::submit))
        .routes(routes!(original::poll))
        .routes(routes!(original::download))
}

/// Write a deck as a file: `pptx`, `pdf`, `html` or `json`
///
/// The job's result is an `ExportedFile`. The same version of a deck in the same format is written once, and
/// then there at once.
#[utoipa::path(post, path = "/export/{format}", tag = "Export", operation_id = "export_deck",
    params(("format" = String, Path)), request_body = ExportRequest,
    responses((status = 202, body = ExportAccepted)))]
async fn export(
    caller: Caller,
    Path(format): Path<String>,
    State(database): State<Database>,
    State(jobs): State<Jobs>,
    JsonBody(request): JsonBody<ExportRequest>,
) -> Result<(StatusCode, Json<ExportAccepted>), ApiError> {
    let wanted = wanted(&format, &request)?;
    let job_id = asked(&database, &jobs, &caller, request, wanted).await?;
    Ok((StatusCode::ACCEPTED, Json(ExportAccepted { job_id })))
}

/// The format of a path with the options of a request. An option of another format is refused.
fn wanted(format: &str, request: &ExportRequest) -> Result<Format, Rejection> {
    let found = match format {
        "pptx" => Format::Pptx(match request.lines {
            Some(LinesWanted::Exact) => Lines::Exact,
            Some(LinesWanted::Editable) | None => Lines::Editable,
        }),
        "pdf" => Format::Pdf(if request.notes == Some(true) { Pages::WithNotes } else { Pages::Slides }),
        "html" => Format::Html,
        "json" => Format::Deck,
        _ => {
            return Err(Rejection::not_found("There is no such format. Use `pptx`, `pdf`, `html` or `json`"));
        }
    };
    if request.lines.is_some() && format != "pptx" {
        return Err(Rejection::invalid("`lines` is for PowerPoint files (`pptx`) only. Leave it out"));
    }
    if request.notes.is_some() && format != "pdf" {
        return Err(Rejection::invalid(
            "`notes` is for `pdf` only: the other formats always have them. Leave it out",
        ));
    }
    Ok(found)
}

/// A file that was written: whole or, with `Range`, in part
#[utoipa::path(get, path = "/export/files/{file_id}", tag = "Export", operation_id = "exported_file",
    params(("file_id" = Uuid, Path)),
    responses((status = 200, content((Vec<u8> = "application/octet-stream"))), (status = 206), (status = 304)))]
pub(super) async fn file(
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    State(database): State<Database>,
) -> Result<Response, ApiError> {
    served(&database, &caller, id.parse().ok(), &headers).await
}

/// A slide as a picture: SVG with its fonts and images inside
#[utoipa::path(get, path = "/sessions/{id}/slides/{slide}/picture.svg", tag = "Export",
    operation_id = "slide_picture", params(SessionPath, ("slide" = String, Path)),
    responses((status = 200, content((String = "image/svg+xml")))))]
async fn picture(
    caller: Caller,
    Path((session, slide)): Path<(String, String)>,
    State(database): State<Database>,
    State(work): State<DeckWork>,
    State(maker): State<Maker>,
) -> Result<Response, ApiError> {
    let session = SessionPath::read(&session)?.id;
    let missing = || Rejection::not_found("There is no such slide in this deck. It may have been deleted");
    let (title, svg) =
        maker.picture(&database, &work, &caller, session, &slide).await?.ok_or_else(missing)?;
    let name =
        HeaderValue::try_from(as_attachment(&file_name(&title, "svg"))).map_err(|_| ApiError::Internal)?;
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        // Drawn as an image it needs its own fonts and pictures; opened as a page it runs nothing.
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; sandbox",
            ),
        ),
    ];
    Ok((headers, svg).into_response())
}

//! The routes of images, below `/api`.

use std::sync::LazyLock;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRef, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::picture::{self, unsupported};
use super::queries::{self, Form};
use super::thumbnail;
use super::types::Uploaded;
use super::uploads::{UploadTurn, Uploads};
use crate::database::Database;
use crate::http::{ApiError, Rejection, blocking, etag};
use crate::identity::{IdentityRule, User};
use crate::jobs::{EnqueueError, Jobs};
use crate::sharing::{Caller, Groups};

/// The largest upload in bytes.
pub const LARGEST_BYTES: usize = 20 * 1024 * 1024;

/// One picture is decoded at a time: a large one takes hundreds of megabytes for a moment.
static DECODING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));

/// The routes.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Database: FromRef<S>,
    IdentityRule: FromRef<S>,
    Groups: FromRef<S>,
    Jobs: FromRef<S>,
    Uploads: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(upload)).routes(routes!(image)).routes(routes!(small_image))
}

/// Upload an image: PNG, JPEG or WebP, at most 20 MiB and 20 million pixels
///
/// It is encoded anew, without the data beside the picture, and at most 2560 pixels on a side.
#[utoipa::path(post, path = "/images", tag = "Images",
    request_body(content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
    responses((status = 201, body = Uploaded)))]
async fn upload(
    user: User,
    _turn: UploadTurn,
    State(database): State<Database>,
    State(jobs): State<Jobs>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Uploaded>), ApiError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "image/png" | "image/jpeg" | "image/webp" => {}
        "image/svg+xml" => {
            let message = "SVG isn't supported, because it can contain scripts. Export the drawing as PNG and upload that";
            return Err(unsupported(message).into());
        }
        _ => {
            let message =
                "Send an image with the header `Content-Type: image/png`, `image/jpeg` or `image/webp`";
            return Err(unsupported(message).into());
        }
    }
    let turn = DECODING.acquire().await.map_err(|_| ApiError::Internal)?;
    let picture = blocking(move || {
        // Kept until the work is done, also if the request is given up.
        let _turn = turn;
        picture::read(&bytes)
    });
    let picture = picture.await.map_err(|_| ApiError::Internal)??;
    let mut connection = database.connection().await?;
    let transaction = connection.transaction(database.schema()).await?;
    let kept = queries::keep(&transaction, &database.schema().quoted(), &user, &picture).await?;
    let (kept, wants_thumbnail) = kept.ok_or_else(|| {
        Rejection::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too_many_images",
            "Your images take 1 GiB, which is the most that is kept for a person. Use a smaller image, or one that \
             you have uploaded before",
        )
    })?;
    if wants_thumbnail {
        // If the queue is full, the image itself is shown in small.
        let queued = jobs.enqueue_in(&transaction, &thumbnail::of(kept.id)).await;
        if let Err(EnqueueError::Database(error)) = queued {
            return Err(error.into());
        }
    }
    transaction.commit().await?;
    jobs.announce();
    Ok((StatusCode::CREATED, Json(kept)))
}

/// An image that the caller uploaded, or that is in a deck that they may see
#[utoipa::path(get, path = "/images/{id}", tag = "Images", params(("id" = Uuid, Path)),
    responses((status = 200, content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"))), (status = 304)))]
async fn image(
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    State(database): State<Database>,
) -> Result<Response, ApiError> {
    serve(&database, &caller, &id, Form::Full, &headers).await
}

/// The same, at most 660 pixels on a side; the image itself until its small form is made
#[utoipa::path(get, path = "/images/{id}/thumbnail", tag = "Images", params(("id" = Uuid, Path)),
    responses((status = 200, content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"))), (status = 304)))]
async fn small_image(
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    State(database): State<Database>,
) -> Result<Response, ApiError> {
    serve(&database, &caller, &id, Form::Small, &headers).await
}

async fn serve(
    database: &Database,
    caller: &Caller,
    id: &str,
    form: Form,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let missing = || {
        Rejection::not_found("There is no such image, or it is in no deck that you may see. Upload it again")
    };
    let id: Uuid = id.parse().map_err(|_| missing())?;
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tag| bytes_of(tag.to_str().ok()?.trim()));
    let served = queries::find(database, caller, id, form, known.as_deref()).await?.ok_or_else(missing)?;
    let text = |text: String| HeaderValue::try_from(text).map_err(|_| ApiError::Internal);
    let headers: [(HeaderName, HeaderValue); 5] = [
        (header::CONTENT_TYPE, text(served.media_type)?),
        (header::ETAG, text(etag::of_hash(&served.sha256))?),
        // It never changes, and its id is as hard to guess as a key. Asked for again after an hour, so that
        // somebody who loses access to a deck loses its images too.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600")),
        // A picture runs nothing, even if a browser opens it as a page.
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    match served.bytes {
        Some(bytes) => Ok((headers, bytes).into_response()),
        None => Ok((StatusCode::NOT_MODIFIED, headers).into_response()),
    }
}

fn bytes_of(tag: &str) -> Option<Vec<u8>> {
    let hex = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    (0..32).map(|at| u8::from_str_radix(hex.get(at * 2..at * 2 + 2)?, 16).ok()).collect()
}

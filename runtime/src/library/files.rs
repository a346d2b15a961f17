//! Slide styles from PowerPoint files.
//!
//! What is uploaded is never kept: the style is read from it, its pictures are encoded anew as other images are, and
//! the master and layouts that exported files go on with are written anew. An upload is in memory as a whole, so few
//! people send one at once; and one is read at a time, off the threads that answer requests.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use tellr_slides::pptx::template::{self, Refused};
use tellr_slides::theme::Theme;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::routes::{require_admin_for, taken};
use super::style_queries::{self, NewStyle, Refusal};
use super::types::{NewStyleFile, Style};
use super::values;
use crate::database::Database;
use crate::decks::themes;
use crate::http::extract::Parameters;
use crate::http::turns::{Bounds, Turn, Turns};
use crate::http::{ApiError, Rejection, blocking};
use crate::identity::{IdentityRule, User};
use crate::images::picture;
use crate::sharing::Groups;

/// The largest upload in bytes.
pub const LARGEST_BYTES: usize = 32 * 1024 * 1024;

/// One file is read at a time: a large one takes up to 256 MB for a moment.
static READING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(1)));

/// Two are sent at once, one of a person; both are in memory.
static SENDING: LazyLock<Turns> =
    LazyLock::new(|| Turns::new(Bounds { at_once: 2, of_a_person: 1, patience: Duration::from_secs(10) }));

/// The routes.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Database: FromRef<S>,
    IdentityRule: FromRef<S>,
    Groups: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(style_from_file))
}

/// A turn at sending a file. As an argument of a handler before the body, the body is read only then.
#[derive(Debug)]
struct FileTurn {
    _turn: Turn,
}

impl<S: Send + Sync> FromRequestParts<S> for FileTurn
where
    IdentityRule: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let user = User::from_request_parts(parts, state).await?;
        Ok(Self { _turn: SENDING.take(&user.id, 1).await? })
    }
}

/// Create a style from a PowerPoint file (`.pptx` or `.potx`, at most 32 MiB)
///
/// The style has a theme that decks can be drawn in; files that they are exported to go on with the company's master
/// and layouts. `notes` says what was changed or left out.
#[utoipa::path(post, path = "/settings/styles/file", tag = "Settings", params(NewStyleFile),
    request_body(content(
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.presentationml.template"))),
    responses((status = 201, body = Style)))]
async fn style_from_file(
    user: User,
    Parameters(new): Parameters<NewStyleFile>,
    _turn: FileTurn,
    State(database): State<Database>,
    State(groups): State<Groups>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Style>), ApiError> {
    let name = values::new_name(new.name)?;
    require_admin_for(new.shared, "style", &user, &groups).await?;
    let id = Uuid::new_v4();
    let turn = Arc::clone(&READING).acquire_owned().await.map_err(|_| ApiError::Internal)?;
    let style = blocking(move || {
        // Kept until the work is done, also if the request is given up.
        let _turn = turn;
        read(&bytes, id, name, new.shared)
    });
    let style = style.await.map_err(|_| ApiError::Internal)??;
    let made =
        style_queries::create(&database, &user, &style).await.map_err(|error| taken("style", error))?;
    match made {
        Ok(style) => Ok((StatusCode::CREATED, Json(style))),
        Err(refusal) => Err(no_room(refusal).into()),
    }
}

/// What is kept of a file.
fn read(bytes: &[u8], id: Uuid, name: String, is_shared: bool) -> Result<NewStyle, ApiError> {
    let template = template::read(bytes).map_err(|refused| refusal(&refused))?;
    let theme_id = themes::id_of(id).ok_or(ApiError::Internal)?;
    let style = template.style(theme_id, &name);
    let mut notes = style.notes;
    let mut pictures = Vec::new();
    for (place, file) in &style.pictures {
        match picture::read(&file.bytes) {
            Ok(picture) => pictures.push((place.clone(), picture)),
            Err(_) => notes.push("A picture of the file can't be read; it was left out.".to_owned()),
        }
    }
    let mut theme: Theme = style.theme;
    theme.pictures.retain(|one| pictures.iter().any(|(place, _)| *place == one.image));
    let mut parts = template.parts();
    drop(template);
    for part in parts.parts.iter_mut().filter(|part| part.content_type.starts_with("image/")) {
        // Files that are exported have it too, so what is hidden in it goes. One that can't be read stays out of
        // themes, and is no danger to the programs that open a presentation.
        if let Ok(picture) = picture::read(&part.bytes)
            && picture.media_type == part.content_type
        {
            part.bytes = picture.bytes;
        }
    }
    let file = parts.to_file().map_err(|error| {
        tracing::warn!(%error, "the parts of a PowerPoint file can't be written");
        ApiError::Internal
    })?;
    Ok(NewStyle { id, name, is_shared, theme, pictures, notes, file })
}

fn refusal(refused: &Refused) -> Rejection {
    let status = match refused {
        Refused::NotPowerPoint | Refused::Old | Refused::Protected => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Rejection::new(status, "invalid_style_file", refused.to_string())
}

fn no_room(refusal: Refusal) -> Rejection {
    let message = match refusal {
        Refusal::TooManyImages => {
            "Your images take 1 GiB, which is the most that is kept for a person. Use a file with smaller pictures"
        }
        Refusal::TooManyFiles => {
            "The PowerPoint files of your styles take 256 MiB, which is the most that is kept for a person. Use a file \
             with smaller pictures"
        }
    };
    Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many_style_files", message)
}

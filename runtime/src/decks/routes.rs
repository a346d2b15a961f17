//! The routes of decks, below `/api`.

use axum::Json;
use axum::extract::{FromRef, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::value::RawValue;
use tellr_slides::deck::Deck;
use tellr_slides::limits::MAX_DECK_BYTES;
use tellr_slides::patch::{self, Patch, PatchError};
use tellr_slides::problem::Problem;
use tellr_slides::read::ReadError;
use tellr_slides::theme::Theme;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::contents::{Contents, images_of};
use super::document::Document;
use super::history::what_changed;
use super::kept::{deck_of, invalid_deck};
use super::queries;
use super::themes;
use super::types::{
    PatchRequest, Patched, SavePoint, SavePointRequest, SavePoints, SavedDeck, Themes, VersionedDeck,
};
use super::work::{BodyTurn, DeckWork};
use crate::database::Database;
use crate::http::extract::{JsonBody, OptionalBody};
use crate::http::{ApiError, Rejection};
use crate::identity::{IdentityRule, User};
use crate::sharing::{Caller, Groups, SessionPath, may_edit, no_deck, visible};

/// The most patches of one request.
const MOST_PATCHES: usize = 100;
/// The longest name of a save point.
const LONGEST_NAME: usize = 300;

/// The routes.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Database: FromRef<S>,
    IdentityRule: FromRef<S>,
    Groups: FromRef<S>,
    DeckWork: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(deck))
        .routes(routes!(deck_file))
        .routes(routes!(apply_patches))
        .routes(routes!(save_points, save))
        .routes(routes!(save_point))
        .routes(routes!(restore))
        .routes(routes!(themes))
        .routes(routes!(theme))
}

/// A deck with its version; what a page polls
///
/// With `If-None-Match: "v<version>"` the answer is 304 as long as this is the current version.
#[utoipa::path(get, path = "/sessions/{id}/deck", tag = "Decks", params(SessionPath),
    responses((status = 200, body = VersionedDeck), (status = 304)))]
async fn deck(
    caller: Caller,
    session: SessionPath,
    headers: HeaderMap,
    State(database): State<Database>,
) -> Result<Response, ApiError> {
    let kept =
        queries::read(&database, &caller, session.id, known_version(&headers)).await?.ok_or_else(no_deck)?;
    visible(kept.role)?;
    let tag = HeaderValue::try_from(format!("\"v{}\"", kept.version)).map_err(|_| ApiError::Internal)?;
    // To be kept by the page, and asked for again each time.
    let headers =
        [(header::ETAG, tag), (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    let Some(document) = kept.document else {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    };
    let deck = Document::kept(document, kept.format)?;
    Ok((headers, Json(VersionedDeck { version: kept.version, deck })).into_response())
}

/// The version that the caller has, of `If-None-Match`.
fn known_version(headers: &HeaderMap) -> Option<i64> {
    let tag = headers.get(header::IF_NONE_MATCH)?.to_str().ok()?.trim();
    tag.strip_prefix("W/").unwrap_or(tag).strip_prefix("\"v")?.strip_suffix('"')?.parse().ok()
}

/// A deck as a file
#[utoipa::path(get, path = "/sessions/{id}/deck.json", tag = "Decks", params(SessionPath),
    responses((status = 200, body = Document)))]
async fn deck_file(
    caller: Caller,
    session: SessionPath,
    State(database): State<Database>,
    State(work): State<DeckWork>,
) -> Result<Response, ApiError> {
    let kept = queries::read(&database, &caller, session.id, None).await?.ok_or_else(no_deck)?;
    visible(kept.role)?;
    let document = kept.document.unwrap_or_default();
    let bytes = document.len();
    let write = move || {
        let deck = deck_of(&document)?;
        let text = as_file(&deck).map_err(|_| ApiError::Internal)?;
        Ok::<_, ApiError>((file_name(&deck.title), text))
    };
    let (name, text) = work.run(&caller.user, bytes, write).await?;
    let name = HeaderValue::try_from(format!("attachment; filename=\"{name}.json\""))
        .map_err(|_| ApiError::Internal)?;
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

/// A deck as the text of a file, for people to read unless it would be too large to be read in again.
fn as_file(deck: &Deck) -> Result<String, serde_json::Error> {
    let text = serde_json::to_string_pretty(deck)?;
    if text.len() <= MAX_DECK_BYTES { Ok(text) } else { serde_json::to_string(deck) }
}

/// A title as the name of a file that every system takes.
fn file_name(title: &str) -> String {
    let letters = title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' });
    let words: String = letters.collect();
    let name: Vec<&str> = words.split_whitespace().take(12).collect();
    let mut name = name.join("-");
    name.truncate(80);
    if name.is_empty() { "deck".to_owned() } else { name }
}

/// Change a deck
///
/// All patches apply, or none does. 409 with the current version if the deck has changed since `version`.
#[utoipa::path(post, path = "/sessions/{id}/patches", tag = "Decks", params(SessionPath),
    request_body = PatchRequest, responses((status = 200, body = Patched)))]
async fn apply_patches(
    caller: Caller,
    session: SessionPath,
    _turn: BodyTurn,
    State(database): State<Database>,
    State(work): State<DeckWork>,
    JsonBody(request): JsonBody<PatchRequest>,
) -> Result<Json<Patched>, ApiError> {
    let PatchRequest { version, patches } = request;
    if patches.is_empty() || patches.len() > MOST_PATCHES {
        let message = format!("Send 1–{MOST_PATCHES} patches at once; these are {}", patches.len());
        return Err(Rejection::invalid(message).into());
    }
    let kept = queries::read(&database, &caller, session.id, None).await?.ok_or_else(no_deck)?;
    may_edit(kept.role)?;
    if kept.version != version {
        return Err(version_conflict(kept.version).into());
    }
    let document = kept.document.unwrap_or_default();
    let sent: usize = patches.iter().map(|patch| patch.get().len()).sum();
    let bytes = document.len().saturating_add(sent);
    let (contents, inverse) = work.run(&caller.user, bytes, move || patched(&document, &patches)).await?;
    let written =
        queries::write(&database, &caller, session.id, version, &contents).await?.ok_or_else(no_deck)?;
    may_edit(written.role)?;
    if let Some(version) = written.version {
        return Ok(Json(Patched { version, inverse }));
    }
    // Another editor was faster between the two statements.
    let now = queries::read(&database, &caller, session.id, Some(version)).await?.ok_or_else(no_deck)?;
    Err(version_conflict(now.version).into())
}

fn version_conflict(version: i64) -> Rejection {
    let message =
        "The deck has changed since you loaded it. Load the current version, then repeat your change";
    Rejection::conflict("version_conflict", message).with_version(version)
}

/// The deck after the patches, and the patches that take them back.
fn patched(document: &str, patches: &[Box<RawValue>]) -> Result<(Contents, Vec<Patch>), ApiError> {
    let read =
        |(index, json): (usize, &str)| patch::from_json(json).map_err(|error| unreadable_patch(index, error));
    let patches = patches.iter().map(|patch| patch.get()).enumerate().map(read);
    let patches = patches.collect::<Result<Vec<_>, _>>()?;
    let deck = deck_of(document)?;
    let images = images_of(&deck);
    let (deck, inverse) =
        patch::apply_all(deck, patches).map_err(|(index, error)| unsuitable_patch(index, error))?;
    Ok((Contents::of(&deck).gaining(&images), inverse))
}

fn unreadable_patch(index: usize, error: ReadError) -> Rejection {
    let problems = match error {
        ReadError::Invalid(problems) => problems,
        other => vec![Problem { path: String::new(), message: other.to_string() }],
    };
    let problems = problems.into_iter().map(|problem| {
        let dot = if problem.path.is_empty() { "" } else { "." };
        Problem { path: format!("patches[{index}]{dot}{}", problem.path), ..problem }
    });
    invalid_deck("invalid_patch", "Nothing was changed", problems.collect())
}

fn unsuitable_patch(index: usize, error: PatchError) -> Rejection {
    match error {
        // These paths are those of the deck as it would be.
        PatchError::Invalid(problems) => invalid_deck("invalid_patch", "Nothing was changed", problems),
        other => {
            let problem = Problem { path: format!("patches[{index}]"), message: other.to_string() };
            invalid_deck("invalid_patch", "Nothing was changed", vec![problem])
        }
    }
}

/// The save points of a deck
#[utoipa::path(get, path = "/sessions/{id}/save-points", tag = "Decks", params(SessionPath),
    responses((status = 200, body = SavePoints)))]
async fn save_points(
    caller: Caller,
    session: SessionPath,
    State(database): State<Database>,
) -> Result<Json<SavePoints>, ApiError> {
    let (role, save_points) = queries::save_points(&database, &caller, session.id).await?;
    visible(role)?;
    Ok(Json(SavePoints { save_points }))
}

/// Save the deck as it is
#[utoipa::path(post, path = "/sessions/{id}/save-points", tag = "Decks", params(SessionPath),
    request_body = Option<SavePointRequest>, responses((status = 201, body = SavePoint)))]
async fn save(
    caller: Caller,
    session: SessionPath,
    State(database): State<Database>,
    State(work): State<DeckWork>,
    OptionalBody(request): OptionalBody<SavePointRequest>,
) -> Result<(StatusCode, Json<SavePoint>), ApiError> {
    let name = match request.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => checked_name(name)?,
        None => name_of_changes(&database, &work, &caller, &session).await?,
    };
    match queries::save(&database, &caller, session.id, &name).await? {
        Some(save_point) => Ok((StatusCode::CREATED, Json(save_point))),
        None => Err(not_changed(&database, &caller, &session).await?),
    }
}

fn checked_name(name: &str) -> Result<String, Rejection> {
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Rejection::invalid(format!("`name`: use one line of at most {LONGEST_NAME} characters")));
    }
    Ok(name.to_owned())
}

async fn name_of_changes(
    database: &Database,
    work: &DeckWork,
    caller: &Caller,
    session: &SessionPath,
) -> Result<String, ApiError> {
    let kept = queries::read(database, caller, session.id, None).await?.ok_or_else(no_deck)?;
    may_edit(kept.role)?;
    let now = kept.document.unwrap_or_default();
    let (_, last) = queries::saved(database, caller, session.id, None).await?;
    let bytes = now.len().saturating_add(last.as_ref().map_or(0, |saved| saved.document.len()));
    let compare = move || {
        let before = last.map(|saved| deck_of(&saved.document)).transpose()?;
        Ok::<_, ApiError>(what_changed(before.as_ref(), &deck_of(&now)?))
    };
    work.run(&caller.user, bytes, compare).await
}

/// Why a statement on the deck had no effect.
async fn not_changed(
    database: &Database,
    caller: &Caller,
    session: &SessionPath,
) -> Result<ApiError, ApiError> {
    let kept = queries::read(database, caller, session.id, Some(0)).await?;
    Ok(match may_edit(kept.and_then(|kept| kept.role)) {
        Err(rejection) => rejection.into(),
        // It was shared in this very moment.
        Ok(_) => Rejection::conflict("conflict", "The deck was changed meanwhile. Try again").into(),
    })
}

/// A save point with its deck
#[utoipa::path(get, path = "/sessions/{id}/save-points/{number}", tag = "Decks",
    params(("id" = uuid::Uuid, Path), ("number" = i32, Path)), responses((status = 200, body = SavedDeck)))]
async fn save_point(
    caller: Caller,
    Path((session, number)): Path<(String, String)>,
    State(database): State<Database>,
) -> Result<Json<SavedDeck>, ApiError> {
    let session = SessionPath::read(&session)?;
    let (role, saved) =
        queries::saved(&database, &caller, session.id, Some(save_point_number(&number))).await?;
    visible(role)?;
    let saved = saved.ok_or_else(no_save_point)?;
    let deck = Document::kept(saved.document, saved.format)?;
    Ok(Json(SavedDeck { save_point: saved.save_point, deck }))
}

/// Go back to a save point
///
/// The deck as it was before is saved as a new save point first.
#[utoipa::path(post, path = "/sessions/{id}/save-points/{number}/restore", tag = "Decks",
    params(("id" = uuid::Uuid, Path), ("number" = i32, Path)), responses((status = 200, body = VersionedDeck)))]
async fn restore(
    caller: Caller,
    Path((session, number)): Path<(String, String)>,
    State(database): State<Database>,
    State(work): State<DeckWork>,
) -> Result<Json<VersionedDeck>, ApiError> {
    let session = SessionPath::read(&session)?;
    let number = save_point_number(&number);
    let (role, saved) = queries::saved(&database, &caller, session.id, Some(number)).await?;
    may_edit(role)?;
    let saved = saved.ok_or_else(no_save_point)?;
    let bytes = saved.document.len();
    let read = move || {
        let deck = deck_of(&saved.document)?;
        // Its images were shown to those who may see the deck when it was saved, or were not theirs to show.
        let contents = Contents::of(&deck).gaining(&images_of(&deck));
        Ok::<_, ApiError>((contents, Document::of(&deck)?))
    };
    let (contents, deck) = work.run(&caller.user, bytes, read).await?;
    let name = format!("Before going back to save point {number}");
    match queries::restore(&database, &caller, session.id, &name, &contents).await? {
        Some(version) => Ok(Json(VersionedDeck { version, deck })),
        None => Err(not_changed(&database, &caller, &session).await?),
    }
}

/// The number in a path; 0, which none has, if it is no number.
fn save_point_number(text: &str) -> i32 {
    text.parse().unwrap_or(0)
}

fn no_save_point() -> Rejection {
    Rejection::not_found(
        "The deck has no save point with this number. The oldest are removed when there are more than 200",
    )
}

/// The themes that come with the app, and those of the caller's and the shared slide styles
#[utoipa::path(get, path = "/themes", tag = "Decks", responses((status = 200, body = Themes)))]
async fn themes(user: User, State(database): State<Database>) -> Result<Json<Themes>, ApiError> {
    Ok(Json(Themes { themes: themes::all(&database, &user).await? }))
}

/// A theme that the caller can choose, or that a deck is drawn in that they may see
#[utoipa::path(get, path = "/themes/{id}", tag = "Decks", params(("id" = String, Path)),
    responses((status = 200, body = Object)))]
async fn theme(
    caller: Caller,
    Path(id): Path<String>,
    State(database): State<Database>,
) -> Result<Json<Theme>, ApiError> {
    let theme = themes::find(&database, &caller, &id).await?;
    Ok(Json(theme.ok_or_else(|| {
        Rejection::not_found(
            "There is no such theme, or no deck that you may see is drawn in it. Choose another one",
        )
    })?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_deck() {
        assert_eq!(file_name("Q3: EMEA grew 18 %"), "q3-emea-grew-18");
        assert_eq!(file_name("../../etc/passwd\"\r\n"), "etc-passwd");
        assert_eq!(file_name("季度业绩"), "deck");
        assert!(file_name(&"long ".repeat(100)).len() <= 80);
    }

    #[test]
    fn a_version_is_read_from_its_tag() {
        let version = |tag: &'static str| {
            known_version(&HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(tag))]))
        };
        assert_eq!(version("\"v12\""), Some(12));
        assert_eq!(version("W/\"v12\""), Some(12));
        for other in ["*", "\"12\"", "\"v\"", "\"vx\"", "v1"] {
            assert_eq!(version(other), None, "{other}");
        }
    }
}

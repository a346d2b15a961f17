//! The routes of sessions, below `/api`.

use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use tellr_slides::check;
use tellr_slides::deck::Deck;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::cursor::Cursor;
use super::queries;
use super::search::Search;
use super::types::{CreateRequest, ListQuery, RenameRequest, Session, SessionList, SessionSummary, Start};
use crate::database::Database;
use crate::decks::{BodyTurn, Contents, DeckWork, Document, blank, invalid_deck, read_deck, sample};
use crate::http::extract::{JsonBody, OptionalBody, Parameters};
use crate::http::{ApiError, Rejection};
use crate::identity::IdentityRule;
use crate::sharing::{Caller, Groups, SessionPath, may_edit, must_own, no_deck};

/// The sessions of a page if nothing else is asked for.
const PAGE: i64 = 50;
/// The most sessions of a page.
const LARGEST_PAGE: i64 = 100;

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
        .routes(routes!(list, create))
        .routes(routes!(read, rename, delete))
        .routes(routes!(duplicate))
}

/// The decks that the caller owns or that are shared with them, the last used first
#[utoipa::path(get, path = "/sessions", tag = "Sessions", params(ListQuery),
    responses((status = 200, body = SessionList)))]
async fn list(
    caller: Caller,
    Parameters(query): Parameters<ListQuery>,
    State(database): State<Database>,
) -> Result<Json<SessionList>, ApiError> {
    let limit = query.limit.unwrap_or(PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(Rejection::invalid(format!("`limit`: use 1–{LARGEST_PAGE}")).into());
    }
    let before = query.before.as_deref().map(Cursor::read).transpose()?;
    let search = Search::read(query.q.as_deref())?;
    let mut rows = queries::list(&database, &caller, limit, before, &search).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| has_more).map(|(_, cursor)| cursor.to_text());
    Ok(Json(SessionList { sessions: rows.into_iter().map(|(session, _)| session).collect(), next }))
}

/// Create a deck: blank, the sample, or of a `deck.json`
#[utoipa::path(post, path = "/sessions", tag = "Sessions", request_body = Option<CreateRequest>,
    responses((status = 201, body = Session)))]
async fn create(
    caller: Caller,
    _turn: BodyTurn,
    State(database): State<Database>,
    State(work): State<DeckWork>,
    OptionalBody(request): OptionalBody<CreateRequest>,
) -> Result<(StatusCode, Json<Session>), ApiError> {
    let bytes = request.deck.as_ref().map_or(0, |json| json.get().len());
    let read = move || wanted_deck(request).map(|deck| Contents::of(&deck));
    let contents = work.run(&caller.user, bytes, read).await?;
    let id = queries::create(&database, &caller, &contents).await?.ok_or(ApiError::Internal)?;
    Ok((StatusCode::CREATED, Json(session(&database, &caller, id).await?)))
}

fn wanted_deck(request: CreateRequest) -> Result<Deck, Rejection> {
    let mut deck = match (request.deck, request.from) {
        (Some(_), Some(_)) => {
            return Err(Rejection::invalid(
                "`from` and `deck` can't be used together. Leave one of them out",
            ));
        }
        (Some(json), None) => read_deck(json.get())?,
        (None, Some(Start::Sample)) => sample(),
        (None, Some(Start::Blank) | None) => blank(),
    };
    if let Some(title) = request.title {
        title.trim().clone_into(&mut deck.title);
        check_title(&deck)?;
    }
    Ok(deck)
}

/// A title is refused by the same rules as in a deck.
fn check_title(deck: &Deck) -> Result<(), Rejection> {
    let problems = check::problems(deck);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(invalid_deck("invalid_deck", "Nothing was changed", problems))
    }
}

async fn session(database: &Database, caller: &Caller, id: Uuid) -> Result<Session, ApiError> {
    let found = queries::find(database, caller, id).await?.ok_or_else(no_deck)?;
    Ok(Session { session: found.session, deck: Document::kept(found.document, found.format)? })
}

/// A session with its deck
#[utoipa::path(get, path = "/sessions/{id}", tag = "Sessions", params(SessionPath),
    responses((status = 200, body = Session)))]
async fn read(
    caller: Caller,
    path: SessionPath,
    State(database): State<Database>,
) -> Result<Json<Session>, ApiError> {
    Ok(Json(session(&database, &caller, path.id).await?))
}

/// Set the deck's title
#[utoipa::path(patch, path = "/sessions/{id}", tag = "Sessions", params(SessionPath),
    request_body = RenameRequest, responses((status = 200, body = SessionSummary)))]
async fn rename(
    caller: Caller,
    path: SessionPath,
    State(database): State<Database>,
    JsonBody(request): JsonBody<RenameRequest>,
) -> Result<Json<SessionSummary>, ApiError> {
    let titled = Deck { title: request.title.trim().to_owned(), slides: Vec::new(), ..blank() };
    check_title(&titled)?;
    let (role, _) = queries::rename(&database, &caller, path.id, &titled.title).await?;
    may_edit(role)?;
    let found = queries::find(&database, &caller, path.id).await?.ok_or_else(no_deck)?;
    Ok(Json(found.session))
}

/// Delete a session with its deck, save points and shares
#[utoipa::path(delete, path = "/sessions/{id}", tag = "Sessions", params(SessionPath),
    responses((status = 204)))]
async fn delete(
    caller: Caller,
    path: SessionPath,
    State(database): State<Database>,
) -> Result<StatusCode, ApiError> {
    must_own(queries::delete(&database, &caller, path.id).await?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Copy a deck into a session of the caller's
#[utoipa::path(post, path = "/sessions/{id}/duplicate", tag = "Sessions", params(SessionPath),
    responses((status = 201, body = Session)))]
async fn duplicate(
    caller: Caller,
    path: SessionPath,
    State(database): State<Database>,
) -> Result<(StatusCode, Json<Session>), ApiError> {
    let id = queries::duplicate(&database, &caller, path.id).await?.ok_or_else(no_deck)?;
    Ok((StatusCode::CREATED, Json(session(&database, &caller, id).await?)))
}

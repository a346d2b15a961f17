//! The routes of the assistant, below `/api`.

use axum::Json;
use axum::extract::{FromRef, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;
use tellr_slides::deck::Slide;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answering::{self, Begin};
use super::apply;
use super::asking::{asked, within_budget};
use super::assistant::Assistant;
use super::choices;
use super::original;
use super::queries::{slides as slide_queries, sources, stages, turns};
use super::stop::refused;
use super::traced;
use super::types::{
    ChatRequest, Conversation, FeedbackRequest, LONGEST_COMMENT, OutlineRequest, RetryRequest, SourceData,
    Turn, TurnKind, TurnState, Undone,
};
use crate::database::Database;
use crate::decks::DeckWork;
use crate::http::extract::{JsonBody, OptionalBody};
use crate::http::{ApiError, Rejection};
use crate::identity::IdentityRule;
use crate::jobs::Jobs;
use crate::library::types::AssistantOptions;
use crate::library::values;
use crate::prompting::Outline;
use crate::sharing::{Caller, Groups, SessionPath, may_edit, visible};

/// The routes.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Assistant: FromRef<S>,
    Database: FromRef<S>,
    IdentityRule: FromRef<S>,
    Groups: FromRef<S>,
    Jobs: FromRef<S>,
    DeckWork: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(conversation))
        .routes(routes!(source))
        .routes(routes!(approve))
        .routes(routes!(stop))
        .routes(routes!(retry))
        .routes(routes!(undo))
        .routes(routes!(feedback))
        .routes(routes!(choices::choices))
        .routes(routes!(choices::test))
        .routes(routes!(original::submit))
        .routes(routes!(original::poll))
        .routes(routes!(original::stream))
}

/// Ask the assistant for a deck, or for a change of one
///
/// The answer is a turn with a job; `GET /api/jobs/{job_id}/events` tells what happens.
#[utoipa::path(post, path = "/chat", tag = "Assistant", request_body = ChatRequest,
    responses((status = 202, body = Turn)))]
async fn ask(
    caller: Caller,
    State(database): State<Database>,
    State(jobs): State<Jobs>,
    State(assistant): State<Assistant>,
    JsonBody(request): JsonBody<ChatRequest>,
) -> Result<Response, ApiError> {
    let turn = asked(&database, &jobs, &assistant, &caller, request).await?;
    Ok((StatusCode::ACCEPTED, Json(turn)).into_response())
}

async fn accepted(database: &Database, caller: &Caller, turn: Uuid) -> Result<Response, ApiError> {
    let (_, turn) = turns::find(database, caller, turn).await?.ok_or(ApiError::NotFound)?;
    Ok((StatusCode::ACCEPTED, Json(turn)).into_response())
}

/// What the caller asked about a deck, and the data that was found
#[utoipa::path(get, path = "/sessions/{id}/chat", tag = "Assistant", params(SessionPath),
    responses((status = 200, body = Conversation)))]
async fn conversation(
    caller: Caller,
    session: SessionPath,
    State(database): State<Database>,
) -> Result<Json<Conversation>, ApiError> {
    let (role, turns) = turns::of_session(&database, &caller, session.id).await?;
    visible(role)?;
    let sources = sources::of_session(&database, &caller, session.id).await?;
    Ok(Json(Conversation { turns, sources }))
}

#[derive(Deserialize)]
struct SourcePath {
    id: String,
    source: String,
}

/// Data that was found, with its rows
#[utoipa::path(get, path = "/sessions/{id}/sources/{source}", tag = "Assistant",
    params(("id" = Uuid, Path), ("source" = Uuid, Path)), responses((status = 200, body = SourceData)))]
async fn source(
    caller: Caller,
    Path(path): Path<SourcePath>,
    State(database): State<Database>,
) -> Result<Json<SourceData>, ApiError> {
    let session = SessionPath::read(&path.id)?;
    let missing = || Rejection::not_found("There is no such source, or it is another person's");
    let source = path.source.parse().map_err(|_| missing())?;
    let found = sources::find(&database, &caller, session.id, source).await?;
    Ok(Json(found.ok_or_else(missing)?))
}

/// A turn of the caller's, and whether they may still change its deck.
async fn own(database: &Database, caller: &Caller, id: &str) -> Result<Turn, ApiError> {
    let missing =
        || Rejection::not_found("There is no such request to the assistant, or it is another person's");
    let id: Uuid = id.parse().map_err(|_| missing())?;
    let (role, turn) = turns::find(database, caller, id).await?.ok_or_else(missing)?;
    may_edit(Some(role))?;
    Ok(turn)
}

/// Approve an outline, with changes if there are any
///
/// 409 unless the outline waits for approval.
#[utoipa::path(post, path = "/chat/{turn}/outline", tag = "Assistant", params(("turn" = Uuid, Path)),
    request_body = OutlineRequest, responses((status = 202, body = Turn)))]
async fn approve(
    caller: Caller,
    Path(id): Path<String>,
    State(database): State<Database>,
    State(jobs): State<Jobs>,
    JsonBody(request): JsonBody<OutlineRequest>,
) -> Result<Response, ApiError> {
    let turn = own(&database, &caller, &id).await?;
    if turn.state != TurnState::Review {
        return Err(answering::not_waiting().into());
    }
    let outline =
        Outline::read(request.outline).map_err(|why| Rejection::invalid(format!("`outline`: {why}")))?;
    let begun =
        answering::begin(&database, &jobs, &caller, Begin::Approved(turn.id, turn.session_id, &outline))
            .await?;
    accepted(&database, &caller, begun).await
}

/// Stop a turn; what is done stays
#[utoipa::path(post, path = "/chat/{turn}/cancel", tag = "Assistant", params(("turn" = Uuid, Path)),
    responses((status = 202, body = Turn)))]
async fn stop(
    caller: Caller,
    Path(id): Path<String>,
    State(database): State<Database>,
    State(jobs): State<Jobs>,
    State(assistant): State<Assistant>,
) -> Result<Response, ApiError> {
    let turn = own(&database, &caller, &id).await?;
    if turn.state == TurnState::Review {
        let message =
            "The outline waits for you, and nothing is running. Approve it, or ask for something else";
        return Err(Rejection::conflict("not_running", message).into());
    }
    if let Some(job) = turn.job_id {
        let is_stopped = jobs.cancel(job, &caller.user.id).await?;
        if is_stopped && matches!(turn.state, TurnState::Queued | TurnState::Running) {
            traced::cancelled(assistant.traces(), &turn);
        }
    }
    accepted(&database, &caller, turn.id).await
}

/// Resume a turn that failed or was stopped, also with another endpoint
#[utoipa::path(post, path = "/chat/{turn}/retry", tag = "Assistant", params(("turn" = Uuid, Path)),
    request_body = Option<RetryRequest>, responses((status = 202, body = Turn)))]
async fn retry(
    caller: Caller,
    Path(id): Path<String>,
    State(database): State<Database>,
    State(jobs): State<Jobs>,
    State(assistant): State<Assistant>,
    OptionalBody(request): OptionalBody<RetryRequest>,
) -> Result<Response, ApiError> {
    values::options(&AssistantOptions { endpoint: request.endpoint.clone(), ..AssistantOptions::default() })?;
    let turn = own(&database, &caller, &id).await?;
    if !matches!(turn.state, TurnState::Failed | TurnState::Cancelled) {
        return Err(Rejection::conflict(
            "not_ended",
            "This request has not failed and was not stopped, so there is nothing to resume",
        )
        .into());
    }
    within_budget(&database, &assistant, &caller).await?;
    let begun = answering::begin(
        &database,
        &jobs,
        &caller,
        Begin::Again(turn.id, turn.session_id, request.endpoint.as_deref()),
    )
    .await?;
    accepted(&database, &caller, begun).await
}

/// Take back what a turn did to the deck
///
/// 409 if the deck has changed since so that this isn't possible.
#[utoipa::path(post, path = "/chat/{turn}/undo", tag = "Assistant", params(("turn" = Uuid, Path)),
    responses((status = 200, body = Undone)))]
async fn undo(
    caller: Caller,
    Path(id): Path<String>,
    State(database): State<Database>,
) -> Result<Json<Undone>, ApiError> {
    let turn = own(&database, &caller, &id).await?;
    let schema = database.schema().quoted();
    let mut connection = database.connection().await?;
    let transaction = connection.transaction(database.schema()).await?;
    let nothing = || {
        Rejection::conflict(
            "nothing_to_undo",
            "There is nothing to take back: it was taken back already, or is not done",
        )
    };
    let (kind, inverse) = stages::undoing(&transaction, &schema, turn.id).await?.ok_or_else(nothing)?;
    let person = (caller.user.id.as_str(), caller.groups.as_slice());
    let slides: Vec<String> = turn.slides.into_iter().map(|slide| slide.slide_id).collect();
    // One that can't be read was written by another version of the app, and counts as edited there.
    let written = slide_queries::written(&transaction, &schema, turn.id).await?;
    let written: Vec<Slide> = written.iter().filter_map(|slide| serde_json::from_str(slide).ok()).collect();
    let change = move |deck| {
        apply::unchanged(&deck, &written)?;
        let deck = match (kind, inverse) {
            (TurnKind::Create, _) => apply::without_slides(deck, &apply::ids(&slides))?,
            (TurnKind::Change, inverse) => apply::taken_back(deck, inverse.unwrap_or_else(|| json!([])))?,
        };
        Ok((deck, ()))
    };
    let changed = apply::change_deck(&transaction, &schema, person, turn.session_id, change).await;
    let (version, ()) = changed.map_err(|stop| refused(&stop))?;
    stages::undone(&transaction, &schema, turn.id).await?;
    transaction.commit().await?;
    Ok(Json(Undone { version }))
}

/// Rate an answer
#[utoipa::path(post, path = "/chat/{turn}/feedback", tag = "Assistant", params(("turn" = Uuid, Path)),
    request_body = FeedbackRequest, responses((status = 204)))]
async fn feedback(
    caller: Caller,
    Path(id): Path<String>,
    State(database): State<Database>,
    State(assistant): State<Assistant>,
    JsonBody(request): JsonBody<FeedbackRequest>,
) -> Result<StatusCode, ApiError> {
    if request
        .comment
        .as_ref()
        .is_some_and(|text| text.chars().count() > LONGEST_COMMENT || text.contains('\0'))
    {
        return Err(Rejection::invalid(format!(
            "`comment`: use at most {LONGEST_COMMENT} characters of text"
        ))
        .into());
    }
    let missing =
        || Rejection::not_found("There is no such request to the assistant, or it is another person's");
    let id: Uuid = id.parse().map_err(|_| missing())?;
    if turns::rate(&database, &caller, id, &request).await? {
        traced::rated(assistant.traces(), id, &caller.user.id, &request);
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(missing().into())
}

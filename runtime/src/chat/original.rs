//! The paths by which programs written for the original Tellr ask for a deck: submit and poll, or one stream.
//!
//! They lead to the same turns and jobs. `request_id` is a turn's id, and an event's id is that of the job.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asking::asked;
use super::assistant::Assistant;
use super::queries::turns;
use super::types::{ChatRequest, Turn, TurnState};
use crate::database::Database;
use crate::http::extract::{JsonBody, Parameters};
use crate::http::{ApiError, Rejection};
use crate::jobs::types::JobEvent;
use crate::jobs::{Jobs, routes as job_routes};
use crate::sharing::Caller;

/// The answer to `POST /api/chat/async`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Submitted {
    /// To poll with.
    request_id: Uuid,
    /// The deck's session.
    session_id: Uuid,
    /// `pending`.
    status: &'static str,
}

/// The answer to `GET /api/chat/poll/{request_id}`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Polled {
    /// `pending`, `running`, `completed` or `error`.
    status: &'static str,
    /// What happened after the given id, in order, each with its `type`.
    #[schema(value_type = Vec<Object>)]
    events: Vec<Value>,
    /// The id to ask with next.
    last_message_id: i64,
    /// The turn, once it is completed.
    result: Option<Turn>,
    /// Why it failed.
    error: Option<String>,
}

/// What is polled for.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AfterMessage {
    /// The id of the last event that is known.
    #[serde(default)]
    after_message_id: i64,
}

/// Ask the assistant; the answer is polled for
#[utoipa::path(post, path = "/chat/async", tag = "Assistant", request_body = ChatRequest,
    responses((status = 202, body = Submitted)))]
pub(super) async fn submit(
    caller: Caller,
    State(database): State<Database>,
    State(jobs): State<Jobs>,
    State(assistant): State<Assistant>,
    JsonBody(request): JsonBody<ChatRequest>,
) -> Result<(StatusCode, Json<Submitted>), ApiError> {
    let turn = asked(&database, &jobs, &assistant, &caller, request).await?;
    let submitted = Submitted { request_id: turn.id, session_id: turn.session_id, status: "pending" };
    Ok((StatusCode::ACCEPTED, Json(submitted)))
}

/// Poll for an answer
#[utoipa::path(get, path = "/chat/poll/{request_id}", tag = "Assistant",
    params(("request_id" = Uuid, Path), AfterMessage), responses((status = 200, body = Polled)))]
pub(super) async fn poll(
    caller: Caller,
    Path(id): Path<String>,
    Parameters(AfterMessage { after_message_id }): Parameters<AfterMessage>,
    State(database): State<Database>,
    State(jobs): State<Jobs>,
) -> Result<Json<Polled>, ApiError> {
    let missing =
        || Rejection::not_found("There is no such request to the assistant, or it is another person's");
    let id: Uuid = id.parse().map_err(|_| missing())?;
    // The turn first: what happens in between is told, and its state is in the next answer.
    let (_, turn) = turns::find(&database, &caller, id).await?.ok_or_else(missing)?;
    let page = match turn.job_id {
        Some(job) => jobs.events(job, &caller.user.id, after_message_id).await?,
        None => None,
    };
    let events = page.map(|page| page.events).unwrap_or_default();
    let last_message_id = events.last().map_or(after_message_id, |event| event.id);
    let status = match turn.state {
        TurnState::Queued => "pending",
        TurnState::Running => "running",
        TurnState::Review | TurnState::Succeeded => "completed",
        TurnState::Failed | TurnState::Cancelled => "error",
    };
    let error = match turn.state {
        TurnState::Cancelled => Some("It was cancelled".to_owned()),
        _ => turn.error.as_ref().map(|error| error.message.clone()),
    };
    let result = (status == "completed").then_some(turn);
    Ok(Json(Polled { status, events: events.iter().map(told).collect(), last_message_id, result, error }))
}

/// An event under the names of the original.
fn told(event: &JobEvent) -> Value {
    let body = &event.body;
    match event.kind.as_str() {
        "text" | "reply" => json!({ "type": "assistant", "message_id": event.id, "content": body["text"] }),
        "query" if body["state"] == "asked" => {
            json!({ "type": "tool_call", "message_id": event.id, "tool_name": "query_genie_space", "tool_input": body })
        }
        "source" => {
            json!({ "type": "tool_result", "message_id": event.id, "tool_name": "query_genie_space", "tool_output": body })
        }
        "outline" => {
            json!({ "type": "session_title", "message_id": event.id, "session_title": body["title"] })
        }
        "succeeded" => json!({ "type": "complete", "message_id": event.id, "metadata": body }),
        "failed" | "cancelled" => json!({ "type": "error", "message_id": event.id, "error": body }),
        kind => json!({ "type": kind, "message_id": event.id, "body": body }),
    }
}

/// Ask the assistant, and read what happens as a stream
///
/// The events are those of the job; a client that lost the stream goes on with `GET /api/jobs/{id}/events`.
#[utoipa::path(post, path = "/chat/stream", tag = "Assistant", request_body = ChatRequest,
    responses((status = 200, content((Object = "text/event-stream"))), (status = 204)))]
pub(super) async fn stream(
    caller: Caller,
    State(database): State<Database>,
    State(jobs): State<Jobs>,
    State(assistant): State<Assistant>,
    JsonBody(request): JsonBody<ChatRequest>,
) -> Result<Response, ApiError> {
    let turn = asked(&database, &jobs, &assistant, &caller, request).await?;
    let job = turn.job_id.ok_or(ApiError::Internal)?;
    job_routes::stream(&jobs, job, &caller.user.id, 0).await
}

//! A request becomes a turn, or is refused before anything has happened.

use axum::http::StatusCode;

use super::answering::{self, Begin};
use super::assistant::Assistant;
use super::choices;
use super::queries::turns;
use super::stop::{no_endpoint, refused};
use super::types::{ChatRequest, LONGEST_MESSAGE, MOST_SELECTED, Turn};
use crate::database::Database;
use crate::decks::{Contents, blank};
use crate::http::{ApiError, Rejection};
use crate::jobs::Jobs;
use crate::sessions;
use crate::sharing::Caller;

/// The turn of a request, with its job in the queue.
pub(super) async fn asked(
    database: &Database,
    jobs: &Jobs,
    assistant: &Assistant,
    caller: &Caller,
    request: ChatRequest,
) -> Result<Turn, ApiError> {
    let message = checked(&request)?;
    within_budget(database, assistant, caller).await?;
    let options = choices::resolved(database, &caller.user, &request.options).await?;
    if options.assistant.endpoint.is_none() && assistant.default_endpoint().is_none() {
        return Err(refused(&no_endpoint()));
    }
    let session = if let Some(session) = request.session_id {
        session
    } else {
        let contents = Contents::of(&blank());
        sessions::create(database, caller, &contents).await?.ok_or(ApiError::Internal)?
    };
    let new = turns::NewTurn { session, message: &message, selection: &request.selection, options: &options };
    let turn = answering::begin(database, jobs, caller, Begin::New(&new)).await?;
    let (_, turn) = turns::find(database, caller, turn).await?.ok_or(ApiError::NotFound)?;
    Ok(turn)
}

/// The message, if the request can be done at all.
fn checked(request: &ChatRequest) -> Result<String, Rejection> {
    let message = request.message.trim();
    let length = message.chars().count();
    if length == 0 {
        return Err(Rejection::invalid("`message`: say what the deck should tell, or what to change"));
    }
    if length > LONGEST_MESSAGE {
        return Err(Rejection::invalid(format!(
            "`message`: use at most {LONGEST_MESSAGE} characters; these are {length}. Put long texts into a deck prompt"
        )));
    }
    if message.contains('\0') {
        return Err(Rejection::invalid("`message`: leave out the character U+0000"));
    }
    let is_id = |id: &String| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    if request.selection.len() > MOST_SELECTED || !request.selection.iter().all(is_id) {
        return Err(Rejection::invalid(format!(
            "`selection`: use the ids of at most {MOST_SELECTED} slides"
        )));
    }
    Ok(message.to_owned())
}

pub(super) async fn within_budget(
    database: &Database,
    assistant: &Assistant,
    caller: &Caller,
) -> Result<(), ApiError> {
    let most = assistant.limits().tokens_of_a_day;
    let used = turns::tokens_of_a_day(database, &caller.user.id).await?;
    if used < most {
        return Ok(());
    }
    let message = format!(
        "You have used {used} tokens within 24 hours; the limit is {most}. Try again tomorrow, or ask the app's administrator \
         to raise it"
    );
    Err(Rejection::new(StatusCode::TOO_MANY_REQUESTS, "limit_reached", message).into())
}

//! What the API and the paths of the original Tellr have in common: an export that is asked for, and its file.

use axum::http::HeaderMap;
use axum::response::Response;
use uuid::Uuid;

use super::format::Format;
use super::types::{ExportRequest, LONGEST_AUTHOR};
use super::{download, queries, work};
use crate::database::Database;
use crate::http::{ApiError, Rejection};
use crate::jobs::Jobs;
use crate::sharing::{Caller, no_deck};

/// Queues the job of an export.
pub(super) async fn asked(
    database: &Database,
    jobs: &Jobs,
    caller: &Caller,
    request: ExportRequest,
    format: Format,
) -> Result<Uuid, ApiError> {
    let author = request.author.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    if author
        .as_ref()
        .is_some_and(|name| name.chars().count() > LONGEST_AUTHOR || name.chars().any(char::is_control))
    {
        let message = format!("`author`: use at most {LONGEST_AUTHOR} characters, without line breaks");
        return Err(Rejection::invalid(message).into());
    }
    let version = {
        let connection = database.connection().await?;
        let person = (caller.user.id.as_str(), caller.groups.as_slice());
        let schema = database.schema().quoted();
        queries::version(&connection, &schema, person, request.session_id).await?.ok_or_else(no_deck)?
    };
    let job = work::of(caller, request.session_id, version, format, author);
    Ok(jobs.enqueue(&job).await?.id())
}

/// The answer with a file, by its id.
pub(super) async fn served(
    database: &Database,
    caller: &Caller,
    id: Option<Uuid>,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let found = match id {
        Some(id) => queries::find(database, caller, id).await?,
        None => None,
    };
    let missing = || {
        Rejection::not_found(
            "This file isn't there any more: files are kept for a day, and only for those who may see the deck. \
             Export the deck again",
        )
    };
    download::answer(database, &found.ok_or_else(missing)?, headers)
}

//! `/api/jobs`: a job, what happens to it, and its cancellation. Only its owner sees it; for others there is none.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRef, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::handle::Jobs;
use super::hub::Crowded;
use super::stream as telling;
use super::types::{JobEvents, JobView};
use crate::http::{ApiError, Rejection};
use crate::identity::{IdentityRule, User};

/// The routes, below `/api`.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Jobs: FromRef<S>,
    IdentityRule: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(job)).routes(routes!(events)).routes(routes!(cancel))
}

type Id = Result<Path<Uuid>, PathRejection>;

/// A job of the caller's
#[utoipa::path(get, path = "/jobs/{id}", tag = "Jobs", params(("id" = Uuid, Path)),
    responses((status = 200, body = JobView)))]
pub async fn job(user: User, State(jobs): State<Jobs>, id: Id) -> Result<Json<JobView>, ApiError> {
    jobs.view(known(id)?, &user.id).await?.map(Json).ok_or(ApiError::NotFound)
}

/// Cancel a job
///
/// One that runs is cancelled as soon as its worker learns of it;
/// one that has ended stays as it is.
#[utoipa::path(post, path = "/jobs/{id}/cancel", tag = "Jobs", params(("id" = Uuid, Path)),
    responses((status = 202, body = JobView)))]
pub async fn cancel(user: User, State(jobs): State<Jobs>, id: Id) -> Result<Response, ApiError> {
    let id = known(id)?;
    jobs.cancel(id, &user.id).await?;
    let job = jobs.view(id, &user.id).await?.ok_or(ApiError::NotFound)?;
    Ok((StatusCode::ACCEPTED, Json(job)).into_response())
}

/// What [`events`] is asked for.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The id of the last event that is known.
    after: Option<i64>,
}

/// The events of a job, as a stream
///
/// They begin after that of the header `Last-Event-ID` if there is
/// one. With `?after=`, those after the given one as JSON, for proxies that hold streams back.
#[utoipa::path(get, path = "/jobs/{id}/events", tag = "Jobs", params(("id" = Uuid, Path), After),
    responses((status = 200, content((JobEvents = "application/json"), (Object = "text/event-stream"))), (status = 204)))]
pub async fn events(
    user: User,
    State(jobs): State<Jobs>,
    id: Id,
    query: Result<Query<After>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = known(id)?;
    let Query(After { after }) = query.map_err(|_| bad("`after` has to be the id of an event"))?;
    if let Some(after) = after {
        let page = jobs.events(id, &user.id, after).await?.ok_or(ApiError::NotFound)?;
        return Ok(Json(page).into_response());
    }
    let after = match headers.get("last-event-id").map(|id| id.to_str().ok().and_then(|id| id.parse().ok())) {
        None => 0,
        Some(Some(id)) => id,
        Some(None) => return Err(bad("`Last-Event-ID` has to be the id of an event")),
    };
    stream(&jobs, id, &user.id, after).await
}

/// The events of a job of this owner after the given one, as a stream.
pub async fn stream(jobs: &Jobs, id: Uuid, owner: &str, after: i64) -> Result<Response, ApiError> {
    // First, so that nothing is missed that happens after the events were read.
    let watching = jobs.watch(id, owner).map_err(too_many_streams)?;
    let first = jobs.events(id, owner, after).await?.ok_or(ApiError::NotFound)?;
    if first.events.is_empty() && first.is_complete() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(telling::answer(jobs, watching, (id, owner.to_owned()), after, first))
}

/// An id that can't be one belongs to no job.
fn known(id: Id) -> Result<Uuid, ApiError> {
    id.map(|Path(id)| id).map_err(|_| ApiError::NotFound)
}

fn too_many_streams(crowded: Crowded) -> Rejection {
    let message = match crowded {
        Crowded::Person => {
            "You have too many event streams open. Close other windows of the app, or ask for the events with \
             `?after=` instead"
        }
        Crowded::Process => {
            "Too many event streams are open at the moment. Try again later, or ask for the events with `?after=` \
             instead"
        }
    };
    Rejection::new(StatusCode::TOO_MANY_REQUESTS, "too_many_streams", message)
}

fn bad(message: &'static str) -> ApiError {
    ApiError::Refused(StatusCode::BAD_REQUEST, message)
}

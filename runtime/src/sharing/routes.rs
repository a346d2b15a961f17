//! The routes of sharing, below `/api`.

use axum::Json;
use axum::extract::{FromRef, Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use tellr_slides::id::SlideId;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::directory::{self, Lookup};
use super::queries;
use super::types::{Presence, PresenceRequest, PrincipalKind, Principals, Share, ShareRequest, Shares};
use super::{Caller, Groups, SessionPath, must_own, no_deck, visible};
use crate::database::Database;
use crate::http::extract::{JsonBody, Parameters};
use crate::http::{ApiError, Rejection};
use crate::identity::{IdentityRule, User};

/// The most people and groups that one deck is shared with. Share with a group to reach more.
const MOST_SHARES: i64 = 100;
/// The longest text to search for.
const LONGEST_SEARCH: usize = 100;
/// The longest id of a principal.
const LONGEST_ID: usize = 255;

/// The routes.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Database: FromRef<S>,
    IdentityRule: FromRef<S>,
    Groups: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(shares))
        .routes(routes!(put_share, remove_share))
        .routes(routes!(principals))
        .routes(routes!(presence))
}

/// Whom a deck is shared with
#[utoipa::path(get, path = "/sessions/{id}/shares", tag = "Sharing", params(SessionPath),
    responses((status = 200, body = Shares)))]
async fn shares(
    caller: Caller,
    session: SessionPath,
    State(database): State<Database>,
) -> Result<Json<Shares>, ApiError> {
    let (role, shares) = queries::shares(&database, &caller, session.id).await?;
    visible(role)?;
    Ok(Json(Shares { shares }))
}

/// Share a deck with a person or group, or change what they may do
#[utoipa::path(put, path = "/sessions/{id}/shares/{kind}/{principal}", tag = "Sharing",
    params(("id" = uuid::Uuid, Path), ("kind" = PrincipalKind, Path), ("principal" = String, Path)),
    request_body = ShareRequest, responses((status = 200, body = Share)))]
async fn put_share(
    caller: Caller,
    Path((session, kind, principal)): Path<(String, String, String)>,
    State(database): State<Database>,
    State(groups): State<Groups>,
    JsonBody(request): JsonBody<ShareRequest>,
) -> Result<Json<Share>, ApiError> {
    let session = SessionPath::read(&session)?;
    let (kind, principal) = addressed(&kind, &principal)?;
    let standing = queries::standing(&database, &caller, session.id, kind, &principal).await?;
    must_own(standing.as_ref().and_then(|standing| standing.role))?;
    let Some(standing) = standing else { return Err(no_deck().into()) };
    if kind == PrincipalKind::User && principal == standing.owner {
        return Err(Rejection::invalid("This person owns the deck already. Choose somebody else").into());
    }
    if standing.other_shares >= MOST_SHARES {
        let message = format!(
            "A deck is shared with at most {MOST_SHARES} people and groups. Remove one first, or share with a group"
        );
        return Err(Rejection::conflict("too_many_shares", message).into());
    }
    let found = match directory::look_up(&groups, &database, kind, &principal).await? {
        Lookup::Found(found) => found,
        Lookup::Missing => {
            let message = format!(
                "The workspace has no {} with the id `{principal}`. Search for them by name",
                kind.as_str()
            );
            return Err(Rejection::invalid(message).into());
        }
        Lookup::Unknown => return Err(directory::not_asked().into()),
    };
    let share = queries::put(&database, &caller.user, session.id, &found, request.access).await?;
    share.map(Json).ok_or_else(|| no_deck().into())
}

/// End a share
#[utoipa::path(delete, path = "/sessions/{id}/shares/{kind}/{principal}", tag = "Sharing",
    params(("id" = uuid::Uuid, Path), ("kind" = PrincipalKind, Path), ("principal" = String, Path)),
    responses((status = 204)))]
async fn remove_share(
    caller: Caller,
    Path((session, kind, principal)): Path<(String, String, String)>,
    State(database): State<Database>,
) -> Result<StatusCode, ApiError> {
    let session = SessionPath::read(&session)?;
    let (kind, principal) = addressed(&kind, &principal)?;
    let (role, was_there) = queries::remove(&database, &caller, session.id, kind, &principal).await?;
    must_own(role)?;
    if !was_there {
        return Err(Rejection::not_found("The deck isn't shared with them. Load the list again").into());
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Search {
    /// A part of a name.
    #[serde(default)]
    #[param(max_length = 100)]
    q: String,
}

/// Search the workspace's people and groups
#[utoipa::path(get, path = "/principals", tag = "Sharing", params(Search),
    responses((status = 200, body = Principals)))]
async fn principals(
    _: User,
    Parameters(search): Parameters<Search>,
    State(database): State<Database>,
    State(groups): State<Groups>,
) -> Result<Json<Principals>, ApiError> {
    let text = search.q.trim();
    if text.is_empty() {
        return Ok(Json(Principals { principals: Vec::new() }));
    }
    if text.chars().count() > LONGEST_SEARCH || text.chars().any(char::is_control) {
        return Err(Rejection::invalid(format!("Search for at most {LONGEST_SEARCH} characters")).into());
    }
    Ok(Json(Principals { principals: directory::search(&groups, &database, text).await? }))
}

/// Say that the deck is open, and hear who else has it open
#[utoipa::path(post, path = "/sessions/{id}/presence", tag = "Sharing", params(SessionPath),
    request_body = PresenceRequest, responses((status = 200, body = Presence)))]
async fn presence(
    caller: Caller,
    session: SessionPath,
    State(database): State<Database>,
    JsonBody(request): JsonBody<PresenceRequest>,
) -> Result<Json<Presence>, ApiError> {
    let editing = request.editing.map(SlideId::try_from).transpose();
    let editing = editing.map_err(|rule| Rejection::invalid(format!("`editing`: {rule}")))?;
    let presence =
        queries::presence(&database, &caller, session.id, editing.as_ref().map(SlideId::as_str)).await?;
    presence.map(Json).ok_or_else(|| no_deck().into())
}

fn addressed(kind: &str, principal: &str) -> Result<(PrincipalKind, String), Rejection> {
    let kind = PrincipalKind::read(kind)
        .ok_or_else(|| Rejection::not_found("Decks are shared with a `user` or a `group`"))?;
    if principal.is_empty() || principal.len() > LONGEST_ID || principal.chars().any(char::is_control) {
        return Err(Rejection::not_found(
            "There is no person or group with this id. Search for them by name",
        ));
    }
    Ok((kind, principal.to_owned()))
}

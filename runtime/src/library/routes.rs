//! The routes of the library, below `/api`.

use axum::Json;
use axum::extract::{FromRef, Path, State};
use axum::http::StatusCode;
use tokio_postgres::error::SqlState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::queries::{self, Defaultable, Outcome, Text};
use super::types::{
    DefaultRequest, NewProfile, NewText, Profile, ProfileChanges, Profiles, Prompt, Prompts, Style, Styles,
    TextChanges,
};
use super::values;
use crate::database::{Database, DatabaseError};
use crate::http::extract::{JsonBody, OptionalBody};
use crate::http::{ApiError, Rejection};
use crate::identity::{IdentityRule, User};
use crate::sharing::Groups;

/// The routes.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Database: FromRef<S>,
    IdentityRule: FromRef<S>,
    Groups: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(prompts, create_prompt))
        .routes(routes!(change_prompt, delete_prompt))
        .routes(routes!(styles, create_style))
        .routes(routes!(change_style, delete_style))
        .routes(routes!(default_style))
        .routes(routes!(profiles, create_profile))
        .routes(routes!(change_profile, delete_profile))
        .routes(routes!(default_profile))
}

/// All prompts that the caller can use
#[utoipa::path(get, path = "/settings/prompts", tag = "Settings", responses((status = 200, body = Prompts)))]
async fn prompts(
    user: User,
    State(database): State<Database>,
    State(groups): State<Groups>,
) -> Result<Json<Prompts>, ApiError> {
    Ok(Json(Prompts { prompts: texts(&user, &database, &groups).await? }))
}

/// All styles that the caller can use
#[utoipa::path(get, path = "/settings/styles", tag = "Settings", responses((status = 200, body = Styles)))]
async fn styles(
    user: User,
    State(database): State<Database>,
    State(groups): State<Groups>,
) -> Result<Json<Styles>, ApiError> {
    Ok(Json(Styles { styles: texts(&user, &database, &groups).await? }))
}

/// All profiles that the caller can use
#[utoipa::path(get, path = "/settings/profiles", tag = "Settings", responses((status = 200, body = Profiles)))]
async fn profiles(
    user: User,
    State(database): State<Database>,
    State(groups): State<Groups>,
) -> Result<Json<Profiles>, ApiError> {
    let mut profiles = queries::profiles(&database, &user).await?;
    let is_admin = groups.is_admin(&user).await;
    for profile in &mut profiles {
        profile.can_edit = is_admin || !profile.shared;
    }
    Ok(Json(Profiles { profiles }))
}

async fn texts<T: Text>(user: &User, database: &Database, groups: &Groups) -> Result<Vec<T>, ApiError> {
    let mut texts: Vec<T> = queries::texts(database, user).await?;
    let is_admin = groups.is_admin(user).await;
    for text in &mut texts {
        text.allow(is_admin);
    }
    Ok(texts)
}

/// Create a prompt
#[utoipa::path(post, path = "/settings/prompts", tag = "Settings", request_body = NewText,
    responses((status = 201, body = Prompt)))]
async fn create_prompt(
    user: User,
    State(database): State<Database>,
    State(groups): State<Groups>,
    JsonBody(new): JsonBody<NewText>,
) -> Result<(StatusCode, Json<Prompt>), ApiError> {
    create_text("prompt", &user, &database, &groups, new).await
}

/// Create a style
#[utoipa::path(post, path = "/settings/styles", tag = "Settings", request_body = NewText,
    responses((status = 201, body = Style)))]
async fn create_style(
    user: User,
    State(database): State<Database>,
    State(groups): State<Groups>,
    JsonBody(new): JsonBody<NewText>,
) -> Result<(StatusCode, Json<Style>), ApiError> {
    create_text("style", &user, &database, &groups, new).await
}

async fn create_text<T: Text>(
    what: &'static str,
    user: &User,
    database: &Database,
    groups: &Groups,
    new: NewText,
) -> Result<(StatusCode, Json<T>), ApiError> {
    let new = values::new_text(new)?;
    require_admin_for(new.shared, what, user, groups).await?;
    let made = queries::create_text(database, user, &new).await.map_err(|error| taken(what, error))?;
    Ok((StatusCode::CREATED, Json(made.ok_or(ApiError::Internal)?)))
}

/// Change a prompt
#[utoipa::path(patch, path = "/settings/prompts/{id}", tag = "Settings", params(("id" = Uuid, Path)),
    request_body = TextChanges, responses((status = 200, body = Prompt)))]
async fn change_prompt(
    user: User,
    Path(id): Path<String>,
    State(database): State<Database>,
    State(groups): State<Groups>,
    JsonBody(changes): JsonBody<TextChanges>,
) -> Result<Json<Prompt>, ApiError> {
    change_text("prompt", &user, &id, &database, &groups, changes).await
}

/// Change a style
#[utoipa::path(patch, path = "/settings/styles/{id}", tag = "Settings", params(("id" = Uuid, Path)),
    request_body = TextChanges, responses((status = 200, body = Style)))]
async fn change_style(
    user: User,
    Path(id): Path<String>,
    State(database): State<Database>,
    State(groups): State<Groups>,
    JsonBody(changes): JsonBody<TextChanges>,
) -> Result<Json<Style>, ApiError> {
    change_text("style", &user, &id, &database, &groups, changes).await
}

async fn change_text<T: Text>(
    what: &'static str,
    user: &User,
    id: &str,
    database: &Database,
    groups: &Groups,
    changes: TextChanges,
) -> Result<Json<T>, ApiError> {
    let id = known(what, id)?;
    let changes = values::text_changes(changes)?;
    let is_admin = groups.is_admin(user).await;
    let changed = queries::change_text(database, user, is_admin, id, &changes).await;
    Ok(Json(done(what, changed.map_err(|error| taken(what, error))?)?))
}

/// Delete a prompt
#[utoipa::path(delete, path = "/settings/prompts/{id}", tag = "Settings", params(("id" = Uuid, Path)),
    responses((status = 204)))]
async fn delete_prompt(
    user: User,
    Path(id): Path<String>,
    State(database): State<Database>,
    State(groups): State<Groups>,
) -> Result<StatusCode, ApiError> {
    let (id, is_admin) = (known("prompt", &id)?, groups.is_admin(&user).await);
    done("prompt", queries::delete_text::<Prompt>(&database, &user, is_admin, id).await?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a style
#[utoipa::path(delete, path = "/settings/styles/{id}", tag = "Settings", params(("id" = Uuid, Path)),
    responses((status = 204)))]
async fn delete_style(
    user: User,
    Path(id): Path<String>,
    State(database): State<Database>,
    State(groups): State<Groups>,
) -> Result<StatusCode, ApiError> {
    let (id, is_admin) = (known("style", &id)?, groups.is_admin(&user).await);
    done("style", queries::delete_text::<Style>(&database, &user, is_admin, id).await?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a style the caller's default, or everybody's
#[utoipa::path(post, path = "/settings/styles/{id}/default", tag = "Settings", params(("id" = Uuid, Path)),
    request_body = Option<DefaultRequest>, responses((status = 204)))]
async fn default_style(
    user: User,
    Path(id): Path<String>,
    State(database): State<Database>,
    State(groups): State<Groups>,
    OptionalBody(request): OptionalBody<DefaultRequest>,
) -> Result<StatusCode, ApiError> {
    let id = known("style", &id)?;
    set_default("style", Defaultable::Style, &user, id, &database, &groups, request).await
}

/// Make a profile the caller's default, or everybody's
#[utoipa::path(post, path = "/settings/profiles/{id}/default", tag = "Settings", params(("id" = Uuid, Path)),
    request_body = Option<DefaultRequest>, responses((status = 204)))]
async fn default_profile(
    user: User,
    Path(id): Path<String>,
    State(database): State<Database>,
    State(groups): State<Groups>,
    OptionalBody(request): OptionalBody<DefaultRequest>,
) -> Result<StatusCode, ApiError> {
    let id = known("profile", &id)?;
    set_default("profile", Defaultable::Profile, &user, id, &database, &groups, request).await
}

async fn set_default(
    what: &'static str,
    kind: Defaultable,
    user: &User,
    id: Uuid,
    database: &Database,
    groups: &Groups,
    request: DefaultRequest,
) -> Result<StatusCode, ApiError> {
    if request.everyone {
        let is_admin = groups.is_admin(user).await;
        done(what, queries::set_shared_default(database, user, is_admin, kind, id).await?)?;
    } else {
        done(what, queries::set_own_default(database, user, kind, id).await?)?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Create a profile
#[utoipa::path(post, path = "/settings/profiles", tag = "Settings", request_body = NewProfile,
    responses((status = 201, body = Profile)))]
async fn create_profile(
    user: User,
    State(database): State<Database>,
    State(groups): State<Groups>,
    JsonBody(new): JsonBody<NewProfile>,
) -> Result<(StatusCode, Json<Profile>), ApiError> {
    let new = values::new_profile(new)?;
    require_admin_for(new.shared, "profile", &user, &groups).await?;
    let made =
        queries::create_profile(&database, &user, &new).await.map_err(|error| taken("profile", error))?;
    Ok((StatusCode::CREATED, Json(made.ok_or_else(unusable)?)))
}

/// Change a profile
#[utoipa::path(patch, path = "/settings/profiles/{id}", tag = "Settings", params(("id" = Uuid, Path)),
    request_body = ProfileChanges, responses((status = 200, body = Profile)))]
async fn change_profile(
    user: User,
    Path(id): Path<String>,
    State(database): State<Database>,
    State(groups): State<Groups>,
    JsonBody(changes): JsonBody<ProfileChanges>,
) -> Result<Json<Profile>, ApiError> {
    let id = known("profile", &id)?;
    let changes = values::profile_changes(changes)?;
    let is_admin = groups.is_admin(&user).await;
    let changed = queries::change_profile(&database, &user, is_admin, id, &changes).await;
    let changed = done("profile", changed.map_err(|error| taken("profile", error))?)?;
    Ok(Json(changed.ok_or_else(unusable)?))
}

/// Delete a profile
#[utoipa::path(delete, path = "/settings/profiles/{id}", tag = "Settings", params(("id" = Uuid, Path)),
    responses((status = 204)))]
async fn delete_profile(
    user: User,
    Path(id): Path<String>,
    State(database): State<Database>,
    State(groups): State<Groups>,
) -> Result<StatusCode, ApiError> {
    let (id, is_admin) = (known("profile", &id)?, groups.is_admin(&user).await);
    done("profile", queries::delete_profile(&database, &user, is_admin, id).await?)?;
    Ok(StatusCode::NO_CONTENT)
}

fn missing(what: &str) -> Rejection {
    Rejection::not_found(format!("There is no such {what}. It may have been deleted; load the list again"))
}

fn for_admins(what: &str) -> Rejection {
    Rejection::forbidden(format!(
        "A shared {what} is changed by the workspace's administrators (group `admins`). Create one of your own instead"
    ))
}

fn known(what: &str, id: &str) -> Result<Uuid, Rejection> {
    id.parse().map_err(|_| missing(what))
}

fn done<T>(what: &str, outcome: Outcome<T>) -> Result<T, Rejection> {
    match outcome {
        Outcome::Done(done) => Ok(done),
        Outcome::Forbidden => Err(for_admins(what)),
        Outcome::Missing => Err(missing(what)),
    }
}

pub(super) async fn require_admin_for(
    shared: bool,
    what: &str,
    user: &User,
    groups: &Groups,
) -> Result<(), Rejection> {
    if shared && !groups.is_admin(user).await { Err(for_admins(what)) } else { Ok(()) }
}

/// Two of the same name: the refusal says so.
pub(super) fn taken(what: &str, error: DatabaseError) -> ApiError {
    if error.sql_state() == Some(&SqlState::UNIQUE_VIOLATION) {
        let message = format!("There is another {what} with this name. Choose another name");
        return Rejection::conflict("name_taken", message).into();
    }
    error.into()
}

fn unusable() -> Rejection {
    Rejection::invalid(
        "The profile's prompt or style can't be used: it was deleted, or the profile is shared and it is not. \
         Choose another one",
    )
}

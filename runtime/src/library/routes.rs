//! The routes of the library, below `/api`.

use axum::extract::{FromRef, State};
use axum::routing::get;
use axum::{Json, Router};

use super::queries;
use super::types::{Profiles, Prompts, Styles};
use crate::database::Database;
use crate::http::ApiError;
use crate::identity::{IdentityRule, User};

/// The routes.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Database: FromRef<S>,
    IdentityRule: FromRef<S>,
{
    Router::new()
        .route("/prompts", get(prompts))
        .route("/styles", get(styles))
        .route("/profiles", get(profiles))
}

/// All prompts in use.
async fn prompts(_: User, State(database): State<Database>) -> Result<Json<Prompts>, ApiError> {
    Ok(Json(Prompts { prompts: queries::prompts(&database).await? }))
}

/// All styles in use.
async fn styles(_: User, State(database): State<Database>) -> Result<Json<Styles>, ApiError> {
    Ok(Json(Styles { styles: queries::styles(&database).await? }))
}

/// All profiles.
async fn profiles(_: User, State(database): State<Database>) -> Result<Json<Profiles>, ApiError> {
    Ok(Json(Profiles { profiles: queries::profiles(&database).await? }))
}

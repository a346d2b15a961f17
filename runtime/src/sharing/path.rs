//! The id of a session in a path.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::visible;
use crate::http::{ApiError, Rejection};

/// The id of a session in a path. One that can't be an id is one that doesn't exist.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionPath {
    /// The session's id.
    pub id: Uuid,
}

#[derive(Deserialize)]
struct Text {
    id: String,
}

impl SessionPath {
    /// Of the part of a path.
    ///
    /// # Errors
    /// 404 if it can't be an id.
    pub fn read(text: &str) -> Result<Self, Rejection> {
        match text.parse() {
            Ok(id) => Ok(Self { id }),
            Err(_) => Err(no_deck()),
        }
    }
}

/// The refusal of a deck that doesn't exist or may not be seen.
pub fn no_deck() -> Rejection {
    visible(None).err().unwrap_or_else(|| Rejection::not_found("There is no such deck"))
}

impl<S: Send + Sync> FromRequestParts<S> for SessionPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<Text>::from_request_parts(parts, state).await.map_err(|_| no_deck())?;
        Ok(Self::read(&text.id)?)
    }
}

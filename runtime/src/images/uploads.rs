//! Turns at uploading. One is taken before the body is read, because a body is kept in memory as a whole.

use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use crate::http::ApiError;
use crate::http::turns::{Bounds, Turn, Turns};
use crate::identity::{IdentityRule, User};

/// Turns at uploading; cheap to clone.
#[derive(Clone, Debug)]
pub struct Uploads(Turns);

impl Uploads {
    /// With these bounds.
    pub fn new(bounds: Bounds) -> Self {
        Self(Turns::new(bounds))
    }
}

impl Default for Uploads {
    /// Four at once take 80 MiB, and each has time left to be sent and decoded after the longest wait.
    fn default() -> Self {
        Self::new(Bounds { at_once: 4, of_a_person: 2, patience: Duration::from_secs(10) })
    }
}

/// A turn of the caller's. As an argument of a handler before the body, the body is read only then.
#[derive(Debug)]
pub(super) struct UploadTurn {
    _turn: Turn,
}

impl<S: Send + Sync> FromRequestParts<S> for UploadTurn
where
    IdentityRule: FromRef<S>,
    Uploads: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let user = User::from_request_parts(parts, state).await?;
        Ok(Self { _turn: Uploads::from_ref(state).0.take(&user.id, 1).await? })
    }
}

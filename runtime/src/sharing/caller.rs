//! The caller with the groups they are in.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use super::Groups;
use crate::http::ApiError;
use crate::identity::{IdentityRule, User};

/// The caller. As an argument of a handler it makes the route refuse unknown callers.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is.
    pub user: User,
    /// The ids of their groups, as far as the workspace has told them.
    pub groups: Vec<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    IdentityRule: FromRef<S>,
    Groups: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let user = User::from_request_parts(parts, state).await?;
        let groups = Groups::from_ref(state).of(&user).await;
        Ok(Self { user, groups: groups.iter().map(|group| group.id.clone()).collect() })
    }
}

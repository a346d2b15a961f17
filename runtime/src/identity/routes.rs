//! The current user.

use axum::Json;
use axum::extract::FromRef;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{IdentityRule, User};

/// `GET /api/user/current`; 401 without an identity.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CurrentUser {
    /// The owner of the user's sessions: the e-mail address, or a service principal's id.
    pub user_name: String,
    /// The e-mail address; `null` for a caller without one, such as a service principal.
    pub email: Option<String>,
    /// A display name.
    pub display_name: String,
    /// `platform` or `local`.
    pub source: &'static str,
}

/// The routes, below `/api`.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    IdentityRule: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(current_user))
}

/// The user as known from the platform or the local settings
#[utoipa::path(get, path = "/user/current", tag = "Status", responses((status = 200, body = CurrentUser)))]
async fn current_user(user: User) -> Json<CurrentUser> {
    Json(CurrentUser {
        user_name: user.name,
        email: user.email,
        display_name: user.display_name,
        source: user.source.as_str(),
    })
}

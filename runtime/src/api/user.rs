//! The current user.

use axum::Json;

use super::types::CurrentUser;
use crate::identity::User;

/// The user as known from the platform or the local settings.
pub async fn current_user(user: User) -> Json<CurrentUser> {
    Json(CurrentUser {
        user_name: user.name,
        email: user.email,
        display_name: user.display_name,
        source: user.source.as_str(),
    })
}

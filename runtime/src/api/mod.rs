//! The JSON API for the page. The types are in [`types`]; errors are always [`ApiError`].

mod error;
mod library;
mod status;
pub mod types;
mod user;

pub use error::{ApiError, as_json};
pub use library::{profiles, prompts, styles};
pub use status::{health, ready, version};
pub use user::current_user;

/// Any path under `/api/` that is not a route.
pub async fn unknown_path() -> ApiError {
    ApiError::NotFound
}

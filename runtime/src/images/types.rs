//! The JSON bodies about images.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An image that was uploaded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Uploaded {
    /// Its id, for an `image` block and for `GET /api/images/{id}`.
    pub id: Uuid,
    /// Pixels, as it is kept.
    pub width: i32,
    /// Pixels, as it is kept.
    pub height: i32,
    /// Its media type, as it is kept.
    pub r#type: String,
}

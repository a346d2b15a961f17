//! What a request is answered when the database failed.

use super::error::DatabaseError;
use crate::http::ApiError;

impl From<DatabaseError> for ApiError {
    fn from(error: DatabaseError) -> Self {
        // Logged here and nowhere else: the user's answer doesn't contain the details.
        tracing::error!(%error, "a request failed because of the database");
        Self::DatabaseUnavailable
    }
}

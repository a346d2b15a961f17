//! What a request is answered when the database failed: the one mapping of its errors.
//!
//! | error | answer |
//! |---|---|
//! | a unique or exclusion constraint is violated | 409 |
//! | what a row refers to isn't there, because it was deleted meanwhile | 409 |
//! | a value doesn't fit: too long, out of range, a failed check | 400 |
//! | the database can't be reached, doesn't answer, is busy, ends the session, or has no such table (yet) | 503 with `Retry-After` |
//! | anything else: a mistake in a statement | 500 |

use axum::http::StatusCode;
use tokio_postgres::error::SqlState;

use super::error::DatabaseError;
use crate::http::ApiError;

impl From<DatabaseError> for ApiError {
    fn from(error: DatabaseError) -> Self {
        let answer = answer(&error);
        // Logged here and nowhere else: the user's answer doesn't contain the details.
        if matches!(answer, Self::Refused(..)) {
            tracing::info!(%error, "a request contradicts the database");
        } else {
            tracing::error!(%error, "a request failed because of the database");
        }
        answer
    }
}

fn answer(error: &DatabaseError) -> ApiError {
    let DatabaseError::Statement(statement) = error else { return ApiError::DatabaseUnavailable };
    // Without a code, the connection ended.
    let Some(code) = statement.code() else {
        return if statement.is_closed() || is_io(statement) {
            ApiError::DatabaseUnavailable
        } else {
            ApiError::Internal
        };
    };
    match *code {
        SqlState::UNIQUE_VIOLATION | SqlState::EXCLUSION_VIOLATION => {
            ApiError::Refused(StatusCode::CONFLICT, "There is one like this already")
        }
        // Statements look for what they refer to, so it was there a moment ago.
        SqlState::FOREIGN_KEY_VIOLATION => ApiError::Refused(
            StatusCode::CONFLICT,
            "What this request refers to was deleted meanwhile. Nothing was changed. Reload the page",
        ),
        // The schema is not migrated yet, or was emptied.
        SqlState::UNDEFINED_TABLE
        | SqlState::INVALID_SCHEMA_NAME
        | SqlState::INSUFFICIENT_PRIVILEGE
        | SqlState::READ_ONLY_SQL_TRANSACTION => ApiError::DatabaseUnavailable,
        _ => match code.code().get(..2) {
            // Data exceptions, and the other constraints.
            Some("22" | "23") => {
                ApiError::Refused(StatusCode::BAD_REQUEST, "A value in the request is not valid")
            }
            // Connection, resources, the operator or a timeout, the system; a conflict of transactions.
            Some("08" | "53" | "55" | "57" | "58" | "40") => ApiError::DatabaseUnavailable,
            _ => ApiError::Internal,
        },
    }
}

/// Whether the connection broke.
fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

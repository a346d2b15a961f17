//! A request that is refused for a reason its sender can act on.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// One thing that is wrong in a deck or a patch.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FailureProblem {
    /// Where, as in `slides[3].blocks[2].rows[7]`; empty for the whole.
    pub path: String,
    /// What, for users.
    pub message: String,
}

/// What is wrong with a request, why, and what to do.
#[derive(Clone, Debug)]
pub struct Rejection {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) version: Option<i64>,
    pub(super) problems: Vec<FailureProblem>,
}

impl Rejection {
    /// A refusal with a status, a code for programs and a message for users.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), version: None, problems: Vec::new() }
    }

    /// 400: the request can't be read.
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// 422: the request can be read, but a value in it is not possible.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_value", message)
    }

    /// 403: the caller can see it, but may not do this.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// 404: it doesn't exist, or the caller may not see it.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// 409: it contradicts what exists.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// What is wrong, and what to do.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same, with the version that is current.
    #[must_use]
    pub fn with_version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }

    /// The same, with single problems: where, and what.
    #[must_use]
    pub fn with_problems(mut self, problems: impl IntoIterator<Item = (String, String)>) -> Self {
        self.problems =
            problems.into_iter().map(|(path, message)| FailureProblem { path, message }).collect();
        self
    }
}

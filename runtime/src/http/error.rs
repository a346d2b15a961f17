//! API errors as JSON: `{"error": {"code", "message"}}`, with the matching HTTP status.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::rejection::{FailureProblem, Rejection};

/// The body of every error.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Failure {
    /// The error.
    pub error: FailureDetail,
}

/// The error.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FailureDetail {
    /// A machine-readable code, such as `not_found`.
    pub code: &'static str,
    /// A message for users.
    pub message: String,
    /// The current version, if the request was made for another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// What is wrong in a deck or a patch, at most 20.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FailureProblem>,
}

/// An error of a request.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The caller is unknown.
    #[error("This request has no identity. Open the app through its URL on the platform")]
    Unauthorized,
    /// There is no such path.
    #[error("There is no such path")]
    NotFound,
    /// The request timed out.
    #[error("The request timed out. Try again")]
    Timeout,
    /// The handler failed unexpectedly.
    #[error("Something went wrong on the server. The log has the details under this request's id")]
    Internal,
    /// The database is not available.
    #[error("The database is not available at the moment. Try again shortly")]
    DatabaseUnavailable,
    /// Refused by a layer before it reached a handler.
    #[error("{1}")]
    Refused(StatusCode, &'static str),
    /// Refused for a reason that the sender can act on.
    #[error("{}", .0.message)]
    Rejected(Box<Rejection>),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::DatabaseUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Refused(status, _) => *status,
            Self::Rejected(rejection) => rejection.status,
        }
    }

    fn code(&self) -> &'static str {
        if let Self::Rejected(rejection) = self {
            return rejection.code;
        }
        match self.status() {
            StatusCode::UNAUTHORIZED => "unauthorized",
            StatusCode::FORBIDDEN => "forbidden",
            StatusCode::CONFLICT => "conflict",
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
            StatusCode::PAYLOAD_TOO_LARGE => "too_large",
            StatusCode::GATEWAY_TIMEOUT => "timeout",
            StatusCode::SERVICE_UNAVAILABLE => "database_unavailable",
            status if status.is_client_error() => "bad_request",
            _ => "internal",
        }
    }
}

impl From<Rejection> for ApiError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(Box::new(rejection))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let (code, message) = (self.code(), self.to_string());
        let (version, problems) = match self {
            Self::Rejected(rejection) => (rejection.version, rejection.problems),
            _ => (None, Vec::new()),
        };
        let body = Failure { error: FailureDetail { code, message, version, problems } };
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

/// A layer that gives the framework's refusals (wrong method, too large a body …) the same shape.
pub async fn as_json(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    // A page that says what is wrong is a handler's, for a person.
    let is_ours = kind.starts_with(b"application/json") || kind.starts_with(b"text/html");
    if is_ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let message = match status {
        StatusCode::METHOD_NOT_ALLOWED => "This path does not support this method",
        StatusCode::PAYLOAD_TOO_LARGE => "The request is too large",
        _ => "The request was refused",
    };
    let (parts, _) = response.into_parts();
    let mut answer = ApiError::Refused(status, message).into_response();
    if let Some(allow) = parts.headers.get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allow.clone());
    }
    answer
}

/// The answer for any path under `/api/` that is not a route.
pub async fn unknown_path() -> ApiError {
    ApiError::NotFound
}

//! API errors as JSON: `{"error": {"code", "message"}}`, with the matching HTTP status.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::types::{Failure, FailureDetail};
use crate::database::DatabaseError;

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
    /// The database failed.
    #[error("The database is not available at the moment. Try again shortly")]
    Database(#[from] DatabaseError),
    /// Refused by a layer before it reached a handler.
    #[error("{1}")]
    Refused(StatusCode, &'static str),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Refused(status, _) => *status,
        }
    }

    fn code(&self) -> &'static str {
        match self.status() {
            StatusCode::UNAUTHORIZED => "unauthorized",
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

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Self::Database(error) = &self {
            // Logged here and nowhere else: the user's answer doesn't contain the details.
            tracing::error!(%error, "a request failed because of the database");
        }
        let status = self.status();
        let body = Failure { error: FailureDetail { code: self.code(), message: self.to_string() } };
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
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_json || !(status.is_client_error() || status.is_server_error()) {
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

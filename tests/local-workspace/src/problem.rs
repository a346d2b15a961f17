//! The workspace's refusals.
//!
//! The platform's standard error is `{"error_code", "message", "details"}`, and clients use all three, so a
//! refusal is built in one place with the matching code and status. Formats of other services (SCIM, OAuth)
//! are defined in those services.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal in the platform's standard format.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// The platform's error code; clients give it precedence over the status.
    pub error_code: String,
    /// The message; some clients match on it, so it is the platform's.
    pub message: String,
    /// `google.rpc` details, such as `ErrorInfo`.
    pub details: Vec<Value>,
}

impl Problem {
    /// A refusal with any status and code.
    pub fn new(status: StatusCode, error_code: &str, message: impl Into<String>) -> Self {
        Self { status, error_code: error_code.to_owned(), message: message.into(), details: Vec::new() }
    }

    /// Adds a `google.rpc.ErrorInfo` detail.
    #[must_use]
    pub fn with_error_info(mut self, reason: &str, metadata: Value) -> Self {
        self.details.push(json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason,
            "domain": "databricks.com",
            "metadata": metadata,
        }));
        self
    }

    /// 404 `NOT_FOUND`: apps, Lakebase.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    /// 404 `RESOURCE_DOES_NOT_EXIST`: workspace files, secrets, permissions.
    pub fn resource_does_not_exist(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", message)
    }

    /// 404 `ENDPOINT_NOT_FOUND`: this workspace has no such API.
    pub fn endpoint_not_found(method: &str, path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "ENDPOINT_NOT_FOUND", format!("No API found for '{method} {path}'"))
    }

    /// 409 `ALREADY_EXISTS`.
    pub fn already_exists(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "ALREADY_EXISTS", message)
    }

    /// 400 `RESOURCE_ALREADY_EXISTS`: workspace files, secrets.
    pub fn resource_already_exists(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "RESOURCE_ALREADY_EXISTS", message)
    }

    /// 409 `ABORTED`: another change is in progress.
    pub fn aborted(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "ABORTED", message)
    }

    /// 403 `PERMISSION_DENIED`.
    pub fn permission_denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", message)
    }

    /// 401 `UNAUTHENTICATED`.
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
    }

    /// 400 `INVALID_PARAMETER_VALUE`.
    pub fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_PARAMETER_VALUE", message)
    }

    /// 400 `BAD_REQUEST`.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// 400 `MALFORMED_REQUEST`: the body doesn't have the call's format.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MALFORMED_REQUEST", message)
    }

    /// 400 `RESOURCE_LIMIT_EXCEEDED`.
    pub fn limit_exceeded(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "RESOURCE_LIMIT_EXCEEDED", message)
    }

    /// 500 `INTERNAL_ERROR`: the local workspace itself failed, not the request.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", message)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({"error_code": self.error_code, "message": self.message, "details": self.details});
        let mut response = (self.status, Json(body)).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A request that axum refused before it reached a handler, in the platform's format and wording.
pub(crate) fn in_our_shape(response: Response) -> Response {
    let is_text =
        response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if is_text && response.status().is_client_error() {
        return Problem::new(response.status(), "BAD_REQUEST", "Could not read the request's path or body.")
            .into_response();
    }
    response
}

/// Adds the `google.rpc.RequestInfo` for the platform's support; done by the edge, which knows the
/// request's id. An answer that is not a [`Problem`] is left unchanged.
pub(crate) fn with_request_info(mut response: Response, request_id: &str) -> Response {
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    problem.details.push(json!({
        "@type": "type.googleapis.com/google.rpc.RequestInfo",
        "request_id": request_id,
        "serving_data": "",
    }));
    let mut told = problem.into_response();
    told.extensions_mut().remove::<Problem>();
    for (name, value) in response.headers() {
        if name != CONTENT_LENGTH && name != CONTENT_TYPE {
            told.headers_mut().append(name, value.clone());
        }
    }
    told
}

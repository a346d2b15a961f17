//! What the server says when it does not pass something on.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use deployer::host::{HostError, HostErrorKind};

/// The header of an answer that is the server's own: the kind of the failure.
const HOST_ERROR: HeaderName = HeaderName::from_static("tellr-host-error");

/// Why nothing was passed on, or no answer came. Never 404: to the deployer that would mean
/// that the thing it asked for does not exist.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: HostError,
}

impl Refusal {
    /// The request is not one to pass on.
    pub(super) fn of_request(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, error: HostError { kind: HostErrorKind::Refused, message: message.into() } }
    }

    /// The caller may not.
    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::of_request(StatusCode::FORBIDDEN, message)
    }

    /// There is no credential to pass it on with.
    pub(super) fn no_credential(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            error: HostError { kind: HostErrorKind::Credential, message: message.into() },
        }
    }

    /// It took too long.
    pub(super) fn timeout() -> Self {
        let message = "The request timed out".to_owned();
        HostError { kind: HostErrorKind::Timeout, message }.into()
    }
}

impl From<HostError> for Refusal {
    fn from(error: HostError) -> Self {
        let status = match error.kind {
            // The last comes from pages alone, and none of them is asked here.
            HostErrorKind::Connection | HostErrorKind::Refused | HostErrorKind::Origin => {
                StatusCode::BAD_GATEWAY
            }
            HostErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
            HostErrorKind::Credential => StatusCode::UNAUTHORIZED,
        };
        Self { status, error }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let kind = match self.error.kind {
            HostErrorKind::Connection => "connection",
            HostErrorKind::Timeout => "timeout",
            HostErrorKind::Credential => "credential",
            HostErrorKind::Refused => "refused",
            HostErrorKind::Origin => "origin",
        };
        tracing::info!(status = self.status.as_u16(), kind, "not forwarded to the workspace: {}", self.error);
        let mut response = (self.status, Json(self.error)).into_response();
        response.headers_mut().insert(HOST_ERROR, HeaderValue::from_static(kind));
        response
    }
}

/// The answer to a method that a route does not take.
pub(super) async fn wrong_method() -> Refusal {
    Refusal::of_request(StatusCode::METHOD_NOT_ALLOWED, "This path does not support this method")
}

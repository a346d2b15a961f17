//! The server's own answers to requests that it doesn't forward.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use deployer::host::{HostError, HostErrorKind};

/// The header of the server's own answers: the kind of the failure.
const HOST_ERROR: HeaderName = HeaderName::from_static("tellr-host-error");

/// Why the request was not forwarded, or had no answer. Never 404: for the deployer that would mean that
/// the requested resource doesn't exist.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: HostError,
}

impl Refusal {
    /// The request is not allowed.
    pub(super) fn of_request(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, error: HostError { kind: HostErrorKind::Refused, message: message.into() } }
    }

    /// The caller is not allowed.
    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::of_request(StatusCode::FORBIDDEN, message)
    }

    /// There is no credential to forward it with.
    pub(super) fn no_credential(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            error: HostError { kind: HostErrorKind::Credential, message: message.into() },
        }
    }

    /// The request timed out.
    pub(super) fn timeout() -> Self {
        let message = "The request timed out".to_owned();
        HostError { kind: HostErrorKind::Timeout, message }.into()
    }
}

impl From<HostError> for Refusal {
    fn from(error: HostError) -> Self {
        let status = match error.kind {
            // The last kind only occurs in pages that reach the workspace directly, never here.
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

/// The answer to a method that a route doesn't support.
pub(super) async fn wrong_method() -> Refusal {
    Refusal::of_request(StatusCode::METHOD_NOT_ALLOWED, "This path does not support this method")
}

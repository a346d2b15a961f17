//! Answers, as they are on the wire.

use deployer::host::WorkspaceResponse;
use serde_json::{Value, json};

use super::http_date;

/// A status and a body.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    body: Value,
}

impl Answer {
    pub(super) fn ok(body: Value) -> Self {
        Self { status: 200, body }
    }

    pub(super) fn problem(status: u16, code: &str, message: impl Into<String>) -> Self {
        let message: String = message.into();
        Self { status, body: json!({"error_code": code, "message": message}) }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::problem(400, "BAD_REQUEST", message)
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::problem(400, "INVALID_PARAMETER_VALUE", message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::problem(404, "NOT_FOUND", message)
    }

    pub(super) fn already_exists(message: impl Into<String>) -> Self {
        Self::problem(409, "ALREADY_EXISTS", message)
    }

    pub(super) fn no_interface(method: &str, path: &str) -> Self {
        Self::problem(404, "ENDPOINT_NOT_FOUND", format!("No API found for '{method} {path}'"))
    }

    /// With the headers that every answer has.
    pub(super) fn into_response(self, now_ms: u64) -> WorkspaceResponse {
        WorkspaceResponse { status: self.status, headers: headers(now_ms), body: self.body.to_string() }
    }
}

/// The headers of an answer at `now_ms`.
pub(crate) fn headers(now_ms: u64) -> Vec<(String, String)> {
    vec![
        ("date".to_owned(), http_date(now_ms)),
        ("content-type".to_owned(), "application/json".to_owned()),
        ("x-databricks-org-id".to_owned(), "1444828305810485".to_owned()),
    ]
}

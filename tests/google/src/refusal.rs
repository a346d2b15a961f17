//! Refusals in the two shapes that Google has for them.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::connection::Connection;
use crate::faults::Act;

/// A refusal of Drive.
pub(crate) fn drive(status: StatusCode, reason: &str, message: &str) -> Response {
    let error = json!({
        "code": status.as_u16(),
        "message": message,
        "errors": [{ "domain": "global", "reason": reason, "message": message }],
    });
    (status, Json(json!({ "error": error }))).into_response()
}

/// A refusal of the token endpoint.
pub(crate) fn oauth(status: StatusCode, error: &str, description: &str) -> Response {
    (status, Json(json!({ "error": error, "error_description": description }))).into_response()
}

/// A fault before a request has had its effect; those that come later have none here.
pub(crate) async fn before(act: Option<&Act>, connection: &Connection) -> Option<Response> {
    match act? {
        Act::Cut => connection.cut().await,
        Act::Hold => std::future::pending().await,
        Act::LoseAnswer => None,
        Act::Refuse { status, reason, retry_after_secs } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = drive(status, reason, "Ordered by a test");
            if let Some(seconds) = retry_after_secs {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Some(response)
        }
    }
}

/// The answer, unless it is to be lost.
pub(crate) async fn after(act: Option<&Act>, connection: &Connection, answer: Response) -> Response {
    if act == Some(&Act::LoseAnswer) {
        return connection.cut().await;
    }
    answer
}

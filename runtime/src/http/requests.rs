//! Middleware for every request: an id, a log line, a time limit, an answer after a panic.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;
use uuid::Uuid;

use super::error::ApiError;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_ID: usize = 128;

/// Assigns the request an id, logs its end, and returns the id. An id sent by the platform's proxy is kept,
/// so that both logs can be correlated.
pub async fn observe(request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(&REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| is_plausible(id))
        .map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let span = tracing::info_span!("request", request_id = %id);

    let started = Instant::now();
    let mut response = async {
        let response = next.run(request).await;
        let status = response.status().as_u16();
        let duration_ms = started.elapsed().as_millis();
        // The level has to be a constant. The query is not logged: it may contain the user's data.
        macro_rules! log_at {
            ($level:ident) => {
                tracing::$level!(
                    http.status = status,
                    duration_ms,
                    "{method} {path} answered {status} in {duration_ms} ms"
                )
            };
        }
        // Probes come every few seconds; successful ones are not logged.
        let is_probe = matches!(path.as_str(), "/api/health" | "/api/ready");
        if status >= 500 {
            log_at!(warn);
        } else if path.starts_with("/api/") && !is_probe {
            log_at!(info);
        } else {
            log_at!(debug);
        }
        response
    }
    .instrument(span)
    .await;

    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Ids are written into logs, so only their usual characters are allowed.
fn is_plausible(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= LONGEST_ID
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'))
}

/// Answers if the handler does not finish within the time given as state.
pub async fn limit_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| ApiError::Timeout.into_response())
}

/// The answer after a handler panicked. The panic's message goes to the log, not to the user.
pub fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(message, "a handler panicked");
    let mut response = ApiError::Internal.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_forge_a_log_line_are_not_kept() {
        for good in ["7f9c", "01J8-abc_DEF.4:2"] {
            assert!(is_plausible(good), "{good}");
        }
        for bad in ["", "a b", "a\nb", "{\"level\":\"error\"}", &"x".repeat(LONGEST_ID + 1)] {
            assert!(!is_plausible(bad), "{bad}");
        }
    }
}

//! One request to Google: its answer, bounded, and what a refusal means.
//!
//! Asked again, with growing pauses: no answer, 5xx, 408, 429, and the refusals of Drive that mean "too fast". All that
//! is asked through [`patiently`] may be asked twice without harm: an exchange of a code, which may not, is asked
//! [`once`].

use std::time::Duration;

use axum::body::Bytes;
use reqwest::header::{HeaderMap, LOCATION, RANGE, RETRY_AFTER};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::trouble::Trouble;
use crate::workspace::{RetryPolicy, no_answer};

/// The largest answer that is read.
const LARGEST_ANSWER_BYTES: usize = 256 * 1024;
/// The longest pause that is taken from an answer.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// An answer of Google's.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// The body as JSON; `Null` if it isn't.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    fn header(&self, name: reqwest::header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(super) fn location(&self) -> Option<&str> {
        self.header(LOCATION)
    }

    pub(super) fn range(&self) -> Option<&str> {
        self.header(RANGE)
    }

    /// How long to wait, as Google says.
    pub(super) fn pause(&self) -> Option<Duration> {
        let text = self.header(RETRY_AFTER)?;
        let pause = if let Ok(seconds) = text.parse() {
            Duration::from_secs(seconds)
        } else {
            let until = OffsetDateTime::parse(&text.replace("GMT", "+0000"), &Rfc2822).ok()?;
            Duration::try_from(until - OffsetDateTime::now_utc()).unwrap_or_default()
        };
        Some(pause.min(LONGEST_PAUSE))
    }

    /// Why Drive refuses, in its words: `storageQuotaExceeded`.
    pub(super) fn reason(&self) -> String {
        let error = &self.json()["error"];
        let reason = error["errors"][0]["reason"].as_str().or(error["status"].as_str()).unwrap_or_default();
        reason.chars().filter(char::is_ascii_alphanumeric).take(60).collect()
    }

    /// Whether another attempt may succeed.
    pub(super) fn is_transient(&self) -> bool {
        const TOO_FAST: [&str; 3] =
            ["rateLimitExceeded", "userRateLimitExceeded", "sharingRateLimitExceeded"];
        let status = self.status;
        status.is_server_error()
            || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
            || (status == StatusCode::FORBIDDEN && TOO_FAST.contains(&self.reason().as_str()))
    }
}

/// Sends a request.
///
/// # Errors
/// Why there was no answer, for people.
pub(super) async fn once(request: RequestBuilder) -> Result<Answer, String> {
    let mut answer = request.send().await.map_err(|error| no_answer(&error).message)?;
    let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| no_answer(&error).message)? {
        if body.len().saturating_add(chunk.len()) > LARGEST_ANSWER_BYTES {
            return Err("Google's answer is too large".to_owned());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body: body.into() })
}

/// What to do about an answer that may be another one next time.
pub(super) fn later(answer: &Answer) -> Trouble {
    let status = answer.status.as_u16();
    let message = if answer.status == StatusCode::TOO_MANY_REQUESTS || answer.status == StatusCode::FORBIDDEN
    {
        format!("Google asks to slow down ({status}). The export is tried again later")
    } else {
        format!("Google can't answer at the moment ({status}). The export is tried again")
    };
    Trouble::Later(message, answer.pause())
}

/// Sends a request until there is an answer that isn't transient, as far as `policy` allows.
pub(super) async fn patiently(
    policy: RetryPolicy,
    request: impl Fn() -> RequestBuilder,
) -> Result<Answer, Trouble> {
    let mut pause = policy.first_pause;
    let mut number = 1;
    loop {
        let (trouble, asked) = match once(request().timeout(policy.timeout)).await {
            Ok(answer) if !answer.is_transient() => return Ok(answer),
            Ok(answer) => (later(&answer), answer.pause()),
            Err(message) => (Trouble::Later(message, None), None),
        };
        // A longer pause isn't for a job that is held meanwhile.
        if number >= policy.attempts || asked.is_some_and(|asked| asked > policy.longest_pause) {
            return Err(trouble);
        }
        tokio::time::sleep(asked.unwrap_or(pause).min(policy.longest_pause)).await;
        pause = (pause * 2).min(policy.longest_pause);
        number += 1;
    }
}

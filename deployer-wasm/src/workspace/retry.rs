//! When a request is sent again, and after how long.
//!
//! What is tried again: no answer (the connection broke or nothing came in time), 429, 503, 502,
//! 504, 408, and 500 to a read. That includes writes whose effect may already be there. It is
//! safe because no step trusts the answer to a write: each looks first, and takes "it exists
//! already" after a write of its own as a reason to look again, not as a failure.
//!
//! How long: what `Retry-After` says, in seconds or as a date, else exponential from 0.5 s to
//! 10 s with jitter, until [`RetryPolicy::budget`] is used up or the run is asked to stop.

use std::time::Duration;

use super::api_error::{ApiError, ErrorKind};
use crate::host::{Method, Timestamp, WorkspaceResponse};

/// Phrases in 400s that mean "try again" though the status does not say so.
const PASSING: [&str; 3] =
    ["please try again later", "rpc token bucket limit has been exceeded", "unexpected error"];

/// How patient a call is.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// The longest one call may take, all its attempts and waits together.
    pub budget: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { budget: Duration::from_mins(5) }
    }
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Wait this long and send it again.
    Again(Duration),
    /// Give up.
    Stop,
}

impl RetryPolicy {
    /// Judges attempt number `attempt` (from 0), `waited` after the first was sent.
    /// `jitter` is uniform in 0..1.
    pub fn judge(
        self,
        method: Method,
        error: &ApiError,
        response: Option<&WorkspaceResponse>,
        attempt: u32,
        waited: Duration,
        jitter: f64,
    ) -> Verdict {
        if !worth_trying_again(method, error) {
            return Verdict::Stop;
        }
        let pause = response.and_then(retry_after).map_or_else(
            || {
                let base = Duration::from_millis(500) * 2u32.saturating_pow(attempt.min(5));
                base.min(Duration::from_secs(10)).mul_f64(0.75 + jitter / 2.0)
            },
            |asked| asked + Duration::from_millis(500).mul_f64(jitter),
        );
        if waited + pause > self.budget { Verdict::Stop } else { Verdict::Again(pause) }
    }
}

fn worth_trying_again(method: Method, error: &ApiError) -> bool {
    match error.kind {
        ErrorKind::NoAnswer | ErrorKind::RateLimited => true,
        ErrorKind::Unavailable => {
            matches!(error.status, 408 | 502..=504) || (error.status == 500 && method == Method::Get)
        }
        ErrorKind::Unreadable => method == Method::Get,
        ErrorKind::Invalid | ErrorKind::Other => PASSING.iter().any(|phrase| error.says(phrase)),
        _ => false,
    }
}

/// `Retry-After`, in seconds or as a date compared with the answer's own `Date`.
fn retry_after(response: &WorkspaceResponse) -> Option<Duration> {
    let value = response.header("retry-after")?.trim();
    if let Ok(secs) = value.parse::<u64>() {
        return Some(Duration::from_secs(secs));
    }
    let until = Timestamp::parse_http(value)?;
    let sent = Timestamp::parse_http(response.header("date")?)?;
    Some(until.since(sent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, headers: &[(&str, &str)]) -> (ApiError, WorkspaceResponse) {
        let headers = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let response = WorkspaceResponse { status, headers, body: String::new() };
        (ApiError::from_response(&response), response)
    }

    fn judge(method: Method, status: u16, headers: &[(&str, &str)]) -> Verdict {
        let (error, response) = refusal(status, headers);
        RetryPolicy::default().judge(method, &error, Some(&response), 0, Duration::ZERO, 0.5)
    }

    #[test]
    fn retry_after_is_honoured_in_seconds_and_as_a_date() {
        let at_least = |verdict, secs| match verdict {
            Verdict::Again(pause) => {
                pause >= Duration::from_secs(secs) && pause < Duration::from_secs(secs + 1)
            }
            Verdict::Stop => false,
        };
        assert!(at_least(judge(Method::Post, 429, &[("retry-after", "7")]), 7));
        let dates =
            [("date", "Mon, 23 Nov 2026 15:00:00 GMT"), ("retry-after", "Mon, 23 Nov 2026 15:00:09 GMT")];
        assert!(at_least(judge(Method::Post, 429, &dates), 9));
    }

    #[test]
    fn refusals_are_not_repeated() {
        for status in [400, 401, 403, 404, 409] {
            assert_eq!(judge(Method::Get, status, &[]), Verdict::Stop, "{status}");
        }
        assert_eq!(judge(Method::Post, 500, &[]), Verdict::Stop);
        assert!(matches!(judge(Method::Get, 500, &[]), Verdict::Again(_)));
    }

    #[test]
    fn patience_ends_with_the_budget() {
        let (error, response) = refusal(503, &[]);
        let late = Duration::from_secs(299);
        let verdict = RetryPolicy::default().judge(Method::Get, &error, Some(&response), 9, late, 0.5);
        assert_eq!(verdict, Verdict::Stop);
    }
}

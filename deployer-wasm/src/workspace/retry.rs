//! When a request is retried, and after how long.
//!
//! Retried are: no answer (the connection broke or timed out), 429, 503, 502, 504, 408, 500 to a read, and an
//! answer to a read that isn't JSON. That includes writes which may already have had their effect. It is safe
//! because no step relies on the answer to a write: each reads the state first, and treats "it already
//! exists" after its own write as a reason to read again, not as a failure. JSON of another shape is not
//! retried: the workspace would answer the same.
//!
//! Delays:
//! * An answer that asks for a retry: the value of `Retry-After`, in seconds or as a date, else exponential
//!   from 0.5 s to 10 s with jitter, until [`RetryPolicy::budget`] is used up.
//! * No answer, after earlier ones: [`RETRIES`] times within about a minute. That is enough for a laptop that
//!   changes its network, and a run can be resumed.
//! * No answer, and none before: [`FIRST_ANSWER`]. The address or the network is probably wrong.
//! * A complete answer that isn't JSON, such as another server's page: the same. One whose end is missing is
//!   retried like an answer that asks for it.
//!
//! Numbers in an answer are untrusted: none of them is used in arithmetic that can overflow.

use std::time::Duration;

use super::api_error::{ApiError, ErrorKind};
use crate::host::{Method, Timestamp, WorkspaceResponse};

/// Phrases in 400s that mean "try again" though the status does not say so.
const PASSING: [&str; 3] =
    ["please try again later", "rpc token bucket limit has been exceeded", "unexpected error"];

/// How long requests are retried if what answers, or doesn't, is probably no workspace.
pub(super) const FIRST_ANSWER: Duration = Duration::from_secs(5);
/// How often a request is retried after a lost connection.
pub(super) const RETRIES: u32 = 5;
/// The pauses before these retries.
const RECONNECT_SECS: [f64; RETRIES as usize] = [0.5, 2.0, 8.0, 20.0, 30.0];
/// A longer `Retry-After` is ignored as a faulty header.
const LONGEST_WISH: Duration = Duration::from_hours(24);

/// How long a call is retried.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// The time limit of one call, including all attempts and waits.
    pub budget: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { budget: Duration::from_mins(5) }
    }
}

/// A failed attempt of a call.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'e> {
    /// The call's method.
    pub method: Method,
    /// The failure.
    pub error: &'e ApiError,
    /// The answer, if there was one.
    pub response: Option<&'e WorkspaceResponse>,
    /// The number of failed attempts before this one.
    pub earlier: u32,
    /// The number of consecutive attempts without an answer, including this one.
    pub unanswered: u32,
    /// The time since the first attempt was sent.
    pub waited: Duration,
    /// Whether the workspace has answered anything yet.
    pub answered_before: bool,
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryDecision {
    /// Wait this long and retry.
    Again(Duration),
    /// Give up.
    Stop,
}

impl RetryPolicy {
    /// Decides about a failed attempt. `jitter` is uniform in 0..1.
    pub fn judge(self, attempt: Attempt<'_>, jitter: f64) -> RetryDecision {
        if !worth_trying_again(attempt.method, attempt.error) {
            return RetryDecision::Stop;
        }
        let unanswered = attempt.error.kind == ErrorKind::NoAnswer;
        let pause = match attempt.response.and_then(retry_after) {
            Some(asked) => asked.saturating_add(Duration::from_millis(500).mul_f64(jitter)),
            None if unanswered && attempt.answered_before => {
                let nth = usize::try_from(attempt.unanswered.saturating_sub(1)).unwrap_or(usize::MAX);
                let Some(secs) = RECONNECT_SECS.get(nth) else { return RetryDecision::Stop };
                Duration::from_secs_f64(secs * (0.75 + jitter / 2.0))
            }
            None => {
                let base = Duration::from_millis(500).saturating_mul(2u32.saturating_pow(attempt.earlier));
                base.min(Duration::from_secs(10)).mul_f64(0.75 + jitter / 2.0)
            }
        };
        let is_elsewhere =
            (unanswered && !attempt.answered_before) || attempt.error.kind == ErrorKind::NotJson;
        let limit = if is_elsewhere { FIRST_ANSWER } else { self.budget };
        if attempt.waited.saturating_add(pause) > limit {
            RetryDecision::Stop
        } else {
            RetryDecision::Again(pause)
        }
    }
}

fn worth_trying_again(method: Method, error: &ApiError) -> bool {
    match error.kind {
        // A certificate error or a proxy's authentication requirement doesn't change on retry.
        ErrorKind::NoAnswer => !error.is_kept_away(),
        ErrorKind::RateLimited => true,
        ErrorKind::Unavailable => match error.status {
            500 => method == Method::Get,
            501 | 505.. => false,
            _ => true,
        },
        ErrorKind::NotJson | ErrorKind::CutOff => method == Method::Get,
        ErrorKind::Invalid | ErrorKind::Other => PASSING.iter().any(|phrase| error.says(phrase)),
        _ => false,
    }
}

/// `Retry-After`, in seconds or as a date compared with the answer's own `Date`.
fn retry_after(response: &WorkspaceResponse) -> Option<Duration> {
    let value = response.header("retry-after")?.trim();
    let asked = if let Ok(secs) = value.parse::<u64>() {
        Duration::from_secs(secs)
    } else {
        let until = Timestamp::parse_http(value)?;
        until.since(Timestamp::parse_http(response.header("date")?)?)
    };
    Some(asked).filter(|asked| *asked <= LONGEST_WISH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Mismatch;
    use crate::host::{HostError, HostErrorKind};

    fn refusal(status: u16, headers: &[(&str, &str)]) -> (ApiError, WorkspaceResponse) {
        let headers = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let response = WorkspaceResponse { status, headers, body: String::new() };
        (ApiError::from_response(&response), response)
    }

    fn first<'e>(
        method: Method,
        error: &'e ApiError,
        response: Option<&'e WorkspaceResponse>,
    ) -> Attempt<'e> {
        let (earlier, unanswered, waited) = (0, 0, Duration::ZERO);
        Attempt { method, error, response, earlier, unanswered, waited, answered_before: true }
    }

    fn judge(method: Method, status: u16, headers: &[(&str, &str)]) -> RetryDecision {
        let (error, response) = refusal(status, headers);
        RetryPolicy::default().judge(first(method, &error, Some(&response)), 0.5)
    }

    fn no_answer() -> ApiError {
        ApiError::from_host(HostError { kind: HostErrorKind::Connection, message: "refused".into() })
    }

    #[test]
    fn retry_after_is_honoured_in_seconds_and_as_a_date() {
        let at_least = |verdict, secs| match verdict {
            RetryDecision::Again(pause) => {
                pause >= Duration::from_secs(secs) && pause < Duration::from_secs(secs + 1)
            }
            RetryDecision::Stop => false,
        };
        assert!(at_least(judge(Method::Post, 429, &[("retry-after", "7")]), 7));
        let dates =
            [("date", "Mon, 23 Nov 2026 15:00:00 GMT"), ("retry-after", "Mon, 23 Nov 2026 15:00:09 GMT")];
        assert!(at_least(judge(Method::Post, 429, &dates), 9));
    }

    #[test]
    fn a_retry_after_that_no_clock_can_hold_is_not_believed() {
        for value in
            ["18446744073709551615", "9223372036854775807", "18446744073709551616", "-1", "1e9", "90000"]
        {
            let verdict = judge(Method::Post, 429, &[("retry-after", value)]);
            assert!(
                matches!(verdict, RetryDecision::Again(pause) if pause < Duration::from_secs(1)),
                "{value}"
            );
        }
        let dates =
            [("date", "Mon, 01 Jan 0001 00:00:00 GMT"), ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")];
        assert!(matches!(judge(Method::Get, 503, &dates), RetryDecision::Again(_)));
    }

    #[test]
    fn a_wish_longer_than_the_budget_ends_the_call() {
        assert_eq!(judge(Method::Post, 429, &[("retry-after", "3600")]), RetryDecision::Stop);
    }

    #[test]
    fn refusals_are_not_repeated() {
        for status in [301, 302, 400, 401, 403, 404, 407, 409, 501] {
            assert_eq!(judge(Method::Get, status, &[]), RetryDecision::Stop, "{status}");
        }
        assert_eq!(judge(Method::Post, 500, &[]), RetryDecision::Stop);
        assert!(matches!(judge(Method::Get, 500, &[]), RetryDecision::Again(_)));
    }

    #[test]
    fn json_of_another_shape_is_not_read_again() {
        let error =
            ApiError::unexpected_shape(200, &Mismatch::of_kind(&serde_json::Value::Null, "an object"));
        assert_eq!(RetryPolicy::default().judge(first(Method::Get, &error, None), 0.5), RetryDecision::Stop);
    }

    #[test]
    fn retrying_ends_with_the_budget() {
        let (error, response) = refusal(503, &[]);
        let late = Attempt {
            earlier: 9,
            waited: Duration::from_secs(299),
            ..first(Method::Get, &error, Some(&response))
        };
        assert_eq!(RetryPolicy::default().judge(late, 0.5), RetryDecision::Stop);
    }

    #[test]
    fn a_lost_connection_is_tried_again_five_times_within_two_minutes() {
        let error = no_answer();
        let mut total = Duration::ZERO;
        for unanswered in 1..=RETRIES {
            let attempt =
                Attempt { earlier: unanswered - 1, unanswered, ..first(Method::Post, &error, None) };
            let RetryDecision::Again(pause) = RetryPolicy::default().judge(attempt, 0.99) else {
                panic!("gave up after {unanswered}")
            };
            total += pause;
        }
        assert!(total < Duration::from_mins(2), "{total:?}");
        let last = Attempt { unanswered: RETRIES + 1, ..first(Method::Post, &error, None) };
        assert_eq!(RetryPolicy::default().judge(last, 0.5), RetryDecision::Stop);
    }

    #[test]
    fn a_workspace_that_never_answered_is_given_up_within_five_seconds() {
        let error = no_answer();
        let mut waited = Duration::ZERO;
        for earlier in 0..100 {
            let attempt = Attempt {
                earlier,
                unanswered: earlier + 1,
                waited,
                answered_before: false,
                ..first(Method::Get, &error, None)
            };
            match RetryPolicy::default().judge(attempt, 0.5) {
                RetryDecision::Again(pause) => waited += pause,
                RetryDecision::Stop => break,
            }
        }
        assert!(waited > Duration::from_secs(1) && waited <= FIRST_ANSWER, "{waited:?}");
    }
}

//! When a request for a credential is sent again.
//!
//! Minting twice does no harm, so every transient failure is retried: no answer, 429, any 5xx. The pause is
//! the server's, if it gives one.

use std::fmt::Display;
use std::time::Duration;

/// When a request is sent again.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// The maximum number of requests.
    pub attempts: u32,
    /// The pause after the first failure; it doubles from there.
    pub first_pause: Duration,
    /// The longest pause, even if the server asks for a longer one.
    pub longest_pause: Duration,
    /// How long to wait for one answer.
    pub timeout: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 6,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(10),
            timeout: Duration::from_secs(15),
        }
    }
}

impl RetryPolicy {
    /// One request: for the deploy logic, which decides itself what to send again.
    #[must_use]
    pub fn once() -> Self {
        Self { attempts: 1, timeout: Duration::from_mins(1), ..Self::default() }
    }

    /// For a credential that is requested for this reason.
    pub(super) fn at(self, urgency: Urgency) -> Self {
        match urgency {
            Urgency::Early => Self { attempts: 1, ..self },
            Urgency::Needed => self,
        }
    }
}

/// Why a secret is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// The present one will expire later: one attempt is enough.
    Early,
    /// Callers wait.
    Needed,
}

/// Whether a failure may be over at the next attempt.
pub(super) trait Transient: Display {
    /// Whether another attempt may succeed.
    fn is_transient(&self) -> bool;
    /// The pause that the server asked for.
    fn asked_pause(&self) -> Option<Duration>;
}

/// The outcome of `attempt`, repeated on transient failures as far as `policy` allows.
pub(super) async fn retry<T, E: Transient, F: Future<Output = Result<T, E>>>(
    policy: RetryPolicy,
    attempt: impl Fn() -> F,
) -> Result<T, E> {
    let mut pause = policy.first_pause;
    let mut number = 1;
    loop {
        let error = match attempt().await {
            Ok(outcome) => return Ok(outcome),
            Err(error) if number >= policy.attempts || !error.is_transient() => return Err(error),
            Err(error) => error,
        };
        let wait = error.asked_pause().unwrap_or(pause).min(policy.longest_pause);
        tracing::warn!(%error, attempt = number, wait_ms = wait.as_millis(), "asking the workspace again");
        tokio::time::sleep(wait).await;
        pause = (pause * 2).min(policy.longest_pause);
        number += 1;
    }
}

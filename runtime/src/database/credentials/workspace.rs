//! Sends one request to the workspace, and retries it on transient failures.
//!
//! Minting twice does no harm, so every transient failure is retried: no answer, 429, any 5xx. The pause is
//! the server's, if it gives one. The workspace's message about a refusal is passed on, shortened; a
//! successful answer is a secret and is never part of a message.

use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// When a request is retried. Minting twice does no harm, so every transient failure is retried.
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

/// Why no password is available.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CredentialError {
    /// The workspace refused the request.
    #[error("the workspace refused {what}: {status}{}", detail(.code.as_deref(), .message.as_deref()))]
    Refused {
        /// The purpose of the request.
        what: &'static str,
        /// The status of the answer.
        status: StatusCode,
        /// The platform's error code.
        code: Option<String>,
        /// The platform's message.
        message: Option<String>,
    },
    /// There was no answer, or it can't be parsed.
    #[error("the workspace at {host} gave no usable answer when asked for {what}: {reason}")]
    Unreachable {
        /// The purpose of the request.
        what: &'static str,
        /// The workspace.
        host: String,
        /// What went wrong, without secrets.
        reason: String,
    },
}

fn detail(code: Option<&str>, message: Option<&str>) -> String {
    [code, message].into_iter().flatten().fold(String::new(), |text, part| format!("{text}: {part}"))
}

/// The workspace that is called.
#[derive(Debug)]
pub(super) struct Workspace {
    pub(super) http: reqwest::Client,
    /// `https://host`, without a trailing slash.
    pub(super) host: String,
    pub(super) retry: RetryPolicy,
}

impl Workspace {
    /// The answer to `request`, with at most `attempts` attempts.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        what: &'static str,
        attempts: u32,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, CredentialError> {
        let mut pause = self.retry.first_pause;
        let mut attempt = 1;
        loop {
            let (error, asked_pause) = match self.ask_once(what, request()).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing { error, retry_after }) => (error, retry_after),
            };
            if attempt >= attempts {
                return Err(error);
            }
            let wait = asked_pause.unwrap_or(pause).min(self.retry.longest_pause);
            tracing::warn!(%error, attempt, wait_ms = wait.as_millis(), "asking the workspace again");
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(self.retry.longest_pause);
            attempt += 1;
        }
    }

    async fn ask_once<T: DeserializeOwned>(
        &self,
        what: &'static str,
        request: RequestBuilder,
    ) -> Result<T, Failure> {
        let unreachable =
            |reason: String| CredentialError::Unreachable { what, host: self.host.clone(), reason };
        let passing = |error| Failure::Passing { error, retry_after: None };
        let answer = request
            .timeout(self.retry.timeout)
            .send()
            .await
            .map_err(|error| passing(unreachable(reason_of(error))))?;
        let status = answer.status();
        if status.is_success() {
            // Without the parser's message: it may quote the answer, which is a secret.
            return answer.json().await.map_err(|error| {
                let reason = if error.is_decode() {
                    "the answer is not what the API documents".to_owned()
                } else {
                    reason_of(error)
                };
                passing(unreachable(reason))
            });
        }
        let retry_after = answer
            .headers()
            .get(reqwest::header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let body: ErrorAnswer = answer.json().await.unwrap_or_default();
        let error = CredentialError::Refused {
            what,
            status,
            code: body.code.map(shortened),
            message: body.message.map(shortened),
        };
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            Err(Failure::Passing { error, retry_after })
        } else {
            Err(Failure::Final(error))
        }
    }
}

enum Failure {
    Passing { error: CredentialError, retry_after: Option<Duration> },
    Final(CredentialError),
}

#[derive(Default, Deserialize)]
struct ErrorAnswer {
    #[serde(alias = "error_code", alias = "error")]
    code: Option<String>,
    #[serde(alias = "error_description")]
    message: Option<String>,
}

/// The innermost cause, which is the most useful to a user ("connection refused").
fn reason_of(error: reqwest::Error) -> String {
    let error = error.without_url();
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn shortened(text: String) -> String {
    const LONGEST: usize = 300;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

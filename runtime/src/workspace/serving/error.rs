//! Why there is no answer of a model.

use std::fmt;
use std::time::Duration;

use deployer::host::{HostError, HostErrorKind};

use super::completion::{BrokenAnswer, Usage};

/// What answers cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Tokens of all answers together.
    pub usage: Usage,
    /// How many answers there were. Requests that were refused are not counted: they cost no tokens.
    pub calls: u32,
}

impl Spent {
    /// Of one answer.
    pub(super) fn of(usage: Usage) -> Self {
        Self { usage, calls: 1 }
    }

    pub(super) fn add(&mut self, usage: Usage) {
        let Usage { prompt_tokens, completion_tokens } = &mut self.usage;
        *prompt_tokens = prompt_tokens.saturating_add(usage.prompt_tokens);
        *completion_tokens = completion_tokens.saturating_add(usage.completion_tokens);
        self.calls = self.calls.saturating_add(1);
    }
}

/// Why there is no answer of a model.
///
/// Neither `Display` nor `Debug` repeats the request or the model's text, so an error can be logged.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The workspace doesn't accept the token: the person has to sign in again.
    #[error("The workspace doesn't accept the sign-in any more. Sign in again")]
    SignIn,
    /// The caller may not query the endpoint.
    #[error("Permission denied: query the endpoint. Ask for CAN_QUERY on it, or choose another endpoint")]
    NoRight,
    /// There is no such endpoint.
    #[error("There is no such endpoint in the workspace. Choose another one")]
    NoEndpoint,
    /// The endpoint or its model is down or starting. Asking again later may help.
    #[error("The endpoint doesn't answer: it is down or starting. Try again in a few minutes")]
    Down,
    /// Too many requests; the wait is the endpoint's, if it says how long. Asking again later helps.
    #[error("The endpoint has too many requests at the moment. Try again in a minute")]
    Busy(Option<Duration>),
    /// The request has more text than the model reads: shorten it.
    #[error("The request is longer than the model reads. Shorten it, or choose another endpoint")]
    TooLong,
    /// The answer reached the limit on tokens, also when it was asked again with a higher one; what the answers cost.
    #[error("The model's answer is longer than allowed. Ask for less at once")]
    Cut(Spent),
    /// A filter of the endpoint ended the answer; what the answers cost.
    #[error("A content filter of the endpoint ended the answer. Change the request")]
    Filtered(Spent),
    /// The answers hold no JSON document that is accepted.
    #[error("The model's answer can't be used: {why}")]
    NotUsable {
        /// What was wrong with the last answer.
        why: String,
        /// The text of the last answer.
        text: String,
        /// What the answers cost.
        spent: Spent,
    },
    /// The endpoint doesn't take the request. Asking again doesn't help.
    #[error("The endpoint refused the request: {0}")]
    Refused(String),
    /// No connection, or no complete answer. Asking again may help.
    #[error("No answer from the endpoint: {0}")]
    NoAnswer(String),
}

impl ModelError {
    /// Its kind, for figures and traces.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::NoRight => "no_right",
            Self::NoEndpoint => "no_endpoint",
            Self::Down => "down",
            Self::Busy(_) => "busy",
            Self::TooLong => "too_long",
            Self::Cut(_) => "cut",
            Self::Filtered(_) => "filtered",
            Self::NotUsable { .. } => "not_usable",
            Self::Refused(_) => "refused",
            Self::NoAnswer(_) => "no_answer",
        }
    }
}

impl fmt::Debug for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ModelError({self})")
    }
}

impl From<HostError> for ModelError {
    fn from(error: HostError) -> Self {
        match error.kind {
            HostErrorKind::Connection | HostErrorKind::Timeout => Self::NoAnswer(error.message),
            HostErrorKind::Credential | HostErrorKind::Refused | HostErrorKind::Origin => {
                Self::Refused(error.message)
            }
        }
    }
}

impl From<BrokenAnswer> for ModelError {
    fn from(broken: BrokenAnswer) -> Self {
        match broken {
            BrokenAnswer::Cut | BrokenAnswer::Reported(_) => Self::NoAnswer(broken.to_string()),
            BrokenAnswer::Unreadable(_) | BrokenAnswer::TooLarge => Self::Refused(broken.to_string()),
        }
    }
}

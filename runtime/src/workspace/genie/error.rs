//! Why Genie gave no answer.

use std::time::Duration;

use deployer::host::{HostError, HostErrorKind, WorkspaceResponse};

use crate::workspace::serving::Refusal;

/// Why Genie gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenieError {
    /// The workspace doesn't accept the token: the person has to sign in again.
    #[error("The workspace doesn't accept the sign-in any more. Sign in again")]
    SignIn,
    /// The person may not use the space, or not what it reads.
    #[error("Permission denied: ask the Genie space. Ask for CAN_RUN on it, or choose another space")]
    NoRight,
    /// There is no such space, conversation or result.
    #[error("There is no such Genie space or conversation. Choose another space")]
    NoSpace,
    /// Genie is down. Asking again later may help.
    #[error("Genie doesn't answer at the moment. Try again in a few minutes")]
    Down,
    /// Too many questions; the wait is the workspace's, if it says how long. Asking again later helps.
    #[error("Genie has too many questions at the moment. Try again in a minute")]
    Busy(Option<Duration>),
    /// The workspace doesn't take the request, or its answer can't be used. Asking again doesn't help.
    #[error("Genie refused the request: {0}")]
    Refused(String),
    /// No connection, or no complete answer. Asking again may help.
    #[error("No answer from Genie: {0}")]
    NoAnswer(String),
}

impl From<HostError> for GenieError {
    fn from(error: HostError) -> Self {
        match error.kind {
            HostErrorKind::Connection | HostErrorKind::Timeout => Self::NoAnswer(error.message),
            HostErrorKind::Credential | HostErrorKind::Refused | HostErrorKind::Origin => {
                Self::Refused(error.message)
            }
        }
    }
}

impl GenieError {
    /// The error for an answer whose status is no success.
    pub(super) fn of(answer: &WorkspaceResponse) -> Self {
        let retry_after = answer.headers.iter().find(|(name, _)| name == "retry-after");
        let retry_after = retry_after.map(|(_, value)| value.as_str());
        match Refusal::read(answer.status, retry_after, answer.body.as_bytes()) {
            Refusal::SignIn => Self::SignIn,
            Refusal::NoRight => Self::NoRight,
            Refusal::NoEndpoint => Self::NoSpace,
            Refusal::Busy(wait) => Self::Busy(wait),
            Refusal::Down => Self::Down,
            Refusal::Other(words) if !words.is_empty() => Self::Refused(words),
            _ => Self::Refused(format!("the workspace answered {}", answer.status)),
        }
    }

    pub(super) fn unreadable() -> Self {
        Self::Refused("its answer can't be read".to_owned())
    }
}

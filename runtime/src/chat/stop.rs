//! Why a stage ends early.

use std::time::Duration;

use axum::http::StatusCode;

use crate::database::DatabaseError;
use crate::http::{ApiError, Rejection};
use crate::jobs::Failure;
use crate::workspace::genie::GenieError;
use crate::workspace::serving::{ModelError, Spent};

/// What a person without a usable token is told.
pub(super) const SIGN_IN: &str = "Your sign-in has expired, or this app may not act on your behalf. Reload the page to sign in again, \
     then retry. If that doesn't help, ask the app's administrator to turn on user authorization";

/// Why a stage ends early.
#[derive(Debug)]
pub(super) enum Stop {
    /// It would fail again until something is changed. A code for programs, what to tell the person, and what the
    /// attempt cost.
    Failed { code: &'static str, message: String, spent: Spent },
    /// It may succeed later: after how long, and what is waited for.
    Wait(Option<Duration>, String),
    /// The person's sign-in is missing or has expired.
    SignIn,
    /// The job itself failed.
    Job(Failure),
}

impl Stop {
    /// The person has to change something.
    pub(super) fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self::Failed { code, message: message.into(), spent: Spent::default() }
    }

    /// Why the model of `endpoint` gave no answer.
    pub(super) fn of_model(error: ModelError, endpoint: &str) -> Self {
        let failed = |code, message: String| Self::failed(code, message);
        let costly = |spent, code, message| Self::Failed { code, message, spent };
        match error {
            ModelError::SignIn => Self::SignIn,
            ModelError::Busy(pause) => {
                Self::Wait(pause, format!("The model endpoint `{endpoint}` is busy"))
            }
            ModelError::Down => Self::Wait(None, format!("The model endpoint `{endpoint}` is not ready")),
            ModelError::NoAnswer(why) => {
                Self::Wait(None, format!("The model endpoint `{endpoint}` gave no answer: {why}"))
            }
            ModelError::NoRight => failed(
                "no_right",
                format!(
                    "You may not query the model endpoint `{endpoint}`. Ask the endpoint's owner for `CAN_QUERY`, or choose \
                     another endpoint under Options, then retry"
                ),
            ),
            ModelError::NoEndpoint => failed(
                "no_endpoint",
                format!(
                    "The workspace has no model endpoint `{endpoint}`. Choose another one under Options, then retry"
                ),
            ),
            ModelError::TooLong => failed(
                "too_long",
                "The request and its data are longer than the model can read. Ask about fewer slides or less data, or choose \
                 a model with a larger context".to_owned(),
            ),
            ModelError::Cut(spent) => costly(
                spent,
                "cut",
                "The model's answer was longer than allowed and ended early. Ask for less at once, then retry".to_owned(),
            ),
            ModelError::Filtered(spent) => costly(
                spent,
                "filtered",
                "The endpoint's content filter stopped the answer. Word the request differently, then retry".to_owned(),
            ),
            ModelError::NotUsable { why, spent, .. } => Self::Failed {
                code: "not_usable",
                message: format!(
                    "The model's answer could not be used, also when asked again: {why}. What was done before is kept. Retry, or \
                     choose another model under Options"
                ),
                spent,
            },
            ModelError::Refused(why) => failed(
                "refused",
                format!("The model endpoint `{endpoint}` refused the request: {why}"),
            ),
        }
    }

    /// Why Genie can't be asked at all. An error of one question is told to the model instead.
    pub(super) fn of_genie(error: &GenieError) -> Option<Self> {
        match error {
            GenieError::SignIn => Some(Self::SignIn),
            _ => None,
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Job(failure)
    }
}

impl From<DatabaseError> for Stop {
    fn from(error: DatabaseError) -> Self {
        Self::Job(error.into())
    }
}

/// What a request is answered when the assistant can't do it.
pub(super) fn refused(stop: &Stop) -> ApiError {
    match stop {
        Stop::Failed { code, message, .. } => Rejection::conflict(code, message.clone()).into(),
        Stop::Wait(_, reason) => {
            Rejection::new(StatusCode::SERVICE_UNAVAILABLE, "busy", format!("{reason}. Try again shortly"))
                .into()
        }
        Stop::SignIn => Rejection::new(StatusCode::FORBIDDEN, "sign_in", SIGN_IN).into(),
        Stop::Job(failure) => {
            tracing::error!(%failure, "a request of the assistant failed");
            ApiError::Internal
        }
    }
}

/// What is said when no endpoint is chosen.
pub(super) fn no_endpoint() -> Stop {
    Stop::failed(
        "no_endpoint",
        "No model endpoint is chosen. Choose one under Options; the app's administrator can set one for everyone with \
         `serving_endpoint` at deployment",
    )
}

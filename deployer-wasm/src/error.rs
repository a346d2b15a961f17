//! The catalogue of failures.
//!
//! A user who reads an error wants to know what happened, to what, why, and what to do next. Those sentences
//! are written here and nowhere else: code raises a [`Failure`] with the facts, and the catalogue turns it
//! into a [`DeployError`], which every interface shows unchanged. So a wording is changed in one place, no
//! raw JSON reaches a user, and a test can check the whole catalogue.
//!
//! Style: no full stop at the end of `message`, names in backticks.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

mod catalogue;
mod entries;
mod entry;
mod explained;
mod outside;
mod rules;
#[cfg(test)]
mod texts;
mod wording;

pub use catalogue::{Failure, SchemaOwner};
pub use outside::{HIDDEN, MAX_LOG_LINES, blank_secrets, holds_credential, plain_line};
#[cfg(test)]
pub(crate) use rules::body_reasons;
pub use wording::{shortened, spell};

/// A failure in the catalogue's words. Boxed, as nearly every function can return one, and it is large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", .0.message)]
#[serde(transparent)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DeployError(Box<ErrorDetails>);

impl Deref for DeployError {
    type Target = ErrorDetails;

    fn deref(&self) -> &ErrorDetails {
        &self.0
    }
}

impl DerefMut for DeployError {
    fn deref_mut(&mut self) -> &mut ErrorDetails {
        &mut self.0
    }
}

impl From<ErrorDetails> for DeployError {
    fn from(told: ErrorDetails) -> Self {
        Self(Box::new(told))
    }
}

/// The error that every interface shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DeployError", optional_fields))]
pub struct ErrorDetails {
    /// A stable name to match on, such as `APP_ALREADY_EXISTS`.
    pub code: String,
    /// Whether the input was refused before anything happened, or something failed later.
    pub class: ErrorClass,
    /// What happened, to what.
    pub message: String,
    /// Why.
    pub cause: String,
    /// The rule that found the cause in what the platform, the database or the app wrote, such as
    /// `PIP_NO_VERSION`; a stable name to match on. Absent if none fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What to do next.
    pub remedy: String,
    /// Where to read more.
    pub docs: String,
    /// The step that failed, if the error belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The platform's own output: the tail of a build or of the app's log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
    pub log: Vec<String>,
    /// With the class `input`: which input was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedInput>,
}

/// Which input was refused, so that a form shows an error at the right field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct RefusedInput {
    /// The argument; or the key in a file, with those above it, such as
    /// `environments.production.app_name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The line of the file, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column in that line, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

/// The two classes of failure, which Python shows as `ValueError` and `DeploymentError`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ErrorClass {
    /// The arguments or the configuration are wrong; nothing was changed.
    Input,
    /// Something failed while deploying.
    Deployment,
}

impl DeployError {
    /// The same error with `step` as its step, unless it already has one.
    #[must_use]
    pub fn in_step(mut self, step: &str) -> Self {
        self.step.get_or_insert_with(|| step.to_owned());
        self
    }

    /// Whether this is the entry `code`.
    pub fn is(&self, code: &str) -> bool {
        self.code == code
    }
}

/// What the deployer's functions return.
pub type Result<T, E = DeployError> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::timestamp::Timestamp;

    #[test]
    fn every_text_is_written_for_people() {
        let samples: Vec<DeployError> = vec![
            Failure::AppAlreadyExists { app: "tellr".into(), creator: None, ours: false }.into(),
            Failure::Locked {
                app: "tellr".into(),
                holder: "ada@example.com".into(),
                operation: "create".into(),
                since: Timestamp::from_millis(0),
                path: "/p".into(),
            }
            .into(),
            Failure::ComputeTimeout {
                app: "tellr".into(),
                state: "STARTING".into(),
                waited: Duration::from_secs(320),
            }
            .into(),
        ];
        for error in samples {
            for text in [&error.message, &error.cause, &error.remedy] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
            }
            assert!(!error.docs.is_empty());
        }
    }

    #[test]
    fn refused_input_says_which_key_or_line() {
        let at = |failure: Failure| DeployError::from(failure).refused.clone().unwrap_or_default();
        let key = |key: &str| RefusedInput { key: Some(key.to_owned()), ..RefusedInput::default() };
        let (given, expected) = ("X".into(), "x".into());
        assert_eq!(at(Failure::InvalidValue { key: "app_name".into(), given, expected }), key("app_name"));
        assert_eq!(
            at(Failure::UnknownKey { key: "environments.production.x".into(), known: vec![], nearest: None }),
            key("environments.production.x")
        );
        let place = RefusedInput { key: None, line: Some(3), column: Some(7) };
        assert_eq!(at(Failure::YamlSyntax { place: Some((3, 7)), problem: String::new() }), place);
        let nowhere = RefusedInput { line: None, column: None, ..place };
        assert_eq!(at(Failure::YamlSyntax { place: None, problem: String::new() }), nowhere);
        assert!(DeployError::from(Failure::AppNotFound { app: "tellr".into() }).refused.is_none());
    }

    #[test]
    fn a_failed_deployment_keeps_the_end_of_the_message_and_the_log_apart() {
        let problem = (0..50).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
        let error: DeployError =
            Failure::DeploymentFailed { app: "tellr".into(), url: "https://x".into(), problem, log: vec![] }
                .into();
        assert_eq!(error.cause, "The workspace says: line 0\n…\nline 46\nline 47\nline 48\nline 49");
        assert!(error.log.is_empty(), "the message is no log");
        let (app, url) = ("tellr".to_owned(), "https://x".to_owned());
        let log = vec!["starting".to_owned(), "\u{1b}[0m".to_owned(), "password=hunter2".to_owned()];
        let failed = |problem: &str, log| {
            let (app, url, problem) = (app.clone(), url.clone(), problem.to_owned());
            DeployError::from(Failure::DeploymentFailed { app, url, problem, log }).log.clone()
        };
        assert_eq!(failed("one\ntwo", log), ["starting", "password=[hidden]"], "only what was read");
    }
}

//! The catalogue of failures.
//!
//! A person who reads an error wants to know what happened, to what, why, and what to do next.
//! Those four sentences are written here and nowhere else: code raises a [`Failure`], which
//! names the facts, and the catalogue turns it into a [`DeployError`], which every face shows as
//! it is. So a wording is changed in one place, no raw JSON reaches a person, and a test can
//! walk the whole catalogue.
//!
//! Texts follow one manner: no full stop at the end of `message`, things in backticks.

use serde::{Deserialize, Serialize};

mod catalogue;

pub use catalogue::Failure;

/// What every face shows when something went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct DeployError {
    /// A stable name to match on, such as `APP_ALREADY_EXISTS`.
    pub code: String,
    /// Whether the input was refused, before anything happened, or something failed later.
    pub class: ErrorClass,
    /// What happened, to what.
    pub message: String,
    /// Why.
    pub cause: String,
    /// What to do next.
    pub remedy: String,
    /// Where to read more.
    pub docs: String,
    /// The step that failed, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The platform's own last words: the tail of a build or of the app's log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<String>,
}

/// The two classes of failure, which Python shows as `ValueError` and `DeploymentError`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// The arguments or the configuration are wrong; no request was sent.
    Input,
    /// Something failed while deploying.
    Deployment,
}

impl DeployError {
    /// The same error, said to have happened in `step`, unless a step is already named.
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

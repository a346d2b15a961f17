//! The events of a deployment.
//!
//! Every interface (printed lines, the widget, the page, `--json`) renders this one stream, so an event
//! carries everything an interface needs and nothing that must not be shown: there are no fields for tokens,
//! keys or passwords. Events are flat rather than a union per kind, because three of the four consumers are
//! not written in Rust, and a flat object with optional fields is easiest for them. Fields are only ever
//! added.

use serde::{Deserialize, Serialize};

use crate::error::DeployError;
use crate::timestamp::Timestamp;

/// One event, in the order of [`DeployEvent::sequence`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct DeployEvent {
    /// The run this belongs to; the journal and the lock have the same id.
    pub run: String,
    /// Counts from 0 within a run, without gaps.
    pub sequence: u32,
    /// When, by the host's clock.
    pub at: Timestamp,
    /// Milliseconds since the start of the run.
    pub elapsed_ms: u64,
    /// The kind of event, which determines the other fields.
    pub kind: EventKind,
    /// The step it is about: a name in the list of [`EventKind::Plan`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The state of the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StepState>,
    /// A sentence for users, without a full stop.
    pub message: String,
    /// With [`StepState::Waiting`]: how much of the usual time has passed, 0 to 1, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<f32>,
    /// How long the step took, or has waited for the platform so far; milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_elapsed_ms: Option<u64>,
    /// A link: the app, its logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// With [`EventKind::Plan`]: the steps and their dependencies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<PlannedStep>>"))]
    pub steps: Vec<PlannedStep>,
    /// With [`StepState::Failed`] and [`EventKind::Failed`]: the error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<DeployError>,
}

/// The kinds of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum EventKind {
    /// The list of steps. The first event of a run that passed its preflight checks.
    Plan,
    /// A step changed its state or reports progress.
    Step,
    /// A message that belongs to no step.
    Notice,
    /// The run succeeded.
    Finished,
    /// The run failed.
    Failed,
}

/// The state of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum StepState {
    /// It has started to inspect the current state.
    Started,
    /// It has sent a request and waits for the platform.
    Waiting,
    /// Progress of a running step.
    Progress,
    /// It is done and changed something.
    Done,
    /// It is done; everything was already as wanted.
    Unchanged,
    /// It failed; `error` says why.
    Failed,
    /// It did not run, because another step failed or the run was cancelled.
    Skipped,
}

/// A step of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlannedStep {
    /// Its name, such as `lakebase`.
    pub step: String,
    /// A description for users.
    pub title: String,
    /// The steps that have to be done first.
    pub waits_for: Vec<String>,
}

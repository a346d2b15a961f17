//! What a deployment tells while it runs.
//!
//! Every face (the printed lines, the widget, the page, `--json`) renders this one stream, so an
//! event carries everything a face needs and nothing a face may not show: no token, no key, no
//! password has a place in it. Events are flat rather than a union per kind, because three of
//! the four readers are not written in Rust and a flat object with optional members is what they
//! handle best. The shape only ever grows.

use serde::{Deserialize, Serialize};

use crate::error::DeployError;
use crate::timestamp::Timestamp;

/// One thing that happened, in the order of [`DeployEvent::sequence`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct DeployEvent {
    /// The run this belongs to; the same id stands in the journal and in the lock.
    pub run: String,
    /// Counts from 0 within a run, without gaps.
    pub sequence: u32,
    /// When, by the host's clock.
    pub at: Timestamp,
    /// Milliseconds since the run began.
    pub elapsed_ms: u64,
    /// What kind of event this is, which says what else is set.
    pub kind: EventKind,
    /// The step that speaks: a name of [`EventKind::Plan`]'s list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Where the step stands now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StepState>,
    /// A sentence for people, without a full stop.
    pub message: String,
    /// With [`StepState::Waiting`]: how much of the usual time has passed, 0 to 1, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<f32>,
    /// How long the step took, or has waited for the platform so far; milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_elapsed_ms: Option<u64>,
    /// Something to open: the app, its logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// With [`EventKind::Plan`]: the steps to come and what each waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<PlannedStep>>"))]
    pub steps: Vec<PlannedStep>,
    /// With [`StepState::Failed`] and [`EventKind::Failed`]: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<DeployError>,
}

/// The kinds of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum EventKind {
    /// The steps of this run are known. The first event of a run that got past its preflight.
    Plan,
    /// A step changed state or has news.
    Step,
    /// Something worth knowing that belongs to no step.
    Notice,
    /// The run ended well.
    Finished,
    /// The run ended with an error.
    Failed,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum StepState {
    /// It began to look at what is there.
    Started,
    /// It asked for something and waits until the platform has done it.
    Waiting,
    /// News while it runs.
    Progress,
    /// It is done; something was changed.
    Done,
    /// It is done; everything was already as wanted.
    Unchanged,
    /// It failed; `error` says why.
    Failed,
    /// It did not run, because another step failed or the run was cancelled.
    Skipped,
}

/// A step that a run is going to take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlannedStep {
    /// Its name, such as `lakebase`.
    pub step: String,
    /// What it does, for people.
    pub title: String,
    /// The steps that have to be done first.
    pub waits_for: Vec<String>,
}

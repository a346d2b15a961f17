//! Numbers events, adds timestamps, and passes them to the host.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use crate::error::{DeployError, blank_secrets};
use crate::events::{DeployEvent, EventKind, PlannedStep, StepState};
use crate::host::{Host, Timestamp};

/// Which events are emitted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Emitted {
    All,
    Notices,
}

/// Emits the events of one run.
pub struct Narrator<'a, H> {
    host: &'a H,
    run: String,
    began: Timestamp,
    sequence: Rc<Cell<u32>>,
    emitted: Emitted,
}

impl<H> Clone for Narrator<'_, H> {
    /// A second handle to the same run with the same numbering.
    fn clone(&self) -> Self {
        let Self { host, run, began, sequence, emitted } = self;
        Self { host, run: run.clone(), began: *began, sequence: Rc::clone(sequence), emitted: *emitted }
    }
}

impl<'a, H: Host> Narrator<'a, H> {
    /// The narrator of the run `run`, which starts now.
    pub fn new(host: &'a H, run: String) -> Self {
        Self { host, run, began: host.now(), sequence: Rc::default(), emitted: Emitted::All }
    }

    /// A narrator for read-only operations: emits only notices, such as that the workspace can't be reached.
    pub fn of_notices(host: &'a H) -> Self {
        Self { emitted: Emitted::Notices, ..Self::new(host, String::new()) }
    }

    /// Milliseconds since the start of the run.
    pub fn elapsed_ms(&self) -> u64 {
        self.since_start_ms(self.host.now())
    }

    pub(super) fn since_start_ms(&self, moment: Timestamp) -> u64 {
        u64::try_from(moment.since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    /// Emits the list of steps.
    pub fn plan(&self, message: String, steps: Vec<PlannedStep>) {
        let event = self.event(EventKind::Plan, message);
        self.tell(DeployEvent { steps, ..event });
    }

    /// Emits a message that belongs to no step.
    pub fn notice(&self, message: impl Into<String>) {
        let event = self.event(EventKind::Notice, message.into());
        self.tell(event);
    }

    /// Emits the state of a step.
    pub fn step(&self, step: &str, state: StepState, message: String) {
        let event = self.event(EventKind::Step, message);
        self.tell(DeployEvent { step: Some(step.to_owned()), state: Some(state), ..event });
    }

    /// Emits that a step is still waiting, for how long, and how that compares to the usual duration.
    pub(crate) fn still_waiting(&self, step: &str, message: String, waited: Duration, progress: f32) {
        let event = self.event(EventKind::Step, message);
        self.tell(DeployEvent {
            step: Some(step.to_owned()),
            state: Some(StepState::Waiting),
            step_elapsed_ms: u64::try_from(waited.as_millis()).ok(),
            progress: Some(progress),
            ..event
        });
    }

    pub(crate) fn ended(
        &self,
        step: &str,
        state: StepState,
        message: String,
        elapsed: Duration,
        error: Option<DeployError>,
    ) {
        let event = self.event(EventKind::Step, message);
        let step_elapsed_ms = u64::try_from(elapsed.as_millis()).ok();
        self.tell(DeployEvent {
            step: Some(step.to_owned()),
            state: Some(state),
            step_elapsed_ms,
            error,
            ..event
        });
    }

    /// Emits that the run succeeded.
    pub fn finished(&self, message: String, url: Option<String>) {
        let event = self.event(EventKind::Finished, message);
        self.tell(DeployEvent { url, ..event });
    }

    /// Emits that the run failed.
    pub fn failed(&self, error: &DeployError) {
        let event = self.event(EventKind::Failed, error.message.clone());
        let (step, error) = (error.step.clone(), Some(error.clone()));
        self.tell(DeployEvent { step, error, ..event });
    }

    fn tell(&self, event: DeployEvent) {
        if self.emitted == Emitted::All || event.kind == EventKind::Notice {
            self.host.emit(event);
        }
    }

    fn event(&self, kind: EventKind, message: String) -> DeployEvent {
        let sequence = self.sequence.replace(self.sequence.get().saturating_add(1));
        DeployEvent {
            run: self.run.clone(),
            sequence,
            at: self.host.now(),
            elapsed_ms: self.elapsed_ms(),
            kind,
            step: None,
            state: None,
            message: blank_secrets(&message),
            progress: None,
            step_elapsed_ms: None,
            url: None,
            steps: Vec::new(),
            error: None,
        }
    }
}

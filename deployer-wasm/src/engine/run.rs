//! One run of an operation, and the handle for its steps.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::pin_mut;
use serde_json::Value;

use super::graph::{Graph, StepError, StepReport};
use super::journal::{Entry, Journal};
use super::narrator::Narrator;
use super::releases::ReleaseBook;
use crate::cancellation::Cancellation;
use crate::error::spell;
use crate::events::StepState;
use crate::host::{Host, HostError, LakebaseTarget, Probe, SchemaError, WorkspaceResponse};
use crate::schema::{SchemaOperation, SchemaOutcome};
use crate::workspace::{Client, Elapsed};

/// What the steps of one run share.
pub struct Run<'a, H> {
    /// Not for steps: their changes must go through the client that checks the lock first.
    host: &'a H,
    /// The workspace. Sends changing requests only while the run holds its lock.
    pub client: Client<'a, H>,
    /// Emits events.
    pub narrator: Narrator<'a, H>,
    /// Stops the run.
    pub cancellation: &'a Cancellation,
    /// Records effects.
    pub journal: Journal,
    /// The app's releases.
    pub releases: ReleaseBook,
    /// The user name of the caller.
    pub me: String,
}

impl<'a, H: Host> Run<'a, H> {
    /// A run of the user `me`. The permissions of `client` limit what its steps can change.
    pub fn new(
        host: &'a H,
        client: Client<'a, H>,
        narrator: Narrator<'a, H>,
        cancellation: &'a Cancellation,
        (journal, releases): (Journal, ReleaseBook),
        me: String,
    ) -> Self {
        Self { host, client, narrator, cancellation, journal, releases, me }
    }

    /// Runs `graph` to its end.
    pub async fn steps(&self, graph: Graph<'_>) -> (Vec<StepReport>, Result<(), StepError>) {
        graph.run(self.host, &self.narrator, self.cancellation).await
    }

    /// The handle for the step `name`.
    pub fn step(&self, name: &'static str) -> StepHandle<'_, 'a, H> {
        StepHandle { run: self, name }
    }
}

/// A step's handle to the run, under the step's name.
pub struct StepHandle<'r, 'a, H> {
    /// The run.
    pub run: &'r Run<'a, H>,
    name: &'static str,
}

impl<'r, 'a, H: Host> StepHandle<'r, 'a, H> {
    /// The workspace.
    pub fn client(&self) -> &'r Client<'a, H> {
        &self.run.client
    }

    /// Runs one schema operation, if it only reads or the run holds its lock.
    ///
    /// # Errors
    /// The outer error: the run stops; the inner one: the host's answer.
    pub async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: SchemaOperation,
    ) -> Result<Result<SchemaOutcome, SchemaError>, StepError> {
        if !matches!(operation, SchemaOperation::Inspect { .. }) {
            self.client().permit().await?;
        }
        Ok(Box::pin(self.run.host.schema(at, operation)).await)
    }

    /// Queries the app itself.
    ///
    /// # Errors
    /// See [`Host::probe`].
    pub async fn probe(&self, probe: &Probe) -> Result<WorkspaceResponse, HostError> {
        self.run.host.probe(probe).await
    }

    /// Fills `out` with cryptographically secure random bytes.
    pub fn random(&self, out: &mut [u8]) {
        self.run.host.random(out);
    }

    /// Emits progress.
    pub fn say(&self, message: impl Into<String>) {
        self.run.narrator.step(self.name, StepState::Progress, message.into());
    }

    /// Emits what is waited for.
    pub fn waiting(&self, message: impl Into<String>) {
        self.run.narrator.step(self.name, StepState::Waiting, message.into());
    }

    /// The journal's entry of this step.
    pub fn entry(&self) -> Option<Entry> {
        self.run.journal.entry(self.name)
    }

    /// Records that an effect is about to happen. A safe point: returns an error here if the run stops.
    ///
    /// # Errors
    /// If the run stops or the journal can't be written; then the effect must not happen.
    pub async fn intend(&self, detail: Value) -> Result<(), StepError> {
        self.safe_point()?;
        Ok(self.run.journal.intend(self.client(), self.name, detail).await?)
    }

    /// Records the effect.
    ///
    /// # Errors
    /// If the journal can't be written.
    pub async fn did(&self, detail: Value) -> Result<(), StepError> {
        Ok(self.run.journal.done(self.client(), self.name, detail).await?)
    }

    /// Returns an error if the run stops.
    ///
    /// # Errors
    /// [`StepError::Interrupted`].
    pub fn safe_point(&self) -> Result<(), StepError> {
        match self.run.cancellation.reason() {
            Some(_) => Err(StepError::Interrupted),
            None => Ok(()),
        }
    }

    /// Waits; returns an error if the run stops meanwhile.
    ///
    /// # Errors
    /// [`StepError::Interrupted`].
    pub async fn pause(&self, duration: Duration) -> Result<(), StepError> {
        let (sleep, stopped) = (self.run.host.sleep(duration), self.run.cancellation.stopped());
        pin_mut!(sleep, stopped);
        match select(stopped, sleep).await {
            Either::Left(_) => Err(StepError::Interrupted),
            Either::Right(_) => Ok(()),
        }
    }

    /// A poller with the time limit `limit`.
    pub fn poller(&self, limit: Duration) -> Poller {
        let elapsed = RefCell::new(Elapsed::since(self.run.host.now()));
        Poller { elapsed, limit, task: None, told: Cell::new(Duration::ZERO) }
    }
}

/// Paces polling: often at first, then less, so that a short wait ends promptly and a long one costs few
/// requests. The delay stays below a tenth of the time waited.
///
/// The limit counts the time spent on requests and pauses only: on a machine that slept meanwhile, the time
/// without polling doesn't count.
pub struct Poller {
    elapsed: RefCell<Elapsed>,
    limit: Duration,
    /// What is waited for, and its usual duration.
    task: Option<(String, Usual)>,
    /// When the last progress event was emitted.
    told: Cell<Duration>,
}

/// The platform's usual duration of something.
#[derive(Debug, Clone, Copy)]
pub struct Usual {
    /// As text: `1 to 3 min`.
    pub text: &'static str,
    /// The upper end of the range.
    pub up_to: Duration,
}

impl Poller {
    const SHORTEST: Duration = Duration::from_millis(400);
    const LONGEST: Duration = Duration::from_secs(3);
    /// The time limit of one poll, including retries.
    const LOOK: Duration = Duration::from_mins(5);
    /// The interval of progress events.
    const TOLD_EVERY: Duration = Duration::from_secs(20);

    /// The same poller, which emits every 20 s how long `what` has taken and how long it usually takes.
    #[must_use]
    pub fn telling(mut self, what: impl Into<String>, usual: Usual) -> Self {
        self.task = Some((what.into(), usual));
        self
    }

    /// Waits until the next poll; `false` when the limit has passed.
    ///
    /// # Errors
    /// [`StepError::Interrupted`] if the run stops.
    pub async fn again<H: Host>(&self, step: &StepHandle<'_, '_, H>) -> Result<bool, StepError> {
        let waited = self.elapsed.borrow_mut().count(step.run.host.now(), Self::LOOK);
        if waited >= self.limit {
            return Ok(false);
        }
        self.tell(step, waited);
        let pause = (waited / 12).clamp(Self::SHORTEST, Self::LONGEST);
        step.pause(pause).await?;
        self.elapsed.borrow_mut().count(step.run.host.now(), pause);
        Ok(true)
    }

    fn tell<H: Host>(&self, step: &StepHandle<'_, '_, H>, waited: Duration) {
        let Some((what, usual)) = &self.task else { return };
        if waited < self.told.get().saturating_add(Self::TOLD_EVERY) {
            return;
        }
        self.told.set(waited);
        let message = format!("{what}: {} so far, usually {}", spell(waited), usual.text);
        // After the usual duration, progress is unknown rather than 100%.
        let progress = (waited.as_secs_f32() / usual.up_to.as_secs_f32()).min(0.95);
        step.run.narrator.still_waiting(step.name, message, waited, progress);
    }

    /// The time waited so far.
    pub fn waited<H: Host>(&self, step: &StepHandle<'_, '_, H>) -> Duration {
        self.elapsed.borrow_mut().count(step.run.host.now(), Self::LOOK)
    }
}

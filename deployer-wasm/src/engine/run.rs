//! One run of an operation, and the handle a step works with.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::pin_mut;
use serde_json::Value;

use super::graph::{Graph, StepError, StepReport};
use super::journal::{Entry, Journal};
use super::narrator::Narrator;
use crate::cancellation::Cancellation;
use crate::error::spell;
use crate::events::StepState;
use crate::host::{Host, HostError, LakebaseTarget, Probe, SchemaError, WorkspaceResponse};
use crate::schema::{SchemaOperation, SchemaOutcome};
use crate::workspace::{Client, Elapsed};

/// What is shared by the steps of one run.
pub struct Run<'a, H> {
    /// Not for steps: what they change goes through what checks the lock first.
    host: &'a H,
    /// The workspace. Sends what changes something only while the run holds its lock.
    pub client: Client<'a, H>,
    /// Tells what happens.
    pub narrator: Narrator<'a, H>,
    /// Stops the run.
    pub cancellation: &'a Cancellation,
    /// Remembers.
    pub journal: Journal,
    /// The user name of who deploys.
    pub me: String,
}

impl<'a, H: Host> Run<'a, H> {
    /// A run of a person `me`. What `client` lets through is what its steps can change.
    pub fn new(
        host: &'a H,
        client: Client<'a, H>,
        narrator: Narrator<'a, H>,
        cancellation: &'a Cancellation,
        journal: Journal,
        me: String,
    ) -> Self {
        Self { host, client, narrator, cancellation, journal, me }
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

/// What a step works with: the run, under the step's name.
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

    /// Runs one schema operation, if it is one that only looks or the run holds its lock.
    ///
    /// # Errors
    /// Outside, that the run stops; inside, what the host answered.
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

    /// Asks the app itself.
    ///
    /// # Errors
    /// See [`Host::probe`].
    pub async fn probe(&self, probe: &Probe) -> Result<WorkspaceResponse, HostError> {
        self.run.host.probe(probe).await
    }

    /// Fills `out` with bytes fit for keys.
    pub fn random(&self, out: &mut [u8]) {
        self.run.host.random(out);
    }

    /// Tells news.
    pub fn say(&self, message: impl Into<String>) {
        self.run.narrator.step(self.name, StepState::Progress, message.into());
    }

    /// Tells what is waited for.
    pub fn waiting(&self, message: impl Into<String>) {
        self.run.narrator.step(self.name, StepState::Waiting, message.into());
    }

    /// What the journal knows of this step.
    pub fn entry(&self) -> Option<Entry> {
        self.run.journal.entry(self.name)
    }

    /// Writes down that an effect is about to happen. A safe point: ends here if the run stops.
    ///
    /// # Errors
    /// When the run stops or the journal can't be written; the effect must not happen then.
    pub async fn intend(&self, detail: Value) -> Result<(), StepError> {
        self.safe_point()?;
        Ok(self.run.journal.intend(self.client(), self.name, detail).await?)
    }

    /// Writes down what came of it.
    ///
    /// # Errors
    /// When the journal can't be written.
    pub async fn did(&self, detail: Value) -> Result<(), StepError> {
        Ok(self.run.journal.done(self.client(), self.name, detail).await?)
    }

    /// Ends the step here if the run stops.
    ///
    /// # Errors
    /// [`StepError::Interrupted`].
    pub fn safe_point(&self) -> Result<(), StepError> {
        match self.run.cancellation.reason() {
            Some(_) => Err(StepError::Interrupted),
            None => Ok(()),
        }
    }

    /// Waits, and ends the step if the run stops meanwhile.
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

    /// A poller of something that takes at most `limit`.
    pub fn poller(&self, limit: Duration) -> Poller {
        let elapsed = RefCell::new(Elapsed::since(self.run.host.now()));
        Poller { elapsed, limit, task: None, told: Cell::new(Duration::ZERO) }
    }
}

/// Paces looking again: often at first, then less, so that a short wait is noticed at once and a
/// long one costs few requests. The delay in noticing stays below a tenth of the time waited.
///
/// What counts is the time spent on looks and pauses: on a machine that slept meanwhile, the hour in which
/// nobody looked is not held against the platform.
pub struct Poller {
    elapsed: RefCell<Elapsed>,
    limit: Duration,
    /// What is waited for, and how long that usually takes.
    task: Option<(String, Usual)>,
    /// When that was last told.
    told: Cell<Duration>,
}

/// How long the platform usually takes for something.
#[derive(Debug, Clone, Copy)]
pub struct Usual {
    /// As a person reads it: `1 to 3 min`.
    pub text: &'static str,
    /// The longer end of it.
    pub up_to: Duration,
}

impl Poller {
    const SHORTEST: Duration = Duration::from_millis(400);
    const LONGEST: Duration = Duration::from_secs(3);
    /// A look, which is tried again for five minutes at most.
    const LOOK: Duration = Duration::from_mins(5);
    /// How often somebody who watches is told that it still takes.
    const TOLD_EVERY: Duration = Duration::from_secs(20);

    /// The same, which tells every 20 s how long `what` has taken and how long it usually takes.
    #[must_use]
    pub fn telling(mut self, what: impl Into<String>, usual: Usual) -> Self {
        self.task = Some((what.into(), usual));
        self
    }

    /// Waits until it is time to look again; `false` when its limit is over.
    ///
    /// # Errors
    /// [`StepError::Interrupted`] when the run stops.
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
        // What takes longer than usual is not done; how far it is, nobody knows.
        let progress = (waited.as_secs_f32() / usual.up_to.as_secs_f32()).min(0.95);
        step.run.narrator.still_waiting(step.name, message, waited, progress);
    }

    /// How long has been waited.
    pub fn waited<H: Host>(&self, step: &StepHandle<'_, '_, H>) -> Duration {
        self.elapsed.borrow_mut().count(step.run.host.now(), Self::LOOK)
    }
}

//! Runs steps concurrently, each as soon as its inputs are ready.
//!
//! A step is added with the [`Output`]s it needs, and gets their values as arguments. So the edges of the
//! graph *are* the data dependencies: a step can't read a value that it doesn't wait for, and the order has
//! no unneeded constraints. A step may also wait for another one without using its value ([`Output::done`]).
//!
//! All steps run in one task, polled together. When one fails, the others stop waiting
//! ([`crate::cancellation`]) and then run to their end, since dropping a future between a request and its
//! answer would lose track of what the platform did.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use futures_util::future::{FutureExt as _, LocalBoxFuture};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use serde::{Deserialize, Serialize};

use super::narrator::Narrator;
use crate::cancellation::{Cancellation, StopReason};
use crate::error::{DeployError, Failure};
use crate::events::{PlannedStep, StepState};
use crate::host::{Host, Timestamp};
use crate::workspace::{ApiError, ErrorKind};

/// How a step ended without a value.
#[derive(Debug)]
pub enum StepError {
    /// The step failed.
    Failed(DeployError),
    /// The run is stopping for a reason outside this step.
    Interrupted,
}

impl From<DeployError> for StepError {
    fn from(error: DeployError) -> Self {
        Self::Failed(error)
    }
}

impl From<Failure> for StepError {
    fn from(failure: Failure) -> Self {
        DeployError::from(failure).into()
    }
}

impl From<ApiError> for StepError {
    fn from(error: ApiError) -> Self {
        // The lost lock is reported once for the run, not for each step.
        if error.is(ErrorKind::Withheld) {
            return Self::Interrupted;
        }
        error.into_failure().into()
    }
}

/// The result of a step.
#[derive(Debug, Clone)]
pub struct Done<T> {
    value: T,
    changed: bool,
    message: String,
}

impl<T> Done<T> {
    /// Something was changed; `message` says what.
    pub fn changed(value: T, message: impl Into<String>) -> Self {
        Self { value, changed: true, message: message.into() }
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value alone.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The same with another value.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Done<U> {
        let Self { value, changed, message } = self;
        Done { value: change(value), changed, message }
    }

    /// Everything was already as wanted.
    pub fn unchanged(value: T, message: impl Into<String>) -> Self {
        Self { value, changed: false, message: message.into() }
    }
}

/// The outcome of a step, for the result's `steps`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StepReport {
    /// Its name.
    pub step: String,
    /// Its final state.
    pub state: StepState,
    /// Milliseconds from the start of the run to the start of the step.
    pub started_ms: u64,
    /// Its duration, in milliseconds.
    pub elapsed_ms: u64,
}

/// The value of a step, once it is done. Pass it to [`Graph::add`] to wait for it.
pub struct Output<T> {
    index: usize,
    cell: Rc<RefCell<Option<T>>>,
}

impl<T> Clone for Output<T> {
    fn clone(&self) -> Self {
        Self { index: self.index, cell: Rc::clone(&self.cell) }
    }
}

impl<T: Clone> Output<T> {
    /// The value, if the step is done.
    pub fn get(&self) -> Option<T> {
        self.cell.borrow().clone()
    }

    /// A dependency on the step without its value.
    pub fn done(&self) -> Output<()> {
        Output { index: self.index, cell: Rc::new(RefCell::new(Some(()))) }
    }

    fn value(&self) -> T {
        // A step only starts when the steps it waits for have stored their values.
        self.get().unwrap_or_else(|| unreachable!("a step ran before what it waits for"))
    }
}

/// The dependencies of a step: up to four outputs.
pub trait Inputs {
    /// The values of the outputs.
    type Values;
    #[doc(hidden)]
    fn indices(&self) -> Vec<usize>;
    #[doc(hidden)]
    fn values(&self) -> Self::Values;
}

impl Inputs for () {
    type Values = ();
    fn indices(&self) -> Vec<usize> {
        Vec::new()
    }
    fn values(&self) {}
}

macro_rules! inputs {
    ($($value:ident $field:tt),*) => {
        impl<$($value: Clone),*> Inputs for ($(Output<$value>,)*) {
            type Values = ($($value,)*);
            fn indices(&self) -> Vec<usize> { vec![$(self.$field.index),*] }
            fn values(&self) -> Self::Values { ($(self.$field.value(),)*) }
        }
    };
}
inputs!(A 0);
inputs!(A 0, B 1);
inputs!(A 0, B 1, C 2);
inputs!(A 0, B 1, C 2, D 3);

type Ending = Result<(bool, String), StepError>;
type Start<'a> = Box<dyn FnOnce() -> LocalBoxFuture<'a, Ending> + 'a>;

struct Node<'a> {
    name: &'static str,
    title: String,
    waits_for: Vec<usize>,
    start: Option<Start<'a>>,
    done: bool,
    report: Option<StepReport>,
}

/// Steps and their dependencies.
#[derive(Default)]
pub struct Graph<'a> {
    nodes: Vec<Node<'a>>,
}

impl<'a> Graph<'a> {
    /// A graph without steps.
    pub fn new() -> Self {
        Self { nodes: Vec::new() }
    }

    /// Adds the step `name`, which runs when all `inputs` are ready. `title` describes it to users.
    pub fn add<I, T, Fut>(
        &mut self,
        name: &'static str,
        title: impl Into<String>,
        inputs: I,
        step: impl FnOnce(I::Values) -> Fut + 'a,
    ) -> Output<T>
    where
        I: Inputs + 'a,
        T: 'a,
        Fut: Future<Output = Result<Done<T>, StepError>> + 'a,
    {
        let cell = Rc::new(RefCell::new(None));
        let made = Rc::clone(&cell);
        let waits_for = inputs.indices();
        let start: Start<'a> = Box::new(move || {
            let step = step(inputs.values());
            async move {
                let Done { value, changed, message } = step.await?;
                *made.borrow_mut() = Some(value);
                Ok((changed, message))
            }
            .boxed_local()
        });
        Output { index: self.push(name, title.into(), waits_for, start), cell }
    }

    fn push(&mut self, name: &'static str, title: String, waits_for: Vec<usize>, start: Start<'a>) -> usize {
        self.nodes.push(Node { name, title, waits_for, start: Some(start), done: false, report: None });
        self.nodes.len() - 1
    }

    /// The steps, for the plan.
    pub fn plan(&self) -> Vec<PlannedStep> {
        let name = |index: &usize| self.nodes[*index].name.to_owned();
        self.nodes
            .iter()
            .map(|node| PlannedStep {
                step: node.name.to_owned(),
                title: node.title.clone(),
                waits_for: node.waits_for.iter().map(name).collect(),
            })
            .collect()
    }

    /// Runs all steps. Ends when every started step has ended.
    ///
    /// # Errors
    /// The error of the first step that failed. The reports of all steps are returned either way.
    pub async fn run<H: Host>(
        mut self,
        host: &H,
        narrator: &Narrator<'_, H>,
        cancellation: &Cancellation,
    ) -> (Vec<StepReport>, Result<(), StepError>) {
        let mut running = FuturesUnordered::new();
        let mut failure: Option<StepError> = None;
        loop {
            if cancellation.reason().is_none() {
                for (index, start) in self.ready() {
                    let began = host.now();
                    narrator.step(
                        self.nodes[index].name,
                        StepState::Started,
                        self.nodes[index].title.clone(),
                    );
                    running.push(start().map(move |ending| (index, began, ending)));
                }
            }
            let Some((index, began, ending)) = running.next().await else {
                break;
            };
            // A withheld request is reported as the lost lock, not as the step's own failure.
            let lost = matches!(cancellation.reason(), Some(StopReason::LockLost(_)));
            let ending = if lost && ending.is_err() { Err(StepError::Interrupted) } else { ending };
            let state = self.settle(index, began, host.now(), ending, narrator, &mut failure);
            if state == StepState::Failed {
                cancellation.stop(StopReason::StepFailed);
            }
        }
        for node in self.nodes.iter_mut().filter(|node| node.report.is_none()) {
            narrator.step(node.name, StepState::Skipped, "not run".to_owned());
            let (step, started_ms) = (node.name.to_owned(), narrator.elapsed_ms());
            node.report = Some(StepReport { step, state: StepState::Skipped, started_ms, elapsed_ms: 0 });
        }
        let interrupted = cancellation.reason().is_some();
        let reports = self.nodes.into_iter().filter_map(|node| node.report).collect();
        let result = match failure {
            Some(failure) => Err(failure),
            None if interrupted => Err(StepError::Interrupted),
            None => Ok(()),
        };
        (reports, result)
    }

    /// Takes the steps whose inputs are ready.
    fn ready(&mut self) -> Vec<(usize, Start<'a>)> {
        let done: Vec<bool> = self.nodes.iter().map(|node| node.done).collect();
        self.nodes
            .iter_mut()
            .enumerate()
            .filter(|(_, node)| node.waits_for.iter().all(|index| done[*index]))
            .filter_map(|(index, node)| node.start.take().map(|start| (index, start)))
            .collect()
    }

    /// Records how a step ended, and emits the event.
    fn settle<H: Host>(
        &mut self,
        index: usize,
        began: Timestamp,
        ended: Timestamp,
        ending: Ending,
        narrator: &Narrator<'_, H>,
        failure: &mut Option<StepError>,
    ) -> StepState {
        let node = &mut self.nodes[index];
        let elapsed = ended.since(began);
        let state = match ending {
            Ok((changed, message)) => {
                node.done = true;
                let state = if changed { StepState::Done } else { StepState::Unchanged };
                narrator.ended(node.name, state, message, elapsed, None);
                state
            }
            Err(StepError::Failed(error)) => {
                let error = error.in_step(node.name);
                narrator.ended(
                    node.name,
                    StepState::Failed,
                    error.message.clone(),
                    elapsed,
                    Some(error.clone()),
                );
                failure.get_or_insert(error.into());
                StepState::Failed
            }
            Err(StepError::Interrupted) => {
                narrator.ended(
                    node.name,
                    StepState::Skipped,
                    "stopped before it was done".to_owned(),
                    elapsed,
                    None,
                );
                StepState::Skipped
            }
        };
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let started_ms = narrator.since_start_ms(began);
        node.report = Some(StepReport { step: node.name.to_owned(), state, started_ms, elapsed_ms });
        state
    }
}

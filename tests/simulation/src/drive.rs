//! Drives a run in a module, as a kernel does: starts it, polls it, carries its commands out by the process's host,
//! and resolves them.
//!
//! Calls and turns are written here from the protocol's description, as in the kernel's own half in Python. An answer
//! that breaks the protocol is a violation.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::error::{DeployError, ErrorClass, ErrorDetails};
use deployer::events::DeployEvent;
use deployer::host::{Host as _, HostError, LakebaseTarget, Probe, WorkspaceRequest, WorkspaceResponse};
use deployer::schema::{SchemaError, SchemaOperation, SchemaOutcome, Script, script};
use futures_util::StreamExt as _;
use futures_util::future::{AbortHandle, Abortable, LocalBoxFuture, abortable};
use futures_util::stream::FuturesUnordered;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::module::{Instance, Module};
use crate::process::Process;
use crate::world::Defect;

/// The version of the protocol.
const PROTOCOL: u32 = 2;

/// The answer to `poll`.
#[derive(Deserialize)]
struct Turn {
    state: String,
    events: Vec<DeployEvent>,
    commands: Vec<Issued>,
    withdrawn: Vec<u64>,
    result: Option<Value>,
    error: Option<DeployError>,
}

#[derive(Deserialize)]
struct Issued {
    id: u64,
    #[serde(flatten)]
    command: Command,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum Command {
    Request { request: WorkspaceRequest },
    Schema { at: LakebaseTarget, operation: SchemaOperation, script: Option<Script> },
    Probe { probe: Probe },
    Sleep { duration_ms: u64 },
}

/// Runs `asked`, the fields of `start` that say what to run, and returns the result.
///
/// # Errors
/// The run's error.
pub async fn drive(process: &Rc<Process>, module: &Rc<Module>, asked: Value) -> Result<Value, DeployError> {
    let mut run = Run {
        process: Rc::clone(process),
        instance: module.instance(),
        work: FuturesUnordered::new(),
        pending: BTreeMap::new(),
        started: process.now().as_millis(),
        cancelled: Cell::new(false),
    };
    let ended = run.start(asked).await;
    if let Err(Stop::Broken(problem)) = &ended {
        process.violation(format!("the module: {problem}"));
    }
    ended.map_err(|stop| match stop {
        Stop::Failed(error) => error,
        Stop::Broken(problem) => broken(problem),
    })
}

/// Why a run has no result.
enum Stop {
    /// It failed.
    Failed(DeployError),
    /// The module broke the protocol.
    Broken(String),
}

struct Run {
    process: Rc<Process>,
    instance: Instance,
    /// The commands that are being carried out.
    work: FuturesUnordered<Abortable<LocalBoxFuture<'static, (u64, Value)>>>,
    /// By id.
    pending: BTreeMap<u64, AbortHandle>,
    started: i64,
    /// The module was told to cancel.
    cancelled: Cell<bool>,
}

impl Run {
    async fn start(&mut self, mut start: Value) -> Result<Value, Stop> {
        let mut seed = self.process.seed();
        if self.process.has(Defect::OtherSeed) {
            seed[0] ^= 1;
        }
        start["protocol"] = PROTOCOL.into();
        start["seed"] = STANDARD.encode(seed).into();
        start["now_ms"] = self.started.into();
        self.call(vec![("start", start)], &[true])?;
        // The outcomes to pass, and whether a command still waits for each.
        let mut outcomes: Vec<(u64, Value, bool)> = Vec::new();
        loop {
            let turn = self.poll(std::mem::take(&mut outcomes))?;
            for event in turn.events {
                self.process.emit(event);
            }
            for id in turn.withdrawn {
                self.withdraw(id)?;
                // A kernel may be late to learn of it.
                outcomes.push((id, Value::Null, false));
            }
            match (turn.state.as_str(), turn.result, turn.error) {
                ("running", None, None) => {}
                ("finished", Some(result), None) => return Ok(result),
                ("failed", None, Some(error)) => return Err(Stop::Failed(error)),
                (state, ..) => {
                    return Err(Stop::Broken(format!("a turn in the state `{state}` has other fields")));
                }
            }
            self.begin(turn.commands)?;
            outcomes.extend(self.done().await.into_iter().map(|(id, outcome)| (id, outcome, true)));
        }
    }

    /// Passes outcomes, and the cancellation, and continues the run.
    fn poll(&self, outcomes: Vec<(u64, Value, bool)>) -> Result<Turn, Stop> {
        let (mut calls, mut accepted) = (Vec::new(), Vec::new());
        if self.process.cancellation.reason().is_some() && !self.cancelled.replace(true) {
            calls.push(("cancel", json!({"protocol": PROTOCOL})));
            accepted.push(true);
        }
        for (id, answer, waits) in outcomes {
            calls.push(("resolve", json!({"protocol": PROTOCOL, "id": id, "answer": answer})));
            accepted.push(waits);
        }
        let now = if self.process.has(Defect::ClockStopped) {
            self.started
        } else {
            self.process.now().as_millis()
        };
        let elapsed = u64::try_from(self.process.elapsed().as_millis()).unwrap_or(u64::MAX);
        calls.push(("poll", json!({"protocol": PROTOCOL, "now_ms": now, "elapsed_ms": elapsed})));
        let turn = self.call(calls, &accepted)?;
        read("a turn", turn.unwrap_or_default())
    }

    /// Makes calls. The first of them, as many as `accepted`, must be answered with that; returns the last answer.
    fn call(&self, calls: Vec<(&str, Value)>, accepted: &[bool]) -> Result<Option<Value>, Stop> {
        let answers = self.instance.call(&calls).map_err(Stop::Broken)?;
        for (number, ((call, input), answer)) in calls.iter().zip(&answers).enumerate() {
            let problem = if answer["protocol"] != PROTOCOL {
                format!("has another version: {}", answer["protocol"])
            } else if !answer["refused"].is_null() {
                format!("is a refusal: {}", answer["refused"]["cause"])
            } else if accepted.get(number).is_some_and(|accepted| answer["accepted"] != *accepted) {
                format!("to {} says that it was accepted: {}", input["id"], answer["accepted"])
            } else {
                continue;
            };
            return Err(Stop::Broken(format!("the answer to `{call}` {problem}")));
        }
        Ok(answers.into_iter().next_back())
    }

    /// Abandons a command.
    fn withdraw(&mut self, id: u64) -> Result<(), Stop> {
        let pending = self
            .pending
            .remove(&id)
            .ok_or_else(|| Stop::Broken(format!("the command {id} was withdrawn, and is not pending")))?;
        pending.abort();
        Ok(())
    }

    fn begin(&mut self, mut commands: Vec<Issued>) -> Result<(), Stop> {
        if self.process.has(Defect::AnswersMixedUp)
            && let [.., one, other] = commands.as_mut_slice()
        {
            std::mem::swap(&mut one.id, &mut other.id);
        }
        for Issued { id, command } in commands {
            if let Command::Schema { operation, script: statements, .. } = &command
                && statements.as_ref().is_some_and(|statements| script(operation) != *statements)
            {
                return Err(Stop::Broken(format!("other statements for {operation:?}")));
            }
            let process = Rc::clone(&self.process);
            let work: LocalBoxFuture<'static, _> =
                Box::pin(async move { (id, carry_out(&process, command).await) });
            let (work, handle) = abortable(work);
            self.work.push(work);
            if self.pending.insert(id, handle).is_some() {
                return Err(Stop::Broken(format!("two commands have the id {id}")));
            }
        }
        Ok(())
    }

    /// Waits until a command is done or the run is to be cancelled, and returns the outcomes in the order in which
    /// they came. That is how the native deployer takes them, also after it stood still.
    async fn done(&mut self) -> Vec<(u64, Value)> {
        let mut stopped = pin!(self.process.cancellation.stopped());
        poll_fn(|context| {
            let mut outcomes = Vec::new();
            while let Poll::Ready(Some(done)) = self.work.poll_next_unpin(context) {
                // Withdrawn ones have none.
                if let Ok((id, outcome)) = done {
                    self.pending.remove(&id);
                    outcomes.push((id, outcome));
                }
            }
            if self.process.has(Defect::AnswerLost) && self.process.requests() == 10 {
                outcomes.clear();
            }
            let cancels = !self.cancelled.get() && stopped.as_mut().poll(context).is_ready();
            if outcomes.is_empty() && !cancels { Poll::Pending } else { Poll::Ready(outcomes) }
        })
        .await
    }
}

/// Carries out a command; the outcome as `resolve` takes it.
async fn carry_out(process: &Process, command: Command) -> Value {
    match command {
        Command::Request { request } => answered(process.request(request).await),
        Command::Probe { probe } => answered(process.probe(&probe).await),
        Command::Schema { at, operation, .. } => row(process.schema(&at, operation).await),
        Command::Sleep { duration_ms } => {
            process.sleep(Duration::from_millis(duration_ms)).await;
            Value::Null
        }
    }
}

fn answered(answer: Result<WorkspaceResponse, HostError>) -> Value {
    match answer {
        Ok(response) => json!({"response": response}),
        Err(error) => json!({"error": error}),
    }
}

/// What the script of a schema operation returns where it comes to this outcome.
fn row(outcome: Result<SchemaOutcome, SchemaError>) -> Value {
    match outcome {
        Ok(SchemaOutcome::Done) => json!({"row": null}),
        Ok(SchemaOutcome::Inspected(state)) => json!({"row": [json!(state).to_string()]}),
        Err(error) => json!({"error": error}),
    }
}

fn read<T: DeserializeOwned>(what: &str, value: Value) -> Result<T, Stop> {
    serde_json::from_value(value).map_err(|error| Stop::Broken(format!("{what} can't be read: {error}")))
}

/// The error of a module that doesn't work.
fn broken(problem: String) -> DeployError {
    ErrorDetails {
        code: "MODULE_FAILED".to_owned(),
        class: ErrorClass::Deployment,
        message: "The deployer's module stopped working".to_owned(),
        cause: problem,
        reason: None,
        remedy: String::new(),
        docs: String::new(),
        step: None,
        log: Vec::new(),
        refused: None,
    }
    .into()
}

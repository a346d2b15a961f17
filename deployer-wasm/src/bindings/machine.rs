//! One run at a time, driven by JSON: the behaviour of the exported functions, without linear memory.
//!
//! A run is one future over a [`QueueHost`]. It needs no executor: each call of `poll` polls the future until
//! nothing in it can make progress without outside input.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll as Progress, Wake, Waker};
use std::time::Duration;

use base64ct::{Base64, Encoding as _};
use futures_util::future::{FutureExt as _, LocalBoxFuture, ready};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::command::CommandRun;
use super::protocol::{
    Accepted, Cancel, Fault, PROTOCOL, Poll, Refused, Resolve, RunState, SEED_BYTES, Start, Turn, task_kind,
};
use super::queue::{Changes, QueueHost};
use super::task::{Outcome, Task};
use crate::decode::decode;
use crate::engine::Cancellation;
use crate::error::{DeployError, Result as DeployResult};
use crate::host::Timestamp;

/// Handles the protocol's calls. Takes and returns JSON bytes, and never panics.
#[derive(Default)]
pub struct Machine {
    run: Option<Run>,
}

struct Run {
    host: Rc<QueueHost>,
    cancellation: Cancellation,
    work: LocalBoxFuture<'static, Ended>,
    awake: Arc<WakeFlag>,
    command: Option<CommandRun>,
}

/// The outcome of a run, and the file of a plan that is saved.
type Ended = DeployResult<(Outcome, Option<String>)>;

/// Whether anything in the future has been woken and has to be polled.
struct WakeFlag(AtomicBool);

impl Wake for WakeFlag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Machine {
    /// Starts a run; see [`Start`].
    pub fn start(&mut self, input: &[u8]) -> Vec<u8> {
        answer(self.try_start(input))
    }

    /// Continues the run; see [`Poll`].
    pub fn poll(&mut self, input: &[u8]) -> Vec<u8> {
        answer(self.try_poll(input))
    }

    /// Passes the outcome of a command; see [`Resolve`].
    pub fn resolve(&mut self, input: &[u8]) -> Vec<u8> {
        answer(self.try_resolve(input))
    }

    /// Asks the run to stop at its next safe point; see [`Cancel`].
    pub fn cancel(&mut self, input: &[u8]) -> Vec<u8> {
        answer(self.try_cancel(input))
    }

    fn try_start(&mut self, input: &[u8]) -> Result<Accepted, Fault> {
        const CALL: &str = "start";
        let start: Start = read(CALL, input)?;
        if self.run.is_some() {
            return Err(Fault::Call {
                call: CALL,
                problem: "A run is already in progress in this module".to_owned(),
            });
        }
        let seed = seed(start.seed.expose()).ok_or_else(|| Fault::Call {
            call: CALL,
            problem: format!("`seed` is not {SEED_BYTES} bytes in base64"),
        })?;
        let host = Rc::new(QueueHost::new(Timestamp::from_millis(start.now_ms), *seed));
        let cancellation = Cancellation::new();
        let asked = task_kind(start.operation, start.plan_of)?;
        let (file, environment) = (start.config_yaml.as_deref(), start.environment.as_deref());
        let task = Task::read(asked, start.arguments, file, environment).and_then(|mut task| {
            if let Some(command) = &start.command {
                command.follow(&mut task)?;
            }
            Ok(task)
        });
        let work = match task {
            Ok(task) => {
                let (host, cancellation) = (Rc::clone(&host), cancellation.clone());
                let command = start.command.clone();
                async move {
                    let outcome = task.run(&*host, &cancellation).await?;
                    let saved = command.map(|command| command.check(&task, &outcome)).transpose()?;
                    Ok((outcome, saved.flatten()))
                }
                .boxed_local()
            }
            Err(error) => ready(Err(error)).boxed_local(),
        };
        let awake = Arc::new(WakeFlag(AtomicBool::new(true)));
        self.run = Some(Run { host, cancellation, work, awake, command: start.command });
        Ok(Accepted { protocol: PROTOCOL, accepted: true })
    }

    fn try_poll(&mut self, input: &[u8]) -> Result<Turn, Fault> {
        const CALL: &str = "poll";
        let poll: Poll = read(CALL, input)?;
        let run = self.run(CALL)?;
        run.host.set_time(Timestamp::from_millis(poll.now_ms), poll.elapsed_ms.map(Duration::from_millis));
        let ended = run.go_on();
        let Changes { events, commands, withdrawn } = run.host.news();
        let printed = run.command.as_ref().map(|command| command.printed(&events, ended.as_ref()));
        let (state, result, error) = match ended {
            None => (RunState::Running, None, None),
            Some(ended) => {
                self.run = None;
                match ended {
                    Ok((outcome, _)) => (RunState::Finished, Some(outcome), None),
                    Err(error) => (RunState::Failed, None, Some(error)),
                }
            }
        };
        Ok(Turn { protocol: PROTOCOL, state, events, commands, withdrawn, result, error, printed })
    }

    fn try_resolve(&mut self, input: &[u8]) -> Result<Accepted, Fault> {
        const CALL: &str = "resolve";
        let Resolve { id, answer, .. } = read(CALL, input)?;
        let accepted = self.run(CALL)?.host.resolve(id, answer)?;
        Ok(Accepted { protocol: PROTOCOL, accepted })
    }

    fn try_cancel(&mut self, input: &[u8]) -> Result<Accepted, Fault> {
        const CALL: &str = "cancel";
        let Cancel { .. } = read(CALL, input)?;
        self.run(CALL)?.cancellation.cancel();
        Ok(Accepted { protocol: PROTOCOL, accepted: true })
    }

    fn run(&mut self, call: &'static str) -> Result<&mut Run, Fault> {
        self.run
            .as_mut()
            .ok_or_else(|| Fault::Call { call, problem: "No run is in progress in this module".to_owned() })
    }
}

impl Run {
    /// Polls until nothing is woken; returns the result if the run has ended.
    fn go_on(&mut self) -> Option<Ended> {
        let waker = Waker::from(Arc::clone(&self.awake));
        let mut context = Context::from_waker(&waker);
        while self.awake.0.swap(false, Ordering::Relaxed) {
            if let Progress::Ready(ended) = self.work.poll_unpin(&mut context) {
                return Some(ended);
            }
        }
        None
    }
}

fn seed(text: &str) -> Option<Zeroizing<[u8; SEED_BYTES]>> {
    let bytes = Zeroizing::new(Base64::decode_vec(text).ok()?);
    bytes.as_slice().try_into().ok().map(Zeroizing::new)
}

/// Parses a call: its version first, since another version may have another shape. The parser's own messages
/// are not kept: they repeat values, and one of them may be a secret.
pub(super) fn read<T: DeserializeOwned>(call: &'static str, input: &[u8]) -> Result<T, Fault> {
    fit(call, spoken(call, input)?)
}

/// Parses a call whose type is in the field `tag`, into an enumeration with the types as variant names.
pub(super) fn read_tagged<T: DeserializeOwned>(
    call: &'static str,
    tag: &str,
    input: &[u8],
) -> Result<T, Fault> {
    let mut spoken = spoken(call, input)?;
    let Value::String(kind) = spoken[tag].take() else {
        return Err(Fault::Call { call, problem: format!("It can't be read: `{tag}` is missing") });
    };
    let mut tagged = Map::new();
    tagged.insert(kind, spoken);
    fit(call, Value::Object(tagged))
}

fn fit<T: DeserializeOwned>(call: &'static str, spoken: Value) -> Result<T, Fault> {
    let problem = |mismatch| format!("It can't be read: {mismatch}");
    decode(spoken).map_err(|mismatch| Fault::Call { call, problem: problem(mismatch) })
}

fn spoken(call: &'static str, input: &[u8]) -> Result<Value, Fault> {
    let fault = |problem: String| Fault::Call { call, problem };
    let text = std::str::from_utf8(input).ok();
    let spoken = text.and_then(|text| serde_json::from_str(text).ok()).filter(Value::is_object);
    let spoken = spoken.ok_or_else(|| fault("It is not a JSON object".to_owned()))?;
    match spoken["protocol"].as_u64() {
        Some(version) if version == u64::from(PROTOCOL) => Ok(spoken),
        version => Err(Fault::Mismatch { spoken: version }),
    }
}

pub(super) fn answer(outcome: Result<impl Serialize, Fault>) -> Vec<u8> {
    let bytes = match outcome {
        Ok(value) => serde_json::to_vec(&value),
        Err(fault) => serde_json::to_vec(&Refused { protocol: PROTOCOL, refused: DeployError::from(fault) }),
    };
    bytes.expect("texts are keys, and no writer has errors of its own")
}

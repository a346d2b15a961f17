//! A host without outside access: it queues what the logic asks for, as commands with ids, and the logic
//! waits until the commands are resolved.
//!
//! Dropping a waiting future (a sleep ended by a cancellation, the lock's renewal at the end of a run)
//! withdraws its command. A command and its future are the two ends of a channel, so neither "done" nor "no
//! longer awaited" needs bookkeeping of its own.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};
use futures_channel::oneshot;
use serde_json::Value;

use super::protocol::{Command, Fault, Issued, RequestAnswer, SEED_BYTES, SchemaAnswer};
use crate::decode::{Mismatch, decode};
use crate::events::DeployEvent;
use crate::host::{
    Host, HostError, HostErrorKind, LakebaseTarget, Probe, SchemaError, SchemaErrorKind, Timestamp,
    WorkspaceRequest, WorkspaceResponse,
};
use crate::schema::{self, SchemaOperation, SchemaOutcome};

/// A host whose commands are carried out by the code that takes them from its queue.
pub struct QueueHost {
    now: Cell<Timestamp>,
    elapsed: Cell<Duration>,
    random: RefCell<ChaCha20Rng>,
    next_id: Cell<u64>,
    /// Commands not taken yet.
    issued: RefCell<Vec<Issued>>,
    events: RefCell<Vec<DeployEvent>>,
    waiting: RefCell<BTreeMap<u64, Waiting>>,
}

/// The sending end for a future that waits for a command.
enum Waiting {
    Request(oneshot::Sender<RequestAnswer>),
    Schema(oneshot::Sender<SchemaAnswer>),
    Sleep(oneshot::Sender<()>),
}

impl Waiting {
    fn is_withdrawn(&self) -> bool {
        match self {
            Self::Request(sender) => sender.is_canceled(),
            Self::Schema(sender) => sender.is_canceled(),
            Self::Sleep(sender) => sender.is_canceled(),
        }
    }
}

/// What happened in a host since the last call.
#[derive(Debug, Default)]
pub struct Changes {
    /// The events.
    pub events: Vec<DeployEvent>,
    /// The new commands.
    pub commands: Vec<Issued>,
    /// The withdrawn commands.
    pub withdrawn: Vec<u64>,
}

impl QueueHost {
    /// A host at the moment `now` whose random bytes come from `seed`.
    pub fn new(now: Timestamp, seed: [u8; SEED_BYTES]) -> Self {
        Self {
            now: Cell::new(now),
            elapsed: Cell::new(Duration::ZERO),
            random: RefCell::new(ChaCha20Rng::from_seed(seed)),
            next_id: Cell::new(1),
            issued: RefCell::default(),
            events: RefCell::default(),
            waiting: RefCell::default(),
        }
    }

    /// Sets the time, and the time elapsed by the monotonic clock.
    pub fn set_time(&self, now: Timestamp, elapsed: Option<Duration>) {
        // Without a monotonic clock, the other one is used, as far as it moves forward.
        let elapsed = elapsed.unwrap_or_else(|| self.elapsed.get() + now.since(self.now.get()));
        self.elapsed.set(elapsed.max(self.elapsed.get()));
        self.now.set(now);
    }

    /// Takes what happened since the last call.
    pub fn news(&self) -> Changes {
        let mut commands = self.issued.take();
        let mut withdrawn = Vec::new();
        self.waiting.borrow_mut().retain(|id, waiting| {
            let gone = waiting.is_withdrawn();
            if gone {
                withdrawn.push(*id);
            }
            !gone
        });
        // A command that was withdrawn in the turn that created it is not reported.
        withdrawn.retain(|id| {
            let handed_over = commands.iter().all(|issued| issued.id != *id);
            commands.retain(|issued| issued.id != *id);
            handed_over
        });
        Changes { events: self.events.take(), commands, withdrawn }
    }

    /// Passes the answer to the future that waits for the command `id`; false if none does.
    ///
    /// # Errors
    /// If there was never such a command, or the answer has the wrong type. The command stays.
    pub fn resolve(&self, id: u64, answer: Value) -> Result<bool, Fault> {
        let mut waiting = self.waiting.borrow_mut();
        let Some(found) = waiting.remove(&id) else {
            return if (1..self.next_id.get()).contains(&id) {
                Ok(false)
            } else {
                Err(fault(format!("There is no command {id}")))
            };
        };
        let (sent, kept) = match found {
            Waiting::Request(sender) => match decode(answer) {
                Ok(answer) => (sender.send(answer).is_ok(), None),
                Err(mismatch) => (false, Some((Waiting::Request(sender), mismatch))),
            },
            Waiting::Schema(sender) => match decode(answer) {
                Ok(answer) => (sender.send(answer).is_ok(), None),
                Err(mismatch) => (false, Some((Waiting::Schema(sender), mismatch))),
            },
            Waiting::Sleep(sender) if answer.is_null() => (sender.send(()).is_ok(), None),
            Waiting::Sleep(sender) => {
                (false, Some((Waiting::Sleep(sender), Mismatch::of_kind(&answer, "null"))))
            }
        };
        match kept {
            None => Ok(sent),
            Some((kept, mismatch)) => {
                waiting.insert(id, kept);
                Err(fault(format!("The answer to the command {id} can't be read: {mismatch}")))
            }
        }
    }

    fn issue<T>(&self, command: Command, waiting: fn(oneshot::Sender<T>) -> Waiting) -> oneshot::Receiver<T> {
        let id = self.next_id.replace(self.next_id.get() + 1);
        let (sender, receiver) = oneshot::channel();
        self.issued.borrow_mut().push(Issued { id, command });
        self.waiting.borrow_mut().insert(id, waiting(sender));
        receiver
    }
}

fn fault(problem: String) -> Fault {
    Fault::Call { call: "resolve", problem }
}

/// Only while a run is being torn down, when its result is no longer read.
const GONE: &str = "The run was abandoned";

fn answered(answer: Result<RequestAnswer, oneshot::Canceled>) -> Result<WorkspaceResponse, HostError> {
    match answer {
        Ok(RequestAnswer::Response(response)) => Ok(response),
        Ok(RequestAnswer::Error(error)) => Err(error),
        Err(oneshot::Canceled) => Err(HostError { kind: HostErrorKind::Refused, message: GONE.to_owned() }),
    }
}

impl Host for QueueHost {
    async fn request(&self, request: WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        answered(self.issue(Command::Request { request }, Waiting::Request).await)
    }

    async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError> {
        let script = schema::script(&operation);
        let command = Command::Schema { at: at.clone(), operation: operation.clone(), script };
        match self.issue(command, Waiting::Schema).await {
            Ok(SchemaAnswer::Row(row)) => schema::outcome(&operation, row.as_deref()),
            Ok(SchemaAnswer::Error(error)) => Err(error),
            Err(oneshot::Canceled) => Err(SchemaError {
                kind: SchemaErrorKind::Credential,
                sqlstate: None,
                message: GONE.to_owned(),
            }),
        }
    }

    async fn probe(&self, probe: &Probe) -> Result<WorkspaceResponse, HostError> {
        let command = Command::Probe { probe: probe.clone() };
        answered(self.issue(command, Waiting::Request).await)
    }

    async fn sleep(&self, duration: Duration) {
        let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        // Withdrawn or done: the wait has ended either way.
        let _ended = self.issue(Command::Sleep { duration_ms }, Waiting::Sleep).await;
    }

    fn now(&self) -> Timestamp {
        self.now.get()
    }

    fn elapsed(&self) -> Duration {
        self.elapsed.get()
    }

    fn random(&self, out: &mut [u8]) {
        self.random.borrow_mut().fill_bytes(out);
    }

    fn emit(&self, event: DeployEvent) {
        self.events.borrow_mut().push(event);
    }
}

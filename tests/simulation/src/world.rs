//! The world of a simulation: the workspace, its past, and the clock.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;

use deployer::host::{
    HostError, LakebaseTarget, Method, Probe, SchemaError, WorkspaceRequest, WorkspaceResponse,
};
use deployer::schema::{SchemaOperation, SchemaOutcome};
use serde_json::Value;

use crate::compare::Trace;
use crate::model::{Caller, Ending, Record, State};
use crate::module::Logic;
use crate::schedule::FaultKind;
use crate::time::{START_MS, Time};

/// How far back a read may show the workspace, in milliseconds.
pub const OLDEST_READ_MS: u64 = 5_000;

/// The number of kinds of fault.
pub const KINDS: usize = FaultKind::WORDS.len();

/// What all processes share.
pub struct World {
    /// The clock.
    pub time: Time,
    /// The workspace.
    pub state: RefCell<State>,
    /// What it records.
    pub record: RefCell<Record>,
    /// The states before each of the last changes.
    past: RefCell<VecDeque<(u64, State)>>,
    keeps_past: bool,
    starts: RefCell<Vec<usize>>,
    met: RefCell<[u64; KINDS]>,
    requests: Cell<u64>,
    turn: Cell<u64>,
    story: Option<RefCell<Vec<String>>>,
    trace: Option<RefCell<Trace>>,
    /// What runs the deployers.
    pub(crate) logic: Logic,
    /// A defect of the workspace or of a deployer, to check that it is found.
    pub defect: Option<Defect>,
}

/// A planted defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// A lock is created although there is one.
    LockIgnored,
    /// The journal is not written when a run ends.
    JournalLeftOpen,
    /// A restore point is reported, and not made.
    NoRestorePoint,
    /// A generated key is shown in a message.
    KeyShown,
    /// The driver of a module swaps two commands of a turn.
    AnswersMixedUp,
    /// The driver of a module drops the outcomes of a turn.
    AnswerLost,
    /// A module gets the time of its start in every turn.
    ClockStopped,
    /// A module gets another seed than the native deployer.
    OtherSeed,
}

impl World {
    /// A world that begins with `state`; `keeps_past` if reads may be stale, `tells` for a story.
    pub fn new(state: State, now_ms: u64, keeps_past: bool, tells: bool) -> Self {
        Self {
            time: Time::at(now_ms.max(START_MS)),
            state: RefCell::new(state),
            record: RefCell::default(),
            past: RefCell::default(),
            keeps_past,
            starts: RefCell::default(),
            met: RefCell::new([0; KINDS]),
            requests: Cell::new(0),
            turn: Cell::new(0),
            story: tells.then(RefCell::default),
            trace: None,
            logic: Logic::Native,
            defect: None,
        }
    }

    /// Adds a line to the story.
    pub fn note(&self, line: impl FnOnce() -> String) {
        if let Some(story) = &self.story {
            let now = self.time.now_ms() - START_MS;
            story.borrow_mut().push(format!("{:>6}.{:03} {}", now / 1_000, now % 1_000, line()));
        }
    }

    /// The story.
    pub fn story(&self) -> Vec<String> {
        self.story.as_ref().map(|story| story.borrow().clone()).unwrap_or_default()
    }

    /// Keeps a trace.
    pub(crate) fn keep_trace(&mut self) {
        self.trace = Some(RefCell::default());
    }

    /// A process sends this. It doesn't count if what is returned is dropped in the same turn: a module hands no
    /// request out that is given up before the deployer waits.
    pub(crate) fn sent(&self, process: usize, what: impl FnOnce() -> Value) -> Option<Sent<'_>> {
        let mut trace = self.trace.as_ref()?.borrow_mut();
        let at = self.time.now_ms() - START_MS;
        trace.sent.push(Some(format!("{at} {process} {}", as_javascript(what()))));
        Some(Sent { world: self, number: trace.sent.len() - 1, turn: self.turn.get() })
    }

    /// Waits for the next turn of the process, which comes at the same time.
    pub(crate) async fn next_turn(&self) {
        let turn = self.turn.get();
        poll_fn(|context| {
            if self.turn.get() > turn {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    /// A process was polled.
    pub(crate) fn turned(&self) {
        self.turn.set(self.turn.get() + 1);
    }

    /// A process shows this.
    pub(crate) fn told(&self, process: usize, what: &str) {
        if let Some(trace) = &self.trace {
            trace.borrow_mut().told.push((process, what.to_owned()));
        }
    }

    /// The trace, if one is kept.
    pub(crate) fn trace(&self) -> Trace {
        self.trace.as_ref().map(|trace| trace.borrow().clone()).unwrap_or_default()
    }

    pub(crate) fn met(&self, kind: FaultKind) {
        self.met.borrow_mut()[kind.index()] += 1;
    }

    /// How often each kind of fault met a request.
    pub fn faults_met(&self) -> [u64; KINDS] {
        *self.met.borrow()
    }

    /// The number of requests that were answered.
    pub fn requests(&self) -> u64 {
        self.requests.get()
    }

    pub(crate) fn start(&self, process: usize) {
        self.starts.borrow_mut().push(process);
    }

    /// The processes that are to be started.
    pub(crate) fn to_start(&self) -> Vec<usize> {
        std::mem::take(&mut *self.starts.borrow_mut())
    }

    fn remember(&self) {
        if !self.keeps_past {
            return;
        }
        let now = self.time.now_ms();
        let mut past = self.past.borrow_mut();
        while past.front().is_some_and(|(at, _)| at + OLDEST_READ_MS < now) {
            past.pop_front();
        }
        past.push_back((now, self.state.borrow().clone()));
    }

    pub(crate) fn answer(
        &self,
        caller: &Caller,
        ending: Ending,
        request: &WorkspaceRequest,
    ) -> WorkspaceResponse {
        self.requests.set(self.requests.get() + 1);
        if request.method != Method::Get {
            self.remember();
        }
        let (mut state, mut record) = (self.state.borrow_mut(), self.record.borrow_mut());
        let altered = self.defect.and_then(|defect| defect.alter(request));
        let request = altered.as_ref().unwrap_or(request);
        state.ending = ending;
        if self.defect.is_some_and(|defect| defect.swallows(request)) {
            return WorkspaceResponse {
                status: 200,
                headers: crate::model::headers(self.time.now_ms()),
                body: "{}".to_owned(),
            };
        }
        state.handle(&mut record, caller, self.time.now_ms(), request)
    }

    /// The answer to a read that the workspace would have given `millis` ago.
    pub(crate) fn answer_as_of(
        &self,
        caller: &Caller,
        millis: u64,
        request: &WorkspaceRequest,
    ) -> WorkspaceResponse {
        self.requests.set(self.requests.get() + 1);
        let then = self.time.now_ms() - millis.min(OLDEST_READ_MS);
        let past = self.past.borrow();
        let earlier = past.iter().find(|(at, _)| *at > then).map(|(_, state)| state.clone());
        let mut earlier = earlier.unwrap_or_else(|| self.state.borrow().clone());
        let mut record = Record::default();
        let mut answer = earlier.handle(&mut record, caller, then, request);
        answer.headers = crate::model::headers(self.time.now_ms());
        answer
    }

    pub(crate) fn schema(
        &self,
        caller: &Caller,
        at: &LakebaseTarget,
        operation: &SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError> {
        self.requests.set(self.requests.get() + 1);
        self.remember();
        let (mut state, mut record) = (self.state.borrow_mut(), self.record.borrow_mut());
        state.schema(&mut record, caller, self.time.now_ms(), at, operation)
    }

    pub(crate) fn probe(&self, probe: &Probe) -> Result<WorkspaceResponse, HostError> {
        self.requests.set(self.requests.get() + 1);
        let (mut state, mut record) = (self.state.borrow_mut(), self.record.borrow_mut());
        state.probe(&mut record, self.time.now_ms(), probe)
    }
}

/// With numbers as JavaScript writes them: there, 2.0 is 2.
fn as_javascript(value: Value) -> Value {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "it is a whole number")]
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => {
                (float as i64).into()
            }
            _ => Value::Number(number),
        },
        Value::Array(values) => values.into_iter().map(as_javascript).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, as_javascript(value))).collect()
        }
        value => value,
    }
}

/// A request in the trace.
pub(crate) struct Sent<'w> {
    world: &'w World,
    number: usize,
    turn: u64,
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        if let Some(trace) = &self.world.trace
            && self.world.turn.get() == self.turn
        {
            trace.borrow_mut().sent[self.number] = None;
        }
    }
}

impl Defect {
    /// The request that the workspace gets instead.
    fn alter(self, request: &WorkspaceRequest) -> Option<WorkspaceRequest> {
        let body = request.body.as_ref()?;
        let path = body["path"].as_str().unwrap_or_default();
        let is_lock = request.path.ends_with("/workspace/import") && path.contains("/.tellr/locks/");
        (self == Self::LockIgnored && is_lock).then(|| {
            let mut altered = request.clone();
            if let Some(body) = &mut altered.body {
                body["overwrite"] = true.into();
            }
            altered
        })
    }

    /// Whether the workspace never gets a request.
    fn swallows(self, request: &WorkspaceRequest) -> bool {
        match self {
            Self::NoRestorePoint => request.method == Method::Post && request.path.ends_with("/branches"),
            Self::JournalLeftOpen => {
                let body = request.body.as_ref();
                let path = body.and_then(|body| body["path"].as_str()).unwrap_or_default();
                path.ends_with("/.tellr/deployment.json")
                    && body.and_then(|body| body["content"].as_str()).is_some_and(is_finished)
            }
            Self::LockIgnored
            | Self::KeyShown
            | Self::AnswersMixedUp
            | Self::AnswerLost
            | Self::ClockStopped
            | Self::OtherSeed => false,
        }
    }
}

fn is_finished(content: &str) -> bool {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(content).unwrap_or_default();
    String::from_utf8_lossy(&bytes).contains("\"finished\"")
}

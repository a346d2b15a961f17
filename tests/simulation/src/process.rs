//! A deployer's process: its host, through which the faults of a schedule meet it.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};
use deployer::cancellation::Cancellation;
use deployer::error::DeployError;
use deployer::events::DeployEvent;
use deployer::host::{
    Host, HostError, HostErrorKind, LakebaseTarget, Method, Probe, SchemaError, SchemaErrorKind, Timestamp,
    WorkspaceRequest, WorkspaceResponse,
};
use deployer::schema::{SchemaOperation, SchemaOutcome};
use serde_json::{Value, json};

use crate::model::{Caller, Ending};
use crate::module::{Logic, Module};
use crate::random::Random;
use crate::schedule::{Fault, FaultKind, Garbage};
use crate::world::{Defect, Sent, World};

/// A process, and the [`Host`] of the deployer in it.
pub struct Process {
    world: Rc<World>,
    /// Who it is for the workspace.
    pub caller: Caller,
    faults: Vec<Fault>,
    count: Cell<u32>,
    seed: [u8; 32],
    random: RefCell<ChaCha20Rng>,
    network: RefCell<Random>,
    ahead_ms: Cell<i64>,
    /// How far the clock will be set forward, and whether the run will be cancelled, when it waits next.
    jump_ms: Cell<i64>,
    cancels: Cell<bool>,
    /// How long the monotonic clock stood still.
    missed_ms: Cell<u64>,
    pub(crate) frozen: Cell<Option<Frozen>>,
    dead: Cell<bool>,
    outage_until_ms: Cell<u64>,
    /// Cancels its run.
    pub cancellation: Cancellation,
    /// What it tells its user, as JSON.
    told: RefCell<Vec<String>>,
    /// How its run ended, once it has.
    pub ended: RefCell<Option<Result<(), DeployError>>>,
}

/// A process that stands still.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frozen {
    pub(crate) until_ms: u64,
    missed_ms: u64,
}

/// What meets one request.
#[expect(clippy::struct_excessive_bools, reason = "any of them may meet it")]
#[derive(Debug, Default)]
struct Met {
    number: u32,
    lost: bool,
    unanswered: bool,
    timed_out: bool,
    doubled: bool,
    late_ms: u64,
    stale_ms: u64,
    garbage: Option<Garbage>,
    refused: Option<u16>,
    ending: Ending,
    dies: bool,
    freezes: Option<(u64, bool)>,
}

impl Process {
    /// A process in `world`, whose clock is `ahead_ms` ahead of the workspace's.
    pub fn new(world: &Rc<World>, caller: Caller, seed: u64, ahead_ms: i64, faults: Vec<Fault>) -> Rc<Self> {
        let number = caller.process as u64;
        let mut bytes = [0; 32];
        Random::stream(seed, 100 + number).fill(&mut bytes);
        Rc::new(Self {
            world: Rc::clone(world),
            caller,
            faults,
            count: Cell::new(0),
            seed: bytes,
            random: RefCell::new(ChaCha20Rng::from_seed(bytes)),
            network: RefCell::new(Random::stream(seed, 200 + number)),
            ahead_ms: Cell::new(ahead_ms),
            jump_ms: Cell::new(0),
            cancels: Cell::new(false),
            missed_ms: Cell::new(0),
            frozen: Cell::new(None),
            dead: Cell::new(false),
            outage_until_ms: Cell::new(0),
            cancellation: Cancellation::new(),
            told: RefCell::default(),
            ended: RefCell::default(),
        })
    }

    /// Whether it restores data.
    pub fn restores(&self) -> bool {
        self.caller.restores
    }

    /// The number of its requests.
    pub fn requests(&self) -> u32 {
        self.count.get()
    }

    /// Whether it died.
    pub fn is_dead(&self) -> bool {
        self.dead.get()
    }

    /// Whether its run succeeded.
    pub fn succeeded(&self) -> bool {
        matches!(*self.ended.borrow(), Some(Ok(())))
    }

    /// The code of the error that its run ended with.
    pub fn code(&self) -> Option<String> {
        match &*self.ended.borrow() {
            Some(Err(error)) => Some(error.code.clone()),
            _ => None,
        }
    }

    /// Keeps what the process shows to its user.
    pub fn tell(&self, text: String) {
        self.world.told(self.caller.process, &text);
        self.told.borrow_mut().push(text);
    }

    /// Whether something that it showed contains `secret`.
    pub fn told(&self, secret: &str) -> Option<String> {
        self.told.borrow().iter().find(|text| text.contains(secret)).cloned()
    }

    /// What its random bytes come from, with the generator of the kernel's module: so that natively and in a module,
    /// a deployer takes the same ones.
    pub fn seed(&self) -> [u8; 32] {
        self.seed
    }

    /// The module that runs it, unless the native deployer does.
    pub fn module(&self) -> Option<Rc<Module>> {
        match &self.world.logic {
            Logic::Native => None,
            Logic::Module(module) => Some(Rc::clone(module)),
        }
    }

    /// Notes what must never happen.
    pub fn violation(&self, what: String) {
        self.world.record.borrow_mut().violation(what);
    }

    /// Whether this defect is planted.
    pub fn has(&self, defect: Defect) -> bool {
        self.world.defect == Some(defect)
    }

    /// What happens to it between two turns: a user cancels, and clocks are set, while a deployer waits.
    pub(crate) fn waits(&self) {
        self.ahead_ms.set(self.ahead_ms.get() + self.jump_ms.take());
        if self.cancels.take() {
            self.cancellation.cancel();
        }
    }

    /// Resumes after it stood still.
    pub(crate) fn thaw(&self) {
        if let Some(frozen) = self.frozen.take() {
            self.missed_ms.set(self.missed_ms.get() + frozen.missed_ms);
        }
    }

    fn say(&self, what: impl FnOnce() -> String) {
        self.world.note(|| format!("{}:{} {}", self.caller.process, self.count.get(), what()));
    }

    /// Notes a request, unless the process is dead.
    async fn sent(&self, what: impl FnOnce() -> Value) -> Option<Sent<'_>> {
        if self.dead.get() {
            pending::<()>().await;
        }
        self.world.sent(self.caller.process, what)
    }

    /// Counts a request, and says what meets it.
    async fn meet(&self) -> Met {
        let number = self.count.replace(self.count.get() + 1);
        let mut met = Met { number, ..Met::default() };
        for fault in self.faults.iter().filter(|fault| fault.request == number) {
            self.world.met(fault.kind);
            self.world.note(|| format!("{fault}"));
            match fault.kind {
                FaultKind::Lost => met.lost = true,
                FaultKind::Unanswered => met.unanswered = true,
                FaultKind::TimedOut => (met.unanswered, met.timed_out) = (true, true),
                FaultKind::Doubled => met.doubled = true,
                FaultKind::Late(secs) => met.late_ms = secs * 1_000,
                FaultKind::Stale(secs) => met.stale_ms = secs * 1_000,
                FaultKind::Garbage(garbage) => met.garbage = Some(garbage),
                FaultKind::Refused(status) => met.refused = Some(status),
                FaultKind::Outage(secs) => {
                    self.outage_until_ms.set(self.world.time.now_ms() + secs * 1_000);
                }
                FaultKind::Endless => met.ending = Ending::Never,
                FaultKind::Fails => met.ending = Ending::Failed,
                FaultKind::CrashBefore => self.die().await,
                FaultKind::CrashAfter => met.dies = true,
                FaultKind::Freeze(secs) => met.freezes = Some((secs * 1_000, false)),
                FaultKind::Suspend(secs) => met.freezes = Some((secs * 1_000, true)),
                FaultKind::Cancel => self.cancels.set(true),
                FaultKind::Jump(secs) => self.jump_ms.set(self.jump_ms.get() + secs * 1_000),
                FaultKind::Start(process) => self.world.start(process),
            }
        }
        met.lost |= self.world.time.now_ms() < self.outage_until_ms.get();
        met
    }

    /// Before a late effect. It comes after all else that the process does at that time, natively as through a module.
    async fn late(&self, met: &Met) {
        if met.late_ms > 0 {
            self.world.time.sleep(met.late_ms).await;
            self.world.next_turn().await;
        }
    }

    async fn die(&self) {
        self.dead.set(true);
        pending::<()>().await;
    }

    /// After the effect.
    async fn after(&self, met: &Met) {
        if met.dies {
            self.die().await;
        }
        if let Some((millis, suspended)) = met.freezes {
            let until_ms = self.world.time.now_ms() + millis;
            let missed_ms = if suspended { millis } else { 0 };
            self.frozen.set(Some(Frozen { until_ms, missed_ms }));
        }
        self.travel().await;
        if met.timed_out {
            self.world.time.sleep(60_000).await;
        }
    }

    async fn travel(&self) {
        let millis = self.network.borrow_mut().between(15, 120);
        self.world.time.sleep(millis).await;
    }
}

fn lost(met: &Met) -> HostError {
    let kind = if met.timed_out { HostErrorKind::Timeout } else { HostErrorKind::Connection };
    HostError { kind, message: "connection reset by peer".to_owned() }
}

fn garbled(answer: &mut WorkspaceResponse, garbage: Garbage) {
    match garbage {
        Garbage::Cut => {
            let half = answer.body.len() / 2;
            answer
                .body
                .truncate((0..=half).rev().find(|end| answer.body.is_char_boundary(*end)).unwrap_or(0));
        }
        Garbage::Page => {
            "<html><head><title>Bad Gateway</title></head><body></body></html>".clone_into(&mut answer.body);
        }
        Garbage::Shape => "[1, 2, 3]".clone_into(&mut answer.body),
        Garbage::Empty => answer.body.clear(),
    }
}

impl Host for Process {
    async fn request(&self, request: WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        let _sent = self.sent(|| json!(request)).await;
        let met = self.meet().await;
        if met.lost {
            self.travel().await;
            return Err(lost(&met));
        }
        if let Some(status) = met.refused {
            self.travel().await;
            let mut headers = crate::model::headers(self.world.time.now_ms());
            if status != 500 {
                headers.push(("retry-after".to_owned(), "2".to_owned()));
            }
            let code = if status == 429 { "REQUEST_LIMIT_EXCEEDED" } else { "TEMPORARILY_UNAVAILABLE" };
            let body = format!("{{\"error_code\":\"{code}\",\"message\":\"Try again.\"}}");
            return Ok(WorkspaceResponse { status, headers, body });
        }
        self.late(&met).await;
        if self.world.defect == Some(Defect::KeyShown) && request.path.ends_with("/secrets/put") {
            self.tell(request.body.as_ref().map(ToString::to_string).unwrap_or_default());
        }
        let is_read = request.method == Method::Get;
        let mut answer = if is_read && met.stale_ms > 0 {
            self.world.answer_as_of(&self.caller, met.stale_ms, &request)
        } else {
            self.world.answer(&self.caller, met.ending, &request)
        };
        if met.doubled {
            answer = self.world.answer(&self.caller, met.ending, &request);
        }
        let sent = met.number;
        self.world.note(|| {
            let path = request.body.as_ref().and_then(|body| body["path"].as_str());
            let path = path.or_else(|| request.query.first().map(|(_, value)| value.as_str()));
            format!(
                "{}:{sent} {} {} {} -> {}",
                self.caller.process,
                request.method,
                request.path,
                path.unwrap_or_default(),
                answer.status
            )
        });
        self.after(&met).await;
        if met.unanswered {
            return Err(lost(&met));
        }
        if let Some(garbage) = met.garbage {
            garbled(&mut answer, garbage);
        }
        Ok(answer)
    }

    async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError> {
        let _sent = self.sent(|| json!([at, operation])).await;
        let met = self.meet().await;
        let broken = || SchemaError {
            kind: SchemaErrorKind::Connection,
            sqlstate: None,
            message: "server closed the connection unexpectedly".to_owned(),
        };
        if met.lost || met.refused.is_some() || met.garbage.is_some() {
            self.travel().await;
            return Err(broken());
        }
        self.late(&met).await;
        let mut outcome = self.world.schema(&self.caller, at, &operation);
        if met.doubled {
            outcome = self.world.schema(&self.caller, at, &operation);
        }
        self.say(|| format!("{operation:?} -> {}", outcome.is_ok()));
        self.after(&met).await;
        if met.unanswered { Err(broken()) } else { outcome }
    }

    async fn probe(&self, probe: &Probe) -> Result<WorkspaceResponse, HostError> {
        let _sent = self.sent(|| json!(probe)).await;
        let met = self.meet().await;
        if met.lost {
            self.travel().await;
            return Err(lost(&met));
        }
        let answer = self.world.probe(probe);
        self.say(|| format!("{probe:?}"));
        self.after(&met).await;
        if met.unanswered {
            return Err(lost(&met));
        }
        let mut answer = answer?;
        if let Some(garbage) = met.garbage {
            garbled(&mut answer, garbage);
        }
        answer.status = met.refused.unwrap_or(answer.status);
        Ok(answer)
    }

    async fn sleep(&self, duration: Duration) {
        self.world.time.sleep(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)).await;
    }

    fn now(&self) -> Timestamp {
        let now = i64::try_from(self.world.time.now_ms()).unwrap_or(i64::MAX);
        Timestamp::from_millis(now.saturating_add(self.ahead_ms.get()))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.world.time.now_ms().saturating_sub(self.missed_ms.get()))
    }

    fn random(&self, out: &mut [u8]) {
        self.random.borrow_mut().fill_bytes(out);
    }

    fn emit(&self, event: DeployEvent) {
        self.world.note(|| format!("{}: {}", self.caller.process, event.message));
        // Everything that a user sees of an event.
        self.tell(event.message);
        if let Some(error) = event.error {
            self.tell(format!("{error:?}"));
        }
    }
}

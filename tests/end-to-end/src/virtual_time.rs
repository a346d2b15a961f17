//! A deployer on virtual time.
//!
//! The local workspace computes its states from its clock; a deployer reads the same clock through its
//! host. [`drive`] moves the clock: it polls the deployers, and when none of them has a pending request,
//! the only possible progress is the end of a sleep. Only then the clock jumps to the end of the earliest
//! sleep. The latency that the workspace reports in a header instead of sleeping is slept here, so that
//! concurrent requests overlap as in reality.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use deployer::events::DeployEvent;
use deployer::host::{
    CredentialTarget, Host, HostError, LakebaseTarget, Method, Probe, SchemaError, Timestamp,
    WorkspaceRequest, WorkspaceResponse,
};
use deployer::schema::{SchemaOperation, SchemaOutcome};
use local_workspace::clock::Clock;
use local_workspace::pace::LATENCY_HEADER;
use tellr_app::deploy::native_host::NativeHost;

/// The clock and the pending sleeps.
#[derive(Clone)]
pub struct Time {
    clock: Clock,
    shared: Rc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Pending requests.
    under_way: Cell<usize>,
    sleepers: RefCell<Vec<Sleeper>>,
    next: Cell<u64>,
    /// A process died: it makes no further progress.
    dead: Cell<bool>,
}

struct Sleeper {
    id: u64,
    until_ms: u64,
    waker: Option<Waker>,
}

impl Time {
    /// Time on the workspace's virtual clock.
    pub fn new(clock: Clock) -> Self {
        Self { clock, shared: Rc::default() }
    }

    /// Milliseconds since the epoch.
    pub fn now_ms(&self) -> u64 {
        self.clock.now().0
    }

    async fn sleep(&self, duration: Duration) {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let (id, until_ms) = (self.shared.next.get(), self.now_ms() + millis);
        self.shared.next.set(id + 1);
        self.shared.sleepers.borrow_mut().push(Sleeper { id, until_ms, waker: None });
        let _awake = SleepGuard { shared: &self.shared, id };
        poll_fn(|context| {
            if self.now_ms() >= until_ms {
                return Poll::Ready(());
            }
            let mut sleepers = self.shared.sleepers.borrow_mut();
            if let Some(sleeper) = sleepers.iter_mut().find(|sleeper| sleeper.id == id) {
                sleeper.waker = Some(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

    /// Moves the clock to the end of the earliest sleep; false if there is none.
    fn advance(&self) -> bool {
        let first = self.shared.sleepers.borrow().iter().map(|sleeper| sleeper.until_ms).min();
        let Some(first) = first else { return false };
        let ahead = first.saturating_sub(self.now_ms());
        self.clock.advance(ahead).expect("the workspace runs on a virtual clock");
        for sleeper in
            self.shared.sleepers.borrow_mut().iter_mut().filter(|sleeper| sleeper.until_ms <= first)
        {
            if let Some(waker) = sleeper.waker.take() {
                waker.wake();
            }
        }
        true
    }
}

/// Removes a sleep from the list, also when its future is dropped.
struct SleepGuard<'a> {
    shared: &'a Shared,
    id: u64,
}

impl Drop for SleepGuard<'_> {
    fn drop(&mut self) {
        self.shared.sleepers.borrow_mut().retain(|sleeper| sleeper.id != self.id);
    }
}

/// Runs `work` on virtual time until it is done; `None` if its process died.
pub async fn drive<T>(time: &Time, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| {
        loop {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Some(done));
            }
            if time.shared.dead.take() {
                return Poll::Ready(None);
            }
            if time.shared.under_way.get() > 0 || !time.advance() {
                return Poll::Pending;
            }
        }
    })
    .await
}

/// When a process dies, relative to the effect of one of its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// The request was never sent.
    Before(usize),
    /// The request had its effect and the answer was never read.
    After(usize),
}

/// A fault for a request.
pub enum RequestFault {
    /// This answer; the workspace never receives the request.
    Answer(WorkspaceResponse),
    /// The answer is delayed by this time.
    Latency(Duration),
}

/// The header that marks a deployer's requests.
pub const DEPLOYER: &str = "x-deployer";

/// Selects the fault for a request.
type OnRequest<'a> = dyn Fn(&WorkspaceRequest) -> Option<RequestFault> + 'a;
/// Selects the fault for a schema operation before it reaches the database.
type OnSchema<'a> = dyn Fn(&SchemaOperation) -> Option<SchemaError> + 'a;
/// Modifies an answer, given the request's index.
type OnAnswer<'a> = dyn Fn(usize, &mut WorkspaceResponse) + 'a;

/// A host on virtual time.
pub struct VirtualHost<'a> {
    time: Time,
    http: reqwest::Client,
    address: String,
    token: String,
    native: NativeHost,
    sql_latency: Duration,
    /// The part of it that mints the credential.
    credential_latency: Duration,
    /// The credential that was minted ahead.
    prepared: RefCell<Option<CredentialTarget>>,
    events: RefCell<Vec<DeployEvent>>,
    /// The number of requests and schema operations so far; also the next one's index.
    count: Cell<usize>,
    death: Option<Death>,
    seed: Cell<u64>,
    /// The mark of its requests.
    name: Option<String>,
    /// The process is suspended from the first of these times to the second.
    frozen: Option<(u64, u64)>,
    /// How far this machine's clock is ahead of the workspace's.
    ahead_ms: i64,
    /// The faults for its requests.
    on_request: Option<&'a OnRequest<'a>>,
    /// The start times of schema operations that change something.
    changes_of_schema: RefCell<Vec<u64>>,
    on_event: Option<&'a dyn Fn(&DeployEvent)>,
    on_answer: Option<&'a OnAnswer<'a>>,
    on_schema: Option<&'a OnSchema<'a>>,
}

impl<'a> VirtualHost<'a> {
    /// A host for one principal. `native` provides its database connections.
    pub fn new(
        time: Time,
        http: reqwest::Client,
        address: &str,
        token: &str,
        native: NativeHost,
        sql: Duration,
    ) -> Self {
        Self {
            time,
            http,
            address: address.to_owned(),
            token: token.to_owned(),
            native,
            sql_latency: sql,
            credential_latency: Duration::ZERO,
            prepared: RefCell::default(),
            events: RefCell::default(),
            count: Cell::new(0),
            death: None,
            seed: Cell::new(0x5eed),
            name: None,
            frozen: None,
            ahead_ms: 0,
            on_request: None,
            changes_of_schema: RefCell::default(),
            on_event: None,
            on_answer: None,
            on_schema: None,
        }
    }

    /// The same, with the part of a schema operation that mints its credential.
    #[must_use]
    pub fn minting(self, credential_latency: Duration) -> Self {
        Self { credential_latency, ..self }
    }

    /// The same, but it dies at one of its requests.
    #[must_use]
    pub fn dying(mut self, death: Option<Death>) -> Self {
        self.death = death;
        self
    }

    /// The same, with its requests marked with `name` in the workspace's journal.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// The same, with its process suspended from one time to another: awaited events may happen meanwhile,
    /// but it does nothing.
    #[must_use]
    pub fn frozen(self, from_ms: u64, until_ms: u64) -> Self {
        Self { frozen: Some((from_ms, until_ms)), ..self }
    }

    /// The same, on a machine with a wrong clock.
    #[must_use]
    pub fn ahead(self, ahead_ms: i64) -> Self {
        Self { ahead_ms, ..self }
    }

    /// The same, with faults for its requests.
    #[must_use]
    pub fn meeting(self, on_request: &'a dyn Fn(&WorkspaceRequest) -> Option<RequestFault>) -> Self {
        Self { on_request: Some(on_request), ..self }
    }

    /// The same, with schema operations that may fail before they reach the database.
    #[must_use]
    pub fn failing(self, on_schema: &'a OnSchema<'a>) -> Self {
        Self { on_schema: Some(on_schema), ..self }
    }

    /// The start times of this deployer's schema operations that change something.
    pub fn changes_of_schema(&self) -> Vec<u64> {
        self.changes_of_schema.borrow().clone()
    }

    /// Waits until the process resumes, if it is suspended now.
    async fn thaw(&self) {
        if let Some((from, until)) = self.frozen {
            let now = self.time.now_ms();
            if (from..until).contains(&now) {
                self.time.sleep(Duration::from_millis(until - now)).await;
            }
        }
    }

    /// The same, with other random bytes.
    #[must_use]
    pub fn seeded(self, seed: u64) -> Self {
        self.seed.set(seed);
        self
    }

    /// The same, with a listener for its events.
    #[must_use]
    pub fn watched(mut self, listener: &'a dyn Fn(&DeployEvent)) -> Self {
        self.on_event = Some(listener);
        self
    }

    /// The same, with modified answers; requests are counted from 0.
    #[must_use]
    pub fn altered(mut self, alter: &'a dyn Fn(usize, &mut WorkspaceResponse)) -> Self {
        self.on_answer = Some(alter);
        self
    }

    /// The events so far.
    pub fn events(&self) -> Vec<DeployEvent> {
        self.events.borrow().clone()
    }

    /// The number of requests and schema operations that were sent.
    pub fn requests(&self) -> usize {
        self.count.get()
    }

    /// Counts a request, and dies if it is due. Returns whether to die after it.
    async fn count(&self) -> bool {
        let index = self.count.replace(self.count.get() + 1);
        if self.death == Some(Death::Before(index)) {
            self.die().await;
        }
        self.death == Some(Death::After(index))
    }

    async fn die(&self) {
        self.time.shared.dead.set(true);
        std::future::pending::<()>().await;
    }

    async fn send(&self, request: &WorkspaceRequest) -> Result<(WorkspaceResponse, Duration), HostError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self
            .http
            .request(method, format!("{}{}", self.address, request.path))
            .bearer_auth(&self.token)
            .header(DEPLOYER, self.name.as_deref().unwrap_or_default())
            .query(&request.query);
        if let Some(body) = &request.body {
            builder = builder.json(body);
        }
        let lost = |error: reqwest::Error| HostError {
            kind: deployer::host::HostErrorKind::Connection,
            message: error.without_url().to_string(),
        };
        let answer = builder.send().await.map_err(lost)?;
        let headers: Vec<(String, String)> = answer
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let latency = headers.iter().find(|(name, _)| name == LATENCY_HEADER);
        let latency =
            latency.and_then(|(_, millis)| millis.parse().ok()).map_or(Duration::ZERO, Duration::from_millis);
        let status = answer.status().as_u16();
        let body = answer.text().await.map_err(lost)?;
        Ok((WorkspaceResponse { status, headers, body }, latency))
    }
}

/// A pending request, for as long as this lives.
struct UnderWay<'a>(&'a Cell<usize>);

impl<'a> UnderWay<'a> {
    fn begin(count: &'a Cell<usize>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Host for VirtualHost<'_> {
    async fn request(&self, request: WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        let index = self.count.get();
        let dies = self.count().await;
        let longer = match self.on_request.and_then(|meets| meets(&request)) {
            Some(RequestFault::Answer(answer)) => return Ok(answer),
            Some(RequestFault::Latency(longer)) => longer,
            None => Duration::ZERO,
        };
        let mut answer = {
            let _under_way = UnderWay::begin(&self.time.shared.under_way);
            self.send(&request).await
        };
        if let (Some(alter), Ok((answer, _))) = (self.on_answer, &mut answer) {
            alter(index, answer);
        }
        if dies {
            self.die().await;
        }
        let answer = match answer {
            Ok((response, latency)) => {
                self.time.sleep(latency + longer).await;
                Ok(response)
            }
            Err(error) => Err(error),
        };
        self.thaw().await;
        answer
    }

    async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError> {
        let dies = self.count().await;
        if !matches!(operation, SchemaOperation::Inspect { .. }) {
            self.changes_of_schema.borrow_mut().push(self.time.now_ms());
        }
        let outcome = if let Some(error) = self.on_schema.and_then(|meets| meets(&operation)) {
            Err(error)
        } else {
            let _under_way = UnderWay::begin(&self.time.shared.under_way);
            self.native.schema(at, operation).await
        };
        if dies {
            self.die().await;
        }
        let prepared = self.prepared.take().is_some_and(|prepared| prepared == at.credential);
        let minted = if prepared { self.credential_latency } else { Duration::ZERO };
        self.time.sleep(self.sql_latency.saturating_sub(minted)).await;
        self.thaw().await;
        outcome
    }

    async fn prepare(&self, credential: &CredentialTarget) {
        {
            let _under_way = UnderWay::begin(&self.time.shared.under_way);
            self.native.prepare(credential).await;
        }
        self.time.sleep(self.credential_latency).await;
        self.prepared.replace(Some(credential.clone()));
    }

    async fn probe(&self, probe: &Probe) -> Result<WorkspaceResponse, HostError> {
        let _under_way = UnderWay::begin(&self.time.shared.under_way);
        self.native.probe(probe).await
    }

    async fn sleep(&self, duration: Duration) {
        self.time.sleep(duration).await;
        self.thaw().await;
    }

    fn now(&self) -> Timestamp {
        let now = i64::try_from(self.time.now_ms()).unwrap_or(i64::MAX);
        Timestamp::from_millis(now.saturating_add(self.ahead_ms))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.time.now_ms())
    }

    fn random(&self, out: &mut [u8]) {
        // xorshift: the same bytes in every run, so that failures are reproducible.
        for byte in out {
            let mut state = self.seed.get();
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            self.seed.set(state);
            *byte = state.to_le_bytes()[0];
        }
    }

    fn emit(&self, event: DeployEvent) {
        if let Some(listener) = self.on_event {
            listener(&event);
        }
        self.events.borrow_mut().push(event);
    }
}

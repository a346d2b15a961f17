//! Sends calls, and retries them according to [`RetryPolicy`].

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, FutureExt as _, LocalBoxFuture, Shared, select};
use futures_util::pin_mut;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::api_error::{ApiError, ErrorKind, Interface};
use super::elapsed::Elapsed;
use super::retry::{Attempt, RETRIES, RetryDecision, RetryPolicy};
use super::{Call, Page, Words, next_page};
use crate::cancellation::Cancellation;
use crate::decode::{Mismatch, decode};
use crate::host::{Host, HostError, Method, Timestamp, WorkspaceRequest, WorkspaceResponse};

/// The time limit of cleanup.
const CLOSING: Duration = Duration::from_mins(2);
/// The time limit of a single request: hosts give up on an answer after a minute.
const ATTEMPT: Duration = Duration::from_mins(1);
/// The list of one app's resources is a page or two; an endless one is an error of the other side.
const MOST_PAGES: usize = 100;
/// Retries are reported from this time since the first attempt on.
const TOLD_FROM: Duration = Duration::from_secs(5);

/// An answer that is JSON, and the words of its call.
struct Answer {
    status: u16,
    body: Value,
    words: Words,
}

impl Answer {
    /// Reads it into a type. Every answer of the platform is an object. One of the wrong shape isn't requested again:
    /// the platform would answer the same.
    fn read<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        let Self { status, body, words } = self;
        let read = if body.is_object() { decode(body) } else { Err(Mismatch::of_kind(&body, "an object")) };
        read.map_err(|mismatch| words.of(ApiError::unexpected_shape(status, &mismatch)))
    }

    /// Takes the token of the next page; `None` on the last one.
    fn next_page(&mut self) -> Result<Option<String>, ApiError> {
        match self.body.get_mut("next_page_token").map(Value::take) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(token)) => Ok(Some(token).filter(|token| !token.is_empty())),
            Some(other) => {
                let mismatch = Mismatch::of_kind(&other, "a text as `next_page_token`");
                Err(self.words.clone().of(ApiError::unexpected_shape(self.status, &mismatch)))
            }
        }
    }

    /// Adds the entries of the next page, which has to be an object as well. Entries that aren't a list stay what they
    /// are, and are refused when they are read.
    fn append(&mut self, next: Self, entries: &str) -> Result<(), ApiError> {
        let mut next: Map<String, Value> = next.read()?;
        let Value::Object(all) = &mut self.body else { return Ok(()) };
        all.insert("next_page_token".to_owned(), next.remove("next_page_token").unwrap_or_default());
        match (all.get_mut(entries), next.remove(entries).unwrap_or_default()) {
            (_, Value::Null) => {}
            (Some(Value::Array(there)), Value::Array(mut more)) => there.append(&mut more),
            (None | Some(Value::Null | Value::Array(_)), more) => {
                all.insert(entries.to_owned(), more);
            }
            (Some(_), _) => {}
        }
        Ok(())
    }
}

/// Permits or refuses requests that change something.
pub trait Permit {
    /// Called before each of them is sent, also before retries.
    fn check(&self) -> LocalBoxFuture<'_, Result<(), ApiError>>;
}

/// Which requests a client sends in addition to read-only ones.
#[derive(Clone)]
enum Changes<'a> {
    /// None.
    No,
    /// All.
    Unchecked,
    /// Those that are permitted.
    Permitted(Rc<dyn Permit + 'a>),
}

/// The reads that were sent, if their answers are used again. A trait, as [`Permit`] is, so that a client with a long
/// life can be used for a shorter one.
trait Reads {
    /// The answer to `request`, which is sent if it wasn't before.
    fn answer(&self, request: &WorkspaceRequest) -> LocalBoxFuture<'_, Result<WorkspaceResponse, HostError>>;

    /// Forgets the answer to `request`.
    fn forget(&self, request: &WorkspaceRequest);
}

/// The reads of one host.
struct Remembered<'h, H> {
    host: &'h H,
    sent: RefCell<Vec<(WorkspaceRequest, Sent<'h>)>>,
}

/// A read that was sent, answered or not.
type Sent<'h> = Shared<LocalBoxFuture<'h, Result<WorkspaceResponse, HostError>>>;

impl<H: Host> Reads for Remembered<'_, H> {
    fn answer(&self, request: &WorkspaceRequest) -> LocalBoxFuture<'_, Result<WorkspaceResponse, HostError>> {
        let mut all = self.sent.borrow_mut();
        if let Some((_, sent)) = all.iter().find(|(known, _)| known == request) {
            return sent.clone().boxed_local();
        }
        let (host, asked) = (self.host, request.clone());
        let sent = async move { host.request(asked).await }.boxed_local().shared();
        all.push((request.clone(), sent.clone()));
        sent.boxed_local()
    }

    fn forget(&self, request: &WorkspaceRequest) {
        self.sent.borrow_mut().retain(|(known, _)| known != request);
    }
}

/// Sends calls to one workspace through a host.
///
/// A client is created for reading. One that changes something is derived from it with the [`Permit`] that is
/// called before each change, so no step can skip the check; only the lock's own client has none.
pub struct Client<'a, H> {
    host: &'a H,
    cancellation: Cancellation,
    changes: Changes<'a>,
    policy: RetryPolicy,
    /// Whether only cleanup is left, which is done even if the run is stopping.
    closing: Cell<bool>,
    /// The difference between the workspace's clock and the host's, in milliseconds, by the last `Date`.
    clock_ahead_ms: Cell<i64>,
    /// Whether the workspace has answered anything yet.
    answered: Cell<bool>,
    /// Receives messages about slow calls.
    listener: Option<Rc<dyn Fn(String) + 'a>>,
    /// The reads that were sent, if their answers are used again.
    reads: Option<Rc<dyn Reads + 'a>>,
}

impl<'a, H: Host> Client<'a, H> {
    /// A client with the default time limit, which stops when the run is asked to stop.
    ///
    /// It sends read-only requests.
    pub fn new(host: &'a H, cancellation: &Cancellation) -> Self {
        Self {
            host,
            cancellation: cancellation.clone(),
            changes: Changes::No,
            policy: RetryPolicy::default(),
            closing: Cell::new(false),
            clock_ahead_ms: Cell::new(0),
            answered: Cell::new(false),
            listener: None,
            reads: None,
        }
    }

    /// The same client, which sends each read once and uses its answer again: for an operation that only looks,
    /// once. So a read can be started before its answer is needed ([`Client::ahead`]), and all parts of the
    /// operation see the same state.
    #[must_use]
    pub fn remembering(self) -> Self {
        let reads: Rc<dyn Reads + 'a> = Rc::new(Remembered { host: self.host, sent: RefCell::default() });
        Self { reads: Some(reads), ..self }
    }

    /// Another client that shares the answers of this one.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self { reads: self.reads.clone(), ..Self::new(self.host, &self.cancellation) }
    }

    /// Starts a read whose answer is probably needed. Its outcome doesn't matter here; the caller that needs it reads it.
    pub fn ahead<T>(&self, call: Call<T>) -> LocalBoxFuture<'_, ()> {
        let request = call.request;
        Box::pin(async move {
            if let Some(reads) = &self.reads {
                reads.answer(&request).await.ok();
            }
        })
    }

    /// The same client, which sends `listener` a message when a request is retried.
    #[must_use]
    pub fn telling(mut self, listener: impl Fn(String) + 'a) -> Self {
        self.listener = Some(Rc::new(listener));
        self
    }

    /// A client for the lock itself, which needs no permit.
    pub(crate) fn unchecked(host: &'a H, cancellation: &Cancellation) -> Self {
        // The workspace has answered before a lock is acquired: a broken connection is a transient error.
        Self { changes: Changes::Unchecked, answered: Cell::new(true), ..Self::new(host, cancellation) }
    }

    /// The same client without retries.
    #[must_use]
    pub(crate) fn once(self) -> Self {
        Self { policy: RetryPolicy { budget: Duration::ZERO }, ..self }
    }

    /// A client that also sends changing requests, if `permit` allows it.
    pub(crate) fn permitted(&self, permit: Rc<dyn Permit + 'a>) -> Self {
        Self {
            changes: Changes::Permitted(permit),
            clock_ahead_ms: self.clock_ahead_ms.clone(),
            answered: self.answered.clone(),
            listener: self.listener.clone(),
            ..Self::new(self.host, &self.cancellation)
        }
    }

    /// Whether changes are permitted now.
    ///
    /// # Errors
    /// Of the kind [`ErrorKind::Withheld`] if not; or why that can't be determined.
    pub async fn permit(&self) -> Result<(), ApiError> {
        match &self.changes {
            Changes::Unchecked => Ok(()),
            Changes::Permitted(permit) => permit.check().await,
            Changes::No => Err(ApiError::withheld()),
        }
    }

    /// The time by the workspace's clock, rounded down to seconds. Two deployers on two machines agree on it,
    /// which their own clocks do not guarantee.
    pub fn workspace_now(&self) -> Timestamp {
        Timestamp::from_millis(self.host.now().as_millis().saturating_add(self.clock_ahead_ms.get()))
    }

    /// The difference between the workspace's clock and the host's; zero below the precision of the workspace's
    /// answers.
    pub fn clock_difference(&self) -> Duration {
        Duration::from_millis(self.clock_ahead_ms.get().unsigned_abs())
    }

    /// Sends `call` until it is answered or the time limit has passed.
    ///
    /// # Errors
    /// The refusal, with the call's own words.
    pub async fn send<T: DeserializeOwned>(&self, call: Call<T>) -> Result<T, ApiError> {
        let (request, words) = call.into_parts();
        self.answer(request, words).await?.read()
    }

    /// The answer to `request`. Boxed: a host's request may have kilobytes of state, and many calls are nested.
    fn answer(
        &self,
        request: WorkspaceRequest,
        words: Words,
    ) -> LocalBoxFuture<'_, Result<Answer, ApiError>> {
        Box::pin(async move {
            match self.exchange(request).await {
                Ok((status, body)) => Ok(Answer { status, body, words }),
                Err(error) => Err(words.of(error)),
            }
        })
    }

    /// Like [`Client::send`], but returns `None` if the resource doesn't exist.
    ///
    /// # Errors
    /// Any other refusal.
    pub async fn find<T: DeserializeOwned>(&self, call: Call<T>) -> Result<Option<T>, ApiError> {
        match self.send(call).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Like [`Client::find`], for a list: reads all pages.
    ///
    /// # Errors
    /// Any other refusal, and a list that doesn't end.
    pub async fn find_all<T: DeserializeOwned + Page>(&self, call: Call<T>) -> Result<Option<T>, ApiError> {
        let (request, words) = call.into_parts();
        self.pages(request, words, T::ENTRIES).await?.map(Answer::read).transpose()
    }

    /// All pages of a list as one answer, `None` if the list doesn't exist. Only the joined pages are read into a type,
    /// so this code is compiled once and not for each type.
    fn pages(
        &self,
        request: WorkspaceRequest,
        words: Words,
        entries: &'static str,
    ) -> LocalBoxFuture<'_, Result<Option<Answer>, ApiError>> {
        Box::pin(async move {
            let mut all = match self.answer(request.clone(), words.clone()).await {
                Err(error) if error.is_not_found() => return Ok(None),
                answered => answered?,
            };
            for _ in 1..MOST_PAGES {
                let Some(token) = all.next_page()? else { return Ok(Some(all)) };
                let next = self.answer(next_page(request.clone(), token), words.clone()).await?;
                all.append(next, entries)?;
            }
            match all.next_page()? {
                None => Ok(Some(all)),
                Some(_) => Err(words.of(ApiError::endless_list(MOST_PAGES))),
            }
        })
    }

    /// Sends `request` until the answer is JSON or the time limit has passed: its status, and the JSON.
    async fn exchange(&self, request: WorkspaceRequest) -> Result<(u16, Value), ApiError> {
        let (method, interface) = (request.method, Interface::of(&request.path));
        let (mut earlier, mut unanswered, mut uncertain) = (0u32, 0u32, false);
        let mut elapsed = Elapsed::since(self.host.now());
        loop {
            if method != Method::Get {
                self.permit().await?;
            }
            let (mut error, response) = match self.attempt(request.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            unanswered = if error.is(ErrorKind::NoAnswer) { unanswered.saturating_add(1) } else { 0 };
            // Limits time rather than pauses: each attempt at an unresponsive workspace takes a minute.
            let waited = elapsed.count(self.host.now(), ATTEMPT);
            let (response, answered_before) = (response.as_ref(), self.answered.get());
            let failed =
                Attempt { method, error: &error, response, earlier, unanswered, waited, answered_before };
            match self.policy().judge(failed, self.jitter()) {
                RetryDecision::Again(pause) => {
                    self.tell(&failed, pause);
                    if let Some(reads) = &self.reads {
                        reads.forget(&request);
                    }
                    if self.pause(pause).await {
                        elapsed.count(self.host.now(), pause);
                        earlier = earlier.saturating_add(1);
                        uncertain |= error.may_have_had_its_effect();
                        continue;
                    }
                }
                RetryDecision::Stop => {}
            }
            (error.waited, error.uncertain, error.interface) = (waited, uncertain, interface);
            return Err(error);
        }
    }

    /// Sends `request` once.
    async fn attempt(
        &self,
        request: WorkspaceRequest,
    ) -> Result<(u16, Value), (ApiError, Option<WorkspaceResponse>)> {
        let method = request.method;
        let response = match &self.reads {
            Some(reads) if method == Method::Get => reads.answer(&request).await,
            _ => self.host.request(request).await,
        };
        let response = match response {
            Ok(response) => response,
            Err(error) => return Err((ApiError::from_host(error), None)),
        };
        self.answered.set(true);
        self.read_clock(response.header("date"));
        if !(200..300).contains(&response.status) {
            return Err((ApiError::from_response(&response), Some(response)));
        }
        match parse(method, &response) {
            Ok(body) => Ok((response.status, body)),
            Err(problem) => Err((ApiError::not_json(&response, &problem), Some(response))),
        }
    }

    /// Reports why a call takes long, if the delay is noticeable to users.
    fn tell(&self, failed: &Attempt<'_>, pause: Duration) {
        let Some(listener) = &self.listener else { return };
        let is_noticeable = failed.waited.saturating_add(pause) >= TOLD_FROM;
        let message = match failed.error.kind {
            ErrorKind::NoAnswer if failed.answered_before => format!(
                "can't reach the workspace ({}), retrying ({} of {RETRIES})",
                failed.error.message, failed.unanswered
            ),
            ErrorKind::RateLimited if is_noticeable => {
                format!("the workspace limits requests, retrying in {} s", pause.as_secs())
            }
            ErrorKind::CutOff if is_noticeable => {
                format!("the workspace's answer is incomplete, retrying in {} s", pause.as_secs())
            }
            ErrorKind::Unavailable if is_noticeable => format!(
                "the workspace failed (status {}), retrying in {} s",
                failed.error.status,
                pause.as_secs()
            ),
            _ => return,
        };
        listener(message);
    }

    /// From here on only cleanup requests are sent: they are retried for two minutes at most, even if the run
    /// was asked to stop.
    pub fn close(&self) {
        self.closing.set(true);
    }

    fn policy(&self) -> RetryPolicy {
        if self.closing.get() { RetryPolicy { budget: CLOSING } } else { self.policy }
    }

    /// Waits; false if the run is asked to stop meanwhile. A pending request is never dropped, only the wait
    /// before the next.
    async fn pause(&self, duration: Duration) -> bool {
        if self.closing.get() {
            self.host.sleep(duration).await;
            return true;
        }
        let (sleep, stopped) = (self.host.sleep(duration), self.cancellation.stopped());
        pin_mut!(sleep, stopped);
        matches!(select(stopped, sleep).await, Either::Right(_))
    }

    fn read_clock(&self, date: Option<&str>) {
        if let Some(date) = date.and_then(Timestamp::parse_http) {
            let ahead = date.as_millis().saturating_sub(self.host.now().as_millis());
            // `Date` has whole seconds: differences below one second are insignificant.
            self.clock_ahead_ms.set(if ahead.unsigned_abs() < 1500 { 0 } else { ahead });
        }
    }

    fn jitter(&self) -> f64 {
        let mut byte = [0u8; 1];
        self.host.random(&mut byte);
        f64::from(byte[0]) / 255.0
    }
}

/// The body as JSON. An empty answer to a change counts as `{}`. One to a read was cut off: if it counted as a list
/// without entries, a key would be missing, and be replaced by another one.
fn parse(method: Method, response: &WorkspaceResponse) -> serde_json::Result<Value> {
    let body = response.body.trim();
    serde_json::from_str(if body.is_empty() && method != Method::Get { "{}" } else { body })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(body: Value) -> Answer {
        let words = Words { doing: "read it".into(), what: "it".into(), needed: "CAN USE" };
        Answer { status: 200, body, words }
    }

    #[test]
    fn pages_are_joined_and_none_is_lost() {
        let joined = |first: Value, next: Value| {
            let mut all = answer(first);
            all.append(answer(next), "apps").map(|()| all.body["apps"].clone()).map_err(|error| error.kind)
        };
        let page = || json!({"apps": [2]});
        assert_eq!(joined(json!({"apps": [1]}), page()), Ok(json!([1, 2])));
        assert_eq!(joined(json!({"apps": [1]}), json!({"apps": null})), Ok(json!([1])));
        assert_eq!(joined(json!({}), page()), Ok(json!([2])));
        assert_eq!(joined(json!({"apps": null}), page()), Ok(json!([2])));
        // Refused when they are read.
        assert_eq!(joined(json!({"apps": {"1": 1}}), page()), Ok(json!({"1": 1})));
        assert_eq!(joined(json!({"apps": [1]}), json!({"apps": "x"})), Ok(json!("x")));
        for next in [json!([]), json!(null), json!("x")] {
            assert_eq!(joined(json!({"apps": [1]}), next), Err(ErrorKind::UnexpectedShape));
        }
        let mut wrong = answer(json!({"next_page_token": 5}));
        assert_eq!(wrong.next_page().map_err(|error| error.kind), Err(ErrorKind::UnexpectedShape));
    }

    #[test]
    fn an_empty_answer_to_a_read_is_cut_off() {
        let empty = WorkspaceResponse { status: 200, headers: Vec::new(), body: " \n".to_owned() };
        assert_eq!(parse(Method::Post, &empty).unwrap(), json!({}));
        let problem = parse(Method::Get, &empty).unwrap_err();
        assert!(ApiError::not_json(&empty, &problem).is(ErrorKind::CutOff));
    }
}

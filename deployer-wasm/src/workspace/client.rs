//! Sends calls, and sends them again where [`RetryPolicy`] says so.

use std::any::Any;
use std::cell::Cell;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{Either, LocalBoxFuture, select};
use futures_util::pin_mut;
use serde_json::Value;

use super::Call;
use super::api_error::{ApiError, ErrorKind, Interface};
use super::elapsed::Elapsed;
use super::retry::{Attempt, RETRIES, RetryPolicy, Verdict};
use crate::cancellation::Cancellation;
use crate::host::{Host, Timestamp, WorkspaceRequest, WorkspaceResponse};
use crate::json::{self, FromJson};

/// How long leaving things in order may take.
const CLOSING: Duration = Duration::from_mins(2);
/// No single request takes longer: hosts give up on an answer after a minute.
const ATTEMPT: Duration = Duration::from_mins(1);
/// From this many seconds on, a wait that the workspace asks for is worth telling.
const TOLD_FROM: Duration = Duration::from_secs(5);

/// A call under way.
///
/// What it takes to send a request is compiled once, for an answer of any type; only the reading of the
/// answer is of a type's own, and this, which takes the answer out of its box. It lies on the heap, as a
/// host's request may be kilobytes of state, and many calls are nested.
pub struct Sending<'s, T> {
    answer: LocalBoxFuture<'s, Result<Box<dyn Any>, ApiError>>,
    reads: PhantomData<fn() -> T>,
}

impl<T: 'static> Future for Sending<'_, T> {
    type Output = Result<T, ApiError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.answer.as_mut().poll(context).map_ok(|answer| match answer.downcast() {
            Ok(answer) => *answer,
            Err(_) => unreachable!("it was read as this type"),
        })
    }
}

/// A call under way for which "it doesn't exist" is an answer.
pub struct Finding<'s, T>(Sending<'s, T>);

impl<T: 'static> Future for Finding<'_, T> {
    type Output = Result<Option<T>, ApiError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answered| match answered {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        })
    }
}

/// Reads an answer; none if it is of another shape.
type Read = fn(Value) -> Option<Box<dyn Any>>;

fn read<T: FromJson + 'static>(body: Value) -> Option<Box<dyn Any>> {
    T::from_json(body).map(|answer| Box::new(answer) as Box<dyn Any>)
}

/// The words of a call, for its refusal.
struct Words {
    doing: String,
    what: String,
    needed: &'static str,
}

/// Sends calls to one workspace through a host.
pub struct Client<'a, H> {
    host: &'a H,
    cancellation: &'a Cancellation,
    /// What is left is to leave things in order, whether or not the run is stopping.
    closing: Cell<bool>,
    /// How far the workspace's clock is ahead of the host's, in milliseconds, by the last `Date`.
    clock_ahead_ms: Cell<i64>,
    /// Whether the workspace has answered anything yet.
    answered: Cell<bool>,
    /// Who is told why a call takes long.
    listener: Option<Box<dyn Fn(String) + 'a>>,
}

impl<'a, H: Host> Client<'a, H> {
    /// A client with the usual patience, which ends when the run is asked to stop.
    pub fn new(host: &'a H, cancellation: &'a Cancellation) -> Self {
        Self {
            host,
            cancellation,
            closing: Cell::new(false),
            clock_ahead_ms: Cell::new(0),
            answered: Cell::new(false),
            listener: None,
        }
    }

    /// The same, which tells `listener` in a sentence when a request is sent again.
    #[must_use]
    pub fn telling(mut self, listener: impl Fn(String) + 'a) -> Self {
        self.listener = Some(Box::new(listener));
        self
    }

    /// The time by the workspace's clock, to the second below. Two deployers on two machines
    /// agree on it, which their own clocks do not promise.
    pub fn workspace_now(&self) -> Timestamp {
        Timestamp::from_millis(self.host.now().as_millis().saturating_add(self.clock_ahead_ms.get()))
    }

    /// Sends `call` until it is answered or patience ends.
    ///
    /// # Errors
    /// The refusal, with the call's own words.
    pub fn send<T: FromJson + 'static>(&self, call: Call<T>) -> Sending<'_, T> {
        let Call { request, doing, what, needed, .. } = call;
        let words = Words { doing, what, needed };
        Sending { answer: Box::pin(self.exchange(request, words, read::<T>)), reads: PhantomData }
    }

    /// Sends `request` until an answer is read or patience ends.
    async fn exchange(
        &self,
        request: WorkspaceRequest,
        words: Words,
        read: Read,
    ) -> Result<Box<dyn Any>, ApiError> {
        let (method, interface) = (request.method, Interface::of(&request.path));
        let (mut earlier, mut unanswered, mut uncertain) = (0u32, 0u32, false);
        let mut elapsed = Elapsed::since(self.host.now());
        loop {
            let (mut error, response) = match self.attempt(request.clone(), read).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            unanswered = if error.is(ErrorKind::NoAnswer) { unanswered.saturating_add(1) } else { 0 };
            // Time, not pauses: a workspace that answers nothing takes a minute an attempt.
            let waited = elapsed.count(self.host.now(), ATTEMPT);
            let (response, answered_before) = (response.as_ref(), self.answered.get());
            let failed =
                Attempt { method, error: &error, response, earlier, unanswered, waited, answered_before };
            match self.policy().judge(failed, self.jitter()) {
                Verdict::Again(pause) => {
                    self.tell(&failed, pause);
                    if self.pause(pause).await {
                        elapsed.count(self.host.now(), pause);
                        earlier = earlier.saturating_add(1);
                        uncertain |= error.may_have_had_its_effect();
                        continue;
                    }
                }
                Verdict::Stop => {}
            }
            error.waited = waited;
            error.uncertain = uncertain;
            error.interface = interface;
            let Words { doing, what, needed } = words;
            (error.doing, error.what, error.needed) = (doing, what, needed);
            return Err(error);
        }
    }

    /// Sends `request` once.
    async fn attempt(
        &self,
        request: WorkspaceRequest,
        read: Read,
    ) -> Result<Box<dyn Any>, (ApiError, Option<WorkspaceResponse>)> {
        let response = match self.host.request(request).await {
            Ok(response) => response,
            Err(error) => return Err((ApiError::from_host(error), None)),
        };
        self.answered.set(true);
        self.read_clock(response.header("date"));
        if !(200..300).contains(&response.status) {
            return Err((ApiError::from_response(&response), Some(response)));
        }
        let body = if response.body.trim().is_empty() { "{}" } else { &response.body };
        let error = match json::parse(body) {
            Ok(value) => match read(value) {
                Some(answer) => return Ok(answer),
                None => ApiError::unexpected_shape(response.status),
            },
            Err(problem) => ApiError::not_json(&response, &problem.to_string()),
        };
        Err((error, Some(response)))
    }

    /// Tells why a call takes longer, where somebody who watches would wonder.
    fn tell(&self, failed: &Attempt<'_>, pause: Duration) {
        let Some(listener) = &self.listener else { return };
        let message = match failed.error.kind {
            ErrorKind::NoAnswer if failed.answered_before => format!(
                "can't reach the workspace ({}), retrying ({} of {RETRIES})",
                failed.error.message, failed.unanswered
            ),
            ErrorKind::RateLimited if pause >= TOLD_FROM => {
                format!("the workspace limits requests, retrying in {} s", pause.as_secs())
            }
            ErrorKind::Unavailable if pause >= TOLD_FROM => format!(
                "the workspace failed (status {}), retrying in {} s",
                failed.error.status,
                pause.as_secs()
            ),
            _ => return,
        };
        listener(message);
    }

    /// Like [`Client::send`], with "it doesn't exist" as an answer.
    ///
    /// # Errors
    /// Any other refusal.
    pub fn find<T: FromJson + 'static>(&self, call: Call<T>) -> Finding<'_, T> {
        Finding(self.send(call))
    }

    /// From here on only what leaves things in order is sent: it is tried for two minutes at most, also
    /// when the run was asked to stop.
    pub fn close(&self) {
        self.closing.set(true);
    }

    fn policy(&self) -> RetryPolicy {
        if self.closing.get() { RetryPolicy { budget: CLOSING } } else { RetryPolicy::default() }
    }

    /// Waits; false if the run is asked to stop meanwhile. A request under way is never dropped,
    /// only the wait before the next.
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
            // `Date` has whole seconds: a difference below one says nothing.
            self.clock_ahead_ms.set(if ahead.unsigned_abs() < 1500 { 0 } else { ahead });
        }
    }

    fn jitter(&self) -> f64 {
        let mut byte = [0u8; 1];
        self.host.random(&mut byte);
        f64::from(byte[0]) / 255.0
    }
}

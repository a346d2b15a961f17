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
use super::api_error::{ApiError, Interface};
use super::retry::{RetryPolicy, Verdict};
use crate::cancellation::Cancellation;
use crate::host::{Host, Timestamp, WorkspaceRequest};
use crate::json::{self, FromJson};

/// How long leaving things in order may take.
const CLOSING: Duration = Duration::from_mins(2);

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
}

impl<'a, H: Host> Client<'a, H> {
    /// A client with the usual patience, which ends when the run is asked to stop.
    pub fn new(host: &'a H, cancellation: &'a Cancellation) -> Self {
        Self { host, cancellation, closing: Cell::new(false), clock_ahead_ms: Cell::new(0) }
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
        let (mut attempt, mut uncertain, began) = (0, false, self.host.now());
        loop {
            let (mut error, response) = match self.host.request(request.clone()).await {
                Ok(response) if (200..300).contains(&response.status) => {
                    self.read_clock(response.header("date"));
                    let body = if response.body.trim().is_empty() { "{}" } else { &response.body };
                    let unreadable = match json::parse(body) {
                        Ok(value) => {
                            if let Some(answer) = read(value) {
                                return Ok(answer);
                            }
                            ApiError::unreadable(response.status, None)
                        }
                        Err(problem) => ApiError::unreadable(response.status, Some(problem)),
                    };
                    (unreadable, Some(response))
                }
                Ok(response) => (ApiError::from_response(&response), Some(response)),
                Err(error) => (ApiError::from_host(error), None),
            };
            // Time, not pauses: a workspace that answers nothing takes a minute an attempt.
            let waited = self.host.now().since(began);
            let verdict =
                self.policy().judge(method, &error, response.as_ref(), attempt, waited, self.jitter());
            match verdict {
                Verdict::Again(pause) if self.pause(pause).await => {
                    attempt += 1;
                    uncertain |= error.may_have_had_its_effect();
                }
                _ => {
                    error.waited = waited;
                    error.uncertain = uncertain;
                    error.interface = interface;
                    let Words { doing, what, needed } = words;
                    (error.doing, error.what, error.needed) = (doing, what, needed);
                    return Err(error);
                }
            }
        }
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
            let ahead = date.as_millis() - self.host.now().as_millis();
            // `Date` has whole seconds: a difference below one says nothing.
            self.clock_ahead_ms.set(if ahead.abs() < 1500 { 0 } else { ahead });
        }
    }

    fn jitter(&self) -> f64 {
        let mut byte = [0u8; 1];
        self.host.random(&mut byte);
        f64::from(byte[0]) / 255.0
    }
}

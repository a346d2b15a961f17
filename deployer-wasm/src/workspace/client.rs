//! Sends calls, and sends them again where [`RetryPolicy`] says so.

use std::cell::Cell;
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

/// A call under way. On the heap: a host's request may be kilobytes of state, and what keeps and drops
/// that state at every place that waits for an answer is a part of what a page downloads.
type Sending<'s, T> = LocalBoxFuture<'s, Result<T, ApiError>>;

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
    pub fn send<'s, T: FromJson + 's>(&'s self, call: Call<T>) -> Sending<'s, T> {
        Box::pin(async move {
            let Call { request, doing, what, needed, .. } = call;
            let mut answer = None;
            let mut read = |body| {
                answer = T::from_json(body);
                answer.is_some()
            };
            let exchanged = self.exchange(request, &mut read).await;
            match (exchanged, answer) {
                (Ok(()), Some(answer)) => Ok(answer),
                (Ok(()), None) => unreachable!("what was taken was read"),
                (Err(mut error), _) => {
                    (error.doing, error.what, error.needed) = (doing, what, needed);
                    Err(error)
                }
            }
        })
    }

    /// Sends `request` until an answer is read or patience ends. It has no part in the answer's type, so
    /// that it is compiled once and not once for each.
    async fn exchange(
        &self,
        request: WorkspaceRequest,
        read: &mut dyn FnMut(Value) -> bool,
    ) -> Result<(), ApiError> {
        let (method, interface) = (request.method, Interface::of(&request.path));
        let (mut attempt, mut uncertain, began) = (0, false, self.host.now());
        loop {
            // On the heap: a host's request may be kilobytes of state, and many calls are nested.
            let answer = Box::pin(self.host.request(request.clone())).await;
            let (mut error, response) = match answer {
                Ok(response) if (200..300).contains(&response.status) => {
                    self.read_clock(response.header("date"));
                    let body = if response.body.trim().is_empty() { "{}" } else { &response.body };
                    let unreadable = match json::parse(body) {
                        Ok(value) => {
                            if read(value) {
                                return Ok(());
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
                    return Err(error);
                }
            }
        }
    }

    /// Like [`Client::send`], with "it doesn't exist" as an answer.
    ///
    /// # Errors
    /// Any other refusal.
    pub fn find<'s, T: FromJson + 's>(&'s self, call: Call<T>) -> Sending<'s, Option<T>> {
        Box::pin(async move {
            match self.send(call).await {
                Ok(found) => Ok(Some(found)),
                Err(error) if error.is_not_found() => Ok(None),
                Err(error) => Err(error),
            }
        })
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

//! The activity of a connection, which determines its time limits.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::Version;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::limits::Limits;

/// The activity of one connection. Shared by its task, its stream, its requests and the table of
/// connections.
#[derive(Debug)]
pub(super) struct Activity {
    pub(super) peer: IpAddr,
    state: Mutex<State>,
    /// Notified when the connection has to be closed for another one.
    pub(super) give_way: Notify,
}

#[derive(Debug)]
struct State {
    requests: Requests,
    /// The requests that are being answered; for each the time when a part of its answer was passed on,
    /// until the connection asks for the next part.
    running: Vec<(u64, Option<Instant>)>,
    next: u64,
    /// When the connection was accepted, or its last request was answered.
    quiet_since: Instant,
    /// When the first byte after that was received.
    head_since: Option<Instant>,
    /// Since when the client hasn't read pending data.
    blocked_since: Option<Instant>,
}

/// Whether there was a request, and its version of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Requests {
    None,
    Http1,
    Http2,
}

/// A connection that can be closed for another one, in order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evictable {
    /// Idle between two requests.
    Idle,
    /// Has not sent a complete request.
    Silent,
    /// Does not read its answer.
    Blocked,
}

/// How long a connection may stay in its current state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    /// Closed after this time.
    Until(Instant),
    /// Told to end after this time, as it may be about to send a request.
    IdleUntil(Instant),
    /// Not limited here: requests have their own limits.
    WhileBusy,
}

impl Activity {
    pub(super) fn new(peer: IpAddr) -> Self {
        let state = State {
            requests: Requests::None,
            running: Vec::new(),
            next: 0,
            quiet_since: Instant::now(),
            head_since: None,
            blocked_since: None,
        };
        Self { peer, state: Mutex::new(state), give_way: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn allowed(&self, limits: &Limits) -> Allowed {
        let state = self.state();
        if let Some(since) = state.blocked_since {
            return Allowed::Until(since + limits.write);
        }
        if !state.running.is_empty() {
            let unread = state.running.iter().filter_map(|(_, handed)| *handed).min();
            return unread.map_or(Allowed::WhileBusy, |since| Allowed::Until(since + limits.write));
        }
        match (state.requests, state.head_since) {
            (Requests::None, _) => Allowed::Until(state.quiet_since + limits.head),
            // A request head that has started may be completed.
            (Requests::Http1, Some(since)) => Allowed::Until(since + limits.head),
            // HTTP/2 sends more than requests, so received bytes don't indicate one.
            (Requests::Http1, None) | (Requests::Http2, _) => {
                Allowed::IdleUntil(state.quiet_since + limits.keep_alive)
            }
        }
    }

    /// Whether the connection can be closed for another one, and since when; `None` while it is answering.
    pub(super) fn spare(&self) -> Option<(Evictable, Instant)> {
        let state = self.state();
        if let Some(since) = state.blocked_since {
            return Some((Evictable::Blocked, since));
        }
        if !state.running.is_empty() {
            return None;
        }
        Some(match (state.requests, state.head_since) {
            (Requests::None, _) | (Requests::Http1, Some(_)) => (Evictable::Silent, state.quiet_since),
            (Requests::Http1, None) | (Requests::Http2, _) => (Evictable::Idle, state.quiet_since),
        })
    }

    pub(super) fn is_busy(&self) -> bool {
        let state = self.state();
        !state.running.is_empty() || state.blocked_since.is_some()
    }

    pub(super) fn speaks_http2(&self) -> bool {
        self.state().requests == Requests::Http2
    }

    /// A request has been read; returns its number.
    pub(super) fn begin(&self, version: Version) -> u64 {
        let mut state = self.state();
        state.requests = if version == Version::HTTP_2 { Requests::Http2 } else { Requests::Http1 };
        state.head_since = None;
        let number = state.next;
        state.next += 1;
        state.running.push((number, None));
        number
    }

    /// A request was answered, or dropped.
    pub(super) fn end(&self, number: u64) {
        let mut state = self.state();
        state.running.retain(|(running, _)| *running != number);
        state.quiet_since = Instant::now();
    }

    /// A part of an answer was passed on, or the next one is requested.
    pub(super) fn handed(&self, number: u64, at: Option<Instant>) {
        let mut state = self.state();
        if let Some((_, handed)) = state.running.iter_mut().find(|(running, _)| *running == number) {
            *handed = at;
        }
    }

    /// Bytes were received.
    pub(super) fn received(&self) {
        let mut state = self.state();
        if state.running.is_empty() && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    /// The client read bytes, or none although some are pending.
    pub(super) fn sent(&self, taken: bool) {
        let mut state = self.state();
        if taken {
            state.blocked_since = None;
        } else if state.blocked_since.is_none() {
            state.blocked_since = Some(Instant::now());
        }
    }
}

//! The record of all requests and their outcomes.
//!
//! Tests compare whole sequences of requests and look for requests that changed something, so every request
//! is recorded with its principal, its body and a digest of the answer. Three similar facts are recorded
//! separately: whether the handler ran and succeeded (`effect`), what was sent to the caller (`answer`),
//! and which fault interfered. The journal is for tests: bodies may hold secrets, but the `Authorization`
//! header is never recorded.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use axum::http::{HeaderMap, Method, StatusCode, header};
use parking_lot::Mutex;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;

/// Longer bodies are recorded as a digest only.
const MAX_BODY_TEXT: usize = 256 * 1024;

/// The answer sent to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// None yet: the request is still being processed, or its caller disconnected.
    Pending,
    /// The handler's answer.
    Sent,
    /// An answer from a fault.
    Replaced,
    /// Half of the handler's answer.
    Truncated,
    /// None: the connection was cut.
    Cut,
}

/// One request.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Its position in the sequence, from 1.
    pub seq: u64,
    /// The time of arrival, in milliseconds since the epoch.
    pub time: Timestamp,
    /// User name of the caller; `None` without a valid token.
    pub principal: Option<String>,
    /// HTTP method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Raw query.
    pub query: Option<String>,
    /// All headers; the value of `Authorization` is replaced.
    pub headers: BTreeMap<String, String>,
    /// SHA-256 of the body.
    pub body_digest: String,
    /// The body, if it is text of moderate length.
    pub body: Option<String>,
    /// The status sent to the caller.
    pub status: Option<u16>,
    /// SHA-256 of the handler's answer.
    pub response_digest: Option<String>,
    /// Whether the handler ran and succeeded, and the call is one that changes something.
    pub effect: bool,
    /// The answer sent to the caller.
    pub answer: Answer,
    /// The fault that interfered.
    pub fault: Option<u64>,
}

/// The requests so far; clones share them.
#[derive(Clone, Default)]
pub struct Journal(Arc<Mutex<Vec<Entry>>>);

impl fmt::Debug for Journal {
    /// Without the entries, whose bodies may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Journal of {} requests", self.0.lock().len())
    }
}

/// The data of a request at its arrival.
#[derive(Debug)]
pub struct Arrival<'a> {
    /// The time.
    pub time: Timestamp,
    /// The caller.
    pub principal: Option<String>,
    /// HTTP method.
    pub method: &'a Method,
    /// Path without the query.
    pub path: &'a str,
    /// Raw query.
    pub query: Option<&'a str>,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The whole body.
    pub body: &'a [u8],
}

impl Journal {
    /// All requests, in order of arrival.
    pub fn entries(&self) -> Vec<Entry> {
        self.0.lock().clone()
    }

    /// The requests that changed something.
    pub fn mutations(&self) -> Vec<Entry> {
        self.0.lock().iter().filter(|entry| entry.effect).cloned().collect()
    }

    /// Removes all entries; numbering restarts.
    pub fn clear(&self) {
        self.0.lock().clear();
    }

    pub(crate) fn arrived(&self, arrival: Arrival<'_>) -> u64 {
        let mut entries = self.0.lock();
        let seq = entries.len() as u64 + 1;
        let text = (arrival.body.len() <= MAX_BODY_TEXT)
            .then(|| std::str::from_utf8(arrival.body).ok())
            .flatten()
            .filter(|text| !text.is_empty());
        entries.push(Entry {
            seq,
            time: arrival.time,
            principal: arrival.principal,
            method: arrival.method.to_string(),
            path: arrival.path.to_owned(),
            query: arrival.query.map(str::to_owned),
            headers: readable(arrival.headers),
            body_digest: digest(arrival.body),
            body: text.map(str::to_owned),
            status: None,
            response_digest: None,
            effect: false,
            answer: Answer::Pending,
            fault: None,
        });
        seq
    }

    pub(crate) fn interfered(&self, seq: u64, fault: u64) {
        self.change(seq, |entry| entry.fault = Some(fault));
    }

    pub(crate) fn handled(&self, seq: u64, status: StatusCode, body: Option<&[u8]>) {
        self.change(seq, |entry| {
            entry.response_digest = body.map(digest);
            entry.effect = status.is_success() && changes_something(&entry.method, &entry.path);
        });
    }

    pub(crate) fn answered(&self, seq: u64, status: Option<StatusCode>, answer: Answer) {
        self.change(seq, |entry| {
            entry.status = status.map(|status| status.as_u16());
            entry.answer = answer;
        });
    }

    fn change(&self, seq: u64, change: impl FnOnce(&mut Entry)) {
        // The entry no longer exists if the journal was cleared during the request.
        if let Some(entry) = self.0.lock().iter_mut().find(|entry| entry.seq == seq) {
            change(entry);
        }
    }
}

fn changes_something(method: &str, path: &str) -> bool {
    let reads = matches!(method, "GET" | "HEAD" | "OPTIONS")
        || path.ends_with("/credentials")
        || path.starts_with("/serving-endpoints/")
        || path.starts_with("/oidc/");
    !reads
}

fn readable(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .map(|(name, value)| {
            let text = if name == header::AUTHORIZATION || name == header::COOKIE {
                "(redacted)".to_owned()
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            (name.to_string(), text)
        })
        .collect()
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

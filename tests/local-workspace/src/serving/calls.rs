//! The record of requests to models.
//!
//! The journal of the workspace has all requests with their bodies. This one says what tests of an
//! assistant ask: how many calls of which kind there were, what was refused, and whether an answer was read
//! to its end or its caller went away.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;

use super::request::Kind;

/// A request to a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelCall {
    /// Its position, from 1.
    pub seq: u64,
    /// The endpoint.
    pub endpoint: String,
    /// User name of the caller.
    pub principal: String,
    /// What it is for.
    pub kind: Kind,
    /// The name of its schema.
    pub schema: Option<String>,
    /// Whether a stream is asked for.
    pub stream: bool,
    /// Tokens of the request.
    pub prompt_tokens: usize,
    /// Tokens of the answer.
    pub completion_tokens: usize,
    /// What became of it.
    pub state: CallState,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// It is being answered.
    Open,
    /// The whole answer was sent.
    Finished,
    /// The caller went away, or the answer was cut on purpose.
    Abandoned,
    /// It was refused, with this message.
    Refused(String),
}

/// The requests so far; clones share them.
#[derive(Clone, Debug, Default)]
pub struct ModelCalls(Arc<Mutex<Vec<ModelCall>>>);

impl ModelCalls {
    /// All requests, in order.
    pub fn all(&self) -> Vec<ModelCall> {
        self.0.lock().clone()
    }

    /// How many there were of each kind, refused ones not counted.
    pub fn counts(&self) -> BTreeMap<Kind, usize> {
        let mut counts = BTreeMap::new();
        for call in self.0.lock().iter().filter(|call| !matches!(call.state, CallState::Refused(_))) {
            *counts.entry(call.kind).or_default() += 1;
        }
        counts
    }

    /// Removes all; numbering restarts.
    pub fn clear(&self) {
        self.0.lock().clear();
    }

    /// Adds one; its position is given here.
    pub(super) fn begin(&self, mut call: ModelCall) -> OpenCall {
        let mut calls = self.0.lock();
        call.seq = calls.len() as u64 + 1;
        let seq = call.seq;
        calls.push(call);
        OpenCall { calls: self.clone(), seq, is_over: false }
    }

    fn change(&self, seq: u64, change: impl FnOnce(&mut ModelCall)) {
        // The entry no longer exists if the record was cleared during the request.
        if let Some(call) = self.0.lock().iter_mut().find(|call| call.seq == seq) {
            change(call);
        }
    }
}

/// A request that is being answered. Dropped before its end, it counts as abandoned.
#[derive(Debug)]
pub(super) struct OpenCall {
    calls: ModelCalls,
    seq: u64,
    is_over: bool,
}

impl OpenCall {
    /// Its position.
    pub(super) fn seq(&self) -> u64 {
        self.seq
    }

    /// How long the answer is.
    pub(super) fn tokens(&self, completion_tokens: usize) {
        self.calls.change(self.seq, |call| call.completion_tokens = completion_tokens);
    }

    /// The whole answer was sent.
    pub(super) fn finish(&mut self) {
        self.end(CallState::Finished);
    }

    /// There is no answer but this message.
    pub(super) fn refuse(&mut self, message: &str) {
        self.end(CallState::Refused(message.to_owned()));
    }

    fn end(&mut self, state: CallState) {
        if !self.is_over {
            self.is_over = true;
            self.calls.change(self.seq, |call| call.state = state);
        }
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        self.end(CallState::Abandoned);
    }
}

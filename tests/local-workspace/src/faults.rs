//! Fault injection.
//!
//! A rule selects requests (method, path, principal), counts them, and interferes with the nth: before the
//! handler ran, so that there is no effect, or after it, so that the effect remains and only the answer is
//! lost. A client can't distinguish the two cases and has to be correct in both.
//!
//! `hang` holds a request until it is released or its caller disconnects, and notifies waiting tests; so a
//! test can kill a client at exactly its nth request without sleeping. Every rule that matches a request
//! counts it, but only the first one that is due interferes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

/// Which requests, which of them, and the fault.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// HTTP method; any when absent.
    #[serde(default)]
    pub method: Option<String>,
    /// A regular expression the whole path must match; any when absent.
    #[serde(default)]
    pub path: Option<String>,
    /// The caller's user name; any when absent.
    #[serde(default)]
    pub principal: Option<String>,
    /// The first matching request that is affected, from 1.
    #[serde(default = "one")]
    pub nth: u64,
    /// How many are affected from there on; `null` is all.
    #[serde(default = "once")]
    pub times: Option<u64>,
    /// Whether the effect happens.
    #[serde(default)]
    pub when: When,
    /// The fault.
    pub action: Action,
}

fn one() -> u64 {
    1
}

#[allow(clippy::unnecessary_wraps, reason = "the default of an optional field")]
fn once() -> Option<u64> {
    Some(1)
}

impl Rule {
    /// The next request to this path, whatever its method.
    pub fn next(path: &str, action: Action) -> Self {
        Self {
            method: None,
            path: Some(path.to_owned()),
            principal: None,
            nth: 1,
            times: Some(1),
            when: When::Before,
            action,
        }
    }

    /// The nth request of all that come.
    pub fn nth_request(nth: u64, when: When, action: Action) -> Self {
        Self { method: None, path: None, principal: None, nth, times: Some(1), when, action }
    }

    /// The same for one method only.
    #[must_use]
    pub fn on(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// The same after the effect.
    #[must_use]
    pub fn after_the_effect(mut self) -> Self {
        self.when = When::After;
        self
    }

    /// The same for this many requests in a row.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }
}

/// Whether the effect of the request happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The fault comes first; the handler only runs if the action allows it.
    #[default]
    Before,
    /// The handler runs, then the fault replaces its answer.
    After,
}

/// The fault of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// This answer instead.
    Answer {
        /// HTTP status.
        status: u16,
        /// Headers, such as `Retry-After`.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// A string is sent as it is, anything else as JSON.
        #[serde(default)]
        body: Value,
    },
    /// The connection closes before the first byte of an answer.
    Cut,
    /// The connection closes in the middle of the answer's body.
    Truncate,
    /// The request is held until it is released or its caller disconnects.
    Hang,
    /// The answer is delayed.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The request is delivered twice; the caller gets the second answer.
    Twice,
    /// The long-running operation that the request starts has this outcome.
    Operation(OperationOutcome),
}

/// The outcome of a long-running operation. `when` determines whether its effect happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OperationOutcome {
    /// It ends in this error.
    Error {
        /// `error.error_code`.
        code: String,
        /// `error.message`.
        message: String,
    },
    /// It is done without a `response`.
    NoResponse,
}

impl Action {
    /// An error in the platform's standard shape.
    pub fn error(status: u16, error_code: &str, message: &str) -> Self {
        let body = serde_json::json!({"error_code": error_code, "message": message, "details": []});
        Self::Answer { status, headers: BTreeMap::new(), body }
    }

    /// 429, with or without a `Retry-After` in the form given.
    pub fn too_many_requests(retry_after: Option<&str>) -> Self {
        let headers =
            retry_after.map(|value| ("Retry-After".to_owned(), value.to_owned())).into_iter().collect();
        let body = serde_json::json!({
            "error_code": "REQUEST_LIMIT_EXCEEDED",
            "message": "Your request was rejected since your organization has exceeded the rate limit.",
        });
        Self::Answer { status: 429, headers, body }
    }
}

/// A rule is invalid.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The path is not a regular expression.
    #[error("`{path}` is not a regular expression: {source}")]
    Path {
        /// The given path.
        path: String,
        /// The error.
        source: regex::Error,
    },
    /// Counting starts at 1.
    #[error("`nth` counts from 1")]
    Nth,
}

/// An active rule.
#[derive(Clone, Debug, Serialize)]
pub struct ActiveRule {
    /// Its id.
    pub id: u64,
    /// How many requests matched.
    pub seen: u64,
    /// How many it affected.
    pub fired: u64,
    /// The rule.
    pub rule: Rule,
    #[serde(skip)]
    path: Option<Regex>,
}

/// A held request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hanging {
    /// The fault that holds it.
    pub fault: u64,
    /// Its place in the journal.
    pub seq: u64,
    /// HTTP method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Whether its effect has happened.
    pub when: When,
}

/// The effect of a fault on the current request.
#[derive(Clone, Debug)]
pub(crate) struct InjectedFault {
    pub(crate) id: u64,
    pub(crate) when: When,
    pub(crate) action: Action,
}

#[derive(Debug, Default)]
struct Rules {
    last_id: u64,
    standing: Vec<ActiveRule>,
}

/// The rules of one workspace; clones share them.
#[derive(Clone, Debug)]
pub struct Faults {
    rules: Arc<Mutex<Rules>>,
    hanging: watch::Sender<Vec<Hanging>>,
}

impl Default for Faults {
    fn default() -> Self {
        Self { rules: Arc::default(), hanging: watch::channel(Vec::new()).0 }
    }
}

impl Faults {
    /// Activates a rule and returns its id.
    pub fn add(&self, rule: Rule) -> Result<u64, RuleError> {
        if rule.nth == 0 {
            return Err(RuleError::Nth);
        }
        let path = match &rule.path {
            None => None,
            Some(path) => Some(
                Regex::new(&format!("^(?:{path})$"))
                    .map_err(|source| RuleError::Path { path: path.clone(), source })?,
            ),
        };
        let mut rules = self.rules.lock();
        rules.last_id += 1;
        let id = rules.last_id;
        rules.standing.push(ActiveRule { id, seen: 0, fired: 0, rule, path });
        Ok(id)
    }

    /// All active rules.
    pub fn standing(&self) -> Vec<ActiveRule> {
        self.rules.lock().standing.clone()
    }

    /// Deactivates one rule and releases the requests that it holds.
    pub fn remove(&self, id: u64) -> bool {
        let mut rules = self.rules.lock();
        let before = rules.standing.len();
        rules.standing.retain(|standing| standing.id != id);
        let removed = rules.standing.len() < before;
        drop(rules);
        self.hanging.send_modify(|hanging| hanging.retain(|held| held.fault != id));
        removed
    }

    /// Deactivates all rules and releases all requests.
    pub fn clear(&self) {
        self.rules.lock().standing.clear();
        self.release();
    }

    /// Releases every held request.
    pub fn release(&self) {
        self.hanging.send_modify(Vec::clear);
    }

    /// The requests that are currently held.
    pub fn hanging(&self) -> Vec<Hanging> {
        self.hanging.borrow().clone()
    }

    /// Waits until a request is held; `None` after `timeout`.
    pub async fn wait_for_hanging(&self, timeout: Duration) -> Option<Hanging> {
        let mut watcher = self.hanging.subscribe();
        let found = tokio::time::timeout(timeout, watcher.wait_for(|hanging| !hanging.is_empty())).await;
        match found {
            Ok(Ok(hanging)) => hanging.first().cloned(),
            _ => None,
        }
    }

    /// Waits until no request is held; `false` after `timeout`.
    pub async fn wait_for_none_hanging(&self, timeout: Duration) -> bool {
        let mut watcher = self.hanging.subscribe();
        matches!(tokio::time::timeout(timeout, watcher.wait_for(Vec::is_empty)).await, Ok(Ok(_)))
    }

    pub(crate) fn decide(&self, method: &str, path: &str, principal: Option<&str>) -> Option<InjectedFault> {
        let mut fired = None;
        for standing in &mut self.rules.lock().standing {
            let rule = &standing.rule;
            let matches = rule.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && standing.path.as_ref().is_none_or(|wanted| wanted.is_match(path))
                && rule.principal.as_deref().is_none_or(|wanted| Some(wanted) == principal);
            if !matches {
                continue;
            }
            standing.seen += 1;
            let turn =
                standing.seen >= rule.nth && rule.times.is_none_or(|times| standing.seen - rule.nth < times);
            if turn && fired.is_none() {
                standing.fired += 1;
                fired = Some(InjectedFault { id: standing.id, when: rule.when, action: rule.action.clone() });
            }
        }
        fired
    }

    /// Waits until released. Dropping the future (the caller disconnected) ends it too.
    pub(crate) async fn hang(&self, request: Hanging) {
        let mut watcher = self.hanging.subscribe();
        let _held = Held { hanging: &self.hanging, seq: request.seq };
        self.hanging.send_modify(|hanging| hanging.push(request.clone()));
        // The sender lives as long as `self`, so this ends only by the condition.
        let _ = watcher.wait_for(|hanging| !hanging.iter().any(|held| held.seq == request.seq)).await;
    }
}

struct Held<'a> {
    hanging: &'a watch::Sender<Vec<Hanging>>,
    seq: u64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.hanging.send_modify(|hanging| hanging.retain(|held| held.seq != self.seq));
    }
}

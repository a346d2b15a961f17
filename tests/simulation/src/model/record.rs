//! What a simulation keeps about the requests: who changed what, and what must never happen.

use std::collections::BTreeSet;

use deployer::host::{Method, WorkspaceRequest};

/// The sender of a request.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The number of the process.
    pub process: usize,
    /// The user name.
    pub user: String,
    /// The user has confirmed that the app's data is dropped.
    pub may_drop: bool,
    /// It gives the app the data of a restore point.
    pub restores: bool,
    /// It only looks: it must change nothing.
    pub looks: bool,
}

/// The record of a simulation.
#[derive(Debug, Clone, Default)]
pub struct Record {
    violations: Vec<String>,
    /// The number of changing requests.
    pub changes: u64,
    /// Those of them that change something else than journal, list of releases and lock.
    pub made: u64,
    /// The process that applied last, and those that did before it.
    holder: Option<usize>,
    earlier: BTreeSet<usize>,
    /// The process that wrote a lock last.
    locker: Option<usize>,
    secrets: BTreeSet<String>,
    /// How often data was dropped.
    pub drops: u64,
    /// Restore points that were created.
    pub branches: u64,
}

impl Record {
    /// Notes what must never happen.
    pub fn violation(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.violations.contains(&what) {
            self.violations.push(what);
        }
    }

    /// What must never happen and did.
    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    /// The process that changed something last.
    pub fn last_to_apply(&self) -> Option<usize> {
        self.holder
    }

    /// Whether a process changed something.
    pub fn has_applied(&self, process: usize) -> bool {
        self.holder == Some(process) || self.earlier.contains(&process)
    }

    /// The process that wrote a lock last.
    pub fn last_to_lock(&self) -> Option<usize> {
        self.locker
    }

    pub(super) fn locked(&mut self, caller: &Caller) {
        self.locker = Some(caller.process);
    }

    /// The keys that the workspace holds or held.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(String::as_str)
    }

    pub(super) fn secret(&mut self, value: &str) {
        self.secrets.insert(value.to_owned());
    }

    pub(super) fn sent(&mut self, caller: &Caller, request: &WorkspaceRequest) {
        if request.method == Method::Get {
            return;
        }
        self.changes += 1;
        let path = request.body.as_ref().and_then(|body| body["path"].as_str()).unwrap_or_default();
        if !path.contains("/.tellr") {
            self.made += 1;
        }
        if caller.looks {
            self.violation(format!("planning sent {} {}", request.method, request.path));
        }
    }

    pub(super) fn unknown_route(&mut self, method: Method, path: &str) {
        self.violation(format!("unknown route: {method} {path}"));
    }

    /// A change by a process that must be the only one: from its first to its last change, no other process
    /// changes anything.
    pub(super) fn effect(&mut self, caller: &Caller, what: impl Fn() -> String) {
        if caller.looks {
            self.violation(format!("planning changed something: {}", what()));
        }
        if self.holder == Some(caller.process) {
            return;
        }
        if self.earlier.contains(&caller.process) {
            let other = self.holder.unwrap_or_default();
            let process = caller.process;
            self.violation(format!(
                "two apply at a time: deployer {process} changed something ({}) after deployer {other} had taken over",
                what()
            ));
        }
        self.earlier.extend(self.holder);
        self.holder = Some(caller.process);
    }
}

//! Injects every transient fault into each request.
//!
//! The requests are those of a run without faults, identified by method, path and occurrence. Each request
//! then meets all faults in a row: those before its effect, then those that replace its answer.

use std::collections::BTreeMap;

use local_workspace::faults::{Action, Rule, When};

use crate::stage::{START, Stage};

/// One request of a run: the `nth` of its method and path.
#[derive(Debug, Clone)]
pub struct Sent {
    /// HTTP method.
    pub method: String,
    /// A pattern for the path.
    pub path: String,
    /// Counts from 1.
    pub nth: u64,
}

/// The requests that this workspace received.
pub fn sent_so_far(stage: &Stage) -> Vec<Sent> {
    let mut seen: BTreeMap<(String, String), u64> = BTreeMap::new();
    let entries = stage.workspace.control().journal.entries();
    let sent = entries.into_iter().map(|entry| {
        let path = entry.path.split('/').map(any_id).collect::<Vec<_>>().join("/");
        let nth = seen.entry((entry.method.clone(), path.clone())).or_default();
        *nth += 1;
        Sent { method: entry.method, path, nth: *nth }
    });
    sent.collect()
}

/// Generated ids differ from run to run.
fn any_id(segment: &str) -> &str {
    let made_up = segment.len() >= 32 && segment.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    match segment {
        _ if made_up => "[0-9a-f-]{32,36}",
        branch if branch.starts_with("pre-reset-") => "pre-reset-[0-9-]+",
        other => other,
    }
}

/// A gateway's error page instead of an answer.
pub fn html(status: u16) -> Action {
    let body = "<html><head><title>Bad Gateway</title></head><body><pre>upstream gone</pre></body></html>";
    Action::Answer {
        status,
        headers: [("Content-Type".into(), "text/html".into())].into(),
        body: body.into(),
    }
}

/// An answer without a body.
fn empty(status: u16) -> Action {
    Action::Answer { status, headers: BTreeMap::new(), body: "".into() }
}

impl Sent {
    /// All faults for one request: first those before its effect, then those after.
    fn faults(&self) -> Vec<Rule> {
        let mut before = vec![
            Action::Cut,
            Action::too_many_requests(None),
            Action::too_many_requests(Some("3")),
            Action::too_many_requests(Some(&START.plus_ms(20_000).to_http_date())),
            Action::error(503, "TEMPORARILY_UNAVAILABLE", "The service is taking a break."),
            html(502),
            empty(503),
        ];
        if self.method == "GET" {
            before.push(Action::error(500, "INTERNAL_ERROR", "Something broke."));
            before.push(Action::Answer { status: 200, headers: BTreeMap::new(), body: "{\"half".into() });
        }
        let after = [Action::Cut, Action::Truncate, empty(503)];
        let before = before.into_iter().map(|action| (When::Before, action));
        let all = before.chain(after.into_iter().map(|action| (When::After, action)));
        let rule =
            |(nth, (when, action))| Rule { nth, when, ..Rule::next(&self.path, action).on(&self.method) };
        (self.nth..).zip(all).map(rule).collect()
    }

    /// Injects all faults into the request, if it is sent during `run`. Returns whether it was: the number
    /// of polls depends on how long earlier requests took.
    pub async fn meets_all_faults<T>(&self, stage: &Stage, run: impl Future<Output = T>) -> (T, bool) {
        let rules = &stage.workspace.control().faults;
        let planned = self.faults();
        for rule in planned.clone() {
            rules.add(rule).expect("a good rule");
        }
        let ended = run.await;
        let fired: u64 = rules.standing().iter().map(|standing| standing.fired).sum();
        rules.clear();
        let all = u64::try_from(planned.len()).expect("a few");
        // Lock requests are excluded: a renewal is repeated as a whole, starting with a read, and ends with
        // its run; a removed lock is not removed again. A longer run has more renewals.
        let may_be_of_the_lock = ["import", "export", "delete"]
            .map(|call| format!("/api/2.0/workspace/{call}"))
            .contains(&self.path);
        // The host's own request for the app's URL: the run reports that it couldn't query the app, and
        // succeeds.
        let may_be_of_the_host = self.method == "GET" && self.path == "/api/2.0/apps/tellr";
        let may_meet_fewer = may_be_of_the_lock || may_be_of_the_host;
        assert!(fired == 0 || fired == all || may_meet_fewer, "{self:?} met {fired} of {all} faults");
        (ended, fired > 0)
    }
}

//! Faults of the way between deployer and workspace: too many requests, gateways that fail,
//! connections that break before the effect or after it.
//!
//! Each request of a `create` gets all of them, one after the other, in a workspace of its own. The
//! requests are those of a run without faults, told apart by method, path and how often they came.

use std::collections::BTreeMap;

use deployer::config::CreateArguments;
use end_to_end::stage::{ADA, START, Stage};
use end_to_end::words::{Expected, assert_says};
use local_workspace::faults::{Action, Rule, When};
use local_workspace::pace::Pace;

/// So that there is something to wait for, and few requests while waiting.
const PACE: f64 = 0.01;

/// One request of a `create`: the `nth` of its method and path.
#[derive(Debug, Clone)]
struct Sent {
    method: String,
    path: String,
    nth: u64,
}

impl Sent {
    fn fault(&self, turn: u64, when: When, action: Action) -> Rule {
        let rule = Rule { nth: self.nth + turn, when, ..Rule::next(&self.path, action) };
        rule.on(&self.method)
    }
}

/// The requests of a run in which nothing goes wrong.
async fn requests_of_a_create() -> Vec<Sent> {
    let stage = Stage::with(Pace::scaled(PACE)).await;
    stage.create(CreateArguments::default()).await.expect("nothing is in its way");
    let mut seen: BTreeMap<(String, String), u64> = BTreeMap::new();
    let entries = stage.workspace.control().journal.entries();
    let sent = entries.into_iter().map(|entry| {
        let path = entry.path.split('/').map(any_id).collect::<Vec<_>>().join("/");
        let nth = seen.entry((entry.method.clone(), path.clone())).or_default();
        *nth += 1;
        Sent { method: entry.method, path, nth: *nth }
    });
    let sent = sent.collect();
    stage.end().await;
    sent
}

/// Ids that the platform makes differ from run to run.
fn any_id(segment: &str) -> &str {
    let made_up = segment.len() >= 32 && segment.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if made_up { "[0-9a-f-]{32,36}" } else { segment }
}

fn html(status: u16) -> Action {
    let body = "<html><head><title>Bad Gateway</title></head><body><pre>upstream gone</pre></body></html>";
    Action::Answer { status, headers: [("Content-Type".into(), "text/html".into())].into(), body: body.into() }
}

fn empty(status: u16) -> Action {
    Action::Answer { status, headers: BTreeMap::new(), body: "".into() }
}

/// An HTTP date some time after the stage's clock starts.
fn date_after_start(secs: u64) -> String {
    START.plus_ms(secs * 1000).to_http_date()
}

/// Everything that may happen before a request has its effect.
fn before_the_effect(sent: &Sent) -> Vec<Rule> {
    let mut actions = vec![
        Action::Cut,
        Action::too_many_requests(None),
        Action::too_many_requests(Some("3")),
        Action::too_many_requests(Some(&date_after_start(20))),
        Action::error(503, "TEMPORARILY_UNAVAILABLE", "The service is taking a break."),
        html(502),
        empty(503),
    ];
    if sent.method == "GET" {
        actions.push(Action::error(500, "INTERNAL_ERROR", "Something broke."));
        actions.push(Action::Answer { status: 200, headers: BTreeMap::new(), body: "{\"half".into() });
    }
    (0..).zip(actions).map(|(turn, action)| sent.fault(turn, When::Before, action)).collect()
}

/// Everything that may take the answer once there is an effect.
fn after_the_effect(sent: &Sent) -> Vec<Rule> {
    let actions = [Action::Cut, Action::Truncate, empty(503)];
    (0..).zip(actions).map(|(turn, action)| sent.fault(turn, When::After, action)).collect()
}

/// A `create` where each request in turn meets the faults that `faults` makes for it.
async fn survives(requests: impl Iterator<Item = Sent>, faults: fn(&Sent) -> Vec<Rule>) {
    for sent in requests {
        let stage = Stage::with(Pace::scaled(PACE)).await;
        let control = stage.workspace.control();
        let planned = faults(&sent);
        for rule in planned.clone() {
            control.faults.add(rule).expect("a good rule");
        }
        let created = stage.create(CreateArguments::default()).await;
        let fired: u64 = control.faults.standing().iter().map(|standing| standing.fired).sum();
        assert!(fired > 0, "{sent:?} was not sent again");
        control.faults.clear();
        created.unwrap_or_else(|error| panic!("{sent:?}: {error:#?}"));
        println!("{sent:?} survived {fired} of {} faults", planned.len());
        stage.assert_deployed_once().await;
        stage.end().await;
    }
}

/// Renewing the lock and polling are not sent in every run the same number of times.
fn is_always_sent(sent: &Sent, all: &[Sent]) -> bool {
    let last = all.iter().rev().find(|other| other.method == sent.method && other.path == sent.path);
    sent.nth == 1 || last.is_some_and(|last| last.nth > sent.nth)
}

#[tokio::test]
async fn every_request_survives_whatever_happens_before_its_effect() {
    let all = requests_of_a_create().await;
    assert!(all.len() > 20, "{all:#?}");
    survives(all.clone().into_iter().filter(|sent| is_always_sent(sent, &all)), before_the_effect).await;
}

#[tokio::test]
async fn every_request_survives_the_loss_of_its_answer() {
    let all = requests_of_a_create().await;
    survives(all.clone().into_iter().filter(|sent| is_always_sent(sent, &all)), after_the_effect).await;
}

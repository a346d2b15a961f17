//! Faults of the way between deployer and workspace: too many requests, gateways that fail,
//! connections that break before the effect or after it.
//!
//! Each request of a `create` gets all of them, one after the other, in a workspace of its own.

use deployer::config::CreateArguments;
use end_to_end::passing_faults::{Sent, html, sent_so_far};
use end_to_end::stage::{START, Stage};
use end_to_end::words::{Expected, assert_says};
use local_workspace::faults::{Action, Rule, When};
use local_workspace::pace::Pace;

/// So that there is something to wait for, and few requests while waiting.
const PACE: f64 = 0.01;

/// The requests of a `create` in which nothing goes wrong.
async fn requests_of_a_create() -> Vec<Sent> {
    let stage = Stage::with(Pace::scaled(PACE)).await;
    stage.create(CreateArguments::default()).await.expect("nothing is in its way");
    let sent = sent_so_far(&stage);
    stage.end().await;
    sent
}

/// A `create` in which one request meets all faults; whether it was sent.
async fn survives(sent: &Sent) -> bool {
    let stage = Stage::with(Pace::scaled(PACE)).await;
    let (created, met) = sent.meets_all_faults(&stage, stage.create(CreateArguments::default())).await;
    created.unwrap_or_else(|error| panic!("{sent:?}: {error:#?}"));
    stage.assert_deployed_once().await;
    stage.end().await;
    met
}

/// Every second request: two tests share the machine's processors.
async fn every_second(first: usize) {
    let all = requests_of_a_create().await;
    assert!(all.len() > 40, "{all:#?}");
    let mut never_came = Vec::new();
    for sent in all.iter().skip(first).step_by(2) {
        if !survives(sent).await {
            never_came.push(sent);
        }
    }
    assert!(never_came.len() <= 2, "{never_came:#?}");
}

#[tokio::test]
async fn every_request_survives_every_passing_fault() {
    every_second(0).await;
}

#[tokio::test]
async fn every_other_request_survives_every_passing_fault() {
    every_second(1).await;
}

/// Waits between the attempts of the first request, in milliseconds, when each is answered so.
async fn waits_after(answers: Vec<Action>) -> Vec<u64> {
    const ME: &str = "/api/2.0/preview/scim/v2/Me";
    let stage = Stage::with(Pace::none()).await;
    // The name is wrong on purpose: nothing after the look is of interest.
    stage.post("/api/2.0/apps", serde_json::json!({"name": "tellr"})).await;
    stage.workspace.control().journal.clear();
    for (nth, action) in (1..).zip(answers) {
        stage.workspace.control().faults.add(Rule { nth, ..Rule::next(ME, action) }).expect("a good rule");
    }
    let refused = stage.create(CreateArguments::default()).await.expect_err("the name is taken");
    assert_eq!(refused.code, "APP_ALREADY_EXISTS");
    let entries = stage.workspace.control().journal.entries();
    let times: Vec<u64> = entries.iter().filter(|entry| entry.path == ME).map(|entry| entry.time.0).collect();
    stage.end().await;
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[tokio::test]
async fn what_retry_after_asks_for_is_waited_and_little_more() {
    let in_30_s = START.plus_ms(7_000 + 30_000).to_http_date();
    let answers = vec![Action::too_many_requests(Some("7")), Action::too_many_requests(Some(&in_30_s))];
    let waits = waits_after(answers).await;
    assert!((7_000..8_000).contains(&waits[0]), "{waits:?}");
    // A date has whole seconds, and some of them have passed.
    assert!((28_000..31_500).contains(&waits[1]), "{waits:?}");
}

#[tokio::test]
async fn without_retry_after_waits_grow_and_have_an_end() {
    let answers = vec![Action::too_many_requests(None); 8];
    let waits = waits_after(answers).await;
    assert_eq!(waits.len(), 8);
    assert!((300..1_000).contains(&waits[0]), "{waits:?}");
    assert!(waits[4] > 4 * waits[0], "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= 13_000), "{waits:?}");
}

/// `create` while every request is answered so; what a person is told.
async fn told_when_it_lasts(action: Action) -> deployer::error::DeployError {
    let stage = Stage::with(Pace::none()).await;
    let rule = Rule { times: None, ..Rule::nth_request(1, When::Before, action) };
    stage.workspace.control().faults.add(rule).expect("a good rule");
    let began = stage.time.now_ms();
    let error = stage.create(CreateArguments::default()).await.expect_err("it lasts");
    let waited = stage.time.now_ms() - began;
    assert!((200_000..=300_000).contains(&waited), "patience of some minutes: {waited} ms");
    stage.workspace.control().faults.clear();
    stage.create(CreateArguments::default()).await.expect("the fault is gone");
    stage.assert_deployed_once().await;
    stage.end().await;
    error
}

#[tokio::test]
async fn a_limit_that_stays_is_told_with_how_long_was_waited() {
    let error = told_when_it_lasts(Action::too_many_requests(None)).await;
    assert_says(
        &error,
        Expected { code: "RATE_LIMITED", names: "after 4 min", because: "Too many requests" },
    );
}

#[tokio::test]
async fn a_platform_that_stays_broken_is_told_in_its_own_words() {
    let error = told_when_it_lasts(Action::error(503, "TEMPORARILY_UNAVAILABLE", "Taking a break.")).await;
    assert_says(
        &error,
        Expected { code: "WORKSPACE_UNAVAILABLE", names: "status 503", because: "Taking a break." },
    );
    let error = told_when_it_lasts(html(502)).await;
    assert_says(
        &error,
        Expected { code: "WORKSPACE_UNAVAILABLE", names: "status 502", because: "upstream gone" },
    );
}

/// A write that failed for a reason nobody knows is not sent again blindly: the run ends, and the
/// next one looks what came of it.
async fn broken_write(path: &str, when: When) {
    let stage = Stage::with(Pace::scaled(PACE)).await;
    let action = Action::error(500, "INTERNAL_ERROR", "Something broke inside.");
    let rule = Rule { when, ..Rule::next(path, action).on("POST") };
    stage.workspace.control().faults.add(rule).expect("a good rule");
    let error = stage.create(CreateArguments::default()).await.expect_err("500");
    assert_says(
        &error,
        Expected { code: "WORKSPACE_UNAVAILABLE", names: "status 500", because: "Something broke inside." },
    );
    stage.assert_left_in_order("failed").await;
    stage.create(CreateArguments::default()).await.unwrap_or_else(|error| panic!("{path}: {error:#?}"));
    stage.assert_deployed_once().await;
    stage.end().await;
}

#[tokio::test]
async fn after_a_write_that_broke_the_next_run_goes_on() {
    for path in [
        "/api/2.0/postgres/projects",
        "/api/2.0/apps",
        "/api/2.0/secrets/scopes/create",
        "/api/2.0/secrets/put",
        "/api/2.0/apps/tellr/update",
        "/api/2.0/apps/tellr/deployments",
    ] {
        broken_write(path, When::Before).await;
        broken_write(path, When::After).await;
    }
}

/// Another server's page, or text: the next answer would be the same.
#[tokio::test]
async fn a_complete_answer_that_is_no_answer_is_told_as_what_it_is_within_seconds() {
    let text = Action::Answer { status: 200, headers: [].into(), body: "all good".into() };
    for (action, names) in [(html(200), "it is an HTML page: upstream gone"), (text, "it isn't JSON")] {
        let stage = Stage::with(Pace::none()).await;
        let rule = Rule { times: None, ..Rule::next("/api/2.0/apps/tellr", action) };
        stage.workspace.control().faults.add(rule).expect("a good rule");
        let began = stage.time.now_ms();
        let error = stage.create(CreateArguments::default()).await.expect_err("no answer");
        let waited = stage.time.now_ms() - began;
        assert_says(&error, Expected { code: "UNREADABLE_ANSWER", names, because: "status 200" });
        assert!(waited < 10_000, "{waited} ms");
        stage.end().await;
    }
}

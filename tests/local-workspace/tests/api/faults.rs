//! What goes wrong, and what is left of it.

use local_workspace::faults::{Action, OperationOutcome, Rule, When};
use local_workspace::journal::Answer;
use local_workspace::pace::LATENCY_HEADER;
use reqwest::Method;
use serde_json::json;

use crate::support::{ADA, BEN, Local, PATIENCE};

const MKDIRS: &str = "/api/2.0/workspace/mkdirs";
const FOLDER: &str = "/Users/ada@example.com/f";

fn add(local: &Local, rule: Rule) -> u64 {
    local.state().faults.add(rule).expect("a rule")
}

async fn exists(local: &Local) -> bool {
    local.get(&format!("/api/2.0/workspace/get-status?path={FOLDER}")).await.status.is_success()
}

fn mkdirs(local: &Local) -> reqwest::RequestBuilder {
    local.request_by(ADA, Method::POST, MKDIRS).json(&json!({"path": FOLDER}))
}

#[tokio::test]
async fn an_answer_before_the_effect_keeps_the_effect_away() {
    let local = Local::start().await;
    add(&local, Rule::next(MKDIRS, Action::too_many_requests(Some("2"))));
    let refused = local.send(mkdirs(&local)).await;
    assert_eq!(refused.refusal().0, 429);
    assert_eq!(refused.headers["retry-after"], "2");
    assert!(!exists(&local).await);
    local.send(mkdirs(&local)).await.ok();
    assert!(exists(&local).await);
}

#[tokio::test]
async fn an_answer_after_the_effect_hides_it() {
    let local = Local::start().await;
    add(
        &local,
        Rule::next(MKDIRS, Action::error(503, "TEMPORARILY_UNAVAILABLE", "later")).after_the_effect(),
    );
    assert_eq!(local.send(mkdirs(&local)).await.refusal(), (503, "TEMPORARILY_UNAVAILABLE", "later"));
    assert!(exists(&local).await);
}

#[tokio::test]
async fn a_cut_gives_no_byte_and_the_effect_only_when_it_comes_after() {
    let local = Local::start().await;
    add(&local, Rule::next(MKDIRS, Action::Cut));
    let lost = mkdirs(&local).send().await.expect_err("no answer");
    assert!(lost.is_request() && lost.status().is_none(), "{lost:?}");
    assert!(!exists(&local).await);
    add(&local, Rule::next(MKDIRS, Action::Cut).after_the_effect());
    mkdirs(&local).send().await.expect_err("no answer");
    assert!(exists(&local).await);
    let entries = local.state().journal.entries();
    let cut: Vec<_> =
        entries.iter().filter(|e| e.path == MKDIRS).map(|e| (e.answer, e.status, e.effect)).collect();
    assert_eq!(cut, [(Answer::Cut, None, false), (Answer::Cut, None, true)]);
}

#[tokio::test]
async fn a_truncated_answer_breaks_off_in_its_body() {
    let local = Local::start().await;
    add(&local, Rule::next("/api/2.0/apps", Action::Truncate).after_the_effect());
    let response = local.request_by(ADA, Method::GET, "/api/2.0/apps").send().await.expect("a head");
    assert!(response.status().is_success());
    response.bytes().await.expect_err("half a body");
}

#[tokio::test]
async fn html_and_plain_text_can_be_answered_too() {
    let local = Local::start().await;
    let html = Action::Answer {
        status: 502,
        headers: [("Content-Type".to_owned(), "text/html".to_owned())].into(),
        body: json!("<html><title>Bad Gateway</title></html>"),
    };
    add(&local, Rule::next("/api/2.0/.*", html).times(2));
    for _ in 0..2 {
        let answer = local.get("/api/2.0/apps").await;
        assert_eq!(
            (answer.status.as_u16(), answer.text.as_str()),
            (502, "<html><title>Bad Gateway</title></html>")
        );
        assert_eq!(answer.headers["content-type"], "text/html");
    }
    local.get("/api/2.0/apps").await.ok();
}

#[tokio::test]
async fn the_nth_request_is_counted_over_all_that_match() {
    let local = Local::start().await;
    add(
        &local,
        Rule { nth: 3, ..Rule::next("/api/2.0/apps", Action::error(500, "INTERNAL_ERROR", "x")).on("GET") },
    );
    for wanted in [200, 200, 500, 200] {
        assert_eq!(local.get("/api/2.0/apps").await.status.as_u16(), wanted);
        local.get("/api/2.0/secrets/scopes/list").await.ok();
    }
    let standing = local.state().faults.standing();
    assert_eq!((standing[0].seen, standing[0].fired), (4, 1));
}

#[tokio::test]
async fn a_fault_can_be_meant_for_one_principal() {
    let local = Local::start().await;
    add(
        &local,
        Rule {
            principal: Some(BEN.to_owned()),
            ..Rule::next(".*", Action::error(403, "PERMISSION_DENIED", "no"))
        },
    );
    local.get("/api/2.0/apps").await.ok();
    assert_eq!(local.get_by(BEN, "/api/2.0/apps").await.refusal().0, 403);
}

#[tokio::test]
async fn a_hanging_request_is_announced_and_goes_on_when_released() {
    let local = Local::start().await;
    add(&local, Rule::nth_request(1, When::Before, Action::Hang));
    let request = tokio::spawn(mkdirs(&local).send());
    let hanging = local.state().faults.wait_for_hanging(PATIENCE).await.expect("a hanging request");
    assert_eq!(
        (hanging.method.as_str(), hanging.path.as_str(), hanging.when),
        ("POST", MKDIRS, When::Before)
    );
    assert!(!exists(&local).await);
    local.state().faults.release();
    assert!(request.await.expect("a task").expect("an answer").status().is_success());
    assert!(exists(&local).await);
}

#[tokio::test]
async fn a_client_killed_while_its_request_hangs_leaves_the_effect_only_when_it_comes_after() {
    for (when, effect) in [(When::Before, false), (When::After, true)] {
        let local = Local::start().await;
        add(&local, Rule::nth_request(1, when, Action::Hang));
        let request = tokio::spawn(mkdirs(&local).send());
        local.state().faults.wait_for_hanging(PATIENCE).await.expect("a hanging request");
        request.abort();
        assert!(
            local.state().faults.wait_for_none_hanging(PATIENCE).await,
            "the server noticed that the caller is gone"
        );
        assert_eq!(exists(&local).await, effect);
        let entry = local.state().journal.entries().remove(0);
        assert_eq!((entry.answer, entry.effect), (Answer::Pending, effect));
    }
}

#[tokio::test]
async fn a_request_delivered_twice_takes_effect_twice() {
    let local = Local::start().await;
    add(&local, Rule::next("/api/2.0/secrets/scopes/create", Action::Twice));
    let second = local.post("/api/2.0/secrets/scopes/create", json!({"scope": "s"})).await;
    assert_eq!(second.refusal().1, "RESOURCE_ALREADY_EXISTS");
}

#[tokio::test]
async fn latency_on_a_virtual_clock_is_told_not_slept() {
    let local = Local::start_virtual().await;
    let latency =
        |answer: crate::support::Answer| answer.headers[LATENCY_HEADER].to_str().expect("text").to_owned();
    assert_eq!(latency(local.get("/api/2.0/apps").await), "120");
    assert_eq!(latency(local.send(mkdirs(&local)).await), "250");
    add(&local, Rule::next("/api/2.0/apps", Action::Delay { ms: 5_000 }));
    assert_eq!(latency(local.get("/api/2.0/apps").await), "5120");
    assert_eq!(local.state().clock.now(), crate::support::DAWN);
}

#[tokio::test]
async fn the_journal_tells_reads_from_changes_and_hides_the_token() {
    let local = Local::start().await;
    local.get("/api/2.0/apps").await.ok();
    local.send(mkdirs(&local)).await.ok();
    local
        .post("/api/2.0/secrets/put", json!({"scope": "none", "key": "k", "string_value": "v"}))
        .await
        .refusal();
    let journal = &local.state().journal;
    assert_eq!(journal.entries().iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3]);
    let changes = journal.mutations();
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].path.as_str(), changes[0].principal.as_deref()), (MKDIRS, Some(ADA)));
    assert!(changes[0].body.as_deref().is_some_and(|body| body.contains(FOLDER)));
    let told = serde_json::to_string(&journal.entries()).expect("JSON");
    assert!(!told.contains(local.workspace.token(ADA)));
}

#[tokio::test]
async fn a_workspace_without_autoscaling_does_not_know_the_api() {
    let local = Local::start().await;
    local.set(|settings| settings.features.autoscaling = false);
    let refused = local.get("/api/2.0/postgres/projects").await;
    let wanted = "No API found for 'GET /api/2.0/postgres/projects'";
    assert_eq!(refused.refusal(), (404, "ENDPOINT_NOT_FOUND", wanted));
}

#[tokio::test]
async fn an_operation_ends_in_an_error_with_or_without_its_effect() {
    for (when, status) in [(When::Before, 404), (When::After, 200)] {
        let local = Local::start().await;
        let outcome = OperationOutcome::Error { code: "INTERNAL".to_owned(), message: "no room".to_owned() };
        let rule = Rule { when, ..Rule::next("/api/2.0/postgres/projects", Action::Operation(outcome)) };
        add(&local, rule.on("POST"));
        let body = json!({"spec": {"display_name": "db"}});
        let begun = local.post("/api/2.0/postgres/projects?project_id=tellr-db", body).await.ok();
        let name = begun["name"].as_str().expect("a name");
        let ended = local.get(&format!("/api/2.0/postgres/{name}")).await.ok();
        assert_eq!(ended["done"], true);
        assert_eq!(
            (&ended["error"]["error_code"], &ended["error"]["message"]),
            (&json!("INTERNAL"), &json!("no room"))
        );
        let project = local.get("/api/2.0/postgres/projects/tellr-db").await;
        assert_eq!(project.status.as_u16(), status);
        local.workspace.shutdown().await;
    }
}

//! Endpoints that are busy, refuse, or answer with something else, and what the person reads then.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};
use tellr_app::chat::Limits;

use super::{Stand, text, titles};
use crate::support::databricks::{Kind, whole};
use crate::support::postgres;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the person reads when a kind is answered so.
async fn failing(kind: Kind, status: u16, body: &str) -> Value {
    let stand =
        Stand::with(Limits { waits: 0, patience: std::time::Duration::ZERO, ..Limits::default() }).await;
    let (status, body) = (StatusCode::from_u16(status).expect("a status"), body.to_owned());
    stand.databricks.rule(kind, move |_| Some((status, body.clone()).into_response()));
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    let mut failed = Value::Null;
    crate::support::eventually("it fails", || async { ada.turn(&turn).await["state"] == "failed" }).await;
    failed.clone_from(&ada.turn(&turn).await);
    failed
}

#[tokio::test]
async fn a_refusal_says_what_to_do() {
    for (status, code) in
        [(403, "no_right"), (404, "no_endpoint"), (429, "busy"), (503, "busy"), (400, "refused")]
    {
        let turn = failing(Kind::Outline, status, r#"{"error_code":"X","message":"planted words"}"#).await;
        assert_eq!(turn["error"]["code"], code, "{turn}");
        let message = text(&turn["error"], "message");
        assert!(message.len() > 40 && message.contains("app-model"), "{message}");
    }
}

#[tokio::test]
async fn a_request_is_resumed_with_another_endpoint() {
    let stand = Stand::new().await;
    stand.databricks.rule(Kind::Outline, |_| Some((StatusCode::FORBIDDEN, "{}").into_response()));
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    crate::support::eventually("it fails", || async { ada.turn(&turn).await["state"] == "failed" }).await;
    stand.databricks.rule(Kind::Outline, |_| None);
    let gathered = stand.databricks.count(Kind::Gather);
    let (status, answer) =
        ada.post(&format!("/api/chat/{}/retry", text(&turn, "id")), json!({ "endpoint": "own-model" })).await;
    assert_eq!(status, 202, "{answer}");
    ada.sees(&turn, "succeeded").await;
    assert_eq!(stand.databricks.count(Kind::Gather), gathered, "what was gathered is used");
    assert_eq!(
        stand.databricks.paths().last().map(String::as_str),
        Some("/serving-endpoints/own-model/invocations")
    );
}

#[tokio::test]
async fn a_model_that_never_answers_with_a_slide_leaves_the_others() {
    let stand = Stand::new().await;
    stand.databricks.rule(Kind::Slide, |body| {
        body.to_string()
            .contains("slide number=\\\"3\\\"")
            .then(|| whole("I would rather talk about the weather."))
    });
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    crate::support::eventually("it fails", || async { ada.turn(&turn).await["state"] == "failed" }).await;
    let failed = ada.turn(&turn).await;
    assert_eq!(failed["error"]["code"], "slides_missing", "{failed}");
    assert_eq!(titles(&ada.deck(&turn).await).len(), 4);
    // Once as usual, and twice again with what was wrong.
    assert_eq!(stand.databricks.count(Kind::Slide), 7);

    stand.databricks.rule(Kind::Slide, |_| None);
    ada.post(&format!("/api/chat/{}/retry", text(&turn, "id")), json!({})).await;
    ada.sees(&turn, "succeeded").await;
    assert_eq!(
        titles(&ada.deck(&turn).await),
        (1..=5).map(|n| format!("Point {n} is made")).collect::<Vec<_>>()
    );
    assert_eq!(stand.databricks.count(Kind::Slide), 8);
}

#[tokio::test]
async fn a_busy_endpoint_is_waited_for() {
    let stand = Stand::new().await;
    let asked = Arc::new(AtomicUsize::new(0));
    stand.databricks.rule(Kind::Outline, move |_| {
        let is_first = asked.fetch_add(1, Ordering::Relaxed) == 0;
        is_first.then(|| {
            (
                StatusCode::TOO_MANY_REQUESTS,
                [("retry-after", "0")],
                "{\"error_code\":\"REQUEST_LIMIT_EXCEEDED\"}",
            )
                .into_response()
        })
    });
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    ada.sees(&turn, "succeeded").await;
    let events = ada.events(&turn).await;
    let waiting = events.iter().find(|event| event["kind"] == "waiting").expect("it is told");
    assert!(text(&waiting["body"], "reason").contains("busy"), "{waiting}");
}

#[tokio::test]
async fn limits_end_a_request_with_what_is_there() {
    let stand = Stand::with(Limits { calls: 5, ..Limits::default() }).await;
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    crate::support::eventually("it fails", || async { ada.turn(&turn).await["state"] == "failed" }).await;
    let failed = ada.turn(&turn).await;
    assert_eq!(failed["error"]["code"], "too_many_calls", "{failed}");
    assert!(!titles(&ada.deck(&turn).await).is_empty());

    let stand = Stand::with(Limits { tokens_of_a_day: 500, ..Limits::default() }).await;
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    ada.sees(&turn, "succeeded").await;
    let (status, answer) = ada.post("/api/chat", json!({ "message": "One more" })).await;
    assert_eq!((status, &answer["error"]["code"]), (429, &json!("limit_reached")), "{answer}");
}

#[tokio::test]
async fn one_request_at_a_time_works_on_a_deck() {
    let stand = Stand::new().await;
    let ada = stand.ada();
    stand.databricks.hold_after(Kind::Outline, 0);
    let turn = ada.asks("Review the revenue").await;
    let again = json!({ "message": "And another", "session_id": turn["session_id"] });
    let (status, answer) = ada.post("/api/chat", again).await;
    assert_eq!((status, &answer["error"]["code"]), (409, &json!("still_working")), "{answer}");
    let turns: i64 = postgres::one(&format!("SELECT count(*) FROM {}.chat_turns", stand.schema())).await;
    assert_eq!(turns, 1);
}

#[tokio::test]
async fn what_can_not_be_meant_is_refused_before_anything_happens() {
    let stand = Stand::new().await;
    let ada = stand.ada();
    let long = "a".repeat(20_001);
    for request in [
        json!({ "message": "" }),
        json!({ "message": "  " }),
        json!({ "message": long }),
        json!({ "message": "a\u{0}b" }),
        json!({ "message": "a", "selection": ["../x"] }),
        json!({ "message": "a", "options": { "temperature": 7 } }),
        json!({ "message": "a", "options": { "endpoint": "" } }),
        json!({ "message": "a", "options": { "profile_id": "00000000-0000-0000-0000-000000000000" } }),
    ] {
        let (status, answer) = ada.post("/api/chat", request.clone()).await;
        assert_eq!(status, 422, "{request} {answer}");
    }
    let foreign = json!({ "message": "a", "session_id": "00000000-0000-0000-0000-000000000000" });
    assert_eq!(ada.post("/api/chat", foreign).await.0, 404);
    let count = format!("SELECT count(*) FROM {}.sessions", stand.schema());
    assert_eq!(postgres::one::<i64>(&count).await, 0);
}

#[tokio::test]
async fn the_paths_of_the_original_lead_to_the_same_answers() {
    let stand = Stand::new().await;
    let ada = stand.ada();
    let (status, submitted) = ada.post("/api/chat/async", json!({ "message": "Review the revenue" })).await;
    assert_eq!((status, &submitted["status"]), (202, &json!("pending")), "{submitted}");
    let path = format!("/api/chat/poll/{}?after_message_id=0", text(&submitted, "request_id"));
    crate::support::eventually("completed", || async { ada.get(&path).await.1["status"] == "completed" })
        .await;
    let (_, polled) = ada.get(&path).await;
    let types: Vec<&str> =
        polled["events"].as_array().expect("events").iter().map(|one| text(one, "type")).collect();
    for one in ["tool_call", "tool_result", "session_title", "slide", "complete"] {
        assert!(types.contains(&one), "{one} in {types:?}");
    }
    assert_eq!(polled["result"]["state"], "succeeded");
}

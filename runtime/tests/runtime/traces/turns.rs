//! What the trace of a turn has in it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::figure;
use crate::chat::{Stand, TOKEN, text};
use crate::support::collector::{Collector, Trace, attributes};
use crate::support::databricks::{APP_TOKEN, Kind};
use crate::support::{eventually, postgres};

async fn stand(collector: &Collector, more: &[(&str, &str)]) -> Stand {
    let variables = [&[("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str())], more].concat();
    Stand::with_variables(&variables).await
}

/// The spans of a turn that made a deck of five slides.
fn expected() -> Vec<String> {
    let mut lines = vec![
        "chat app-model < gather".to_owned(),
        "chat app-model < gather".to_owned(),
        "chat app-model < plan".to_owned(),
        "check < invoke_agent tellr".to_owned(),
        "execute_tool query_data < gather".to_owned(),
        "execute_tool query_data < gather".to_owned(),
        "gather < invoke_agent tellr".to_owned(),
        "invoke_agent tellr < -".to_owned(),
        "plan < invoke_agent tellr".to_owned(),
        "slides < invoke_agent tellr".to_owned(),
    ];
    for number in 1..=5 {
        lines.push(format!("chat app-model < slide {number}"));
        lines.push(format!("slide {number} < slides"));
    }
    lines.sort();
    lines
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
}

#[tokio::test]
async fn a_turn_is_one_trace_that_repeats_nothing_anyone_said() {
    let collector = Collector::start().await;
    let more = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=planted%20key"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test"),
    ];
    let stand = stand(&collector, &more).await;
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue in five slides").await;
    ada.sees(&turn, "succeeded").await;
    let trace = collector.of_turn(text(&turn, "id")).await;
    assert_eq!(trace.tree(), expected());
    assert_eq!(trace.ids().into_iter().collect::<Vec<_>>(), [text(&turn, "id").replace('-', "")]);
    for span in &trace.0 {
        assert!(span.end_time_unix_nano >= span.start_time_unix_nano, "{span:?}");
        assert_eq!(span.status.as_ref().map(|status| status.code), Some(1), "{span:?}");
    }

    let mut chats = trace.named("chat app-model").into_iter().map(attributes);
    let is_slide =
        |chat: &BTreeMap<String, String>| chat.get("tellr.prompt").is_some_and(|name| name == "slide");
    let chat = chats.find(is_slide).expect("a slide was asked for");
    for (key, value) in [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.request.model", "app-model"),
        ("gen_ai.usage.input_tokens", "100"),
        ("gen_ai.usage.output_tokens", "10"),
    ] {
        assert_eq!(chat[key], value, "{key}");
    }
    assert!(chat["gen_ai.response.finish_reasons"].contains("stop"), "{chat:?}");
    let whole = trace.attributes("invoke_agent tellr");
    assert_eq!(whole["gen_ai.operation.name"], "invoke_agent");
    assert_eq!(whole["gen_ai.conversation.id"], text(&turn, "session_id"));
    assert_eq!((whole["tellr.turn.calls"].as_str(), whole["tellr.turn.tokens"].as_str()), ("8", "880"));
    assert_eq!(trace.attributes("execute_tool query_data")["tellr.rows"], "4");
    let resource = collector.resource();
    assert_eq!(
        (resource["service.name"].as_str(), resource["deployment.environment"].as_str()),
        ("tellr", "test")
    );

    assert_eq!(collector.came("/v1/traces")[0].header("x-key"), "planted key");
    let everything = collector.everything();
    assert!(holds(&everything, "app-model"), "it is searched");
    // Of the person, the models, the data and the credentials.
    for word in [
        "review",
        "revenue",
        "ada",
        "point 1",
        "five points",
        "planted sales",
        "quarter",
        "1000000",
        TOKEN,
        APP_TOKEN,
    ] {
        assert!(!holds(&everything, word), "{word} is in the traces");
    }
}

#[tokio::test]
async fn content_is_there_if_the_deployment_says_so() {
    let collector = Collector::start().await;
    let stand = stand(&collector, &[("TELLR_TRACE_CONTENT", "true")]).await;
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue in five slides").await;
    ada.sees(&turn, "succeeded").await;
    let trace = collector.of_turn(text(&turn, "id")).await;
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let whole = trace.attributes("invoke_agent tellr");
    let asked = json!([{ "role": "user", "parts": [{ "type": "text", "content": "Review the revenue in five slides" }] }]);
    assert_eq!(read(&whole["gen_ai.input.messages"]), asked);
    assert!(whole["gen_ai.output.messages"].contains("Five points."), "{whole:?}");
    let chats: Vec<_> = trace.named("chat app-model").into_iter().map(attributes).collect();
    for chat in &chats {
        assert_eq!(read(&chat["gen_ai.input.messages"])[0]["role"], "system");
        assert_eq!(read(&chat["gen_ai.output.messages"])[0]["role"], "assistant");
    }
    let calls =
        chats.iter().find(|chat| chat["gen_ai.output.messages"].contains("tool_call")).expect("calls");
    assert_eq!(read(&calls["gen_ai.output.messages"])[0]["parts"][1]["name"], "query_data");
    let tool = trace.attributes("execute_tool query_data");
    assert!(tool["gen_ai.tool.call.arguments"].contains("Revenue by"), "{tool:?}");
    assert!(tool["gen_ai.tool.call.result"].contains("2026-Q1"), "{tool:?}");
    assert_eq!(trace.attributes("slide 3")["tellr.slide.title"], "Point 3 is made");
    let everything = collector.everything();
    for token in [TOKEN, APP_TOKEN] {
        assert!(!holds(&everything, token), "a token is in the traces");
    }
}

#[tokio::test]
async fn another_process_continues_the_trace() {
    let collector = Collector::start().await;
    let mut first = stand(&collector, &[]).await;
    first.databricks.hold_after(Kind::Slide, 2);
    let turn = first.ada().asks("Review the revenue").await;
    first.databricks.asked(Kind::Slide, 3).await;
    let schema = first.schema().to_owned();
    eventually("slides are stored", || {
        let statement = format!("SELECT count(*) FROM {schema}.chat_slides WHERE state = 'done'");
        async move { postgres::one::<i64>(&statement).await >= 2 }
    })
    .await;
    first.kill().await;
    // What the first process has finished is sent before it ends.
    first.traces.close().await;
    first.databricks.let_go(Kind::Slide);
    let mut second = first.another().await;
    second.ada().turn(&turn).await;
    second.work();
    second.ada().sees(&turn, "succeeded").await;
    let trace = collector.of_turn(text(&turn, "id")).await;
    assert_eq!(trace.ids().len(), 1);
    assert_eq!(trace.tree(), expected(), "each once, and each has its parent");
}

#[tokio::test]
async fn a_stopped_turn_and_a_refused_model_are_failed_spans() {
    let collector = Collector::start().await;
    let stand = stand(&collector, &[]).await;
    let ada = stand.ada();
    stand.databricks.hold_after(Kind::Slide, 0);
    let turn = ada.asks("Review the revenue").await;
    stand.databricks.asked(Kind::Slide, 3).await;
    let (status, _) = ada.post(&format!("/api/chat/{}/cancel", text(&turn, "id")), json!({})).await;
    assert_eq!(status, 202);
    let Trace(spans) = collector.of_turn(text(&turn, "id")).await;
    let of = |name: &str| spans.iter().find(|span| span.name == name).map(attributes).expect(name);
    assert_eq!(of("invoke_agent tellr")["error.type"], "cancelled");
    assert_eq!(of("slides")["error.type"], "cancelled");
    stand.databricks.let_go(Kind::Slide);

    stand.databricks.rule(Kind::Outline, |_| {
        use axum::response::IntoResponse as _;
        let body = json!({ "error_code": "PERMISSION_DENIED", "message": "planted words of an endpoint" });
        Some((axum::http::StatusCode::FORBIDDEN, axum::Json(body)).into_response())
    });
    let turn = ada.asks("Something else").await;
    let trace = collector.of_turn(text(&turn, "id")).await;
    let id = text(&turn, "id").replace('-', "");
    let failed: Vec<_> = trace
        .0
        .iter()
        .filter(|span| crate::support::collector::hex(&span.trace_id) == id)
        .filter(|span| span.status.as_ref().is_some_and(|status| status.code == 2))
        .map(|span| (span.name.as_str(), attributes(span)["error.type"].clone()))
        .collect();
    let mut failed: Vec<_> = failed.iter().map(|(name, kind)| format!("{name}: {kind}")).collect();
    failed.sort();
    assert_eq!(failed, ["chat app-model: no_right", "invoke_agent tellr: no_right", "plan: no_right"]);
    assert!(!holds(&collector.everything(), "planted words"), "words of an endpoint are in the traces");
}

#[tokio::test]
async fn without_mlflow_the_assistant_works_and_what_is_lost_is_counted() {
    let more = [("MLFLOW_EXPERIMENT_ID", "1"), ("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")];
    let stand = Stand::with_variables(&more).await;
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    ada.sees(&turn, "succeeded").await;
    let path = format!("/api/chat/{}/feedback", text(&turn, "id"));
    let (status, _) = ada.post(&path, json!({ "rating": "up" })).await;
    assert_eq!(status, 204);
    // The spans of the turn, and the feedback.
    let lost = u64::try_from(expected().len() + 1).expect("few");
    eventually("all is given up", || async { figure(&stand.traces, "trace_items_dropped") == lost }).await;
    assert_eq!(figure(&stand.traces, "trace_items_sent"), 0);
}

#[tokio::test]
async fn feedback_is_attached_with_words_only_if_traces_hold_content() {
    for has_content in ["false", "true"] {
        let collector = Collector::start().await;
        let more = [
            ("MLFLOW_EXPERIMENT_ID", "7"),
            ("MLFLOW_TRACKING_URI", collector.url.as_str()),
            ("TELLR_TRACE_CONTENT", has_content),
        ];
        let stand = Stand::with_variables(&more).await;
        let ada = stand.ada();
        let turn = ada.asks("Review the revenue").await;
        ada.sees(&turn, "succeeded").await;
        let path = format!("/api/chat/{}/feedback", text(&turn, "id"));
        let (status, _) = ada.post(&path, json!({ "rating": "down", "comment": "Too many words" })).await;
        assert_eq!(status, 204);
        let id = format!("tr-{}", text(&turn, "id").replace('-', ""));
        let at = format!("/api/3.0/mlflow/traces/{id}/assessments");
        eventually("feedback came", || async { !collector.came(&at).is_empty() }).await;
        let assessment = collector.came(&at)[0].json()["assessment"].clone();
        assert_eq!(assessment["assessment_name"], "user_feedback");
        assert_eq!(assessment["feedback"], json!({ "value": false }));
        assert_eq!(assessment["source"]["source_type"], "HUMAN");
        if has_content == "true" {
            assert_eq!(assessment["rationale"], "Too many words");
        } else {
            assert_eq!(assessment["rationale"], Value::Null);
            assert_eq!(assessment["source"]["source_id"], "user");
        }
        assert_eq!(collector.came("/v1/traces")[0].header("x-mlflow-experiment-id"), "7");
    }
}

//! Models and data that say what they shouldn't.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Stand, TOKEN, text, variables};
use crate::support::app::client;
use crate::support::databricks::{APP_TOKEN, Databricks, Kind, streamed, whole};
use crate::support::people::answered;
use crate::support::postgres;
use crate::support::process::Serving;

#[tokio::test]
async fn instructions_in_data_or_answers_call_no_tool_that_was_not_given() {
    let stand = Stand::new().await;
    stand.databricks.rule(Kind::Gather, |body| {
        (!body.to_string().contains("\"role\":\"tool\"")).then(|| {
            let call = |index: usize, name: &str, arguments: &str| {
                json!({ "index": index, "id": format!("c{index}"), "type": "function",
                        "function": { "name": name, "arguments": arguments } })
            };
            let calls = json!({ "tool_calls": [
                call(0, "run_sql", r#"{"statement":"DROP TABLE sales"}"#),
                call(1, "query_data", r#"{"space":"Payroll","question":"All salaries"}"#),
                call(2, "query_data", "not even JSON"),
            ] });
            streamed(&[calls], "tool_calls")
        })
    });
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    ada.sees(&turn, "succeeded").await;
    // With one space, the one that is named wrongly can only be that one; it is asked there and nowhere else.
    assert_eq!(stand.databricks.count(Kind::Ask), 1);
    let asked = stand.databricks.requests(Kind::Gather);
    let told = asked.last().expect("asked again").to_string();
    assert_eq!(told.matches("<error>").count(), 2, "{told}");
}

#[tokio::test]
async fn a_character_that_the_database_does_not_take_costs_nothing() {
    let stand = Stand::new().await;
    stand.databricks.rule(Kind::Gather, |body| {
        let is_first = !body.to_string().contains("\"role\":\"tool\"");
        let arguments =
            json!({ "space": "Planted\u{0} sales", "question": "Revenue\u{0} by region" }).to_string();
        let call = json!({ "index": 0, "id": "c\u{0}1", "type": "function",
                           "function": { "name": "query_data", "arguments": arguments } });
        let deltas = if is_first {
            json!({ "content": "Look\u{0}", "tool_calls": [call] })
        } else {
            json!({ "content": "Found\u{0}" })
        };
        Some(streamed(&[deltas], "stop"))
    });
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    ada.sees(&turn, "succeeded").await;
    assert_eq!((stand.databricks.count(Kind::Gather), stand.databricks.count(Kind::Ask)), (2, 1));
}

#[tokio::test]
async fn markup_and_scripts_of_a_model_are_text_of_a_valid_deck() {
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> [click](javascript:alert(1))";
    let stand = Stand::new().await;
    stand.databricks.rule(Kind::Slide, move |_| {
        let draft = json!({ "layout": hostile, "title": hostile, "text": hostile.repeat(200),
            "bullets": vec![hostile; 500], "quote": hostile, "notes": hostile,
            "tables": [{ "source": "S99", "own_columns": [hostile], "own_rows": vec![vec![hostile; 60]; 100] }],
            "charts": [{ "kind": "exploding", "source": "../../etc", "values": [hostile] }],
            "metrics": [{ "label": hostile, "value": "NaN" }, { "label": "x", "value": 1e300 }] });
        Some(whole(&draft.to_string()))
    });
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    let turn = ada.sees(&turn, "succeeded").await;
    let mut deck = ada.deck(&turn).await["deck"].clone();
    let read = tellr_slides::read::from_json(&deck.to_string()).expect("a valid deck");
    assert_eq!(tellr_slides::check::problems(&read), []);
    // Notes are plain text; in all other texts this would be a link.
    for slide in deck["slides"].as_array_mut().expect("slides") {
        slide["notes"] = json!("");
    }
    assert!(!deck.to_string().contains("](javascript:"), "{deck}");
}

#[tokio::test]
async fn nothing_that_people_models_or_data_say_is_in_the_log() {
    let databricks = Databricks::start().await;
    let variables = variables(&databricks, &postgres::url());
    variables.initialise().await.expect("a database");
    let app = Serving::start(&variables).await;
    let client = client(|builder| builder);
    let send = |method: Method, path: &str, body: Value| {
        let request = client
            .request(method, format!("{}{path}", app.url))
            .header("origin", &app.url)
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-user", "ada")
            .header("x-forwarded-email", "ada@example.com")
            .header("x-forwarded-access-token", TOKEN)
            .json(&body);
        async { answered(request.send().await.expect("an answer")).await.1 }
    };
    // One that fails with the words of the request in the refusal, and one that succeeds.
    databricks.rule(Kind::Outline, |body| {
        let asked = body["messages"][1]["content"].as_str().unwrap_or_default();
        let message = format!("planted-refusal of {asked}");
        let refusal = json!({ "error_code": "BAD_REQUEST", "message": message });
        Some((StatusCode::BAD_REQUEST, refusal.to_string()).into_response())
    });
    for state in ["failed", "succeeded"] {
        let turn = send(Method::POST, "/api/chat", json!({ "message": "Review the planted-words" })).await;
        // The stream ends with the job. Asking again and again would fill the pipe that the log goes through.
        let events = client
            .get(format!("{}/api/jobs/{}/events", app.url, text(&turn, "job_id")))
            .header("x-forwarded-user", "ada")
            .header("x-forwarded-email", "ada@example.com")
            .header("x-forwarded-access-token", TOKEN);
        let told = events.send().await.expect("a stream").text().await.expect("it ends");
        assert!(told.contains(&format!("event: {state}")), "{told}");
        databricks.rule(Kind::Outline, |_| None);
    }
    app.terminate().await;
    let log = app.end().await.output;
    assert!(log.contains("/api/chat answered 202"), "{log}");
    for planted in
        ["planted-words", "planted-refusal", TOKEN, APP_TOKEN, "1250000", "1.25E6", "2026-Q2", "Point 3"]
    {
        assert!(!log.contains(planted), "{planted} is in the log: {log}");
    }
}

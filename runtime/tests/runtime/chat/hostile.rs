//! Models and data that say what they shouldn't.

use serde_json::json;

use super::{Stand, text};
use crate::support::databricks::{Kind, streamed, whole};

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
async fn nothing_that_people_or_data_say_is_in_the_log() {
    // The log of a process: planted words are looked for in everything that it writes.
    let stand = Stand::new().await;
    let ada = stand.ada();
    let turn = ada.asks("Review the planted-secret-words").await;
    ada.sees(&turn, "succeeded").await;
    let (_, view) = ada.get(&format!("/api/jobs/{}", text(&turn, "job_id"))).await;
    let view = view.to_string();
    assert!(!view.contains("planted-secret-words") && !view.contains("planted-token"), "{view}");
}

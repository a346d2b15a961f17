//! A deck from a request: gathered, outlined, written, checked; with true numbers.

use serde_json::json;

use super::{Stand, TOKEN, text, titles};
use crate::support::databricks::{APP_TOKEN, Kind};

#[tokio::test]
async fn a_request_becomes_a_deck_whose_numbers_are_those_of_genie() {
    let stand = Stand::new().await;
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue in five slides").await;
    assert_eq!(text(&turn, "stage"), "gather");
    let turn = ada.sees(&turn, "succeeded").await;
    assert_eq!(turn["kind"], "create", "{turn}");
    assert_eq!(turn["reply"], "Five points.");
    assert_eq!(turn["usage"], json!({ "prompt_tokens": 800, "completion_tokens": 80, "calls": 8 }));
    let counts = stand.databricks.counts();
    let wanted = [(Kind::Gather, 2), (Kind::Outline, 1), (Kind::Slide, 5), (Kind::Ask, 2)];
    assert_eq!(counts, wanted.into_iter().collect());

    let deck = ada.deck(&turn).await;
    assert_eq!(deck["deck"]["title"], "Planted review");
    assert_eq!(titles(&deck), (1..=5).map(|number| format!("Point {number} is made")).collect::<Vec<_>>());
    for slide in deck["deck"]["slides"].as_array().expect("slides") {
        let blocks = slide["blocks"].as_array().expect("blocks");
        let chart = blocks.iter().find(|block| block["type"] == "chart").expect("a chart");
        assert_eq!(chart["series"][0]["values"], json!([1_000_000.5, 1_250_000, 1_500_000, null]), "{chart}");
        assert_eq!(chart["categories"], json!(["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]));
        assert_eq!(chart["source"]["label"], "Planted sales: revenue by quarter");
    }
}

#[tokio::test]
async fn the_data_behind_a_chart_can_be_opened_by_who_asked_for_it() {
    let stand = Stand::new().await;
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    let turn = ada.sees(&turn, "succeeded").await;
    let session = text(&turn, "session_id");
    let (_, conversation) = ada.get(&format!("/api/sessions/{session}/chat")).await;
    let sources = conversation["sources"].as_array().expect("sources");
    let names: Vec<_> = sources.iter().map(|source| (text(source, "name"), text(source, "label"))).collect();
    assert_eq!(
        names,
        [("S1", "Planted sales: revenue by quarter"), ("S2", "Planted sales: revenue by quarter (S2)"),]
    );
    let path = format!("/api/sessions/{session}/sources/{}", text(&sources[0], "id"));
    let (status, source) = ada.get(&path).await;
    assert_eq!(status, 200);
    assert_eq!(source["sql"], "SELECT quarter, revenue_eur FROM sales");
    assert_eq!(source["rows"][1], json!(["2026-Q2", 1_250_000]));
    assert_eq!(source["columns"][1], json!({ "name": "revenue_eur", "kind": "number" }));

    // The deck is shared; what was asked and found isn't.
    let ben = stand.app.person("ben");
    ada.person.shares(&format!("/api/sessions/{session}"), &ben, "edit").await;
    assert_eq!(ben.get(&path).await.0, 404);
    let (status, conversation) = ben.get(&format!("/api/sessions/{session}/chat")).await;
    assert_eq!((status, &conversation["turns"], &conversation["sources"]), (200, &json!([]), &json!([])));
}

#[tokio::test]
async fn the_same_question_with_the_same_answer_is_one_source() {
    let stand = Stand::new().await;
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    let turn = ada.sees(&turn, "succeeded").await;
    let again = ada.asks_with(json!({ "message": "Once more", "session_id": turn["session_id"] })).await;
    ada.sees(&again, "succeeded").await;
    let (_, conversation) = ada.get(&format!("/api/sessions/{}/chat", text(&turn, "session_id"))).await;
    assert_eq!(conversation["sources"].as_array().map(Vec::len), Some(2), "{conversation}");
}

#[tokio::test]
async fn genie_is_asked_as_the_person_and_the_apps_own_endpoint_as_the_app() {
    let stand = Stand::new().await;
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    ada.sees(&turn, "succeeded").await;
    let mut tokens = stand.databricks.tokens();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens, [TOKEN, APP_TOKEN]);

    let own = json!({ "message": "Once more", "options": { "endpoint": "own-model", "spaces": [] } });
    let before = stand.databricks.tokens().len();
    let turn = ada.asks_with(own).await;
    ada.sees(&turn, "succeeded").await;
    assert!(stand.databricks.tokens()[before..].iter().all(|token| token == TOKEN));
}

#[tokio::test]
async fn an_outline_waits_for_approval_and_is_written_as_it_was_approved() {
    let stand = Stand::new().await;
    let ada = stand.ada();
    let request = json!({ "message": "Review the revenue", "options": { "review_outline": true } });
    let turn = ada.asks_with(request).await;
    let turn = ada.sees(&turn, "review").await;
    assert_eq!(turn["outline"]["slides"].as_array().map(Vec::len), Some(5), "{turn}");
    assert_eq!(stand.databricks.count(Kind::Slide), 0);

    let mut outline = turn["outline"].clone();
    outline["title"] = json!("My own title");
    let (status, answer) = ada.post(&format!("/api/chat/{}/cancel", text(&turn, "id")), json!({})).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (409, &json!("not_running")),
        "nothing runs that could be stopped"
    );
    let slides = outline["slides"].as_array_mut().expect("slides");
    slides.truncate(2);
    slides.swap(0, 1);
    let path = format!("/api/chat/{}/outline", text(&turn, "id"));
    let (status, answer) = ada.post(&path, json!({ "outline": outline })).await;
    assert_eq!(status, 202, "{answer}");
    let turn = ada.sees(&turn, "succeeded").await;
    assert_eq!(turn["slides"].as_array().map(Vec::len), Some(2));
    let deck = ada.deck(&turn).await["deck"].clone();
    assert_eq!(
        (deck["slides"].as_array().map(Vec::len), deck["title"].as_str()),
        (Some(2), Some("My own title"))
    );
    let (status, answer) = ada.post(&path, json!({ "outline": outline })).await;
    assert_eq!((status, &answer["error"]["code"]), (409, &json!("not_waiting")));
}

#[tokio::test]
async fn a_deck_that_was_made_is_taken_back_as_a_whole() {
    let stand = Stand::new().await;
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    let turn = ada.sees(&turn, "succeeded").await;
    assert_eq!(turn["can_undo"], true);
    let path = format!("/api/chat/{}/undo", text(&turn, "id"));
    let (status, answer) = ada.post(&path, json!({})).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(titles(&ada.deck(&turn).await), [""]);
    let (status, answer) = ada.post(&path, json!({})).await;
    assert_eq!((status, &answer["error"]["code"]), (409, &json!("nothing_to_undo")));
}

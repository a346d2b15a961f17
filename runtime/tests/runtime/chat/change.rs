//! Changes in words: planned, written, applied as one version, and taken back as one.

use serde_json::{Value, json};

use super::{Stand, text, titles};
use crate::support::databricks::{Kind, whole};
use crate::support::eventually;

/// A deck of five slides.
async fn deck_of(stand: &Stand) -> Value {
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    ada.sees(&turn, "succeeded").await
}

fn slide(deck: &Value, index: usize) -> &Value {
    &deck["deck"]["slides"][index]
}

/// Asks for a change of the deck of a turn.
async fn change(stand: &Stand, made: &Value, edits: Value, selection: Value) -> Value {
    stand.databricks.says(Kind::Changes, json!({ "reply": "Changed.", "edits": edits }));
    let request = json!({ "message": "Change it", "session_id": made["session_id"], "selection": selection });
    let turn = stand.ada().asks_with(request).await;
    stand.ada().sees(&turn, "succeeded").await
}

#[tokio::test]
async fn changes_are_one_version_that_is_taken_back_as_one() {
    let stand = Stand::new().await;
    let made = deck_of(&stand).await;
    let before = stand.ada().deck(&made).await;
    let ids: Vec<&str> = (0..5).map(|index| text(slide(&before, index), "id")).collect();
    stand.databricks.rule(Kind::Slide, |body| {
        let body = body.to_string();
        let title = if body.contains("write it anew") { "Written anew" } else { "Added" };
        Some(whole(&json!({ "layout": "statement", "title": title, "text": "As asked." }).to_string()))
    });
    let asked = stand.databricks.count(Kind::Slide);
    let edits = json!([
        { "action": "rewrite_slide", "slide": ids[1], "instruction": "write it anew", "layout": "statement" },
        { "action": "add_slide", "after": ids[2], "title": "Added", "layout": "statement", "instruction": "add one" },
        { "action": "remove_slide", "slide": ids[4] },
        { "action": "move_slide", "slide": ids[3], "after": "start" },
        { "action": "set_theme", "value": "ink" },
        { "action": "set_title", "value": "Another title" },
        { "action": "rewrite_slide", "slide": "not-there", "instruction": "what?" },
    ]);
    let turn = change(&stand, &made, edits, json!([])).await;
    assert_eq!((turn["kind"].clone(), turn["reply"].clone()), (json!("change"), json!("Changed.")));
    assert_eq!(stand.databricks.count(Kind::Slide), asked + 2, "one call for each slide that is written");
    assert!(turn["notices"].to_string().contains("not-there"), "{turn}");

    let after = stand.ada().deck(&made).await;
    assert_eq!(after["version"].as_i64(), before["version"].as_i64().map(|version| version + 1));
    assert_eq!(
        (after["deck"]["title"].clone(), after["deck"]["theme"].clone()),
        (json!("Another title"), json!("ink"))
    );
    let now: Vec<&str> =
        after["deck"]["slides"].as_array().expect("slides").iter().map(|one| text(one, "id")).collect();
    assert_eq!(now.len(), 5);
    assert_eq!([now[0], now[1], now[2], now[3]], [ids[3], ids[0], ids[1], ids[2]]);
    assert_eq!(titles(&after)[2], "Written anew");
    assert_eq!(titles(&after)[4], "Added");

    let path = format!("/api/chat/{}/undo", text(&turn, "id"));
    let (status, answer) = stand.ada().post(&path, json!({})).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(stand.ada().deck(&made).await["deck"], before["deck"]);
}

#[tokio::test]
async fn a_change_that_the_deck_has_outgrown_is_not_taken_back() {
    let stand = Stand::new().await;
    let made = deck_of(&stand).await;
    let before = stand.ada().deck(&made).await;
    let id = text(slide(&before, 1), "id");
    let turn = change(
        &stand,
        &made,
        json!([{ "action": "rewrite_slide", "slide": id, "instruction": "x" }]),
        json!([]),
    )
    .await;
    let now = stand.ada().deck(&made).await;
    let session = text(&made, "session_id");
    let patch = json!({ "version": now["version"], "patches": [{ "op": "remove_slide", "slide": id }] });
    let (status, answer) = stand.ada().post(&format!("/api/sessions/{session}/patches"), patch).await;
    assert_eq!(status, 200, "{answer}");
    let (status, answer) =
        stand.ada().post(&format!("/api/chat/{}/undo", text(&turn, "id")), json!({})).await;
    assert_eq!((status, &answer["error"]["code"]), (409, &json!("changed_since")), "{answer}");
}

#[tokio::test]
async fn a_table_becomes_a_chart_of_the_same_cells() {
    let stand = Stand::new().await;
    let table = json!({ "layout": "table", "title": "Revenue by quarter",
        "tables": [{ "source": "S1", "columns": ["quarter", "revenue_eur"] }] });
    stand.databricks.says(Kind::Slide, table);
    let made = deck_of(&stand).await;
    let before = stand.ada().deck(&made).await;
    let id = text(slide(&before, 0), "id");
    stand.databricks.rule(Kind::Slide, |body| {
        let body = body.to_string();
        assert!(body.contains("<data>") && body.contains("source id=\\\"D1\\\""), "{body}");
        let chart = json!({ "kind": "line", "source": "D1", "categories": "Quarter", "values": ["Revenue"] });
        Some(whole(
            &json!({ "layout": "chart", "title": "Revenue by quarter", "charts": [chart] }).to_string(),
        ))
    });
    let edits =
        json!([{ "action": "rewrite_slide", "slide": id, "layout": "chart", "instruction": "a chart" }]);
    change(&stand, &made, edits, json!([id])).await;
    let after = stand.ada().deck(&made).await;
    let blocks = slide(&after, 0)["blocks"].as_array().expect("blocks");
    let chart = blocks.iter().find(|block| block["type"] == "chart").expect("a chart");
    assert_eq!(chart["kind"], "line");
    assert_eq!(chart["series"][0]["values"], json!([1_000_000.5, 1_250_000, 1_500_000, null]), "{chart}");
    assert_eq!(chart["source"]["label"], "Planted sales: revenue by quarter");
}

#[tokio::test]
async fn people_go_on_editing_while_the_assistant_works() {
    let stand = Stand::new().await;
    let made = deck_of(&stand).await;
    let before = stand.ada().deck(&made).await;
    let ids: Vec<String> = (0..5).map(|index| text(slide(&before, index), "id").to_owned()).collect();
    stand.databricks.hold_after(Kind::Slide, 0);
    let asked = stand.databricks.count(Kind::Slide);
    let edits = json!([
        { "action": "rewrite_slide", "slide": ids[1], "instruction": "x" },
        { "action": "rewrite_slide", "slide": ids[2], "instruction": "x" },
    ]);
    stand.databricks.says(Kind::Changes, json!({ "reply": "Changed.", "edits": edits }));
    let request = json!({ "message": "Change it", "session_id": made["session_id"] });
    let turn = stand.ada().asks_with(request).await;
    stand.databricks.asked(Kind::Slide, asked + 2).await;
    let session = text(&made, "session_id");
    let patches =
        json!([{ "op": "remove_slide", "slide": ids[1] }, { "op": "set_title", "title": "Typed meanwhile" }]);
    let patch = json!({ "version": before["version"], "patches": patches });
    assert_eq!(stand.ada().post(&format!("/api/sessions/{session}/patches"), patch).await.0, 200);
    stand.databricks.let_go(Kind::Slide);
    stand.ada().sees(&turn, "succeeded").await;
    let after = stand.ada().deck(&made).await;
    assert_eq!(after["deck"]["title"], "Typed meanwhile");
    assert_eq!(
        after["deck"]["slides"].as_array().map(Vec::len),
        Some(4),
        "the slide that was removed stays so"
    );
}

/// Sets the title of a slide as its editor does.
async fn edited(stand: &Stand, made: &Value, id: &str, title: &str) {
    let deck = stand.ada().deck(made).await;
    let slides = deck["deck"]["slides"].as_array().expect("slides");
    let slide = slides.iter().find(|slide| slide["id"] == id).expect("the slide");
    let blocks = slide["blocks"].as_array().expect("blocks");
    let block = &blocks.iter().find(|block| block["type"] == "title").expect("a title")["id"];
    let patch = json!({ "op": "set_field", "block": block, "field": { "text": title } });
    let path = format!("/api/sessions/{}/patches", text(made, "session_id"));
    let request = json!({ "version": deck["version"], "patches": [patch] });
    let (status, answer) = stand.ada().post(&path, request).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn what_a_person_edits_while_it_is_rewritten_stays_theirs() {
    let stand = Stand::new().await;
    let made = deck_of(&stand).await;
    let before = stand.ada().deck(&made).await;
    let ids: Vec<String> = (0..5).map(|index| text(slide(&before, index), "id").to_owned()).collect();
    stand.databricks.hold_after(Kind::Slide, 0);
    let asked = stand.databricks.count(Kind::Slide);
    let rewrite = |id: &String| json!({ "action": "rewrite_slide", "slide": id, "instruction": "x" });
    let edits = json!([rewrite(&ids[1]), rewrite(&ids[2])]);
    stand.databricks.says(Kind::Changes, json!({ "reply": "Changed.", "edits": edits }));
    stand.databricks.says(Kind::Slide, json!({ "layout": "statement", "title": "Rewritten" }));
    let request = json!({ "message": "Change it", "session_id": made["session_id"] });
    let turn = stand.ada().asks_with(request).await;
    stand.databricks.asked(Kind::Slide, asked + 2).await;
    edited(&stand, &made, &ids[1], "Mine").await;
    stand.databricks.let_go(Kind::Slide);
    let turn = stand.ada().sees(&turn, "succeeded").await;
    let after = titles(&stand.ada().deck(&made).await);
    assert_eq!((after[1].as_str(), after[2].as_str()), ("Mine", "Rewritten"));
    assert!(turn["notices"].to_string().contains("slide 2 was edited"), "{turn}");
}

#[tokio::test]
async fn what_a_person_has_edited_since_is_not_taken_back() {
    let stand = Stand::new().await;
    let made = deck_of(&stand).await;
    let before = stand.ada().deck(&made).await;
    let id = text(slide(&before, 1), "id").to_owned();
    let edits = json!([{ "action": "rewrite_slide", "slide": id, "instruction": "x" }]);
    let changed = change(&stand, &made, edits, json!([])).await;
    edited(&stand, &made, &id, "Mine").await;
    for turn in [&changed, &made] {
        let path = format!("/api/chat/{}/undo", text(turn, "id"));
        let (status, answer) = stand.ada().post(&path, json!({})).await;
        assert_eq!((status, &answer["error"]["code"]), (409, &json!("changed_since")), "{answer}");
    }
    assert_eq!(titles(&stand.ada().deck(&made).await)[1], "Mine");
}

#[tokio::test]
async fn words_alone_are_an_answer() {
    let stand = Stand::new().await;
    let made = deck_of(&stand).await;
    let before = stand.ada().deck(&made).await;
    let turn = change(&stand, &made, json!([]), json!([])).await;
    assert_eq!((turn["stage"].clone(), turn["can_undo"].clone()), (json!("done"), json!(false)));
    eventually("the deck stays", || async { stand.ada().deck(&made).await == before }).await;
}

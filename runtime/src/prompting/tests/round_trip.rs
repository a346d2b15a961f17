//! A slide as a draft, and the draft as the same slide.

use serde_json::{Value, json};
use tellr_slides::block::Block;
use tellr_slides::deck::Slide;

use super::support::{assert_sound, deck, placing, theme};
use crate::prompting::{NoteKind, Placing, SlideDraft};

/// A slide of each layout, as this module makes them.
fn slides() -> Vec<Value> {
    let title = json!({ "type": "title", "id": "t", "text": "EMEA grew and **leads**" });
    let subtitle = json!({ "type": "subtitle", "id": "u", "text": "For the board" });
    let text = json!({ "type": "text", "id": "x", "text": "One line\nand [another](https://example.com)" });
    let list = |id: &str| json!({ "type": "bullets", "id": id, "items": [{ "text": "First" }, { "text": "*Second*" }] });
    let callout = json!({ "type": "callout", "id": "c", "text": "Decide now", "meaning": "warning" });
    let source = json!({ "label": "Finance", "url": "https://example.com" });
    let chart = |id: &str, kind: &str| {
        json!({ "type": "chart", "id": id, "kind": kind, "categories": ["Q1", "Q2", "Q3"], "unit": "€", "highlight": "rev", "axis": { "min": 0 },
            "series": [{ "id": "rev", "name": "Revenue", "values": [1.5, null, 3] }, { "id": "cost", "name": "Cost", "values": [1, 2, 2.5] }], "source": source })
    };
    let pie = json!({ "type": "chart", "id": "p", "kind": "pie", "categories": ["a", "b"], "unit": "%", "highlight": "b",
        "series": [{ "id": "only", "name": "", "values": [60, 40] }], "source": source });
    let scatter = json!({ "type": "chart", "id": "s", "kind": "scatter", "series": [
        { "id": "one", "name": "North", "values": [1, 2], "x": [10, 20] }, { "id": "two", "name": "South", "values": [5], "x": [30] }] });
    let table = json!({ "type": "table", "id": "tb", "columns": [{ "title": "Region" }, { "title": "Revenue", "unit": "€" }, { "title": "Revenue", "unit": "%" }],
        "rows": [["EMEA", 12.5, 3], ["Americas", null, -4]], "source": source });
    let metric = |id: &str| {
        json!({ "type": "metric", "id": id, "value": 12.5, "unit": "%", "label": "Growth",
        "change": { "value": -2, "unit": "pp", "meaning": "negative" }, "source": source })
    };
    let steps = json!({ "type": "steps", "id": "st", "kind": "timeline", "steps": [{ "title": "Plan", "when": "May" }, { "title": "Do", "when": "June", "text": "All of it" }] });
    let quote = json!({ "type": "quote", "id": "q", "text": "It works", "by": "Ada" });
    let columns = json!({ "type": "columns", "id": "cs", "columns": [
        { "width": 6, "blocks": [{ "type": "subtitle", "id": "h1", "text": "Now" }, list("l1")] },
        { "width": 6, "blocks": [{ "type": "subtitle", "id": "h2", "text": "Then" }, { "type": "text", "id": "l2", "text": "A sentence" }] }] });
    let heads = [
        json!({ "type": "subtitle", "id": "h1", "text": "Now" }),
        list("l1"),
        json!({ "type": "subtitle", "id": "h2", "text": "Then" }),
        list("l2"),
    ];
    let numbered =
        json!({ "type": "numbered", "id": "n", "items": [{ "text": "First" }, { "text": "Second" }] });
    let image = json!({ "type": "image", "id": "i", "image": "logo", "alt": "A logo" });
    let slide = |layout: &str, blocks: Vec<Value>| json!({ "id": format!("of-{layout}"), "layout": layout, "blocks": blocks, "notes": "Say it.\n\nSlowly." });
    vec![
        slide("cover", vec![title.clone(), subtitle.clone()]),
        slide("section", vec![title.clone()]),
        slide("agenda", vec![title.clone(), list("l")]),
        slide("statement", vec![title.clone(), text.clone()]),
        slide(
            "title_and_text",
            vec![title.clone(), subtitle.clone(), text.clone(), numbered, callout.clone()],
        ),
        slide("two_columns", vec![title.clone(), columns]),
        slide("chart_and_takeaway", vec![title.clone(), chart("ch", "line"), text.clone(), callout.clone()]),
        slide("chart", vec![title.clone(), chart("ch", "stacked_bar")]),
        slide("two_charts", vec![title.clone(), pie, scatter]),
        slide("metrics", vec![title.clone(), metric("m1"), metric("m2"), metric("m3"), callout.clone()]),
        slide("table", vec![title.clone(), table, callout.clone()]),
        slide("comparison", [vec![title.clone()], heads.to_vec()].concat()),
        slide("steps", vec![title.clone(), steps]),
        slide("quote", vec![quote]),
        slide("closing", vec![title.clone(), list("l")]),
        slide("image_half", vec![title.clone(), text, image.clone()]),
        slide("image_full", vec![title, image]),
    ]
}

fn again(slide: &Slide) -> (Slide, Vec<String>) {
    let (draft, data) = SlideDraft::of(slide);
    // As it goes through a model that changes nothing.
    let json = serde_json::to_value(&draft).unwrap();
    let draft = SlideDraft::read(json).unwrap();
    let theme = theme("clear");
    let placing = Placing { id: slide.id.clone(), kept: Some(slide), ..placing(&theme, &data) };
    let (slide, notes) = draft.into_slide(&placing);
    (slide, notes.into_iter().map(|note| note.text).collect())
}

#[test]
fn a_slide_of_each_layout_comes_back_as_it_was() {
    for slide in slides() {
        let deck = deck(json!([slide]));
        let (back, notes) = again(&deck.slides[0]);
        assert_eq!(back, deck.slides[0]);
        assert!(notes.is_empty(), "{notes:?}");
        assert_sound(&back, &theme("clear"), Some("en"));
    }
}

#[test]
fn a_table_becomes_a_chart_of_the_same_cells() {
    let all = slides();
    let deck = deck(json!([all.iter().find(|slide| slide["layout"] == "table").unwrap()]));
    let (mut draft, data) = SlideDraft::of(&deck.slides[0]);
    assert_eq!((data.len(), data[0].id.as_str(), data[0].label.as_str()), (1, "D1", "table on this slide"));
    draft.tables.clear();
    draft.charts = serde_json::from_value(
        json!([{ "kind": "bar", "source": "D1", "categories": "region", "values": ["revenue"] }]),
    )
    .unwrap();
    let theme = theme("clear");
    let placing = Placing { kept: Some(&deck.slides[0]), ..placing(&theme, &data) };
    let (slide, notes) = draft.into_slide(&placing);
    assert!(notes.is_empty(), "{notes:?}");
    let chart = slide
        .blocks
        .iter()
        .find_map(|block| if let Block::Chart(chart) = block { Some(chart) } else { None });
    let chart = serde_json::to_value(chart.unwrap()).unwrap();
    assert_eq!(chart["categories"], json!(["EMEA", "Americas"]));
    assert_eq!(chart["series"][0]["values"], json!([12.5, null]));
    // It comes from where the table came from.
    assert_eq!(chart["source"], json!({ "label": "Finance", "url": "https://example.com" }));
    assert_eq!(chart["unit"], "€");
    // The ids of the blocks that stay are the same.
    assert_eq!(slide.blocks[0].id().as_str(), "t");
    assert_eq!(slide.blocks[2].id().as_str(), "c");
}

#[test]
fn a_rewritten_slide_keeps_its_images_and_gets_no_id_twice() {
    let deck = deck(json!([{ "id": "a", "layout": "title_and_text", "blocks": [
        { "type": "title", "id": "s1-1", "text": "Old" },
        { "type": "image", "id": "s1-2", "image": "logo", "alt": "A logo" },
    ] }]));
    let draft = SlideDraft::read(json!({ "title": "New", "text": "Words", "takeaway": "So" })).unwrap();
    let theme = theme("clear");
    let (slide, _) = draft.into_slide(&Placing { kept: Some(&deck.slides[0]), ..placing(&theme, &[]) });
    let ids: Vec<&str> = slide.blocks.iter().map(|block| block.id().as_str()).collect();
    assert_eq!(ids, ["s1-1", "s1-3", "s1-4", "s1-2"]);
    assert_sound(&slide, &theme, Some("en"));
}

#[test]
fn slides_that_people_made_are_rewritten_soundly() {
    let decks = [
        include_str!("../../../slides/tests/decks/gallery.json"),
        include_str!("../../../slides/tests/decks/awkward.json"),
    ];
    for deck in decks.map(|json| tellr_slides::read::from_json(json).expect("a deck")) {
        for slide in &deck.slides {
            let (draft, data) = SlideDraft::of(slide);
            // A slide of images alone has nothing that a model could fill in.
            let Ok(draft) = SlideDraft::read(serde_json::to_value(&draft).unwrap()) else { continue };
            let theme = theme("clear");
            let language = deck.language.as_deref();
            let placing =
                Placing { id: slide.id.clone(), kept: Some(slide), language, ..placing(&theme, &data) };
            let (back, notes) = draft.into_slide(&placing);
            assert_sound(&back, &theme, language);
            assert!(!notes.iter().any(|note| note.kind == NoteKind::NotFromData), "{notes:?}");
            let images = |slide: &Slide| {
                slide.all_blocks().iter().filter(|block| matches!(block, Block::Image(_))).count()
            };
            assert_eq!(images(&back), images(slide), "{}", slide.id);
        }
    }
}

//! Changes, their inverses, and what a deck keeps through a thousand of them.

use serde_json::{Value, json};
use tellr_slides::check;
use tellr_slides::deck::Deck;
use tellr_slides::patch::{self, Patch, PatchError, apply, apply_all};
use tellr_slides::read::{from_json, from_value};

use crate::generate::Chance;
use crate::sample;

fn deck() -> Deck {
    from_value(sample::deck()).unwrap()
}

fn patch(json: Value) -> Patch {
    serde_json::from_value(json).unwrap()
}

fn bytes(deck: &Deck) -> String {
    serde_json::to_string(deck).unwrap()
}

/// Applies a patch and its inverse, and gives the deck between the two.
fn there_and_back(deck: &Deck, patch: &Patch) -> Result<Deck, PatchError> {
    let (changed, inverse) = apply(deck, patch)?;
    let (back, again) = apply(&changed, &inverse).expect("an inverse can be applied");
    assert_eq!(bytes(&back), bytes(deck), "{patch:?}");
    assert_eq!(&apply(&back, &again).expect("and taken back").0, &changed, "{patch:?}");
    Ok(changed)
}

#[test]
fn every_kind_of_patch_changes_what_it_names_and_can_be_taken_back() {
    let divider = json!({ "type": "divider", "id": "new" });
    let slide = |id: &str| json!({ "id": id, "layout": "closing", "blocks": [] });
    for (change, pointer, expected) in [
        (
            json!({ "op": "insert_slide", "slide": slide("new"), "after": "cover" }),
            "/slides/1/id",
            json!("new"),
        ),
        (json!({ "op": "insert_slide", "slide": slide("new"), "after": null }), "/slides/0/id", json!("new")),
        (json!({ "op": "remove_slide", "slide": "cover" }), "/slides/0/id", json!("text")),
        (json!({ "op": "move_slide", "slide": "cover", "after": "data" }), "/slides/2/id", json!("cover")),
        (json!({ "op": "move_slide", "slide": "data", "after": null }), "/slides/0/id", json!("data")),
        (json!({ "op": "replace_slide", "slide": slide("text") }), "/slides/1/layout", json!("closing")),
        (
            json!({ "op": "set_layout", "slide": "cover", "layout": "section" }),
            "/slides/0/layout",
            json!("section"),
        ),
        (
            json!({ "op": "set_notes", "slide": "cover", "notes": "Smile." }),
            "/slides/0/notes",
            json!("Smile."),
        ),
        (
            json!({ "op": "set_sources", "slide": "cover", "sources": [{ "label": "CRM" }] }),
            "/slides/0/sources/0/label",
            json!("CRM"),
        ),
        (
            json!({ "op": "set_block", "block": { "type": "text", "id": "b1", "text": "x" } }),
            "/slides/1/blocks/0/columns/0/blocks/0/type",
            json!("text"),
        ),
        (
            json!({ "op": "insert_block", "block": divider, "into": { "slide": "cover" }, "after": "t1" }),
            "/slides/0/blocks/1/id",
            json!("new"),
        ),
        (
            json!({ "op": "insert_block", "block": divider, "into": { "column": { "block": "c1", "index": 1 } }, "after": null }),
            "/slides/1/blocks/0/columns/1/blocks/0/id",
            json!("new"),
        ),
        (json!({ "op": "remove_block", "block": "c1" }), "/slides/1/blocks", json!([])),
        (
            json!({ "op": "remove_block", "block": "d1" }),
            "/slides/1/blocks/0/columns/0/blocks/1/id",
            json!("b2"),
        ),
        (
            json!({ "op": "move_block", "block": "q1", "into": { "slide": "cover" }, "after": "t2" }),
            "/slides/0/blocks/2/id",
            json!("q1"),
        ),
        (
            json!({ "op": "move_block", "block": "t1", "into": { "slide": "cover" }, "after": "t2" }),
            "/slides/0/blocks/1/id",
            json!("t1"),
        ),
        (
            json!({ "op": "set_field", "block": "x1", "field": { "text": "**x**" } }),
            "/slides/1/blocks/0/columns/1/blocks/0/text",
            json!("**x**"),
        ),
        (
            json!({ "op": "set_field", "block": "m1", "field": { "unit": null } }),
            "/slides/2/blocks/3/unit",
            Value::Null,
        ),
        (
            json!({ "op": "set_field", "block": "ch", "field": { "chart_kind": "line" } }),
            "/slides/2/blocks/1/kind",
            json!("line"),
        ),
        (
            json!({ "op": "set_cell", "block": "tb", "row": 1, "column": 1, "cell": 7.5 }),
            "/slides/2/blocks/0/rows/1/1",
            json!(7.5),
        ),
        (
            json!({ "op": "set_series", "block": "ch", "series": { "id": "s1", "name": "B", "values": [null, 2] } }),
            "/slides/2/blocks/1/series/0/name",
            json!("B"),
        ),
        (json!({ "op": "set_theme", "theme": "ink" }), "/theme", json!("ink")),
        (json!({ "op": "set_title", "title": "New" }), "/title", json!("New")),
        (json!({ "op": "set_language", "language": null }), "/language", Value::Null),
    ] {
        let change = patch(change);
        let changed = serde_json::to_value(there_and_back(&deck(), &change).unwrap()).unwrap();
        assert_eq!(changed.pointer(pointer).unwrap_or(&Value::Null), &expected, "{change:?}");
    }
}

#[test]
fn a_patch_that_cannot_be_applied_says_why() {
    let divider = |id: &str| json!({ "type": "divider", "id": id });
    for (change, expected) in [
        (
            json!({ "op": "remove_slide", "slide": "gone" }),
            "the deck has no slide `gone`; it may have been removed",
        ),
        (
            json!({ "op": "move_slide", "slide": "cover", "after": "cover" }),
            "a slide can't be moved after itself",
        ),
        (
            json!({ "op": "insert_slide", "slide": { "id": "cover", "layout": "cover", "blocks": [] }, "after": null }),
            "slides[1].id: another slide already has the id `cover`",
        ),
        (
            json!({ "op": "insert_block", "block": divider("t1"), "into": { "slide": "data" }, "after": null }),
            "slides[2].blocks[0].id: another block already has the id `t1`",
        ),
        (
            json!({ "op": "insert_block", "block": divider("new"), "into": { "slide": "data" }, "after": "t1" }),
            "the deck has no block `t1`; it may have been removed",
        ),
        (
            json!({ "op": "insert_block", "block": divider("new"), "into": { "column": { "block": "c1", "index": 2 } }, "after": null }),
            "the deck has no column `2`; it may have been removed",
        ),
        (
            json!({ "op": "insert_block", "block": divider("new"), "into": { "column": { "block": "t1", "index": 0 } }, "after": null }),
            "a title block has no columns",
        ),
        (
            json!({ "op": "move_block", "block": "c1", "into": { "column": { "block": "c1", "index": 0 } }, "after": null }),
            "a block can't be moved into itself",
        ),
        (
            json!({ "op": "set_field", "block": "d1", "field": { "text": "x" } }),
            "a divider block has no field `text`",
        ),
        (
            json!({ "op": "set_field", "block": "x1", "field": { "text": "[x](javascript:y)" } }),
            "slides[1].blocks[0].columns[1].blocks[0].text: a link starts with `https://`, `http://` or `mailto:`",
        ),
        (
            json!({ "op": "set_cell", "block": "tb", "row": 2, "column": 0, "cell": null }),
            "the table `tb` has no cell in row 2, column 0: it has 2 rows and 2 columns, counted from 0",
        ),
        (
            json!({ "op": "set_series", "block": "ch", "series": { "id": "s1", "name": "", "values": [1] } }),
            "slides[2].blocks[1].series[0].values: a series has one value for each category: 2, not 1",
        ),
        (
            json!({ "op": "set_series", "block": "ch", "series": { "id": "s9", "name": "", "values": [1, 2] } }),
            "the deck has no series `s9`; it may have been removed",
        ),
        (
            json!({ "op": "set_title", "title": "a\nb" }),
            "title: a line has no line breaks or control characters",
        ),
    ] {
        let before = deck();
        assert_eq!(apply(&before, &patch(change)).unwrap_err().to_string(), expected);
        assert_eq!(before, deck());
    }
}

#[test]
fn a_patch_with_unknown_parts_is_refused() {
    for change in [
        json!({ "op": "set_theme", "theme": "ink", "force": true }),
        json!({ "op": "run_script", "text": "x" }),
        json!({ "op": "set_field", "block": "x1", "field": { "html": "x" } }),
        json!({ "op": "set_field", "block": "x1", "field": { "text": "x", "alt": "y" } }),
        json!({ "op": "insert_block", "block": { "type": "divider", "id": "a", "x": 1 }, "into": { "slide": "b" }, "after": null }),
        json!({ "op": "set_cell", "block": "tb", "row": -1, "column": 0, "cell": 1 }),
        json!({ "theme": "ink" }),
        json!(["set_theme", "ink"]),
        json!({ "op": "set_field", "block": "ch", "field": { "axis": [0, 1] } }),
    ] {
        assert!(patch::from_json(&change.to_string()).is_err(), "{change}");
    }
}

#[test]
fn a_problem_in_what_a_patch_carries_is_told_with_its_path() {
    let chart = json!({ "type": "chart", "id": "c", "kind": "bar", "series": [{ "id": "s", "name": "", "values": ["1"] }] });
    let slide = json!({ "id": "s", "layout": "cover", "blocks": [{ "type": "divider", "id": "d" }, chart] });
    for (change, expected) in [
        (
            json!({ "op": "set_block", "block": chart }),
            "block.series[0].values[0]: invalid type: string \"1\", expected a number",
        ),
        (
            json!({ "op": "replace_slide", "slide": slide }),
            "slide.blocks[1].series[0].values[0]: invalid type: string \"1\", expected a number",
        ),
        (
            json!({ "op": "set_field", "block": "m1", "field": { "value": 1e20 } }),
            "field.value: a number has at most 15 significant digits and lies between ±1e-12 and ±1e15",
        ),
        (json!({ "op": "set_theme" }), "missing field `theme`"),
    ] {
        assert_eq!(patch::from_json(&change.to_string()).unwrap_err().to_string(), expected);
    }
}

#[test]
fn patches_cannot_make_a_deck_that_is_too_large_to_be_read() {
    let items = vec![json!({ "text": "x".repeat(5_000) }); 100];
    let list = |index: usize| json!({ "type": "bullets", "id": format!("l{index}"), "items": items });
    let mut json = sample::deck();
    json["slides"][0]["blocks"] = (0..15).map(list).collect();
    let deck = from_value(json).unwrap();
    let one_more = |index: usize| {
        patch(
            json!({ "op": "insert_block", "block": list(index), "into": { "slide": "data" }, "after": null }),
        )
    };

    let (deck, _) = apply(&deck, &one_more(15)).unwrap();
    let refused = apply(&deck, &one_more(16)).unwrap_err();
    assert_eq!(refused.to_string(), "the deck is larger than 8 MiB");
    assert_eq!(from_json(&bytes(&deck)).unwrap(), deck);
}

#[test]
fn a_walk_of_a_thousand_patches_keeps_the_deck_valid_and_can_be_undone() {
    for seed in 0..5 {
        let mut chance = Chance::new(seed);
        let start = chance.deck();
        let (mut deck, mut undo, mut refused) = (start.clone(), Vec::new(), 0);
        while undo.len() < 1_000 {
            let change = chance.patch(&deck);
            // What is sent is what is applied.
            let sent = patch::from_json(&serde_json::to_string(&change).unwrap()).unwrap();
            assert_eq!(change, sent);
            match there_and_back(&deck, &change) {
                Ok(changed) => {
                    undo.push(apply(&deck, &change).unwrap().1);
                    deck = changed;
                    assert_eq!(check::problems(&deck), []);
                }
                Err(_) => refused += 1,
            }
        }
        assert_eq!(from_json(&bytes(&deck)).unwrap(), deck);
        assert!(refused > 0, "some patches were wrong on purpose");
        for inverse in undo.iter().rev() {
            deck = apply(&deck, inverse).unwrap().0;
        }
        assert_eq!(bytes(&deck), bytes(&start));
    }
}

#[test]
fn a_list_of_patches_does_what_its_patches_do_one_by_one() {
    for seed in 0..40 {
        let mut chance = Chance::new(seed);
        let start = chance.deck();
        let (mut deck, mut patches, mut undo) = (start.clone(), Vec::new(), Vec::new());
        while patches.len() < 30 {
            let change = chance.patch(&deck);
            if let Ok((changed, inverse)) = apply(&deck, &change) {
                deck = changed;
                patches.push(change);
                undo.insert(0, inverse);
            }
        }
        let (changed, inverse) = apply_all(start.clone(), patches).unwrap();
        assert_eq!((&changed, &inverse), (&deck, &undo));
        assert_eq!(bytes(&apply_all(changed, inverse).unwrap().0), bytes(&start));
    }
}

#[test]
fn a_list_is_refused_with_the_patch_that_does_not_fit() {
    let divider = json!({ "type": "divider", "id": "new" });
    let insert =
        json!({ "op": "insert_block", "block": divider, "into": { "slide": "cover" }, "after": null });
    let notes = |slide: &str| json!({ "op": "set_notes", "slide": slide, "notes": "x" });
    let slide = json!({ "op": "insert_slide", "slide": { "id": "cover", "layout": "closing", "blocks": [] }, "after": null });
    let long = json!({ "op": "set_title", "title": "x".repeat(301) });
    for (patches, index, expected) in [
        (vec![notes("cover"), notes("none"), notes("text")], 1, "the deck has no slide `none`"),
        // Refused at once: the patch after it would change another slide or block than is meant.
        (
            vec![slide.clone(), json!({ "op": "remove_slide", "slide": "cover" })],
            0,
            "slides[1].id: another slide already has the id `cover`",
        ),
        (vec![insert.clone(), insert.clone(), notes("cover")], 1, "another block already has the id `new`"),
        (vec![long, notes("cover")], 1, "title: at most 300 characters are possible; here are 301"),
    ] {
        let patches = patches.into_iter().map(patch).collect();
        let (at, error) = apply_all(deck(), patches).unwrap_err();
        assert_eq!(at, index);
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(apply_all(deck(), Vec::new()).unwrap(), (deck(), Vec::new()));
}

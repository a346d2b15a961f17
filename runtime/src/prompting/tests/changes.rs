//! Changes become a plan that is safe.

use serde_json::{Value, json};
use tellr_slides::deck::Deck;
use tellr_slides::theme::built_in;

use super::support::{deck, id, texts};
use crate::prompting::{At, Changes, Planned, ThemeChoice};

fn four() -> Deck {
    let slides: Vec<Value> =
        ["a", "b", "c", "d"].iter().map(|id| json!({ "id": id, "layout": "chart", "blocks": [] })).collect();
    deck(json!(slides))
}

fn plan(edits: Value, request: &str) -> (Vec<Planned>, Vec<String>) {
    let changes = Changes::read(json!({ "reply": "Done", "edits": edits })).unwrap();
    let themes: Vec<ThemeChoice> = built_in().into_iter().map(ThemeChoice::from).collect();
    let (plan, notes) = changes.plan(&four(), request, &themes);
    (plan, texts(&notes).into_iter().map(str::to_owned).collect())
}

#[test]
fn changes_are_ordered_and_checked() {
    let (plan, notes) = plan(
        json!([
            { "action": "remove_slide", "slide": "d" },
            { "action": "add_slide", "after": "b", "title": "First" },
            { "action": "add_slide", "after": "B", "title": "Second" },
            { "action": "rewrite_slide", "slide": "gone", "instruction": "x" },
            { "action": "rewrite_slide", "slide": "a", "instruction": "shorter" },
            { "action": "edit slide", "slide": "[a]", "instruction": "in German" },
            { "action": "move_slide", "slide": "c", "after": "start" },
            { "action": "move_slide", "slide": "c", "after": "nowhere" },
            { "action": "set_theme", "value": "Paper" },
            { "action": "set_theme", "value": "rainbow" },
            { "action": "set_language", "value": "German" },
            { "action": "drop_database" },
        ]),
        "change it",
    );
    let kinds: Vec<&Planned> = plan.iter().collect();
    assert!(matches!(kinds[0], Planned::SetTheme(theme) if theme.as_str() == "paper"));
    assert_eq!(kinds[1], &Planned::SetLanguage("de".to_owned()));
    assert_eq!(kinds[2], &Planned::Move { slide: id("c"), after: None });
    assert!(
        matches!(kinds[3], Planned::Rewrite { slide, edit } if slide.as_str() == "a" && edit.instruction == "shorter\nin German")
    );
    assert!(
        matches!(kinds[4], Planned::Add { after, edit } if *after == At::After(id("b")) && edit.title == "First")
    );
    assert!(matches!(kinds[5], Planned::Add { after: At::AfterNew(0), edit } if edit.title == "Second"));
    assert_eq!(kinds[6], &Planned::Remove { slide: id("d") });
    assert_eq!(kinds.len(), 7);
    for part in ["gone", "rainbow", "drop_database", "not moved"] {
        assert!(notes.iter().any(|note| note.contains(part)), "{part}: {notes:?}");
    }
}

#[test]
fn all_slides_are_removed_only_if_that_was_asked_for() {
    let all: Vec<Value> =
        ["a", "b", "c", "d"].iter().map(|id| json!({ "action": "remove_slide", "slide": id })).collect();
    let (kept, notes) = plan(json!(all), "make it better");
    assert!(kept.is_empty() && notes.len() == 1);
    assert_eq!(plan(json!(all), "Delete all slides").0.len(), 4);
    assert_eq!(plan(json!(all[..3]), "make it better").0.len(), 3);
}

#[test]
fn many_edits_and_none() {
    let many: Vec<Value> = (0..500).map(|_| json!({ "action": "add_slide", "title": "More" })).collect();
    assert_eq!(plan(json!(many), "more").0.len(), 40);
    assert!(Changes::read(json!({ "reply": "", "edits": [] })).is_err());
    assert!(
        Changes::read(json!({ "reply": "x", "edits": [{ "action": "fly" }] }))
            .unwrap_err()
            .contains("rewrite_slide")
    );
    assert_eq!(
        Changes::read(json!({ "reply": "There is no data on churn.", "edits": [] })).unwrap().edits.len(),
        0
    );
}

//! Data, decks and drafts that tests share.

use serde_json::{Value, json};
use tellr_slides::deck::{Deck, Slide};
use tellr_slides::id::SlideId;
use tellr_slides::lint::Finding;
use tellr_slides::theme::{Theme, built_in};
use tellr_slides::{check, read};

use crate::prompting::place::{drawn, faults};
use crate::prompting::{Note, Placing, SlideDraft, SourceTable};

pub(super) fn theme(name: &str) -> Theme {
    built_in().into_iter().find(|theme| theme.id.as_str() == name).expect("a theme")
}

pub(super) fn id(text: &str) -> SlideId {
    SlideId::try_from(text.to_owned()).expect("an id")
}

pub(super) fn source(id: &str, label: &str, columns: &[(&str, &str)], rows: &[&[&str]]) -> SourceTable {
    let columns: Vec<(String, String)> =
        columns.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect();
    let cell = |text: &&str| (!text.is_empty()).then(|| (*text).to_owned());
    let rows = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    SourceTable::of_query(id, label, &columns, rows, false)
}

/// Revenue and orders of four quarters.
pub(super) fn quarters() -> SourceTable {
    source(
        "S1",
        "Sample sales: revenue by quarter",
        &[("quarter", "STRING"), ("revenue_eur", "DECIMAL(18,2)"), ("orders", "BIGINT")],
        &[
            &["2025-Q1", "3336000.5", "1200"],
            &["2025-Q2", "3.5E6", "1310"],
            &["2025-Q3", "3810250", "1402"],
            &["2025-Q4", "4200000", "1555"],
        ],
    )
}

/// Revenue by quarter and region, one row each.
pub(super) fn regions() -> SourceTable {
    source(
        "S2",
        "Sample sales: revenue by region",
        &[("Quarter", "STRING"), ("Region", "STRING"), ("Revenue EUR", "DOUBLE")],
        &[
            &["Q1", "EMEA", "10.5"],
            &["Q1", "Americas", "20"],
            &["Q2", "EMEA", "12"],
            &["Q2", "Americas", "19.25"],
            &["Q3", "EMEA", ""],
            &["Q3", "Americas", "21"],
        ],
    )
}

pub(super) fn placed(draft: Value, sources: &[SourceTable]) -> (Slide, Vec<Note>) {
    let draft = SlideDraft::read(draft).expect("a draft");
    let theme = theme("clear");
    draft.into_slide(&placing(&theme, sources))
}

pub(super) fn placing<'a>(theme: &'a Theme, sources: &'a [SourceTable]) -> Placing<'a> {
    Placing {
        id: id("s1"),
        prefix: "s1",
        theme,
        language: Some("en"),
        request: "Quarterly review",
        sources,
        title: "What was planned",
        kept: None,
    }
}

pub(super) fn deck(slides: Value) -> Deck {
    read::from_value(
        json!({ "format": 1, "title": "A deck", "language": "en", "theme": "clear", "slides": slides }),
    )
    .expect("a deck")
}

pub(super) fn deck_of(slide: &Slide) -> Deck {
    let mut deck = deck(json!([]));
    deck.slides.push(slide.clone());
    deck
}

/// Asserts that a slide may be kept and that nothing on it is cut.
pub(super) fn assert_sound(slide: &Slide, theme: &Theme, language: Option<&str>) {
    let problems = check::problems(&deck_of(slide));
    assert!(problems.is_empty(), "{problems:?}\n{slide:#?}");
    let json = serde_json::to_string(&deck_of(slide)).expect("JSON");
    assert_eq!(read::from_json(&json).as_ref(), Ok(&deck_of(slide)));
    let found: Vec<Finding> = faults(slide, &drawn(slide, theme, language));
    assert!(found.is_empty(), "{found:?}\n{slide:#?}");
}

pub(super) fn texts(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|note| note.text.as_str()).collect()
}

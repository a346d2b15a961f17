//! Advice, and its repairs.

use proptest::prelude::*;
use serde_json::{Value, json};
use tellr_slides::check;
use tellr_slides::deck::Deck;
use tellr_slides::lint::{Finding, Rule, findings, of_slide};
use tellr_slides::patch::apply;
use tellr_slides::read::from_value;

use crate::generate::decks;
use crate::sample;

/// A deck of one slide with a title and one block.
fn deck(block: Value) -> Deck {
    let title = json!({ "type": "title", "id": "title", "text": "EMEA grew 18 %" });
    let slide = json!({ "id": "s", "layout": "title_and_text", "blocks": [title, block] });
    from_value(json!({ "format": 1, "title": "", "theme": "clear", "slides": [slide] })).unwrap()
}

fn with(block: &Value, changes: Value) -> Value {
    let mut block = block.clone();
    block.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    block
}

fn rules(deck: &Deck) -> Vec<Rule> {
    findings(deck).into_iter().map(|finding| finding.rule).collect()
}

fn chart(kind: &str, points: usize, series: usize) -> Value {
    let one = |index: usize| json!({ "id": format!("s{index}"), "name": "", "values": vec![1; points] });
    json!({
        "type": "chart", "id": "b", "kind": kind, "unit": "€", "source": { "label": "CRM" },
        "categories": (0..points).map(|index| format!("c{index}")).collect::<Vec<_>>(),
        "series": (0..series).map(one).collect::<Vec<_>>(),
    })
}

#[test]
fn each_rule_finds_its_fault_and_nothing_a_step_before_it() {
    let words = |count: usize| vec!["word"; count].join(" ");
    let list = |items: &[String]| {
        let items: Vec<Value> = items.iter().map(|text| json!({ "text": text })).collect();
        json!({ "type": "bullets", "id": "b", "items": items })
    };
    let steps = |kind: &str, count: usize| json!({ "type": "steps", "id": "b", "kind": kind, "steps": vec![json!({ "title": "x" }); count] });
    let metric = json!({ "type": "metric", "id": "b", "value": 3, "label": "x", "unit": "€", "source": { "label": "CRM" } });
    let table = json!({ "type": "table", "id": "b", "columns": [{ "title": "x", "unit": "€" }], "rows": [[1]], "source": { "label": "CRM" } });
    let image = json!({ "type": "image", "id": "b", "image": "logo", "alt": "Logo" });
    let bar = chart("bar", 3, 1);
    for (fine, faulty, rule) in [
        (
            json!({ "type": "text", "id": "b", "text": words(40) }),
            json!({ "type": "text", "id": "b", "text": words(41) }),
            Rule::TooManyWords,
        ),
        (
            json!({ "type": "title", "id": "b", "text": words(12) }),
            json!({ "type": "title", "id": "b", "text": words(13) }),
            Rule::LongTitle,
        ),
        (list(&vec![words(1); 5]), list(&vec![words(1); 6]), Rule::LongList),
        (list(&[words(12), words(1)]), list(&[words(13), words(1)]), Rule::LongItem),
        (list(&[words(1), words(1)]), list(&[words(1)]), Rule::SingleItem),
        (chart("pie", 6, 1), chart("pie", 7, 1), Rule::PieParts),
        (chart("line", 2, 5), chart("line", 2, 6), Rule::ManyLines),
        (
            with(&bar, json!({ "axis": { "min": 0 } })),
            with(&bar, json!({ "axis": { "min": 0.5 } })),
            Rule::BarAxis,
        ),
        (
            with(&bar, json!({ "axis": { "max": 0 } })),
            with(&bar, json!({ "axis": { "min": -9, "max": -1 } })),
            Rule::BarAxis,
        ),
        (
            with(&chart("line", 2, 1), json!({ "axis": { "min": 5 } })),
            with(&chart("area", 2, 1), json!({ "axis": { "min": 5 } })),
            Rule::BarAxis,
        ),
        (
            with(&bar, json!({ "highlight": "c2" })),
            with(&bar, json!({ "highlight": "c3" })),
            Rule::UnknownHighlight,
        ),
        (bar.clone(), with(&bar, json!({ "unit": null })), Rule::NoUnit),
        (bar.clone(), with(&bar, json!({ "source": null })), Rule::NoSource),
        (metric.clone(), with(&metric, json!({ "unit": null })), Rule::NoUnit),
        (metric.clone(), with(&metric, json!({ "source": null })), Rule::NoSource),
        (table.clone(), with(&table, json!({ "columns": [{ "title": "x" }] })), Rule::NoUnit),
        (table.clone(), with(&table, json!({ "source": null })), Rule::NoSource),
        (image.clone(), with(&image, json!({ "alt": " " })), Rule::NoDescription),
        (steps("process", 5), steps("process", 6), Rule::ManySteps),
        (steps("timeline", 6), steps("timeline", 7), Rule::ManySteps),
    ] {
        assert_eq!(rules(&deck(fine.clone())), [], "{fine}");
        assert_eq!(rules(&deck(faulty.clone())), [rule], "{faulty}");
    }
}

#[test]
fn a_slide_without_title_is_found_unless_it_speaks_for_itself() {
    let slide = |layout: &str| {
        let slide = json!({ "id": "s", "layout": layout, "blocks": [] });
        from_value(json!({ "format": 1, "title": "", "theme": "clear", "slides": [slide] })).unwrap()
    };
    assert_eq!(rules(&slide("chart")), [Rule::NoTitle]);
    assert_eq!(rules(&slide("quote")), []);
}

#[test]
fn a_slides_own_source_is_enough() {
    let mut deck = deck(with(&chart("bar", 2, 1), json!({ "source": null })));
    deck.slides[0].sources = serde_json::from_value(json!([{ "label": "CRM" }])).unwrap();
    assert_eq!(rules(&deck), []);
}

#[test]
fn a_finding_names_its_place_and_what_to_do() {
    let finding = findings(&deck(chart("pie", 8, 1))).remove(0);
    assert_eq!(finding.slide.as_str(), "s");
    assert_eq!(finding.block.unwrap().as_str(), "b");
    assert_eq!(finding.message, "A pie of 8 parts is hard to compare; show more than 6 as bars");
    assert_eq!(
        serde_json::to_value(finding.fix.unwrap()).unwrap(),
        json!({ "op": "set_field", "block": "b", "field": { "chart_kind": "bar" } })
    );
}

#[test]
fn blocks_in_columns_are_looked_at() {
    let deck = from_value(sample::deck()).unwrap();
    let found = of_slide(&deck.slides[1]);
    let single = found.iter().find(|finding| finding.rule == Rule::SingleItem).unwrap();
    assert_eq!(single.block.as_ref().unwrap().as_str(), "b2");
}

/// Applies a fix, and says whether what it was for is gone.
fn mends(deck: &Deck, finding: &Finding) -> Result<(), TestCaseError> {
    let Some(fix) = &finding.fix else { return Ok(()) };
    let (mended, inverse) =
        apply(deck, fix).map_err(|error| TestCaseError::fail(format!("{fix:?}: {error}")))?;
    prop_assert_eq!(check::problems(&mended), []);
    let is_same = |other: &Finding| other.rule == finding.rule && other.block == finding.block;
    prop_assert!(!findings(&mended).iter().any(is_same), "{:?}", finding);
    prop_assert_eq!(&apply(&mended, &inverse).unwrap().0, deck);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_fix_mends_what_was_found_and_can_be_taken_back(deck in decks()) {
        for finding in findings(&deck) {
            mends(&deck, &finding)?;
        }
    }
}

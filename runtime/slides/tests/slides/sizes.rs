//! The sizes of text: what fits at its usual size has it.

use serde_json::{Value, json};
use tellr_slides::deck::Deck;
use tellr_slides::display::{DisplayList, Loss, Part, Rect, Shape, Slot};
use tellr_slides::fonts::Fonts;
use tellr_slides::layout::lay_out_all;
use tellr_slides::read::from_value;
use tellr_slides::text::{RichText, Span};
use tellr_slides::text_layout::{Style, TextLayout, pitch};
use tellr_slides::theme::{Theme, built_in};

use crate::generate::Chance;

/// From the rules of how a deck looks: the usual size of body text, the distance of its lines, the
/// widest a line may be, and the height of the body under a title of one line.
const SIZE: f64 = 20.0;
const LINE_HEIGHT: f64 = 1.1;
const WIDTH: f64 = 920.0;
const HEIGHT: f64 = 504.0;
const BETWEEN_PARAGRAPHS: f64 = 10.0;
const BETWEEN_ITEMS: f64 = 8.0;
const INDENT: f64 = 24.0;

fn deck(blocks: &[Value]) -> Deck {
    let slide = json!({ "id": "s", "layout": "title_and_text", "blocks": blocks });
    from_value(json!({ "format": 1, "title": "", "theme": "clear", "slides": [slide] })).unwrap()
}

/// The height of paragraphs at the usual size, measured without the layout of slides.
fn height(text: &mut TextLayout, theme: &Theme, paragraphs: &[String], width: f64, gap: f64) -> f64 {
    let color = theme.colors.text;
    let style =
        Style { family: theme.fonts.body, is_bold: false, color, strong: color, link: theme.colors.accent };
    let mut total = 0.0;
    for (number, paragraph) in paragraphs.iter().enumerate() {
        let spans: Vec<Span> = RichText::from(paragraph.as_str()).spans();
        let lines = u32::try_from(text.shape(spans, style).count(width, SIZE)).unwrap();
        total += f64::from(lines) * pitch(SIZE, LINE_HEIGHT) + if number > 0 { gap } else { 0.0 };
    }
    total
}

fn sentences(chance: &mut Chance, most: usize, longest: usize) -> Vec<String> {
    let words = ["growth", "EMEA", "a", "distribution", "of", "und", "Wirtschaftlichkeit", "12,5 %"];
    (0..=chance.below(most))
        .map(|_| (0..=chance.below(longest)).map(|_| *chance.pick(&words)).collect::<Vec<_>>().join(" "))
        .collect()
}

/// Sizes of the body's text, and whether it is said to be smaller than usual.
fn drawn(list: &DisplayList) -> (Vec<f64>, bool) {
    let sizes = list
        .elements
        .iter()
        .filter(|element| element.of.as_ref().is_some_and(|of| of.block.as_str() != "t"))
        .filter_map(|element| if let Shape::Text(text) = &element.shape { Some(text.size) } else { None });
    (sizes.collect(), list.marks.iter().any(|mark| matches!(mark.what, Loss::Smaller { .. })))
}

#[test]
fn text_that_fits_at_its_usual_size_has_it_and_no_other_does() {
    let mut text = TextLayout::new(&Fonts::bundled());
    let theme = built_in().remove(0);
    let block_gap = f64::from(theme.spacing.block_gap);
    let (mut fitted, mut full) = (0, 0);
    for seed in 0..500 {
        let mut chance = Chance::new(seed);
        let paragraphs = sentences(&mut chance, 10, 45);
        // Fewer than go into two columns.
        let items = sentences(&mut chance, 6, 30);
        let blocks = [
            json!({ "type": "title", "id": "t", "text": "One line" }),
            json!({ "type": "text", "id": "p", "text": paragraphs.join("\n") }),
            json!({ "type": "bullets", "id": "b", "items": items.iter().map(|text| json!({ "text": text })).collect::<Vec<_>>() }),
        ];
        let needed = height(&mut text, &theme, &paragraphs, WIDTH, BETWEEN_PARAGRAPHS)
            + block_gap
            + height(&mut text, &theme, &items, WIDTH - INDENT, BETWEEN_ITEMS);
        let (sizes, is_smaller) = drawn(&lay_out_all(&mut text, &theme, &deck(&blocks))[0]);
        if needed <= HEIGHT {
            assert!(!is_smaller && sizes.iter().all(|size| *size >= SIZE), "seed {seed}: {needed} {sizes:?}");
            fitted += 1;
        } else {
            assert!(is_smaller && sizes.iter().all(|size| *size < SIZE), "seed {seed}: {needed} {sizes:?}");
            full += 1;
        }
    }
    assert!(fitted > 100 && full > 100, "{fitted} {full}");
}

fn list_of(items: usize, words: usize) -> DisplayList {
    let items: Vec<Value> = (0..items)
        .map(|index| json!({ "text": format!("{index} {}", "word ".repeat(words).trim()) }))
        .collect();
    let blocks = [
        json!({ "type": "title", "id": "t", "text": "One line" }),
        json!({ "type": "bullets", "id": "b", "items": items }),
    ];
    let mut text = TextLayout::new(&Fonts::bundled());
    lay_out_all(&mut text, &built_in()[0], &deck(&blocks)).remove(0)
}

/// The places of a list's items, in order.
fn items(list: &DisplayList) -> Vec<(usize, Rect)> {
    let of = |element: &tellr_slides::display::Element| match (element.of.as_ref()?.part?, &element.shape) {
        (Part::Item { index }, Shape::Text(text)) => Some((index, text.bounds)),
        _ => None,
    };
    list.elements.iter().filter_map(of).collect()
}

#[test]
fn a_long_list_goes_into_two_columns_before_it_is_smaller_and_is_cut_last() {
    let (sizes, is_smaller) = drawn(&list_of(20, 2));
    assert!(!is_smaller && sizes.iter().all(|size| *size >= SIZE), "{sizes:?}");
    let places = items(&list_of(20, 2));
    assert_eq!(places.iter().map(|(index, _)| *index).collect::<Vec<_>>(), (0..20).collect::<Vec<_>>());
    assert!(places[..10].iter().all(|(_, place)| place.x < 600.0));
    assert!(places[10..].iter().all(|(_, place)| place.x > 600.0));
    assert!((places[0].1.y - places[10].1.y).abs() < 0.01);

    let (sizes, is_smaller) = drawn(&list_of(32, 2));
    assert!(is_smaller && sizes.iter().all(|size| *size < SIZE), "{sizes:?}");

    let cut = list_of(40, 2);
    let left = cut
        .marks
        .iter()
        .find_map(|mark| if let Loss::Left { count } = mark.what { Some(count) } else { None });
    let left = left.unwrap();
    assert_eq!(items(&cut).len() + usize::try_from(left).unwrap(), 40);
    let said = format!("… +{left}");
    assert!(cut.elements.iter().any(|element| match &element.shape {
        Shape::Text(text) => text.lines.iter().flat_map(|line| &line.runs).any(|run| run.text == said),
        _ => false,
    }));
}

#[test]
fn items_and_rows_stand_further_apart_where_there_is_room() {
    let gap = |list: &DisplayList| {
        let places = items(list);
        places[1].1.y - places[0].1.y
    };
    assert!(gap(&list_of(3, 2)) > gap(&list_of(11, 2)) + 8.0);

    let height = |rows: usize| {
        let rows: Vec<Value> = (0..rows).map(|row| json!([row])).collect();
        let table = json!({ "type": "table", "id": "b", "columns": [{ "title": "N" }], "rows": rows });
        let mut text = TextLayout::new(&Fonts::bundled());
        let list = lay_out_all(&mut text, &built_in()[0], &deck(&[table])).remove(0);
        let frame = list.frames.iter().find(|frame| frame.slot == Slot::Body).unwrap();
        frame.bounds.height / f64::from(u32::try_from(rows.len() + 1).unwrap())
    };
    assert!(height(4) > height(11), "{} {}", height(4), height(11));
}

//! Where things are on a slide.

use std::cell::RefCell;

use serde_json::{Value, json};
use tellr_slides::deck::Deck;
use tellr_slides::display::{Detail, DisplayList, Element, Loss, Part, Rect, Segment, Shape, Slot, Text};
use tellr_slides::fonts::Fonts;
use tellr_slides::layout::lay_out_all;
use tellr_slides::lint::{Rule, of_drawing};
use tellr_slides::read::{from_json, from_value};
use tellr_slides::text_layout::TextLayout;
use tellr_slides::theme::{Theme, built_in};

use crate::generate::Chance;

thread_local! {
    /// Unpacking fonts takes longer than laying out a deck.
    static TEXT: RefCell<TextLayout> = RefCell::new(TextLayout::new(&Fonts::bundled()));
}

fn lay_out(deck: &Deck, theme: &Theme) -> Vec<DisplayList> {
    TEXT.with_borrow_mut(|text| lay_out_all(text, theme, deck))
}

fn clear() -> Theme {
    built_in().remove(0)
}

/// What is drawn of one slide.
fn slide(layout: &str, blocks: Value) -> DisplayList {
    let slide = json!({ "id": "s", "layout": layout, "blocks": blocks });
    let deck = from_value(json!({ "format": 1, "title": "", "theme": "clear", "slides": [slide] })).unwrap();
    lay_out(&deck, &clear()).remove(0)
}

pub(crate) fn decks() -> Vec<(String, Deck)> {
    let of = |name: &str, json: &str| (name.to_owned(), from_json(json).unwrap());
    let mut decks = vec![
        of("gallery", include_str!("../decks/gallery.json")),
        of("awkward", include_str!("../decks/awkward.json")),
    ];
    decks.extend((0..500).map(|seed| (format!("seed {seed}"), Chance::new(seed).deck())));
    decks
}

fn texts(list: &DisplayList) -> impl Iterator<Item = (&Element, &Text)> {
    list.elements.iter().filter_map(|element| match &element.shape {
        Shape::Text(text) => Some((element, text)),
        _ => None,
    })
}

fn words(text: &Text) -> String {
    text.lines.iter().flat_map(|line| &line.runs).map(|run| run.text.as_str()).collect()
}

/// The rectangle around what an element shows.
fn shown(element: &Element) -> Option<Rect> {
    let around = |points: Vec<[f64; 2]>| {
        let low = points.iter().copied().reduce(|one, two| [one[0].min(two[0]), one[1].min(two[1])])?;
        let high = points.iter().copied().reduce(|one, two| [one[0].max(two[0]), one[1].max(two[1])])?;
        Some(Rect::new(low[0], low[1], high[0] - low[0], high[1] - low[1]))
    };
    match &element.shape {
        Shape::Rect(shape) => Some(shape.bounds),
        Shape::Ellipse(shape) => Some(shape.bounds),
        Shape::Image(picture) => Some(picture.bounds),
        Shape::Line(line) => around(vec![line.from, line.to]),
        Shape::Path(shape) => around(shape.path.points()),
        Shape::Text(text) => around(
            text.lines
                .iter()
                .flat_map(|line| {
                    let (top, bottom) = (line.baseline - 0.75 * text.size, line.baseline + 0.2 * text.size);
                    [[line.x, top], [line.x + line.width, bottom]]
                })
                .collect(),
        ),
    }
}

#[test]
fn nothing_leaves_its_place_or_the_slide() {
    let themes = built_in();
    let mut problems: Vec<String> = Vec::new();
    for (number, (name, deck)) in decks().iter().enumerate() {
        for (list, slide) in lay_out(deck, &themes[number % themes.len()]).iter().zip(&deck.slides) {
            let at = format!("{name}, {} ({:?})", slide.id, slide.layout);
            for block in slide.all_blocks() {
                if list.frame(block.id()).is_none() {
                    problems.push(format!("{at}: {} has no frame", block.id()));
                }
            }
            for element in &list.elements {
                let Some(bounds) = shown(element) else { continue };
                let whole = Rect::new(0.0, 0.0, 1280.0, 720.0);
                if !whole.holds(bounds, 0.5) {
                    problems.push(format!("{at}: off the slide: {element:?}"));
                }
                if let Some(of) = &element.of {
                    let Some(frame) = list.frame(&of.block).map(|frame| frame.bounds) else { continue };
                    if !frame.holds(bounds, 2.0) {
                        problems.push(format!("{at}: {frame:?} doesn't hold {bounds:?} of {element:?}"));
                    }
                }
            }
            for finding in of_drawing(slide, list) {
                if matches!(finding.rule, Rule::Overlap | Rule::Spill | Rule::Contrast) {
                    problems.push(format!("{at}: {finding:?}"));
                }
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems[..problems.len().min(12)].join("\n")
    );
}

#[test]
fn the_same_deck_gives_the_same_display_list() {
    let mut other = TextLayout::new(&Fonts::bundled());
    let theme = clear();
    for (name, deck) in decks().iter().step_by(3) {
        let once = serde_json::to_string(&lay_out(deck, &theme)).unwrap();
        let again = serde_json::to_string(&lay_out_all(&mut other, &theme, deck)).unwrap();
        assert!(once == again, "{name}");
        let read: Vec<DisplayList> = serde_json::from_str(&once).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), once, "{name}");
    }
}

#[test]
fn text_that_fits_at_its_usual_size_is_not_smaller() {
    let of = |lines: usize| {
        let text = vec!["x"; lines].join("\n");
        let blocks =
            json!([{ "type": "title", "id": "t", "text": "T" }, { "type": "text", "id": "b", "text": text }]);
        let list = slide("title_and_text", blocks);
        let (_, text) = texts(&list)
            .find(|(element, _)| element.of.as_ref().is_some_and(|of| of.block.as_str() == "b"))
            .unwrap();
        (text.size, list.marks.into_iter().map(|mark| mark.what).collect::<Vec<_>>())
    };
    // The body is 504 high; a paragraph takes 26.4, and 10 between two.
    assert_eq!(of(3), (24.0, vec![]));
    assert_eq!(of(14), (20.0, vec![]));
    assert_eq!(of(15), (16.0, vec![Loss::Smaller { size: 16 }]));
    assert_eq!(of(40).1, [Loss::Smaller { size: 16 }, Loss::Cut]);
}

#[test]
fn what_has_no_room_is_counted() {
    let items: Vec<Value> = (0..40).map(|index| json!({ "text": format!("Item {index}") })).collect();
    let list = slide("title_and_text", json!([{ "type": "bullets", "id": "b", "items": items }]));
    let is_item =
        |element: &Element| matches!(element.of.as_ref().and_then(|of| of.part), Some(Part::Item { .. }));
    let drawn = texts(&list).filter(|(element, _)| is_item(element)).count();
    let left = list
        .marks
        .iter()
        .find_map(|mark| if let Loss::Left { count } = mark.what { Some(count) } else { None });
    assert_eq!(drawn + usize::try_from(left.unwrap()).unwrap(), 40);

    let rows: Vec<Value> = (0..200).map(|index| json!([index])).collect();
    let table = json!([{ "type": "table", "id": "t", "columns": [{ "title": "N" }], "rows": rows }]);
    let list = slide("table", table);
    let Some(Detail::Table(frame)) = &list.frames[0].detail else { panic!("{:?}", list.frames) };
    let left = list
        .marks
        .iter()
        .find_map(|mark| if let Loss::Left { count } = mark.what { Some(count) } else { None });
    assert_eq!(frame.rows.len() - 1 + usize::try_from(left.unwrap()).unwrap(), 200);
}

#[test]
fn a_block_beyond_a_layouts_slots_is_kept() {
    let text = |id: &str| json!({ "type": "text", "id": id, "text": "x" });
    let metric = json!({ "type": "metric", "id": "m", "value": 3, "label": "x" });
    for layout in
        ["metrics", "two_charts", "quote", "image_half", "image_full", "agenda", "comparison", "steps"]
    {
        let list = slide(layout, json!([text("a"), metric, text("b"), text("c")]));
        let seen: Vec<&str> = list.frames.iter().map(|frame| frame.block.as_str()).collect();
        assert_eq!(seen, ["a", "m", "b", "c"], "{layout}");
        assert_eq!(list.marks, [], "{layout}");
    }
}

#[test]
fn a_cut_text_ends_with_a_mark_and_keeps_its_beginning() {
    let long = "word ".repeat(900);
    let list = slide("title_and_text", json!([{ "type": "text", "id": "b", "text": long.trim() }]));
    let (_, text) = texts(&list).find(|(element, _)| element.of.is_some()).unwrap();
    assert!(text.is_cut);
    let shown = words(text);
    assert!(shown.starts_with("word word") && shown.ends_with('…'), "{shown}");
}

#[test]
fn scripts_without_a_font_of_ours_have_their_usual_widths() {
    let width = |text: &str| {
        let list = slide("title_and_text", json!([{ "type": "text", "id": "b", "text": text }]));
        let (_, text) = texts(&list).find(|(element, _)| element.of.is_some()).unwrap();
        let line = &text.lines[0];
        (line.width / text.size, line.runs[0].is_foreign)
    };
    assert_eq!(width("季度业绩回顾"), (6.0, true));
    let (one, _) = width("👩");
    for sequence in ["👩‍👩‍👧", "🇩🇪", "👍🏽"] {
        assert_eq!(width(sequence), (one, true), "{sequence}");
    }
    assert!(!width("Ελληνικά Русский Čeština").1);
}

#[test]
fn text_from_right_to_left_stands_at_the_right() {
    let list = slide("title_and_text", json!([{ "type": "title", "id": "b", "text": "مرحبا بالعالم" }]));
    let (_, text) = texts(&list).next().unwrap();
    let line = &text.lines[0];
    assert!(line.is_rtl && line.runs[0].is_rtl);
    assert!((line.x + line.width - text.bounds.right()).abs() < 0.1);
}

fn chart(kind: &str, categories: &[&str], values: Value) -> DisplayList {
    let series: Vec<Value> = values
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .map(|(index, values)| json!({ "id": format!("s{index}"), "name": format!("S{index}"), "values": values }))
        .collect();
    let chart =
        json!({ "type": "chart", "id": "c", "kind": kind, "categories": categories, "series": series });
    slide("chart", json!([chart]))
}

fn data(list: &DisplayList) -> Vec<(usize, Option<usize>, &Shape)> {
    list.elements
        .iter()
        .filter_map(|element| match element.of.as_ref()?.part? {
            Part::Data { series, index } => Some((series, index, &element.shape)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_missing_value_is_a_gap_in_a_line_and_named_in_the_footer() {
    let list = chart("line", &["a", "b", "c", "d", "e"], json!([[1, 2, null, 4, 5]]));
    let all = data(&list);
    let path =
        all.iter().find_map(|(_, _, shape)| if let Shape::Path(shape) = shape { Some(shape) } else { None });
    let starts = path.unwrap().path.segments.iter().filter(|segment| matches!(segment, Segment::Move(_)));
    assert_eq!(starts.count(), 2);
    assert!(texts(&list).any(|(element, text)| element.of.is_none() && words(text) == "No value: c"));
}

#[test]
fn negative_bars_hang_from_the_line_that_the_others_stand_on() {
    let list = chart("bar", &["2021", "2022"], json!([[3, -2]]));
    let bars: Vec<Rect> = data(&list)
        .into_iter()
        .filter_map(|(_, _, shape)| if let Shape::Rect(shape) = shape { Some(shape.bounds) } else { None })
        .collect();
    assert!((bars[0].bottom() - bars[1].y).abs() < 0.02, "{bars:?}");
    assert!((bars[0].height / bars[1].height - 1.5).abs() < 0.01, "{bars:?}");
}

#[test]
fn parts_of_a_pie_start_at_twelve_with_the_largest() {
    let list = chart("pie", &["a", "b", "c"], json!([[10, 60, 30]]));
    let Some(Detail::Chart(frame)) = &list.frames[0].detail else { panic!() };
    assert_eq!(frame.order, [1, 2, 0]);
    let all = data(&list);
    let (_, index, Shape::Path(slice)) = &all[0] else { panic!("{:?}", all[0]) };
    assert_eq!(*index, Some(1));
    let Segment::Line([x, y]) = slice.path.segments[1] else { panic!() };
    assert!((x - frame.plot.center_x()).abs() < 0.02 && (y - frame.plot.y).abs() < 0.02);
}

#[test]
fn labels_of_a_chart_do_not_run_into_each_other() {
    let many: Vec<String> = (0..300).map(|index| format!("Category {index}")).collect();
    let values: Vec<usize> = (0..300).map(|index| index * 7 % 40).collect();
    let close: Vec<Value> = (0..6).map(|line| json!([50, 50 + line])).collect();
    let mut lists = vec![
        chart("line", &many.iter().map(String::as_str).collect::<Vec<_>>(), json!([values])),
        chart("bar", &many.iter().map(String::as_str).collect::<Vec<_>>(), json!([values])),
        chart("line", &["2024", "2025"], json!(close)),
        chart("bar", &["A long name of a category", "Another long one", "c"], json!([[1, 2, 3], [4, 5, 6]])),
    ];
    for (_, deck) in decks().iter().take(200) {
        lists.extend(lay_out(deck, &clear()));
    }
    let mut problems: Vec<String> = Vec::new();
    for list in &lists {
        let labels: Vec<(&str, Rect, String)> = texts(list)
            .filter_map(|(element, text)| {
                let of = element.of.as_ref()?;
                matches!(of.part, Some(Part::Axis | Part::Data { .. }))
                    .then(|| (of.block.as_str(), shown(element).unwrap(), words(text)))
            })
            .collect();
        for (index, one) in labels.iter().enumerate() {
            for two in &labels[index + 1..] {
                if one.0 == two.0 && one.1.overlaps(two.1, 1.0) {
                    problems.push(format!("{one:?} and {two:?}"));
                }
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems[..problems.len().min(12)].join("\n")
    );
}

#[test]
fn each_layout_puts_its_blocks_into_its_slots() {
    let (_, gallery) = decks().remove(0);
    let slots = |slide: &str| {
        let index = gallery.slides.iter().position(|one| one.id.as_str() == slide).unwrap();
        let frames = lay_out(&gallery, &clear()).remove(index).frames;
        frames.into_iter().map(|frame| frame.slot).collect::<Vec<_>>()
    };
    assert_eq!(slots("cover"), [Slot::Title, Slot::Subtitle]);
    assert_eq!(slots("chart"), [Slot::Title, Slot::Body, Slot::Aside, Slot::Aside]);
    assert_eq!(slots("metrics"), [Slot::Title, Slot::Card, Slot::Card, Slot::Card, Slot::Card]);
    assert_eq!(slots("compare"), [Slot::Title, Slot::Left, Slot::Left, Slot::Right, Slot::Right]);
    assert_eq!(slots("half"), [Slot::Title, Slot::Body, Slot::Media]);
    assert_eq!(slots("columns")[..3], [Slot::Title, Slot::Body, Slot::Column]);
}

#[test]
fn sources_of_an_image_that_fills_the_slide_are_on_it() {
    let title = json!({ "type": "title", "id": "t", "text": "A new plant" });
    let image = json!({ "type": "image", "id": "i", "image": "plant", "caption": "From the harbour" });
    let long: Vec<Value> = (0..40).map(|item| json!({ "text": format!("Item {item}") })).collect();
    let long = json!({ "type": "bullets", "id": "b", "items": long });
    let drawn = |blocks: &[&Value], sources: Value| {
        let slide = json!({ "id": "s", "layout": "image_full", "blocks": blocks, "sources": sources });
        let deck = json!({ "format": 1, "title": "", "theme": "clear", "slides": [slide] });
        lay_out(&from_value(deck).unwrap(), &clear()).remove(0)
    };
    let bare = json!({ "type": "image", "id": "i", "image": "plant" });
    for blocks in [&[&title, &image][..], &[&bare], &[&title, &image, &long], &[&title]] {
        let list = drawn(blocks, json!([{ "label": "Annual report" }]));
        let (at, source) = list
            .elements
            .iter()
            .enumerate()
            .find(
                |(_, one)| matches!(&one.shape, Shape::Text(text) if words(text) == "Source: Annual report"),
            )
            .expect("its sources are shown");
        let source = shown(source).unwrap();
        let others = texts(&list).filter(|(one, _)| one.of.is_some());
        for (other, text) in others {
            assert!(!shown(other).unwrap().overlaps(source, 1.0), "{}", words(text));
        }
        let has_image = blocks.len() > 1 || blocks == [&bare];
        let is_on_scrim = list.elements[..at].iter().any(|one| {
            matches!(&one.shape, Shape::Rect(rect) if rect.opacity < 1.0 && rect.bounds.holds(source, 0.0))
        });
        assert_eq!(is_on_scrim, has_image);
        // Without any, nothing is there for them.
        let without = drawn(blocks, json!([]));
        assert!(!texts(&without).any(|(_, text)| words(text).starts_with("Source")));
    }
    let alone = drawn(&[&bare], json!([]));
    let is_scrim = |one: &Element| matches!(&one.shape, Shape::Rect(rect) if rect.opacity < 1.0);
    assert!(!alone.elements.iter().any(is_scrim), "an image alone has none");
}

//! Charts of PowerPoint files: each is one of the program's, with a workbook that holds the deck's values.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};
use std::ops::ControlFlow;

use serde_json::{Value, json};
use tellr_slides::block::Block;
use tellr_slides::chart::{Chart, ChartKind};
use tellr_slides::deck::Deck;
use tellr_slides::display::{Detail, DisplayList};
use tellr_slides::export::Export;
use tellr_slides::fonts::Fonts;
use tellr_slides::layout::lay_out_all;
use tellr_slides::pptx::{Lines, write};
use tellr_slides::read;
use tellr_slides::text_layout::TextLayout;
use tellr_slides::theme::built_in;

use crate::pptx_package::{Parts, elements, parts_of, relationships, resolved, text};

thread_local! {
    /// Unpacking fonts takes longer than writing a deck.
    static TEXT: RefCell<(Fonts, TextLayout)> = {
        let fonts = Fonts::bundled();
        let text = TextLayout::new(&fonts);
        RefCell::new((fonts, text))
    };
}

/// Writes a deck without images; gives what is drawn of it as well.
fn written(deck: &Deck, lines: Lines) -> (Parts, Vec<DisplayList>) {
    TEXT.with_borrow_mut(|(fonts, text)| {
        let theme = built_in().into_iter().find(|theme| theme.id == deck.theme).unwrap();
        let slides = lay_out_all(text, &theme, deck);
        let pictures = BTreeMap::new();
        let export =
            Export { deck, theme: &theme, slides: &slides, fonts, pictures: &pictures, author: None };
        let bytes = write(&export, lines, None, &mut |_| ControlFlow::Continue(())).unwrap();
        (parts_of(bytes), slides)
    })
}

/// The rows of a workbook's only sheet, as texts; empty cells at the end of a row are left out.
fn rows(workbook: &[u8]) -> Vec<Vec<String>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let (sheet, strings) = (part("xl/worksheets/sheet1.xml"), part("xl/sharedStrings.xml"));
    assert!(!archive.file_names().any(|name| name.unwrap().contains("sheet2")));
    let strings: Vec<String> = between(&strings, "<si><t xml:space=\"preserve\">", "</t></si>")
        .map(|text| quick_xml::escape::unescape(text).unwrap().replace("_x005F_", "_"))
        .collect();
    let row = |row: &str| {
        let mut cells = Vec::new();
        for cell in between(row, "<c r=\"", "</c>") {
            let column = usize::from(cell.as_bytes()[0] - b'A');
            assert!(cell.as_bytes()[1].is_ascii_digit(), "more than 26 columns");
            cells.resize(column, String::new());
            let value = between(cell, "<v>", "</v>").next().expect("a cell has a value");
            let is_text = cell.contains(" t=\"s\"");
            cells.push(if is_text {
                strings[value.parse::<usize>().unwrap()].clone()
            } else {
                value.to_owned()
            });
        }
        cells
    };
    between(&sheet, "<row ", "</row>").map(row).collect()
}

fn between<'a>(text: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).map(move |part| part.split(end).next().unwrap())
}

fn trimmed(mut row: Vec<String>) -> Vec<String> {
    while row.last().is_some_and(String::is_empty) {
        row.pop();
    }
    row
}

/// What the workbook of a chart must hold, its first row and the others; the order of those is the drawing's.
fn wanted(chart: &Chart) -> (Vec<String>, Vec<Vec<String>>) {
    let value = |series: usize, point: usize| {
        chart.series[series].values[point].map(|value| value.to_string()).unwrap_or_default()
    };
    let all = 0..chart.series.len();
    let points = chart.series.iter().map(|series| series.values.len()).max().unwrap_or(0);
    let names = || chart.series.iter().map(|series| series.name.clone());
    let (head, rows): (Vec<String>, Vec<Vec<String>>) = if chart.kind != ChartKind::Scatter {
        let row = |point: usize| {
            let category = chart.categories[point].clone();
            [category].into_iter().chain(all.clone().map(|series| value(series, point))).collect()
        };
        ([String::new()].into_iter().chain(names()).collect(), (0..points).map(row).collect())
    } else if chart.series.windows(2).all(|pair| pair[0].x == pair[1].x) {
        let row = |point: usize| {
            let x = chart.series[0].x[point].to_string();
            [x].into_iter().chain(all.clone().map(|series| value(series, point))).collect()
        };
        (["x".to_owned()].into_iter().chain(names()).collect(), (0..points).map(row).collect())
    } else {
        let row = |point: usize| {
            let pair = |series: usize| match chart.series[series].x.get(point) {
                Some(x) => [x.to_string(), value(series, point)],
                None => [String::new(), String::new()],
            };
            all.clone().flat_map(pair).collect()
        };
        (names().flat_map(|name| ["x".to_owned(), name]).collect(), (0..points).map(row).collect())
    };
    (trimmed(head), rows.into_iter().map(trimmed).collect())
}

/// Compares a deck's charts with those of its file; gives how many were looked at.
fn check(name: &str, deck: &Deck, lines: Lines) -> usize {
    let (parts, lists) = written(deck, lines);
    let mut seen = 0;
    let mut used = BTreeSet::new();
    for (number, (slide, list)) in (1..).zip(deck.slides.iter().zip(&lists)) {
        let path = format!("ppt/slides/slide{number}.xml");
        let xml = text(&parts, &path);
        // There are no images, so a picture would stand for something else.
        assert!(elements(xml, "p:pic").is_empty(), "{name}: {path} has a picture");
        let charts = slide.all_blocks().into_iter().filter_map(|block| match block {
            Block::Chart(chart) => Some(chart),
            _ => None,
        });
        // One without a value, or without room, is no chart.
        let charts: Vec<&Chart> = charts
            .filter(|chart| {
                let frame = list.frame(&chart.id);
                frame.is_some_and(|frame| matches!(frame.detail, Some(Detail::Chart(_))))
            })
            .collect();
        let frames = elements(xml, "c:chart");
        assert_eq!(frames.len(), charts.len(), "{name}: {path}");
        let own = relationships(&parts, &path);
        for (chart, frame) in charts.into_iter().zip(frames) {
            let to_chart = own.iter().find(|one| one["Id"] == frame["r:id"]).unwrap();
            let chart_path = resolved(&path, &to_chart["Target"]);
            assert!(used.insert(chart_path.clone()), "{chart_path} is on two slides");
            let xml = text(&parts, &chart_path);
            assert_eq!(elements(xml, "c:ser").len(), chart.series.len(), "{name}: {chart_path}");
            for formula in between(xml, "<c:f>", "</c:f>") {
                assert!(formula.starts_with("Data!$") && !formula.contains(','), "{name}: {formula}");
            }
            let data = &elements(xml, "c:externalData")[0]["r:id"];
            let of_chart = relationships(&parts, &chart_path);
            let [to_workbook] = &of_chart[..] else { panic!("{name}: one workbook") };
            assert_eq!(&to_workbook["Id"], data);
            let workbook = resolved(&chart_path, &to_workbook["Target"]);
            assert!(used.insert(workbook.clone()), "{workbook} has two charts");
            let mut rows = rows(&parts[&workbook]).into_iter().map(trimmed);
            let (head, mut points) = wanted(chart);
            assert_eq!(rows.next().unwrap(), head, "{name}: {workbook}");
            let mut rows: Vec<Vec<String>> = rows.collect();
            rows.sort();
            points.sort();
            assert_eq!(rows, points, "{name}: {workbook}");
            seen += 1;
        }
    }
    let all = parts
        .keys()
        .filter(|path| path.starts_with("ppt/charts/chart") || path.starts_with("ppt/embeddings/"));
    for path in all {
        assert!(used.contains(path), "{name}: {path} belongs to no chart");
    }
    seen
}

#[test]
fn charts_are_charts_and_their_workbooks_are_the_decks_data() {
    let mut seen = 0;
    for (name, deck) in crate::layout::decks().into_iter().take(60) {
        seen += check(&name, &deck, Lines::Editable);
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn all_kinds_of_lines_have_the_same_charts() {
    let gallery = read::from_json(include_str!("../decks/gallery.json")).unwrap();
    let seen = [Lines::Editable, Lines::Exact, Lines::Google].map(|lines| check("gallery", &gallery, lines));
    assert!(seen[0] > 5 && seen[1..].iter().all(|one| *one == seen[0]), "{seen:?}");
}

/// A deck with one chart.
fn one(chart: Value) -> Deck {
    let mut chart = chart;
    chart["type"] = json!("chart");
    chart["id"] = json!("c");
    let slide = json!({ "id": "s", "layout": "chart", "blocks": [chart] });
    read::from_value(json!({ "format": 1, "title": "One", "theme": "clear", "slides": [slide] })).unwrap()
}

#[test]
fn rows_are_in_the_order_in_which_bars_lie_over_each_other() {
    let names = ["Partners of all kinds and sizes", "Paid search", "Events", "A", "B", "C", "D", "E"];
    let deck = one(json!({ "kind": "bar", "categories": names,
        "series": [{ "id": "a", "name": "Cost", "values": [184, 412, 350, 290, 96, 1, null, 3] }] }));
    assert_eq!(check("bars", &deck, Lines::Editable), 1);
    let (parts, lists) = written(&deck, Lines::Editable);
    let workbook = parts.iter().find(|(path, _)| path.starts_with("ppt/embeddings/")).unwrap().1;
    let Some(Detail::Chart(frame)) = &lists[0].frames[0].detail else { panic!("a chart") };
    assert!(frame.is_horizontal);
    let rows = rows(workbook);
    let categories: Vec<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(categories, [1, 2, 3, 0, 4, 7, 5, 6].map(|point: usize| names[point]));
    assert_eq!(rows[8], ["D"], "what is missing is an empty cell");
}

#[test]
fn values_are_in_the_workbook_to_the_last_digit() {
    let values =
        [json!(0.1), json!(123_456_789_012_345_i64), json!(1e-12), json!(-0.000_123_456_789), json!(0)];
    let categories = ["A & B <c>", "\"quoted\" _x0041_", "", " spaces ", "مرحبا 你好"];
    let deck = one(json!({ "kind": "line", "categories": categories,
        "series": [{ "id": "a", "name": "", "values": values }] }));
    assert_eq!(check("values", &deck, Lines::Editable), 1);
}

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use super::{frame, parts};
use crate::block::Block;
use crate::chart::{Chart, ChartKind};
use crate::display::{ChartFrame, Detail, DisplayList, Part, Rect, Shape};
use crate::fonts::Fonts;
use crate::text_layout::TextLayout;
use crate::{layout, read, theme};

mod numbers;
mod shown;
mod tree;

use numbers::check_numbers;
use tree::{Node, cells, named};

thread_local! {
    /// Fonts are read once for all the charts of a test.
    static TEXT: RefCell<TextLayout> = RefCell::new(TextLayout::new(&Fonts::bundled()));
}

/// A chart that is drawn, and what is written of it.
struct Written {
    chart: Chart,
    list: DisplayList,
    frame: ChartFrame,
    xml: Node,
    cells: BTreeMap<String, String>,
}

/// Draws and writes a chart; none if it has no value.
fn write(chart: Value, language: &str) -> Option<Written> {
    let mut chart = chart;
    chart["type"] = json!("chart");
    chart["id"] = json!("c");
    let deck = read::from_value(json!({
        "format": 1, "title": "Charts", "theme": "clear", "language": language,
        "slides": [{ "id": "s", "layout": "chart", "blocks": [chart] }],
    }))
    .unwrap();
    let theme = theme::built_in().swap_remove(0);
    let list = TEXT.with_borrow_mut(|text| layout::lay_out(text, &theme, &deck, &deck.slides[0], 1));
    let Block::Chart(chart) = deck.slides[0].blocks[0].clone() else { panic!("a chart") };
    let Some(Detail::Chart(frame)) = list.frame(&chart.id).unwrap().detail.clone() else { return None };
    let one = parts(&chart, &frame, &list, &theme, Some(language));
    let two = parts(&chart, &frame, &list, &theme, Some(language));
    assert_eq!((&one.xml, &one.workbook), (&two.xml, &two.workbook), "the same bytes");
    Some(Written { xml: Node::read(&one.xml), cells: cells(&one.workbook), chart, list, frame })
}

fn series(values: &[&[Option<f64>]]) -> Value {
    let one = |(index, values): (usize, &&[Option<f64>])| json!({ "id": format!("s{index}"), "name": format!("Series {index}"), "values": values });
    values.iter().enumerate().map(one).collect()
}

/// The categories in the order in which they are drawn; those that aren't drawn come last.
fn drawn_order(written: &Written) -> Vec<usize> {
    let mut order = written.frame.order.clone();
    let all: BTreeSet<usize> = order.iter().copied().collect();
    assert_eq!(all.len(), order.len(), "each once");
    order.extend((0..written.chart.categories.len()).filter(|point| !all.contains(point)));
    order
}

/// What is written is the deck's data: in the workbook each cell at its place, and in the chart the same cells.
fn check(written: &Written) {
    let Written { chart, xml, cells, frame, .. } = written;
    let all = xml.all("c:ser");
    assert_eq!(all.len(), chart.series.len());
    let mut seen = 0;
    for node in all {
        let index: usize = node.val("c:idx").parse().unwrap();
        let one = &chart.series[index];
        let formula = |path: &str| named(&node.at(path).unwrap().at("c:f").unwrap().text);
        let [name] = &formula("c:tx/c:strRef")[..] else { panic!("one cell") };
        assert_eq!(cells.get(name).map_or("", String::as_str), one.name);
        assert_eq!(node.at("c:tx/c:strRef/c:strCache").unwrap().cache(), [Some(one.name.clone())]);
        seen += usize::from(!one.name.is_empty());

        let is_scatter = chart.kind == ChartKind::Scatter;
        let (keys, values) = if is_scatter {
            ("c:xVal/c:numRef", "c:yVal/c:numRef")
        } else {
            ("c:cat/c:strRef", "c:val/c:numRef")
        };
        let cache = if is_scatter { "c:numCache" } else { "c:strCache" };
        let drawn: Vec<Option<&String>> = formula(values).iter().map(|name| cells.get(name)).collect();
        let cached = node.at(values).unwrap().at("c:numCache").unwrap().cache();
        // A formula of no cells names one that is empty.
        assert!(
            drawn.iter().take(cached.len()).eq(cached.iter().map(Option::as_ref).collect::<Vec<_>>().iter())
        );
        let key_cells: Vec<Option<&String>> = formula(keys).iter().map(|name| cells.get(name)).collect();
        for (key, cached) in key_cells.iter().zip(node.at(keys).unwrap().at(cache).unwrap().cache()) {
            assert_eq!(key.map_or("", String::as_str), cached.unwrap_or_default());
        }

        // The order in which they are drawn, from the second row on.
        let [first, ..] = &formula(values)[..] else { panic!("a cell") };
        let column = first.strip_suffix('2').unwrap();
        let order = if is_scatter { (0..one.values.len()).collect() } else { drawn_order(written) };
        assert_eq!((cached.len(), order.len()), (one.values.len(), one.values.len()));
        for (row, point) in (2..).zip(order) {
            let value = one.values[point];
            let cell = cells.get(&format!("{column}{row}"));
            assert_eq!(
                cell.map(|text| text.parse::<f64>().unwrap()),
                value.map(crate::number::Decimal::as_f64)
            );
            assert_eq!(cell.cloned(), value.map(|value| value.to_string()));
        }
        seen += one.values.iter().flatten().count();
    }
    for (row, point) in (2..).zip(drawn_order(written)) {
        let category = &chart.categories[point];
        assert_eq!(cells.get(&format!("A{row}")).map_or("", String::as_str), category);
        seen += usize::from(!category.is_empty());
    }
    if chart.kind != ChartKind::Scatter {
        assert_eq!(cells.len(), seen, "nothing else is in the workbook");
    }
    for id in xml.all("c:axId") {
        assert!(id.attribute("val").parse::<i32>().unwrap() > 0);
    }
    if let Some(values) = frame.values {
        let axis = xml.all("c:valAx").pop().unwrap();
        let number = |path: &str| axis.val(path).parse::<f64>().unwrap();
        assert!(number("c:scaling/c:max") > number("c:scaling/c:min"));
        assert!((number("c:majorUnit") / values.step - 1.0).abs() < 1e-9);
        assert!((number("c:scaling/c:max") - values.max).abs() <= values.max.abs() * 1e-9);
    }
    for format in xml.all("c:numFmt") {
        assert!(format.attribute("formatCode").len() < 256);
    }
}

#[test]
fn charts_of_all_kinds_are_the_decks_data() {
    let long = "Organic traffic and referrals from other places";
    let twelve: Vec<Vec<Option<f64>>> =
        (0..12).map(|index| vec![Some(f64::from(index)), None, Some(3.0), Some(-1.5)]).collect();
    let twelve: Vec<&[Option<f64>]> = twelve.iter().map(Vec::as_slice).collect();
    let many: Vec<Option<f64>> = (0..1000).map(|index| Some(f64::from(index % 97))).collect();
    let names: Vec<String> = (0..1000).map(|index| format!("d{index}")).collect();
    for kind in ["bar", "stacked_bar", "line", "area", "pie"] {
        let negative = if kind == "pie" { None } else { Some(-2.4) };
        let mut cases = vec![
            json!({ "categories": ["Q1", "Q2", "Q3"], "series": series(&[&[Some(1.0), None, negative]]) }),
            json!({ "categories": ["Only one"], "series": series(&[&[Some(5.0)]]) }),
            json!({ "categories": ["A & B <c>", "", "\"quoted\" _x0041_"], "unit": "\"",
                    "series": [{ "id": "a", "name": "", "values": [1e-12, 3e-12, 0] }] }),
            json!({ "categories": ["2024", "2025"], "unit": "US$",
                    "series": series(&[&[Some(999_999_999_999_999.0), Some(5.0)]]) }),
            json!({ "categories": [long, "b", "c", "d"], "highlight": "c",
                    "series": series(&[&[Some(1.0), Some(4.0), Some(2.0), Some(3.0)]]) }),
            json!({ "categories": names, "series": series(&[&many]) }),
        ];
        if kind != "pie" {
            cases.push(json!({ "categories": ["Jan", "Feb", "Mar", "Apr"], "series": series(&twelve) }));
            cases.push(
                json!({ "categories": ["Jan", "Feb"], "axis": { "min": 0.55, "max": 2 }, "highlight": "s1",
                "series": series(&[&[Some(1.0), Some(1.2)], &[Some(0.5), Some(7.0)]]) }),
            );
        }
        for mut case in cases {
            case["kind"] = json!(kind);
            check(&write(case, "en").expect("it has values"));
        }
    }
    let scatter = |series: Value| write(json!({ "kind": "scatter", "series": series }), "en").unwrap();
    let shared = scatter(json!([
        { "id": "a", "name": "One", "values": [1, null, 3], "x": [1, 2, 3] },
        { "id": "b", "name": "Two", "values": [2, 2, 2], "x": [1, 2, 3] },
    ]));
    check(&shared);
    assert_eq!((shared.cells["A1"].as_str(), shared.cells["C1"].as_str()), ("x", "Two"));
    let own = scatter(json!([
        { "id": "a", "name": "One", "values": [1e-12], "x": [5] },
        { "id": "b", "name": "None", "values": [], "x": [] },
        { "id": "c", "name": "Two", "values": [-7, 8], "x": [0.5, -3] },
    ]));
    check(&own);
    assert_eq!((own.cells["E3"].as_str(), own.cells["F3"].as_str()), ("-3", "8"));
}

#[test]
fn a_chart_without_a_value_is_no_chart() {
    for values in [json!([]), json!([null])] {
        let categories: Vec<&str> = values.as_array().unwrap().iter().map(|_| "a").collect();
        let series = json!([{ "id": "a", "name": "", "values": values }]);
        assert!(write(json!({ "kind": "bar", "categories": categories, "series": series }), "en").is_none());
    }
}

#[test]
fn rows_are_in_the_order_of_lying_bars_and_of_the_parts_of_a_pie() {
    let names = ["Partners of all kinds and sizes", "Paid search", "Events", "A", "B", "C", "D", "E"];
    let values = [184, 412, 350, 290, 96, 1, 2, 3];
    let chart = json!({ "kind": "bar", "categories": names,
        "series": [{ "id": "s", "name": "Cost", "values": values }] });
    let written = write(chart, "en").unwrap();
    check(&written);
    assert!(written.frame.is_horizontal);
    let ser = written.xml.all("c:ser")[0];
    assert_eq!(ser.at("c:cat/c:strRef/c:f").unwrap().text, "Data!$A$2:$A$9");
    assert_eq!(ser.at("c:val/c:numRef/c:f").unwrap().text, "Data!$B$2:$B$9");
    assert_eq!(
        ["A2", "B2", "A5", "B5", "A9", "B9"].map(|cell| written.cells[cell].as_str()),
        ["Paid search", "412", "Partners of all kinds and sizes", "184", "C", "1"]
    );
    assert_eq!(ser.at("c:val/c:numRef/c:numCache").unwrap().cache()[0].as_deref(), Some("412"));
    let category = written.xml.all("c:catAx")[0];
    assert_eq!(category.val("c:scaling/c:orientation"), "maxMin", "the first is at the top");
    assert_eq!(written.xml.all("c:barDir")[0].attribute("val"), "bar");

    // Parts without a value aren't drawn, but are there to be filled in.
    let pie = json!({ "kind": "pie", "categories": ["a", "b", "c", "d"],
        "series": series(&[&[Some(1.0), None, Some(5.0), Some(3.0)]]) });
    let written = write(pie, "en").unwrap();
    check(&written);
    let formula = |path: &str| written.xml.all("c:ser")[0].at(path).unwrap().at("c:f").unwrap().text.clone();
    assert_eq!(formula("c:cat/c:strRef"), "Data!$A$2:$A$5");
    assert_eq!(formula("c:val/c:numRef"), "Data!$B$2:$B$5");
    assert_eq!(["A2", "A3", "A4", "A5"].map(|cell| written.cells[cell].as_str()), ["c", "d", "a", "b"]);
    assert!(!written.cells.contains_key("B5"));
}

#[test]
fn colors_are_those_that_are_drawn() {
    let chart = json!({ "kind": "bar", "categories": ["Q1", "Q2", "Q3"], "highlight": "Q2",
        "series": series(&[&[Some(1.0), Some(2.0), Some(-3.0)]]) });
    let written = write(chart, "en").unwrap();
    let drawn = |index: usize| {
        let bar = written.list.elements.iter().find_map(|element| match (&element.of, &element.shape) {
            (Some(of), Shape::Rect(rect))
                if of.part == Some(Part::Data { series: 0, index: Some(index) }) =>
            {
                rect.fill
            }
            _ => None,
        });
        bar.unwrap().to_string().trim_start_matches('#').to_owned()
    };
    let ser = written.xml.all("c:ser")[0];
    let color = |node: &Node| node.at("c:spPr/a:solidFill/a:srgbClr").unwrap().attribute("val").to_owned();
    assert_eq!(color(ser), drawn(0));
    let [point] = &ser.all("c:dPt")[..] else { panic!("one point differs") };
    assert_eq!((point.val("c:idx"), color(point)), ("1", drawn(1)));
    assert_ne!(drawn(0), drawn(1));
    assert_eq!(ser.val("c:invertIfNegative"), "0");
}

#[test]
fn bars_are_as_wide_as_they_are_drawn() {
    for kind in ["bar", "stacked_bar"] {
        let chart = json!({ "kind": kind, "categories": ["Q1", "Q2", "Q3", "Q4", "Q5"],
            "series": series(&[&[Some(1.0); 5], &[Some(2.0); 5], &[Some(3.0); 5]]) });
        let written = write(chart, "en").unwrap();
        let bars: Vec<Rect> = written
            .list
            .elements
            .iter()
            .filter_map(|element| match (&element.of, &element.shape) {
                (Some(of), Shape::Rect(rect))
                    if matches!(of.part, Some(Part::Data { index: Some(_), .. })) =>
                {
                    Some(rect.bounds)
                }
                _ => None,
            })
            .collect();
        let percent = |name: &str| written.xml.all(name)[0].attribute("val").parse::<f64>().unwrap() / 100.0;
        let (gap, overlap) = (percent("c:gapWidth"), percent("c:overlap"));
        let lanes = 3.0;
        // As PowerPoint divides the room of a category.
        let bar = written.frame.plot.width / 5.0 / (lanes - (lanes - 1.0) * overlap + gap);
        assert!((bar - bars[0].width).abs() < 0.5, "{bar} {}", bars[0].width);
    }
}

#[test]
fn names_are_at_the_ends_of_lines_or_in_a_legend() {
    let few = json!({ "kind": "line", "categories": ["Q1", "Q2", "Q3"], "highlight": "s0",
        "series": series(&[&[Some(1.0), Some(2.0), None], &[Some(1.0), Some(1.0), Some(1.0)]]) });
    let written = write(few, "en").unwrap();
    assert!(written.xml.all("c:legend").is_empty());
    let series_of =
        |index: &str| *written.xml.all("c:ser").iter().find(|ser| ser.val("c:idx") == index).unwrap();
    let label = series_of("0").at("c:dLbls/c:dLbl").unwrap();
    assert_eq!((label.val("c:idx"), label.val("c:showSerName"), label.val("c:showVal")), ("1", "1", "0"));
    assert_eq!(series_of("1").at("c:dLbls/c:dLbl").unwrap().val("c:idx"), "2");
    assert_eq!(series_of("0").val("c:order"), "1", "what the title talks about is over the others");
    assert_eq!(written.xml.all("c:dispBlanksAs")[0].attribute("val"), "gap");

    let many: Vec<&[Option<f64>]> = vec![&[Some(1.0), Some(2.0)]; 20];
    let many = json!({ "kind": "line", "categories": ["Q1", "Q2"], "series": series(&many) });
    let written = write(many, "en").unwrap();
    assert_eq!(written.xml.all("c:legend").len(), 1);
    assert!(written.xml.all("c:dLbl").is_empty());
}

#[test]
fn a_value_is_labelled_where_it_is_drawn_and_as_it_is_drawn() {
    let chart = json!({ "kind": "bar", "categories": ["Q1", "Q2"], "unit": "€", "highlight": "Q2",
        "series": series(&[&[Some(1_200_000.0), Some(-3_450_000.0)]]) });
    let written = write(chart, "de").unwrap();
    let labels = written.xml.all("c:dLbls")[0];
    let format = "[$-407]\"€ \"0.00,,\" Mio.\";[$-407]\"\u{2212}€ \"0.00,,\" Mio.\";[$-407]\"€ \"0.00";
    assert_eq!(labels.at("c:numFmt").unwrap().attribute("formatCode"), format);
    assert_eq!((labels.val("c:showVal"), labels.val("c:dLblPos")), ("1", "outEnd"));
    assert_eq!(labels.all("c:dLbl").len(), 1, "the highlighted one is bold");
    assert_eq!(written.xml.all("c:valAx")[0].val("c:delete"), "1");
    assert_eq!(written.cells["B3"], "-3450000", "the workbook has the value as it is");
}

#[test]
fn a_frame_names_its_chart_and_says_what_it_shows() {
    let xml = frame("Chart \"1\"", "A & B <c>", Rect::new(64.0, 160.0, 1152.0, 472.5), "rId7", 12);
    let wrapped = format!("<root xmlns:p=\"p\" xmlns:a=\"a\">{xml}</root>");
    let frame = Node::read(&wrapped);
    let properties = frame.all("p:cNvPr")[0];
    assert_eq!((properties.attribute("id"), properties.attribute("descr")), ("12", "A & B <c>"));
    assert_eq!(frame.all("a:off")[0].attribute("x"), "609600");
    assert_eq!(frame.all("a:ext")[0].attribute("cy"), "4500563");
    assert_eq!(frame.all("c:chart")[0].attribute("r:id"), "rId7");
}

fn decimals() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        1 => Just(None),
        3 => (-999_999_i32..999_999, -6_i32..9).prop_map(|(digits, power)| Some(f64::from(digits) * 10_f64.powi(power))),
        1 => prop::sample::select(vec![0.0, 1e-12, -1e-12, 999_999_999_999_999.0, -0.000_123_456_789])
            .prop_map(Some),
    ]
}

fn rounded(number: f64) -> f64 {
    crate::number::Decimal::rounded(number).unwrap().as_f64()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, rng_seed: RngSeed::Fixed(0x7e11), ..ProptestConfig::default() })]

    #[test]
    fn any_chart_is_the_decks_data(
        kind in prop::sample::select(vec!["bar", "stacked_bar", "line", "area", "pie", "scatter"]),
        values in (1..30_usize, 1..7_usize).prop_flat_map(|(points, series)| {
            prop::collection::vec(prop::collection::vec(decimals(), points), series)
        }),
        name in "[ -~äß€]{0,12}",
        unit in prop::sample::select(vec![None, Some("€"), Some("%"), Some("€ M"), Some("orders; \"big\""), Some("US$")]),
        highlight in prop::sample::select(vec!["s0", "c1", "gone"]),
        language in prop::sample::select(vec!["en", "de", "fr-FR", "ja"]),
    ) {
        let is_scatter = kind == "scatter";
        let values = if kind == "pie" { &values[..1] } else { &values[..] };
        let series: Vec<Value> = values.iter().enumerate().map(|(index, values)| {
            let values: Vec<Option<f64>> = values.iter().map(|value| {
                value.map(|value| rounded(if kind == "pie" { value.abs() } else { value }))
            }).collect();
            let mut one = json!({ "id": format!("s{index}"), "name": format!("{name}{index}"), "values": values });
            if is_scatter {
                one["x"] = values.iter().enumerate().map(|(at, value)| {
                    json!(rounded(value.unwrap_or(0.0) / 7.0 + f64::from(u8::try_from(at + index).unwrap())))
                }).collect();
            }
            one
        }).collect();
        let categories: Vec<String> =
            if is_scatter { Vec::new() } else { (0..values[0].len()).map(|at| format!("c{at}")).collect() };
        let mut chart = json!({ "kind": kind, "categories": categories, "series": series, "highlight": highlight });
        if let Some(unit) = unit {
            chart["unit"] = json!(unit);
        }
        if let Some(written) = write(chart, language) {
            check(&written);
            if language == "en" { check_numbers(&written); }
        }
    }
}

//! Numbers are true: cells are copied, and the others are compared.

use serde_json::{Value, json};
use tellr_slides::block::Block;
use tellr_slides::chart::{Chart, ChartKind};
use tellr_slides::deck::{Layout, Slide};
use tellr_slides::number::Decimal;
use tellr_slides::table::{Cell, Table};

use super::support::{assert_sound, placed, placing, quarters, regions, source, texts, theme};
use crate::prompting::{NoteKind, SlideDraft, SourceTable};

fn chart_of(slide: &Slide) -> &Chart {
    let found = slide
        .blocks
        .iter()
        .find_map(|block| if let Block::Chart(chart) = block { Some(chart) } else { None });
    found.unwrap_or_else(|| panic!("no chart: {slide:#?}"))
}

fn table_of(slide: &Slide) -> &Table {
    let found = slide
        .blocks
        .iter()
        .find_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
    found.unwrap_or_else(|| panic!("no table: {slide:#?}"))
}

fn chart(chart: Value, sources: &[SourceTable]) -> (Slide, Vec<String>) {
    let (slide, notes) =
        placed(json!({ "layout": "chart", "title": "Revenue grows", "charts": [chart] }), sources);
    assert_sound(&slide, &theme("clear"), Some("en"));
    (slide, texts(&notes).into_iter().map(str::to_owned).collect())
}

fn numbers(values: &[f64]) -> Vec<Option<Decimal>> {
    values.iter().map(|value| Some(Decimal::try_from(*value).unwrap())).collect()
}

#[test]
fn a_chart_copies_cells() {
    let (slide, notes) = chart(
        json!({ "kind": "bar", "source": "s1", "categories": "Quarter", "values": ["Revenue Eur"], "unit": "M€", "highlight": "2025-Q4" }),
        &[quarters()],
    );
    let chart = chart_of(&slide);
    assert_eq!(chart.series[0].values, numbers(&[3_336_000.5, 3_500_000.0, 3_810_250.0, 4_200_000.0]));
    assert_eq!(chart.series[0].name, "Revenue");
    assert_eq!(chart.unit.as_deref(), Some("€"));
    assert_eq!(chart.highlight.as_deref(), Some("2025-Q4"));
    assert_eq!(chart.categories[0], "2025-Q1");
    assert_eq!(chart.source.as_ref().unwrap().label, "Sample sales: revenue by quarter");
    assert!(notes.is_empty(), "{notes:?}");
}

#[test]
fn rows_of_one_category_become_series_and_nothing_is_added_up() {
    for values in [json!(["Revenue EUR"]), json!(["Region", "Revenue EUR"]), json!(["Revenue"])] {
        let (slide, _) = chart(
            json!({ "kind": "stacked_bar", "source": "S2", "categories": "quarter", "values": values, "highlight": "emea" }),
            &[quarters(), regions()],
        );
        let chart = chart_of(&slide);
        assert_eq!(chart.categories, ["Q1", "Q2", "Q3"]);
        let names: Vec<&str> = chart.series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["EMEA", "Americas"]);
        assert_eq!(chart.series[0].values, [&numbers(&[10.5, 12.0])[..], &[None]].concat());
        assert_eq!(chart.highlight.as_deref(), Some("s1"));
    }
}

#[test]
fn columns_of_two_units_are_not_in_one_chart() {
    let (slide, notes) = chart(
        json!({ "source": "S1", "categories": "quarter", "values": ["revenue_eur", "orders"] }),
        &[quarters()],
    );
    assert_eq!(chart_of(&slide).series.len(), 1);
    assert!(notes.iter().any(|note| note.contains("one unit")), "{notes:?}");
}

#[test]
fn a_name_that_is_not_there_is_noted_and_the_rest_is_found() {
    let (slide, notes) = chart(
        json!({ "kind": "line", "source": "S7", "categories": "month", "values": ["turnover"] }),
        &[quarters()],
    );
    let chart = chart_of(&slide);
    assert_eq!(chart.categories.len(), 4);
    assert_eq!(chart.series[0].values[1], numbers(&[3_500_000.0])[0]);
    assert!(
        notes.iter().any(|note| note.contains("S7")) && notes.iter().any(|note| note.contains("turnover"))
    );
}

#[test]
fn kinds_that_the_data_cannot_have_become_others() {
    let few = source("S1", "x", &[("part", "STRING"), ("share", "INT")], &[&["a", "3"], &["b", "-1"]]);
    let (slide, notes) =
        chart(json!({ "kind": "pie", "source": "S1", "categories": "part", "values": ["share"] }), &[few]);
    assert_eq!(chart_of(&slide).kind, ChartKind::Bar);
    assert_eq!(notes.len(), 1);
    let rows: Vec<Vec<String>> =
        (0..40).map(|n| vec![format!("Part {n}"), format!("{}", (n * 7) % 40)]).collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let many = source("S1", "x", &[("part", "STRING"), ("share", "INT")], &rows);
    let (slide, notes) = chart(
        json!({ "kind": "pie", "source": "S1", "categories": "part", "values": ["share"], "highlight": "Part 0" }),
        &[many],
    );
    let found = chart_of(&slide);
    assert_eq!((found.kind, found.categories.len()), (ChartKind::Bar, 12));
    // The largest, in their order, and what the title talks about.
    assert!(
        found.categories.contains(&"Part 0".to_owned()) && found.categories.contains(&"Part 17".to_owned())
    );
    assert!(notes.iter().any(|note| note.contains("12 largest of 40")), "{notes:?}");
    let (slide, _) = chart(
        json!({ "kind": "scatter", "source": "S1", "categories": "quarter", "values": ["orders"] }),
        &[quarters()],
    );
    let found = chart_of(&slide);
    assert_eq!((found.kind, found.series[0].x.len()), (ChartKind::Scatter, 4));
    let one = source("S1", "x", &[("part", "STRING"), ("share", "INT")], &[&["a", "3"], &["b", "1"]]);
    let (slide, _) = chart(
        json!({ "kind": "scatter", "source": "S1", "categories": "part", "values": ["share"] }),
        &[one],
    );
    assert_eq!(chart_of(&slide).kind, ChartKind::Bar);
}

#[test]
fn a_table_copies_cells_and_says_what_it_leaves_out() {
    let rows: Vec<Vec<String>> =
        (0..100).map(|n| vec![format!("2025-01-{n:02}"), format!("{n}.5")]).collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let long = source("S1", "Days", &[("day", "DATE"), ("cost_usd", "DOUBLE")], &rows);
    let draft = json!({ "layout": "table", "title": "Cost a day", "tables": [{ "source": "S1", "columns": ["Day", "cost usd", "gone"] }] });
    let (slide, notes) = placed(draft, &[long]);
    assert_sound(&slide, &theme("clear"), Some("en"));
    let table = table_of(&slide);
    assert!((8..=30).contains(&table.rows.len()));
    assert_eq!(table.columns[1].unit.as_deref(), Some("$"));
    assert_eq!(table.rows[3][1], Cell::Number(Decimal::try_from(3.5).unwrap()));
    let notes = texts(&notes).join("\n");
    assert!(notes.contains("gone") && notes.contains("rows"), "{notes}");
}

#[test]
fn metrics_of_the_data_have_its_source_and_others_a_mark() {
    let metrics = json!([
        { "label": "Revenue in Q4", "value": 4.2, "unit": "M €", "change": 10.2, "change_unit": "%", "meaning": "positive" },
        { "label": "Orders in total", "value": "5,467", "unit": "orders" },
        { "label": "Customers", "value": 981, "unit": "customers" },
    ]);
    let theme = theme("clear");
    let sources = [quarters()];
    for (language, mark) in [("en", "Not from the data"), ("de", "Nicht aus den Daten")] {
        let draft = json!({ "layout": "metrics", "title": "A good year", "metrics": metrics });
        let placing = crate::prompting::Placing { language: Some(language), ..placing(&theme, &sources) };
        let (slide, notes) = SlideDraft::read(draft).unwrap().into_slide(&placing);
        assert_eq!(slide.layout, Layout::Metrics);
        let labels: Vec<&str> = slide
            .blocks
            .iter()
            .filter_map(|block| if let Block::Metric(metric) = block { metric.source.as_ref() } else { None })
            .map(|source| source.label.as_str())
            .collect();
        assert_eq!(labels[..2], ["Sample sales: revenue by quarter"; 2]);
        assert!(labels[2].starts_with(mark), "{labels:?}");
        assert!(notes.iter().any(|note| note.kind == NoteKind::NotFromData && note.text.contains("981")));
    }
}

#[test]
fn numbers_in_words_are_compared_with_the_data() {
    let draft = |text: &str| json!({ "layout": "title_and_text", "title": "Revenue", "text": text });
    let sources = [quarters()];
    for said in [
        "Revenue reached € 4.2 M.",
        "Revenue reached 4,2 Mio. € in 2025.",
        "We had 1,555 orders in 3 months of Q4.",
        "Revenue grew 5 % in Q2 and 10.2 % in Q4.",
        "In total 14.8 million.",
        "Es waren 1.402 Bestellungen am 12.03.2025.",
    ] {
        let (slide, notes) = placed(draft(said), &sources);
        assert!(notes.is_empty(), "{said}: {notes:?}");
        assert!(slide.sources.iter().all(|source| source.label.starts_with("Sample")), "{said}");
    }
    for (said, number) in
        [("Churn fell by 37.5 %.", "37.5"), ("A market of $ 99 bn.", "99 bn"), ("12,345 users", "12,345")]
    {
        let (slide, notes) = placed(draft(said), &sources);
        assert!(
            notes.iter().any(|note| note.kind == NoteKind::NotFromData && note.text.contains(number)),
            "{notes:?}"
        );
        assert!(slide.sources[0].label.starts_with("Not from the data"));
    }
    // What the person wrote is theirs.
    let theme = theme("clear");
    let placing =
        crate::prompting::Placing { request: "We want 37.5 % less churn", ..placing(&theme, &sources) };
    let (slide, notes) = SlideDraft::read(draft("Churn fell by 37.5 %.")).unwrap().into_slide(&placing);
    assert!(notes.is_empty() && slide.sources.is_empty());
}

#[test]
fn charts_of_a_models_own_numbers_are_marked_unless_the_data_has_them() {
    let own = |values: Value| json!({ "kind": "bar", "own_categories": ["Q1", "Q2"], "own_series": [{ "name": "Orders", "values": values }], "unit": "orders" });
    let (slide, notes) = chart(own(json!(["1,200", 1310])), &[quarters()]);
    assert_eq!(chart_of(&slide).source.as_ref().unwrap().label, "Sample sales: revenue by quarter");
    assert!(notes.is_empty());
    // Numbers that aren't there, and such as stand there beside other names.
    for values in [json!([77, 88]), json!([1310, 1200])] {
        let (slide, notes) = chart(own(values), &[quarters()]);
        assert!(chart_of(&slide).source.as_ref().unwrap().label.starts_with("Not from the data"));
        assert_eq!(notes.len(), 1);
    }
}

#[test]
fn a_chart_layout_without_a_chart_becomes_another() {
    for layout in ["chart", "two_charts", "table", "metrics", "steps", "quote", "comparison", "agenda"] {
        let (slide, _) = placed(json!({ "layout": layout, "title": "A", "text": "Some words" }), &[]);
        assert_eq!(slide.layout, Layout::TitleAndText, "{layout}");
    }
    let (slide, _) = placed(
        json!({ "layout": "cover", "title": "A", "takeaway": "So it is", "charts": [{ "source": "S1", "categories": "quarter", "values": ["orders"] }] }),
        &[quarters()],
    );
    assert_eq!(slide.layout, Layout::ChartAndTakeaway);
}

#[test]
fn query_values_are_read_as_sql_writes_them() {
    let all = source(
        "S1",
        "x",
        &[("a", "DECIMAL(10,2)"), ("b", "TIMESTAMP"), ("c", "STRING"), ("d", "DOUBLE")],
        &[&["3.336E8", "2025-01-01T00:00:00.000Z", "007", "NaN"], &["", "", "", "12,5"]],
    );
    let json = serde_json::to_value(&all).unwrap();
    assert_eq!(json["rows"], json!([[333_600_000, "2025-01-01", "007", null], [null, null, null, "12,5"]]));
    assert_eq!(json["columns"][1]["kind"], "date");
    let back: SourceTable = serde_json::from_value(json).unwrap();
    assert_eq!(back, all);
}

//! Tables and charts.

use std::collections::BTreeSet;

use super::count::count;
use super::words;
use crate::chart::{Chart, ChartKind, Series};
use crate::limits::{MAX_POINTS, MAX_ROWS, MAX_SERIES, MAX_TABLE_COLUMNS};
use crate::number::Decimal;
use crate::problem::{Place, Problems};
use crate::table::{Cell, Table};

pub(super) fn table(table: &Table, place: &Place<'_>, problems: &mut Problems) {
    let columns = place.key("columns");
    count(table.columns.len(), 1, MAX_TABLE_COLUMNS, "columns", &columns, problems);
    for (index, column) in table.columns.iter().enumerate() {
        let place = columns.index(index);
        words::rich(&column.title, &place.key("title"), problems);
        words::named(column.unit.as_ref(), &place.key("unit"), problems);
    }
    let rows = place.key("rows");
    count(table.rows.len(), 0, MAX_ROWS, "rows", &rows, problems);
    for (index, row) in table.rows.iter().enumerate() {
        let place = rows.index(index);
        if row.len() != table.columns.len() {
            let message =
                format!("a row has one cell for each column: {}, not {}", table.columns.len(), row.len());
            problems.add(&place, message);
        }
        for (column, cell) in row.iter().enumerate() {
            if let Cell::Text(text) = cell {
                words::rich(text, &place.index(column), problems);
            }
        }
    }
    if let Some(source) = &table.source {
        words::source(source, &place.key("source"), problems);
    }
}

pub(super) fn chart(chart: &Chart, place: &Place<'_>, problems: &mut Problems) {
    let is_scatter = chart.kind == ChartKind::Scatter;
    let categories = place.key("categories");
    count(chart.categories.len(), 0, MAX_POINTS, "categories", &categories, problems);
    for (index, category) in chart.categories.iter().enumerate() {
        words::line(category, &categories.index(index), problems);
    }
    if is_scatter && !chart.categories.is_empty() {
        problems.add(&categories, "a scatter chart has no categories; its series have `x`");
    }
    let place_of_series = place.key("series");
    count(chart.series.len(), 1, MAX_SERIES, "series", &place_of_series, problems);
    if chart.kind == ChartKind::Pie && chart.series.len() > 1 {
        problems.add(&place_of_series, "a pie has one series");
    }
    let mut ids = BTreeSet::new();
    for (index, one) in chart.series.iter().enumerate() {
        let place = place_of_series.index(index);
        if !ids.insert(&one.id) {
            problems.add(
                &place.key("id"),
                format!("another series of this chart already has the id `{}`", one.id),
            );
        }
        words::line(&one.name, &place.key("name"), problems);
        series(one, chart, &place, problems);
    }
    words::named(chart.unit.as_ref(), &place.key("unit"), problems);
    words::named(chart.highlight.as_ref(), &place.key("highlight"), problems);
    if let Some(axis) = chart.axis
        && let (Some(min), Some(max)) = (axis.min, axis.max)
        && min >= max
    {
        problems
            .add(&place.key("axis"), format!("the axis starts at {min} and must end above it, not at {max}"));
    }
    if let Some(source) = &chart.source {
        words::source(source, &place.key("source"), problems);
    }
}

fn series(series: &Series, chart: &Chart, place: &Place<'_>, problems: &mut Problems) {
    let values = place.key("values");
    count(series.values.len(), 0, MAX_POINTS, "values", &values, problems);
    if chart.kind == ChartKind::Scatter {
        if series.x.len() != series.values.len() {
            let message = format!("each value has its `x`: {}, not {}", series.values.len(), series.x.len());
            problems.add(&place.key("x"), message);
        }
        return;
    }
    if !series.x.is_empty() {
        problems.add(&place.key("x"), "only a scatter chart has `x`; others have categories");
    }
    if series.values.len() != chart.categories.len() {
        let message = format!(
            "a series has one value for each category: {}, not {}",
            chart.categories.len(),
            series.values.len()
        );
        problems.add(&values, message);
    }
    if chart.kind == ChartKind::Pie && series.values.iter().flatten().any(|value| *value < Decimal::ZERO) {
        problems.add(&values, "a pie has no negative parts");
    }
}

//! The workbook inside a chart: what "Edit data" shows.
//!
//! It holds the deck's data and nothing else: a sheet `Data` with the names of the series in the first row,
//! each series in a column, and a row for each category in the deck's order, whatever order they are drawn in.
//! A value that is missing is an empty cell. The chart names the cells that it draws ([`Sheet::cells`]), so
//! both are made from the same [`Sheet`].

mod cell;
mod package;

use cell::{Cell, SHEET, letters};

use crate::chart::{Chart, ChartKind};

/// The data of a chart in rows and columns.
pub(super) struct Sheet<'a> {
    chart: &'a Chart,
    /// Whether all series of a scatter chart share the first column's `x`, as categories are shared.
    is_shared: bool,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(chart: &'a Chart) -> Self {
        let mut all = chart.series.windows(2);
        let is_shared = chart.kind != ChartKind::Scatter || all.all(|pair| pair[0].x == pair[1].x);
        Self { chart, is_shared }
    }

    /// The column of a series' values.
    pub(super) fn values(&self, series: usize) -> usize {
        if self.is_shared { series + 1 } else { 2 * series + 1 }
    }

    /// The column of the categories, or of the `x` of a series.
    pub(super) fn keys(&self, series: usize) -> usize {
        if self.is_shared { 0 } else { 2 * series }
    }

    /// The cell with the name of a series, as a formula names it.
    pub(super) fn name(&self, series: usize) -> String {
        format!("{SHEET}!${}$1", letters(self.values(series)))
    }

    /// Cells of a column, in the order in which they are drawn, as a formula names them. Points are numbers in
    /// the deck; those that don't follow each other are areas of their own.
    pub(super) fn cells(column: usize, points: &[usize]) -> String {
        let column = letters(column);
        let mut areas: Vec<(usize, usize)> = Vec::new();
        for point in points {
            match areas.last_mut() {
                Some((_, last)) if *last + 1 == *point => *last = *point,
                _ => areas.push((*point, *point)),
            }
        }
        let area = |(first, last): &(usize, usize)| {
            let start = format!("{SHEET}!${column}${}", first + 2);
            if first == last { start } else { format!("{start}:${column}${}", last + 2) }
        };
        match &areas[..] {
            // A formula names at least one cell.
            [] => area(&(0, 0)),
            [one] => area(one),
            several => format!("({})", several.iter().map(area).collect::<Vec<_>>().join(",")),
        }
    }

    /// The rows, the names of the series first.
    fn rows(&self) -> Vec<Vec<Cell<'a>>> {
        let series = &self.chart.series;
        let is_scatter = self.chart.kind == ChartKind::Scatter;
        let points = series.iter().map(|one| one.values.len()).chain([self.chart.categories.len()]).max();
        let width = series.len().checked_sub(1).map_or(1, |last| self.values(last) + 1);
        let mut rows = vec![vec![Cell::Empty; width]; points.unwrap_or(0) + 1];
        for (index, one) in series.iter().enumerate() {
            rows[0][self.values(index)] = text(&one.name);
            if is_scatter {
                rows[0][self.keys(index)] = Cell::Text("x");
            }
            for (point, value) in one.values.iter().enumerate() {
                rows[point + 1][self.values(index)] = value.map_or(Cell::Empty, Cell::Number);
            }
            for (point, x) in one.x.iter().enumerate().take(one.values.len()) {
                rows[point + 1][self.keys(index)] = Cell::Number(*x);
            }
        }
        for (point, category) in self.chart.categories.iter().enumerate() {
            rows[point + 1][0] = text(category);
        }
        rows
    }

    /// The workbook as a file.
    pub(super) fn file(&self) -> Vec<u8> {
        package::write(&self.rows())
    }
}

fn text(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

#[cfg(test)]
mod tests;

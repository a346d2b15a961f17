//! The workbook inside a chart: what "Edit data" shows.
//!
//! It holds the deck's data and nothing else: a sheet `Data` with the names of the series in the first row,
//! each series in a column, and a row for each category. A value that is missing is an empty cell. The chart
//! names the cells that it draws ([`Sheet::cells`]), so both are made from the same [`Sheet`].
//!
//! # The order of rows
//!
//! Bars that lie and parts of a pie are drawn by their size, whatever the deck's order. A chart could name the cells
//! of rows in the deck's order one by one, `(Data!$A$3:$A$5,Data!$A$2)`, but for such a formula PowerPoint says on
//! "Edit data" that the range is too complex. So the rows are in the order in which the categories are drawn: each
//! series is one range. The deck's own order isn't in the file.

mod cell;
mod package;

use cell::{Cell, SHEET, letters};

use crate::chart::{Chart, ChartKind};

/// The data of a chart in rows and columns.
pub(super) struct Sheet<'a> {
    chart: &'a Chart,
    /// The row of each point of the deck, the first one being 0.
    places: Vec<usize>,
    /// Whether all series of a scatter chart share the first column's `x`, as categories are shared.
    is_shared: bool,
}

impl<'a> Sheet<'a> {
    /// `order` has the points in the order of their rows, by their numbers in the deck; those that aren't in it follow.
    pub(super) fn new(chart: &'a Chart, order: &[usize]) -> Self {
        let mut all = chart.series.windows(2);
        let is_shared = chart.kind != ChartKind::Scatter || all.all(|pair| pair[0].x == pair[1].x);
        Self { chart, places: places(chart, order), is_shared }
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

    /// The first so many cells of a column under its name, as a formula names them; at least one.
    pub(super) fn cells(column: usize, number: usize) -> String {
        let column = letters(column);
        let start = format!("{SHEET}!${column}$2");
        if number > 1 { format!("{start}:${column}${}", number + 1) } else { start }
    }

    /// The rows, the names of the series first.
    fn rows(&self) -> Vec<Vec<Cell<'a>>> {
        let series = &self.chart.series;
        let is_scatter = self.chart.kind == ChartKind::Scatter;
        let width = series.len().checked_sub(1).map_or(1, |last| self.values(last) + 1);
        let mut rows = vec![vec![Cell::Empty; width]; self.places.len() + 1];
        for (index, one) in series.iter().enumerate() {
            rows[0][self.values(index)] = text(&one.name);
            if is_scatter {
                rows[0][self.keys(index)] = Cell::Text("x");
            }
            for (point, value) in one.values.iter().enumerate() {
                rows[self.places[point] + 1][self.values(index)] = value.map_or(Cell::Empty, Cell::Number);
            }
            for (point, x) in one.x.iter().enumerate().take(one.values.len()) {
                rows[self.places[point] + 1][self.keys(index)] = Cell::Number(*x);
            }
        }
        for (point, category) in self.chart.categories.iter().enumerate() {
            rows[self.places[point] + 1][0] = text(category);
        }
        rows
    }

    /// The workbook as a file.
    pub(super) fn file(&self) -> Vec<u8> {
        package::write(&self.rows())
    }
}

/// The row of each point, counted from 0.
fn places(chart: &Chart, order: &[usize]) -> Vec<usize> {
    let points = chart.series.iter().map(|one| one.values.len()).chain([chart.categories.len()]).max();
    let mut places = vec![None; points.unwrap_or(0)];
    let all = 0..places.len();
    let mut next = 0;
    for point in order.iter().copied().chain(all) {
        if let Some(place @ None) = places.get_mut(point) {
            *place = Some(next);
            next += 1;
        }
    }
    places.into_iter().flatten().collect()
}

fn text(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

#[cfg(test)]
mod tests;

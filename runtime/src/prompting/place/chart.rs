//! Charts of cells that are copied.

use tellr_slides::chart::{Chart, ChartKind, Series};
use tellr_slides::id::SeriesId;
use tellr_slides::number::Decimal;

use super::limit::limited;
use super::make::{Make, NAME};
use super::named::highlighted;
use super::truth::is_percent;
use crate::prompting::draft::ChartDraft;
use crate::prompting::note::{self, NoteKind};
use crate::prompting::source::{Cell, SourceTable};
use crate::prompting::{numbers, words};

/// Groups that a column may have to become series by itself.
const MOST_GROUPS: usize = 8;

/// The columns that a chart is made of.
struct Picked {
    categories: Option<usize>,
    /// A column whose values become series.
    group: Option<usize>,
    values: Vec<usize>,
}

impl<'a> Make<'a> {
    pub(super) fn chart(&mut self, draft: &ChartDraft) -> Option<Chart> {
        let found = self.source(&draft.source, !draft.own_series.is_empty());
        let (chart, is_time) = match found {
            Some(source) => self.copied_chart(draft, source)?,
            None if draft.own_series.is_empty() => return None,
            None => (self.own_chart(draft), false),
        };
        let mut chart = limited(chart, is_time, &mut self.notes)?;
        self.keep(&mut chart);
        Some(chart)
    }

    /// The source of an id or label. Where a draft names one that isn't there, the only one there is.
    pub(super) fn source(&mut self, name: &str, has_own: bool) -> Option<&'a SourceTable> {
        let sources: &'a [SourceTable] = self.placing.sources;
        if name.is_empty() {
            return None;
        }
        let folded = words::folded(name);
        let found = sources
            .iter()
            .find(|source| source.id.eq_ignore_ascii_case(name))
            .or_else(|| sources.iter().find(|source| words::folded(&source.label) == folded));
        if found.is_some() {
            return found;
        }
        if let ([only], false) = (sources, has_own) {
            let text = format!("The data “{name}” isn't there; “{}” was taken", only.label);
            note::add(&mut self.notes, NoteKind::Changed, text);
            return Some(only);
        }
        note::add(
            &mut self.notes,
            NoteKind::LeftOut,
            format!("The data “{name}” isn't there; nothing was taken from it"),
        );
        None
    }

    pub(super) fn no_column(&mut self, name: &str, source: &SourceTable) {
        let text = format!("“{}” has no column “{name}”; it was left out", source.label);
        note::add(&mut self.notes, NoteKind::LeftOut, text);
    }

    fn copied_chart(&mut self, draft: &ChartDraft, source: &SourceTable) -> Option<(Chart, bool)> {
        let Some(picked) = self.picked(draft, source) else {
            let text = format!("A chart was left out: “{}” has no numbers for it", source.label);
            note::add(&mut self.notes, NoteKind::LeftOut, text);
            return None;
        };
        let is_time = picked.categories.is_some_and(|column| source.is_time(column));
        let mut kind = draft.kind;
        let (mut categories, mut series) = (Vec::new(), Vec::new());
        let mut unit_of = picked.values[0];
        if kind == ChartKind::Scatter {
            if let Some((y, points)) = scatter(source, &picked) {
                unit_of = y;
                series = points;
            } else {
                kind = ChartKind::Bar;
                note::add(
                    &mut self.notes,
                    NoteKind::Changed,
                    "A scatter chart needs two columns of numbers; it became bars",
                );
            }
        }
        if kind != ChartKind::Scatter {
            (categories, series) = self.rows(source, &picked);
        }
        let values: Vec<Decimal> =
            series.iter().flat_map(|one| one.values.iter().copied().flatten()).collect();
        let unit = unit_of_chart(&draft.unit, source, unit_of, &values);
        let wanted = match source.column(&draft.highlight) {
            Some(column) if !draft.highlight.is_empty() => source.shown(column).0,
            _ => draft.highlight.clone(),
        };
        let highlight = highlighted(&draft.highlight, &categories, &series)
            .or_else(|| highlighted(&wanted, &categories, &series));
        let id = self.ids.block("chart");
        let chart =
            Chart { id, kind, categories, series, unit, axis: None, highlight, source: source.named.clone() };
        Some((chart, is_time))
    }

    fn picked(&mut self, draft: &ChartDraft, source: &SourceTable) -> Option<Picked> {
        let all = 0..source.columns.len();
        let numeric: Vec<bool> = all.clone().map(|column| source.is_numeric(column)).collect();
        let mut categories = source.column(&draft.categories).filter(|_| !draft.categories.is_empty());
        let (mut values, mut group) = (Vec::new(), None);
        for name in &draft.values {
            match source.column(name) {
                Some(column) if Some(column) == categories || values.contains(&column) => {}
                Some(column) if numeric[column] => values.push(column),
                Some(column) => group = group.or(Some(column)),
                None => self.no_column(name, source),
            }
        }
        if categories.is_none() {
            if !draft.categories.is_empty() {
                self.no_column(&draft.categories, source);
            }
            let is_free = |column: &usize| !values.contains(column) && Some(*column) != group;
            let names = all.clone().find(|column| is_free(column) && !numeric[*column]);
            let time = all.clone().find(|column| is_free(column) && source.is_time(*column));
            categories = names.or_else(|| group.take()).or(time);
        }
        if values.is_empty() {
            values.extend(all.clone().find(|column| numeric[*column] && Some(*column) != categories));
        }
        if values.is_empty() && draft.kind == ChartKind::Scatter {
            return None;
        }
        // One chart has one unit.
        let unit = source.shown(*values.first()?).1;
        let before = values.len();
        if draft.kind != ChartKind::Scatter {
            values.retain(|column| source.shown(*column).1 == unit);
        }
        if values.len() < before {
            note::add(
                &mut self.notes,
                NoteKind::LeftOut,
                "A chart has one unit; columns in others were left out",
            );
        }
        Some(Picked { categories, group, values })
    }

    /// Categories and series. Rows that have one category and differ in another column become series;
    /// nothing is added up.
    fn rows(&mut self, source: &SourceTable, picked: &Picked) -> (Vec<String>, Vec<Series>) {
        let text = |row: &[Cell], column: Option<usize>| match column.and_then(|column| row.get(column)) {
            Some(cell) => named(cell),
            None => String::new(),
        };
        let own: Vec<String> = match picked.categories {
            Some(_) => source.rows.iter().map(|row| text(row, picked.categories)).collect(),
            None => (1..=source.rows.len()).map(|number| number.to_string()).collect(),
        };
        let group = picked.group.or_else(|| group_of(source, picked, &own));
        if let Some(group) = group {
            let groups: Vec<String> = source.rows.iter().map(|row| text(row, Some(group))).collect();
            if are_unique(own.iter().zip(&groups)) {
                if picked.values.len() > 1 {
                    note::add(
                        &mut self.notes,
                        NoteKind::LeftOut,
                        "A chart with groups shows one column of numbers; the others were left out",
                    );
                }
                return pivoted(source, picked.values[0], &own, &groups);
            }
        }
        let mut categories = own;
        if !are_unique(categories.iter()) {
            // Names that tell the rows apart, where there are some.
            let others: Vec<usize> = (0..source.columns.len())
                .filter(|column| !picked.values.contains(column) && Some(*column) != picked.categories)
                .filter(|column| !source.is_numeric(*column))
                .take(2)
                .collect();
            for (category, row) in categories.iter_mut().zip(&source.rows) {
                let more = others.iter().map(|column| text(row, Some(*column))).filter(|one| !one.is_empty());
                *category = [category.clone()].into_iter().chain(more).collect::<Vec<_>>().join(" · ");
            }
        }
        let series = picked.values.iter().enumerate().filter_map(|(index, column)| {
            let values = source.rows.iter().map(|row| row.get(*column).and_then(Cell::number)).collect();
            series(index, &source.shown(*column).0, values)
        });
        (categories, series.collect())
    }

    /// Keeps of a chart that was there the ids of its series, and its axis if the data is the same.
    fn keep(&self, chart: &mut Chart) {
        let Some(kept) = self.placing.kept else { return };
        let blocks = kept.all_blocks();
        let before = blocks.into_iter().find_map(|block| match block {
            tellr_slides::block::Block::Chart(before) if before.id == chart.id => Some(before),
            _ => None,
        });
        let Some(before) = before else { return };
        let is_same = before.series.len() == chart.series.len()
            && before.series.iter().zip(&chart.series).all(|(one, two)| one.name == two.name);
        if is_same {
            for (old, new) in before.series.iter().zip(&mut chart.series) {
                if chart.highlight.as_deref() == Some(new.id.as_str()) {
                    chart.highlight = Some(old.id.to_string());
                }
                new.id = old.id.clone();
            }
        }
        if before.kind == chart.kind && before.series == chart.series && before.categories == chart.categories
        {
            chart.axis = before.axis;
        }
    }
}

/// What a cell is called as a category or group.
fn named(cell: &Cell) -> String {
    let text = words::line(&cell.text(), NAME);
    if text.is_empty() { "–".to_owned() } else { text }
}

fn series(index: usize, name: &str, values: Vec<Option<Decimal>>) -> Option<Series> {
    let id = SeriesId::try_from(format!("s{}", index + 1)).ok()?;
    Some(Series { id, name: words::line(name, NAME), values, x: Vec::new() })
}

fn are_unique<T: Ord>(mut all: impl Iterator<Item = T>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    all.all(|one| seen.insert(one))
}

/// A column that tells rows of one category apart, and has few values.
fn group_of(source: &SourceTable, picked: &Picked, categories: &[String]) -> Option<usize> {
    picked.categories?;
    if are_unique(categories.iter()) {
        return None;
    }
    (0..source.columns.len())
        .filter(|column| Some(*column) != picked.categories && !picked.values.contains(column))
        .filter(|column| !source.is_numeric(*column) || source.is_time(*column))
        .find(|column| {
            let groups: Vec<String> =
                source.rows.iter().map(|row| row.get(*column).map(named).unwrap_or_default()).collect();
            let distinct: std::collections::BTreeSet<&String> = groups.iter().collect();
            distinct.len() <= MOST_GROUPS && are_unique(categories.iter().zip(&groups))
        })
}

fn pivoted(
    source: &SourceTable,
    column: usize,
    rows: &[String],
    groups: &[String],
) -> (Vec<String>, Vec<Series>) {
    let distinct = |all: &[String]| {
        let mut found: Vec<String> = Vec::new();
        for one in all {
            if !found.contains(one) {
                found.push(one.clone());
            }
        }
        found
    };
    let (categories, names) = (distinct(rows), distinct(groups));
    let mut values = vec![vec![None; categories.len()]; names.len()];
    for ((row, category), group) in source.rows.iter().zip(rows).zip(groups) {
        let at = categories.iter().position(|one| one == category);
        let of = names.iter().position(|one| one == group);
        if let (Some(at), Some(of)) = (at, of) {
            values[of][at] = row.get(column).and_then(Cell::number);
        }
    }
    let all = names
        .iter()
        .zip(values)
        .enumerate()
        .filter_map(|(index, (name, values))| series(index, name, values));
    (categories, all.collect())
}

/// The points of a scatter chart, and the column of its second numbers.
fn scatter(source: &SourceTable, picked: &Picked) -> Option<(usize, Vec<Series>)> {
    let numeric: Vec<usize> = (0..source.columns.len()).filter(|column| source.is_numeric(*column)).collect();
    let (x, values) = match picked.categories.filter(|column| numeric.contains(column)) {
        Some(x) => (x, picked.values.clone()),
        None if picked.values.len() > 1 => (picked.values[0], picked.values[1..].to_vec()),
        None => {
            let other = numeric.iter().copied().find(|column| *column != picked.values[0])?;
            (other, picked.values.clone())
        }
    };
    let all: Vec<Series> = values
        .iter()
        .enumerate()
        .filter_map(|(index, column)| {
            let points = source
                .rows
                .iter()
                .filter_map(|row| Some((row.get(x)?.number()?, row.get(*column)?.number()?)));
            let (x, values): (Vec<_>, Vec<_>) = points.map(|(x, y)| (x, Some(y))).unzip();
            let one = series(index, &source.shown(*column).0, values)?;
            Some(Series { x, ..one })
        })
        .filter(|one| !one.values.is_empty())
        .collect();
    (!all.is_empty()).then_some((values[0], all))
}

/// The unit of a chart: the symbol that a column's name says, else what the draft says, without a scale, as
/// the cells are copied as they are.
fn unit_of_chart(draft: &str, source: &SourceTable, column: usize, values: &[Decimal]) -> Option<String> {
    let (_, own) = source.shown(column);
    let is_symbol = own.chars().count() == 1;
    if is_symbol {
        return super::named::unit(&own);
    }
    let without_scale: Vec<&str> =
        draft.split_whitespace().filter(|word| numbers::scale_of(word).is_none()).collect();
    let unit = without_scale.join(" ");
    let attached = unit.strip_prefix(['k', 'K', 'M']).filter(|rest| ["€", "$", "£"].contains(rest));
    let unit = attached.unwrap_or(&unit);
    // Parts of 1 aren't per cent.
    let is_part = values.iter().all(|value| value.as_f64().abs() <= 1.0)
        && values.iter().any(|value| value.as_f64().fract() != 0.0);
    if is_percent(unit) && is_part {
        return None;
    }
    super::named::unit(if unit.is_empty() { &own } else { unit })
}

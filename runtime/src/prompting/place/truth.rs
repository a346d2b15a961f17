//! Whether numbers that a model wrote are numbers of the data.
//!
//! A number counts as one of the data if it is a cell, the sum of a column, or what follows from two cells in
//! the plainest way: a difference or growth from one row to the next or from the first to the last, or a share
//! of a column's sum. Each exactly, or rounded to the digits that are shown. Which cell a sentence or a card means
//! isn't known here, so a match is no proof; no match is a reason to look. Charts and tables are compared row by row.

use tellr_slides::block::Block;
use tellr_slides::number::Decimal;
use tellr_slides::source::Source;

use super::named::source_of;
use super::placing::Placing;
use crate::prompting::numbers::{self, Written, says};
use crate::prompting::source::{Cell, SourceTable};
use crate::prompting::words;

/// Rows of a source that are compared.
const MOST_ROWS: usize = 500;
/// Numbers of texts that are named in one note.
const MOST_NAMED: usize = 5;

pub(super) struct Truth<'a> {
    sources: Vec<Known<'a>>,
    /// Numbers that the person wrote, or that stood on the slide.
    given: Vec<f64>,
}

struct Known<'a> {
    source: &'a SourceTable,
    /// Cells, sums and differences.
    values: Vec<f64>,
    /// Growth and shares, as parts of 1.
    ratios: Vec<f64>,
}

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Origin {
    /// From data; what a block names as its source.
    Data(Option<Source>),
    /// From the person.
    Given,
    /// Not known.
    Unknown,
}

impl<'a> Truth<'a> {
    /// `shown` are the ids of the sources that the slide shows: a number that is in several is from one of these.
    pub(super) fn new(placing: &Placing<'a>, shown: &[&str]) -> Self {
        let mut given = said(placing.request);
        let kept = placing.kept.map(tellr_slides::deck::Slide::all_blocks).unwrap_or_default();
        for block in kept {
            given.extend(numbers_on(block));
        }
        let mut sources: Vec<&SourceTable> = placing.sources.iter().collect();
        sources.sort_by_key(|source| !shown.contains(&source.id.as_str()));
        Self { sources: sources.into_iter().map(Known::new).collect(), given }
    }

    /// Where a number comes from, read in either way that it may be meant.
    pub(super) fn origin(&self, written: &Written) -> Origin {
        match (self.origin_as_read(written), written.other) {
            (Origin::Unknown, Some((value, decimals))) => {
                self.origin_as_read(&Written { value, decimals, ..written.clone() })
            }
            (origin, _) => origin,
        }
    }

    fn origin_as_read(&self, written: &Written) -> Origin {
        for known in &self.sources {
            let is_value = known.values.iter().any(|value| says(written, *value));
            let is_ratio = written.is_percent && known.ratios.iter().any(|ratio| is_share(written, *ratio));
            if is_value || is_ratio {
                return Origin::Data(known.source.named.clone());
            }
        }
        let scaled = written.value * written.scale;
        let is_given = |given: &f64| {
            let near = |one: f64| (given.abs() - one.abs()).abs() <= 1e-9 * one.abs().max(1e-12);
            near(scaled) || near(written.value)
        };
        if self.given.iter().any(is_given) { Origin::Given } else { Origin::Unknown }
    }

    /// Where a number with a unit comes from.
    pub(super) fn of_number(&self, number: Decimal, unit: &str) -> Origin {
        self.origin(&as_written(number, unit))
    }

    /// Where rows that a model wrote itself come from: data if all of them stand in one source, each number beside its
    /// name. A number that stands there somewhere else says something else.
    pub(super) fn of_rows(&self, rows: &[OwnRow], unit: &str) -> Origin {
        let rows: Vec<&OwnRow> = rows.iter().filter(|row| !row.numbers.is_empty()).collect();
        let from_one = self.sources.iter().find(|known| {
            let source = known.source;
            rows.iter().all(|row| source.rows.iter().take(MOST_ROWS).any(|cells| row.stands_in(cells, unit)))
        });
        match from_one {
            Some(known) if !rows.is_empty() => Origin::Data(known.source.named.clone()),
            _ => {
                let numbers = rows.iter().flat_map(|row| &row.numbers);
                let is_given = |number: &Decimal| {
                    self.given.iter().any(|given| says(&as_written(*number, unit), *given))
                };
                if numbers.clone().all(is_given) { Origin::Given } else { Origin::Unknown }
            }
        }
    }

    /// The sources of the numbers in texts, and the numbers that aren't known.
    pub(super) fn of_texts(&self, texts: &[&str]) -> (Vec<Source>, Vec<String>) {
        let (mut found, mut unknown): (Vec<Source>, Vec<String>) = (Vec::new(), Vec::new());
        for written in texts.iter().flat_map(|text| numbers::written_in(text)).filter(is_claim) {
            match self.origin(&written) {
                Origin::Data(Some(source)) if !found.contains(&source) => found.push(source),
                Origin::Data(_) | Origin::Given => {}
                Origin::Unknown => {
                    let percent = if written.is_percent { " %" } else { "" };
                    let text = format!("{}{percent}", written.text);
                    if unknown.len() < MOST_NAMED && !unknown.contains(&text) {
                        unknown.push(text);
                    }
                }
            }
        }
        (found, unknown)
    }
}

/// A row that a model wrote itself.
#[derive(Debug, Default)]
pub(super) struct OwnRow {
    /// What it is about: a category, or the texts of a table's row.
    pub(super) names: Vec<String>,
    /// Its numbers.
    pub(super) numbers: Vec<Decimal>,
}

impl OwnRow {
    /// Whether it says what a row of the data says.
    fn stands_in(&self, cells: &[Cell], unit: &str) -> bool {
        let texts: Vec<String> = cells.iter().map(|cell| words::folded(&cell.text())).collect();
        let mut names =
            self.names.iter().map(|name| words::folded(name)).filter(|name| !name.is_empty()).peekable();
        let is_named =
            names.peek().is_none() || names.any(|name| texts.iter().any(|text| is_name_of(text, &name)));
        let stands = |number: &Decimal| {
            let written = as_written(*number, unit);
            cells.iter().filter_map(Cell::number).any(|cell| says(&written, cell.as_f64()))
        };
        is_named && self.numbers.iter().all(stands)
    }
}

/// Whether a name is what a cell says, or its beginning or end: "Q1" of "2026-Q1".
fn is_name_of(cell: &str, name: &str) -> bool {
    let is_part = |part: &str, whole: &str| {
        part.chars().count() > 1 && (whole.starts_with(part) || whole.ends_with(part))
    };
    cell == name || is_part(name, cell) || is_part(cell, name)
}

fn as_written(number: Decimal, unit: &str) -> Written {
    Written {
        value: number.as_f64(),
        decimals: numbers::decimals_of(number),
        scale: numbers::scale_of_unit(unit),
        is_percent: is_percent(unit),
        is_money: false,
        other: None,
        text: String::new(),
    }
}

impl<'a> Known<'a> {
    fn new(source: &'a SourceTable) -> Self {
        let mut values: Vec<f64> = source.numbers().take(20_000).map(Decimal::as_f64).collect();
        let mut ratios = Vec::new();
        for column in (0..source.columns.len()).filter(|column| source.is_numeric(*column)) {
            let cells: Vec<f64> = source
                .rows
                .iter()
                .take(MOST_ROWS)
                .filter_map(|row| row.get(column)?.number())
                .map(Decimal::as_f64)
                .collect();
            if cells.len() < 2 {
                continue;
            }
            let ends = [[cells[0], cells[cells.len() - 1]]];
            for [from, to] in cells.windows(2).map(|pair| [pair[0], pair[1]]).chain(ends) {
                values.push(to - from);
                if from != 0.0 {
                    ratios.push((to - from) / from.abs());
                }
            }
            if !source.truncated && source.rows.len() <= MOST_ROWS {
                let sum: f64 = cells.iter().sum();
                values.push(sum);
                if sum > 0.0 {
                    ratios.extend(cells.iter().map(|cell| cell / sum));
                }
            }
        }
        Self { source, values, ratios }
    }
}

/// Whether a percentage is a part of 1, without its sign: "fell by 3 %" says −0.03.
fn is_share(written: &Written, ratio: f64) -> bool {
    let half = 0.5 * 10_f64.powi(-i32::try_from(written.decimals).unwrap_or(12));
    (ratio.abs() * 100.0 - written.value.abs()).abs() <= half * (1.0 + 1e-9)
}

/// Whether a number states something about data: not a year, a count of a few, or a date.
fn is_claim(written: &Written) -> bool {
    let is_year = written.decimals == 0 && (1900.0..=2100.0).contains(&written.value) && !written.is_money;
    let is_large = written.value.abs() >= 1000.0 && !is_year;
    written.is_percent || written.is_money || written.scale > 1.0 || written.decimals > 0 || is_large
}

pub(super) fn is_percent(unit: &str) -> bool {
    matches!(unit.trim(), "%" | "percent" | "Prozent" | "pct")
}

fn said(text: &str) -> Vec<f64> {
    numbers::written_in(text)
        .iter()
        .flat_map(|written| [written.value, written.value * written.scale])
        .collect()
}

fn numbers_on(block: &Block) -> Vec<f64> {
    match block {
        Block::Title(one) | Block::Subtitle(one) => said(&one.text.plain()),
        Block::Text(one) => said(&one.text.plain()),
        Block::Callout(one) => said(&one.text.plain()),
        Block::Bullets(list) | Block::Numbered(list) => {
            list.items.iter().flat_map(|item| said(&item.text.plain())).collect()
        }
        Block::Steps(steps) => steps
            .steps
            .iter()
            .filter_map(|step| step.text.as_ref())
            .flat_map(|text| said(&text.plain()))
            .collect(),
        // A number that was marked stays so.
        Block::Metric(metric) if source_of(block).is_none_or(|source| !is_mark(source)) => {
            let change = metric.change.as_ref().map(|change| change.value.as_f64());
            change.into_iter().chain([metric.value.as_f64()]).collect()
        }
        _ => Vec::new(),
    }
}

const MARKS: [(&str, &str); 7] = [
    ("en", "Not from the data; check this number"),
    ("de", "Nicht aus den Daten; diese Zahl prüfen"),
    ("fr", "Hors des données ; vérifier ce nombre"),
    ("es", "No procede de los datos; comprobar este número"),
    ("it", "Non proviene dai dati; verificare questo numero"),
    ("pt", "Não vem dos dados; conferir este número"),
    ("nl", "Niet uit de gegevens; controleer dit getal"),
];

/// What stands for the source of a number that isn't from the data, in the deck's language.
pub(super) fn mark(language: Option<&str>) -> Source {
    let tag = language.unwrap_or_default().to_ascii_lowercase();
    let base = tag.split('-').next().unwrap_or_default();
    let (_, label) = MARKS.iter().find(|(tag, _)| *tag == base).unwrap_or(&MARKS[0]);
    Source { label: (*label).to_owned(), url: None }
}

/// Whether a source is such a mark, in any language.
pub(super) fn is_mark(source: &Source) -> bool {
    MARKS.iter().any(|(_, label)| *label == source.label)
}

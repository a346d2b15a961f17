//! Data that was found: the only place from which numbers get into charts and tables.

use serde::{Deserialize, Serialize};
use tellr_slides::number::Decimal;
use tellr_slides::source::Source;

use super::numbers;
use super::words;

/// Rows that are kept; more don't get onto a slide.
const MOST_ROWS: usize = 2_000;
const MOST_COLUMNS: usize = 60;
const MOST_CELL: usize = 300;

/// A table of data that was found, or that stands on a slide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTable {
    /// How it is called in prompts and answers: `S1` for data that was found, `D1` for data of a slide.
    pub id: String,
    /// What it is, as in "Sample sales: revenue by quarter".
    pub label: String,
    /// Its columns.
    pub columns: Vec<SourceColumn>,
    /// Its rows, each as wide as the columns.
    pub rows: Vec<Vec<Cell>>,
    /// Whether there were more rows.
    pub truncated: bool,
    /// What a block that shows it names as its source. None: a block of data from a slide that named none.
    pub named: Option<Source>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceColumn {
    /// Its name in the data.
    pub name: String,
    /// What stands in it.
    pub kind: ColumnKind,
    /// Of data from a slide: what it is shown as there. Otherwise that follows from the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
}

/// How a column is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Its heading; may be empty.
    pub title: String,
    /// What its numbers are counted in; may be empty.
    pub unit: String,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Numbers.
    Number,
    /// Texts.
    Text,
    /// Dates and times.
    Date,
    /// Yes and no.
    Bool,
}

impl ColumnKind {
    /// The kind of a type's name in SQL, as in `DECIMAL(10,2)`.
    pub fn of_type(name: &str) -> Self {
        let name = name.trim().to_ascii_uppercase();
        let word = name.split(['(', '<', ' ']).next().unwrap_or_default();
        match word {
            "DECIMAL" | "NUMERIC" | "DOUBLE" | "FLOAT" | "REAL" | "INT" | "INTEGER" | "BIGINT" | "LONG"
            | "SMALLINT" | "SHORT" | "TINYINT" | "BYTE" => Self::Number,
            "DATE" | "TIMESTAMP" | "TIMESTAMP_NTZ" | "TIMESTAMP_LTZ" => Self::Date,
            "BOOLEAN" | "BOOL" => Self::Bool,
            _ => Self::Text,
        }
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// A number.
    Number(Decimal),
    /// A text without markup.
    Text(String),
    /// Nothing.
    Empty,
}

impl Cell {
    /// Its number, also one that is written as text.
    pub(super) fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => numbers::parsed(text),
            Self::Empty => None,
        }
    }

    /// What it says.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Empty => String::new(),
        }
    }
}

impl SourceTable {
    /// Data as a query gives it: columns with the names of their types in SQL, and values as text.
    pub fn of_query(
        id: &str,
        label: &str,
        columns: &[(String, String)],
        rows: Vec<Vec<Option<String>>>,
        truncated: bool,
    ) -> Self {
        let columns: Vec<SourceColumn> = columns
            .iter()
            .take(MOST_COLUMNS)
            .map(|(name, kind)| SourceColumn {
                name: words::line(name, MOST_CELL),
                kind: ColumnKind::of_type(kind),
                shown: None,
            })
            .collect();
        let is_cut = rows.len() > MOST_ROWS;
        let rows = rows
            .into_iter()
            .take(MOST_ROWS)
            .map(|row| {
                let mut values = row.into_iter();
                columns.iter().map(|column| cell(values.next().flatten(), column.kind)).collect()
            })
            .collect();
        let label = words::line(label, 200);
        let label = if label.is_empty() { id.to_owned() } else { label };
        let named = Some(Source { label: label.clone(), url: None });
        Self { id: id.to_owned(), label, columns, rows, truncated: truncated || is_cut, named }
    }

    /// The column of a name, compared exactly, then without case, spaces and underscores, then without the
    /// unit at its end.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        let by = |is: &dyn Fn(&str) -> bool| self.columns.iter().position(|column| is(&column.name));
        let folded = words::folded(name);
        if folded.is_empty() {
            return by(&|column| column == name);
        }
        by(&|column| column == name).or_else(|| by(&|column| words::folded(column) == folded)).or_else(|| {
            by(&|column| words::folded(&shown_name(column).0) == words::folded(&shown_name(name).0))
        })
    }

    /// Whether a column's cells are numbers, also where they are written as text.
    pub(super) fn is_numeric(&self, column: usize) -> bool {
        let cells = self.rows.iter().take(200).filter_map(|row| row.get(column));
        let (mut numbers, mut others) = (0, 0);
        for cell in cells {
            match cell {
                Cell::Empty => {}
                cell if cell.number().is_some() => numbers += 1,
                _ => others += 1,
            }
        }
        let is_text = self
            .columns
            .get(column)
            .is_some_and(|one| matches!(one.kind, ColumnKind::Date | ColumnKind::Bool));
        numbers > others && !is_text
    }

    /// What is shown as a column's heading, and its unit.
    pub(super) fn shown(&self, column: usize) -> (String, String) {
        let Some(column) = self.columns.get(column) else { return Default::default() };
        if let Some(shown) = &column.shown {
            return (shown.title.clone(), shown.unit.clone());
        }
        if column.kind == ColumnKind::Number || column.kind == ColumnKind::Text {
            return shown_name(&column.name);
        }
        (spaced(&column.name), String::new())
    }

    /// Whether a column's values follow one another in time.
    pub(super) fn is_time(&self, column: usize) -> bool {
        let Some(column) = self.columns.get(column) else { return false };
        let words = [
            "date", "day", "week", "month", "quarter", "year", "datum", "tag", "woche", "monat", "quartal",
            "jahr",
        ];
        let name = column.name.to_lowercase();
        let mut parts = name.split(|c: char| !c.is_alphanumeric());
        column.kind == ColumnKind::Date || parts.any(|part| words.contains(&part))
    }

    /// All its numbers.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Decimal> {
        self.rows
            .iter()
            .flatten()
            .filter_map(|cell| if let Cell::Number(number) = cell { Some(*number) } else { None })
    }
}

fn cell(value: Option<String>, kind: ColumnKind) -> Cell {
    let Some(value) = value else { return Cell::Empty };
    let text = words::line(&value, MOST_CELL);
    if text.is_empty() {
        return Cell::Empty;
    }
    if kind == ColumnKind::Number {
        // As SQL writes numbers; not as people do.
        return match text.parse::<f64>().ok().and_then(|number| Decimal::rounded(number).ok()) {
            Some(number) => Cell::Number(number),
            None if matches!(
                text.to_ascii_lowercase().as_str(),
                "nan" | "inf" | "-inf" | "infinity" | "null"
            ) =>
            {
                Cell::Empty
            }
            None => Cell::Text(text),
        };
    }
    // A date at midnight is a date.
    let midnight = ["T00:00:00.000Z", "T00:00:00Z", "T00:00:00.000+00:00", " 00:00:00"];
    match midnight.iter().find_map(|end| text.strip_suffix(end)) {
        Some(date) if kind == ColumnKind::Date => Cell::Text(date.to_owned()),
        _ => Cell::Text(text),
    }
}

/// Units by the last part of a column's name.
const UNITS: [(&str, &str); 30] = [
    ("eur", "€"),
    ("euro", "€"),
    ("euros", "€"),
    ("usd", "$"),
    ("dollar", "$"),
    ("dollars", "$"),
    ("gbp", "£"),
    ("chf", "CHF"),
    ("jpy", "¥"),
    ("percent", "%"),
    ("percentage", "%"),
    ("pct", "%"),
    ("prozent", "%"),
    ("kg", "kg"),
    ("tons", "t"),
    ("km", "km"),
    ("kwh", "kWh"),
    ("mwh", "MWh"),
    ("hours", "h"),
    ("stunden", "h"),
    ("minutes", "min"),
    ("minuten", "min"),
    ("seconds", "s"),
    ("ms", "ms"),
    ("days", "days"),
    ("gb", "GB"),
    ("tb", "TB"),
    ("mb", "MB"),
    ("dbu", "DBU"),
    ("dbus", "DBU"),
];

/// How a column's name is shown, and the unit that it ends with: `revenue_eur` is "Revenue" in `€`.
pub(super) fn shown_name(name: &str) -> (String, String) {
    let parts: Vec<&str> =
        name.split(['_', ' ', '(', ')', '[', ']']).filter(|part| !part.is_empty()).collect();
    let last = parts.last().map(|last| last.to_lowercase()).unwrap_or_default();
    if last == "%" || last == "€" || last == "$" || last == "£" {
        return (
            if parts.len() > 1 { spaced(&parts[..parts.len() - 1].join(" ")) } else { name.to_owned() },
            last,
        );
    }
    match UNITS.iter().find(|(end, _)| *end == last) {
        Some((_, unit)) if parts.len() > 1 => {
            (spaced(&parts[..parts.len() - 1].join(" ")), (*unit).to_owned())
        }
        _ => (spaced(name), String::new()),
    }
}

/// A name as people write it: `new_customers` is "New customers".
fn spaced(name: &str) -> String {
    let is_code = name.contains('_') || !name.contains(' ') && name.chars().all(|c| !c.is_uppercase());
    if !is_code {
        return name.to_owned();
    }
    let text = name.replace('_', " ");
    let mut characters = text.trim().chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

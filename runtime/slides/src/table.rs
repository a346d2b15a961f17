//! Tables.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::BlockId;
use crate::limits::{MAX_LINE, MAX_ROWS, MAX_TABLE_COLUMNS};
use crate::number::Decimal;
use crate::source::Source;
use crate::text::RichText;

/// Rows under named columns. Each row has a cell for each column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The block's id.
    pub id: BlockId,
    /// The columns, from left to right.
    #[schemars(length(min = 1, max = MAX_TABLE_COLUMNS))]
    pub columns: Vec<TableColumn>,
    /// The rows, from top to bottom.
    #[schemars(length(max = MAX_ROWS), inner(length(min = 1, max = MAX_TABLE_COLUMNS)))]
    pub rows: Vec<Vec<Cell>>,
    /// Where its numbers come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableColumn {
    /// Its heading; may be empty.
    pub title: RichText,
    /// What its numbers are counted in, as in `€` or `%`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_LINE))]
    pub unit: Option<String>,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a cell is a text, `null`, or a number of at most 15 significant digits")]
pub enum Cell {
    /// A number; its unit is its column's.
    Number(Decimal),
    /// A text.
    Text(RichText),
    /// Nothing: no value is known.
    Empty,
}

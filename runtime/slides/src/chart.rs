//! Charts: data and an axis, no looks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{BlockId, SeriesId};
use crate::limits::{MAX_LINE, MAX_POINTS, MAX_SERIES};
use crate::number::Decimal;
use crate::source::Source;

/// A chart.
///
/// All kinds but `scatter` have categories, and each series one value for each. A `scatter` has no
/// categories; its series have an `x` for each value. A `pie` has one series without negatives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// The block's id.
    pub id: BlockId,
    /// How the data is drawn.
    pub kind: ChartKind,
    /// What the values belong to: months, regions, products.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = MAX_POINTS), inner(length(max = MAX_LINE)))]
    pub categories: Vec<String>,
    /// The data.
    #[schemars(length(min = 1, max = MAX_SERIES))]
    pub series: Vec<Series>,
    /// What the values are counted in, as in `€` or `%`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_LINE))]
    pub unit: Option<String>,
    /// The range of the value axis, where it isn't chosen by the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<Axis>,
    /// The series (its id) or category that the slide's title talks about; it gets the accent. One
    /// that isn't there has no effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_LINE))]
    pub highlight: Option<String>,
    /// Where the data comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// The kinds of charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// Bars beside each other.
    Bar,
    /// Bars on top of each other.
    StackedBar,
    /// Lines.
    Line,
    /// Areas on top of each other.
    Area,
    /// Parts of a whole.
    Pie,
    /// Points with two values each.
    Scatter,
}

/// A row of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Its id, unique in the chart.
    pub id: SeriesId,
    /// What it is called in the legend.
    #[schemars(length(max = MAX_LINE))]
    pub name: String,
    /// The values; `null` where none is known, which is drawn as a gap.
    #[schemars(length(max = MAX_POINTS))]
    pub values: Vec<Option<Decimal>>,
    /// Of a `scatter`: where each value stands on the other axis.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = MAX_POINTS))]
    pub x: Vec<Decimal>,
}

/// The range of a value axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// Where it starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Decimal>,
    /// Where it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Decimal>,
}

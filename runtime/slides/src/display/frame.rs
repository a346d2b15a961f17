//! Where blocks are. An editor puts its handles and fields there, and a writer that keeps tables and
//! charts as such (PowerPoint) finds their measures.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rect::Rect;
use crate::id::BlockId;

/// Where a block is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Frame {
    /// Which block.
    pub block: BlockId,
    /// The slot of the slide's layout that it fills.
    pub slot: Slot,
    /// Its place. All its elements lie within. Without height: it isn't shown ([`super::Loss::Hidden`]).
    pub bounds: Rect,
    /// Of a table or chart: its inner measures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Detail>,
}

/// The slots of the layouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// The slide's message.
    Title,
    /// A line that belongs to the title.
    Subtitle,
    /// The body, over the slide's whole width or the wider part of it.
    Body,
    /// The left one of two halves.
    Left,
    /// The right one of two halves.
    Right,
    /// Beside or under the body, smaller than it: what follows from a chart.
    Aside,
    /// One of several equal cards.
    Card,
    /// A picture.
    Media,
    /// Within a `columns` block.
    Column,
}

/// The inner measures of a block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Detail {
    /// Of a table.
    Table(TableFrame),
    /// Of a chart.
    Chart(ChartFrame),
}

/// The measures of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableFrame {
    /// The widths of the columns that are shown, from left to right. Their sum is the frame's width.
    pub columns: Vec<f64>,
    /// The heights of the rows that are shown, the headings first. Their sum is at most the frame's height.
    pub rows: Vec<f64>,
    /// The size of its text.
    pub size: f64,
}

/// The measures of a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChartFrame {
    /// The area between the axes; of a pie, the square around it.
    pub plot: Rect,
    /// Whether bars lie: categories from top to bottom, values from left to right.
    pub is_horizontal: bool,
    /// The axis of the values; absent: a pie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<AxisScale>,
    /// The other axis of a scatter chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<AxisScale>,
    /// Whether each value has its label, in place of labels at the grid lines.
    pub has_value_labels: bool,
    /// Whether there is a legend, in place of names beside the data.
    pub has_legend: bool,
    /// The order in which the categories are drawn, by their numbers in the deck.
    pub order: Vec<usize>,
    /// The digits after the point in all its numbers.
    pub decimals: u8,
    /// What its numbers are divided by: 1, a thousand, a million or more.
    pub divisor: f64,
}

/// The scale of an axis, computed once so that every output has the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AxisScale {
    /// Its lower end.
    pub min: f64,
    /// Its upper end, greater than `min`.
    pub max: f64,
    /// From one grid line to the next, greater than 0.
    pub step: f64,
}

//! What in a deck an element belongs to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::BlockId;

/// A block, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The block; of what stands in a column, the block in it and not the `columns` block.
    pub block: BlockId,
    /// Which part of it; absent: the block as a whole, as in the background of a card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

impl Place {
    /// A block as a whole.
    pub fn whole(block: &BlockId) -> Self {
        Self { block: block.clone(), part: None }
    }

    /// A part of a block.
    pub fn part(block: &BlockId, part: Part) -> Self {
        Self { block: block.clone(), part: Some(part) }
    }
}

/// A part of a block. Numbers count from 0, in the order of the deck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Part {
    /// Its text: of a title, subtitle, text, quote or callout.
    Text,
    /// An item of a list.
    Item {
        /// Which.
        index: usize,
    },
    /// The heading of a table's column.
    Heading {
        /// Which.
        column: usize,
    },
    /// A cell of a table.
    Cell {
        /// In which row, without the headings.
        row: usize,
        /// In which column.
        column: usize,
    },
    /// A step.
    Step {
        /// Which.
        index: usize,
        /// Which of its texts; absent: its shape.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<StepField>,
    },
    /// The number of a metric.
    Value,
    /// What a metric measures.
    Label,
    /// How a metric changed.
    Change,
    /// Who said a quote.
    By,
    /// The line under or on an image.
    Caption,
    /// Marks and labels of a chart's data.
    Data {
        /// Which series.
        series: usize,
        /// Which of its values; absent: all of them, as in a line or the series' name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        index: Option<usize>,
    },
    /// A chart's axis: grid lines, labels, title.
    Axis,
}

/// The texts of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepField {
    /// What it is called.
    Title,
    /// When it is.
    When,
    /// More about it.
    Text,
}

//! A deck and its slides.
//!
//! A field that a format doesn't know is refused, not dropped: a deck that a newer version wrote is
//! recognised by its format number, so an unknown field within a known format is a mistake, and
//! dropping it would lose content.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::block::Block;
use crate::id::{BlockId, SlideId, ThemeId};
use crate::limits::{MAX_BLOCKS, MAX_LANGUAGE, MAX_LINE, MAX_NOTES, MAX_SLIDES, MAX_SOURCES};
use crate::source::Source;

/// The format that this version writes.
pub const FORMAT: u32 = 1;

/// A deck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deck {
    /// The number of the format.
    #[schemars(range(min = FORMAT, max = FORMAT))]
    pub format: u32,
    /// What the deck is called.
    #[schemars(length(max = MAX_LINE))]
    pub title: String,
    /// Its language, as in `en` or `pt-BR`: for hyphens, numbers, dates and screen readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = MAX_LANGUAGE), regex(pattern = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"))]
    pub language: Option<String>,
    /// How it looks.
    pub theme: ThemeId,
    /// Its slides, in order.
    #[schemars(length(max = MAX_SLIDES))]
    pub slides: Vec<Slide>,
}

/// A slide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slide {
    /// Its id, unique in the deck.
    pub id: SlideId,
    /// How its blocks are placed.
    pub layout: Layout,
    /// Its blocks; they fill the layout's slots in this order.
    #[schemars(length(max = MAX_BLOCKS))]
    pub blocks: Vec<Block>,
    /// What the speaker says; plain text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = MAX_NOTES))]
    pub notes: String,
    /// Where numbers in its texts come from; tables, charts and metrics name theirs themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = MAX_SOURCES))]
    pub sources: Vec<Source>,
}

/// How a slide's blocks are placed. A layout never decides which blocks a slide may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum Layout {
    Cover,
    Section,
    Agenda,
    Statement,
    TitleAndText,
    TwoColumns,
    ChartAndTakeaway,
    Chart,
    TwoCharts,
    Metrics,
    Table,
    Comparison,
    Steps,
    Quote,
    ImageHalf,
    ImageFull,
    Closing,
}

impl Deck {
    /// The slide of an id.
    pub fn slide(&self, id: &SlideId) -> Option<&Slide> {
        self.slides.iter().find(|slide| slide.id == *id)
    }

    /// The block of an id, wherever in the deck it stands.
    pub fn block(&self, id: &BlockId) -> Option<&Block> {
        self.slides.iter().flat_map(Slide::all_blocks).find(|block| block.id() == id)
    }
}

impl Slide {
    /// Its blocks and those in its columns, in order.
    pub fn all_blocks(&self) -> Vec<&Block> {
        let mut all = Vec::new();
        for block in &self.blocks {
            all.push(block);
            if let Block::Columns(columns) = block {
                all.extend(columns.columns.iter().flat_map(|column| &column.blocks));
            }
        }
        all
    }
}

//! What stands on a slide.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::chart::Chart;
use crate::id::{BlockId, ImageId};
use crate::limits::{MAX_BLOCKS, MAX_COLUMNS, MAX_ITEMS, MAX_LEVEL, MAX_LINE, MAX_STEPS};
use crate::number::Decimal;
use crate::source::Source;
use crate::table::Table;
use crate::text::RichText;

macro_rules! blocks {
    ($($(#[$doc:meta])* $variant:ident($type:ident) = $name:literal),* $(,)?) => {
        /// A block, told from others by its `type`.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "type")]
        pub enum Block {
            $($(#[$doc])* #[serde(rename = $name)] $variant($type),)*
        }

        impl Block {
            /// The block's id.
            pub fn id(&self) -> &BlockId {
                match self { $(Self::$variant(block) => &block.id,)* }
            }

            /// What `type` says.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }
        }

        /// Where in a block of this type, read by itself, the first problem is; none if it can be read.
        pub(crate) fn problem_within(kind: &str, fields: serde_json::Value) -> Option<(String, String)> {
            fn probe<T: for<'a> Deserialize<'a>>(fields: serde_json::Value) -> Option<(String, String)> {
                let error = serde_path_to_error::deserialize::<_, T>(fields).err()?;
                Some((error.path().to_string(), error.inner().to_string()))
            }
            match kind {
                $($name => probe::<$type>(fields),)*
                _ => None,
            }
        }
    };
}

blocks! {
    /// The slide's message.
    Title(Heading) = "title",
    /// A line under the title.
    Subtitle(Heading) = "subtitle",
    /// Paragraphs.
    Text(Paragraphs) = "text",
    /// A list with dots.
    Bullets(List) = "bullets",
    /// A list with numbers.
    Numbered(List) = "numbered",
    /// A table.
    Table(Table) = "table",
    /// A chart.
    Chart(Chart) = "chart",
    /// An image.
    Image(Image) = "image",
    /// A quotation.
    Quote(Quote) = "quote",
    /// One number, large.
    Metric(Metric) = "metric",
    /// Steps of a process, or dates of a timeline.
    Steps(Steps) = "steps",
    /// A text that stands out.
    Callout(Callout) = "callout",
    /// Blocks side by side.
    Columns(Columns) = "columns",
    /// A line across.
    Divider(Divider) = "divider",
}

/// A title or subtitle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    /// The block's id.
    pub id: BlockId,
    /// What it says.
    pub text: RichText,
}

/// Paragraphs, one a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Paragraphs {
    /// The block's id.
    pub id: BlockId,
    /// What they say.
    pub text: RichText,
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The block's id.
    pub id: BlockId,
    /// The items, from top to bottom.
    #[schemars(length(min = 1, max = MAX_ITEMS))]
    pub items: Vec<Item>,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it says.
    pub text: RichText,
    /// How deep it stands, from 1.
    #[serde(default = "first_level", skip_serializing_if = "is_first_level")]
    #[schemars(range(min = 1, max = MAX_LEVEL))]
    pub level: u8,
}

fn first_level() -> u8 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first_level(level: &u8) -> bool {
    *level == 1
}

/// An image that the app keeps. A deck holds no bytes and no address of an image: what isn't kept
/// by the app is never fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// The block's id.
    pub id: BlockId,
    /// Which image.
    pub image: ImageId,
    /// The alternative text, for screen readers; empty for an image that is only decoration.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = MAX_LINE))]
    pub alt: String,
    /// A line under or on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<RichText>,
    /// How it fills its place.
    #[serde(default)]
    pub fit: Fit,
}

/// How an image fills its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// Whole, with room left at two sides.
    #[default]
    Contain,
    /// Filling the place, cut at two sides.
    Cover,
}

/// A quotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The block's id.
    pub id: BlockId,
    /// The words, without quotation marks.
    pub text: RichText,
    /// Who said them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_LINE))]
    pub by: Option<String>,
}

/// One number, large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// The block's id.
    pub id: BlockId,
    /// The number.
    pub value: Decimal,
    /// What it is counted in, as in `€` or `%`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_LINE))]
    pub unit: Option<String>,
    /// What it measures.
    pub label: RichText,
    /// How it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// How a number changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// By how much; negative when it fell.
    pub value: Decimal,
    /// What the change is counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_LINE))]
    pub unit: Option<String>,
    /// Whether that is welcome: cost that falls is.
    #[serde(default)]
    pub meaning: Meaning,
}

/// How a change or a callout is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Neither good nor bad.
    #[default]
    Neutral,
    /// Good.
    Positive,
    /// Bad.
    Negative,
    /// To be watched.
    Warning,
}

/// Steps of a process, or dates of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// The block's id.
    pub id: BlockId,
    /// Which of the two.
    pub kind: StepsKind,
    /// The steps, in order.
    #[schemars(length(min = 1, max = MAX_STEPS))]
    pub steps: Vec<Step>,
}

/// How steps are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepsKind {
    /// One leads to the next.
    Process,
    /// One comes after another in time.
    Timeline,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What it is called.
    pub title: RichText,
    /// When it is, as it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_LINE))]
    pub when: Option<String>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<RichText>,
}

/// A text that stands out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Callout {
    /// The block's id.
    pub id: BlockId,
    /// What it says.
    pub text: RichText,
    /// How it is meant.
    #[serde(default)]
    pub meaning: Meaning,
}

/// Blocks side by side. None of them is a `columns` block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// The block's id.
    pub id: BlockId,
    /// The columns, from left to right; together at most 12 wide.
    #[schemars(length(min = 2, max = MAX_COLUMNS))]
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// How many of the grid's 12 columns it takes.
    #[schemars(range(min = 1, max = 11))]
    pub width: u8,
    /// Its blocks, from top to bottom.
    #[schemars(length(max = MAX_BLOCKS))]
    pub blocks: Vec<Block>,
}

/// A line across.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Divider {
    /// The block's id.
    pub id: BlockId,
}

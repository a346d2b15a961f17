//! Fields of blocks that can be set one by one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::block::{Block, Change, Fit, Item, Meaning, Step, StepsKind};
use crate::chart::{Axis, ChartKind};
use crate::id::ImageId;
use crate::number::Decimal;
use crate::source::Source;
use crate::text::RichText;

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident($type:ty) = $name:literal: $($block:ident)|+ . $field:ident),* $(,)?) => {
        /// A field of a block, with a value.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub enum Field {
            $($(#[$doc])* #[serde(rename = $name)] $variant($type),)*
        }

        impl Field {
            /// What the field is called.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            /// Sets the field, and gives it with its value from before; none if the block has no such field.
            pub(super) fn set_in(&self, block: &mut Block) -> Option<Self> {
                match (self, block) {
                    $($((Self::$variant(value), Block::$block(block)) => {
                        Some(Self::$variant(std::mem::replace(&mut block.$field, value.clone())))
                    })+)*
                    _ => None,
                }
            }
        }
    };
}

fields! {
    /// What a block says.
    Text(RichText) = "text": Title | Subtitle | Text | Quote | Callout . text,
    /// The items of a list.
    Items(Vec<Item>) = "items": Bullets | Numbered . items,
    /// Who said a quote.
    By(Option<String>) = "by": Quote . by,
    /// Which image is shown.
    Image(ImageId) = "image": Image . image,
    /// What an image shows.
    Alt(String) = "alt": Image . alt,
    /// The line under an image.
    Caption(Option<RichText>) = "caption": Image . caption,
    /// How an image fills its place.
    Fit(Fit) = "fit": Image . fit,
    /// The number of a metric.
    Value(Decimal) = "value": Metric . value,
    /// What a metric measures.
    Label(RichText) = "label": Metric . label,
    /// How a metric changed.
    Change(Option<Change>) = "change": Metric . change,
    /// What numbers are counted in.
    Unit(Option<String>) = "unit": Metric | Chart . unit,
    /// Where numbers come from.
    Source(Option<Source>) = "source": Metric | Chart | Table . source,
    /// How a chart is drawn.
    ChartKind(ChartKind) = "chart_kind": Chart . kind,
    /// The range of a chart's value axis.
    Axis(Option<Axis>) = "axis": Chart . axis,
    /// What a chart puts the accent on.
    Highlight(Option<String>) = "highlight": Chart . highlight,
    /// How steps are drawn.
    StepsKind(StepsKind) = "steps_kind": Steps . kind,
    /// The steps.
    Steps(Vec<Step>) = "steps": Steps . steps,
    /// How a callout is meant.
    Meaning(Meaning) = "meaning": Callout . meaning,
}

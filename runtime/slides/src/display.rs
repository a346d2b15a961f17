//! What is drawn of a slide: shapes and text with absolute coordinates.
//!
//! Layout makes one display list of a slide, and every output draws the same one: the page
//! as SVG elements, the server as SVG, PDF and PowerPoint. Nothing in it is left to be decided by
//! who draws: each line of text has its baseline, each run its left edge and its width.
//!
//! # Units and order
//!
//! Lengths are in CSS pixels of a slide of [`WIDTH`] × [`HEIGHT`], rounded to hundredths; `x` grows to
//! the right and `y` down. Elements come in the order in which they are painted, the lowest first,
//! which is also the order in which they are read aloud. Colours are opaque and written as in
//! `#1F5FD6`, unless an element has an opacity.
//!
//! # JSON
//!
//! ```json
//! {
//!   "slide": "s1", "width": 1280.0, "height": 720.0, "background": "#FFFFFF",
//!   "frames": [{ "block": "t1", "slot": "title", "bounds": { "x": 64.0, "y": 48.0, "width": 1152.0, "height": 88.0 } }],
//!   "elements": [{
//!     "of": { "block": "t1", "part": { "kind": "text" } },
//!     "type": "text",
//!     "bounds": { "x": 64.0, "y": 48.0, "width": 1152.0, "height": 88.0 },
//!     "size": 32.0, "line_height": 0.95, "align": "left", "is_cut": false,
//!     "lines": [{
//!       "baseline": 77.18, "x": 64.0, "width": 211.4, "ends": "paragraph",
//!       "runs": [{ "text": "EMEA grew 18 %", "x": 64.0, "width": 211.4, "font": { "family": "carlito", "is_bold": true },
//!                  "size": 32.0, "color": "#0B1F3A" }]
//!     }]
//!   }],
//!   "marks": []
//! }
//! ```
//!
//! Optional fields that are absent mean what their documentation says. The schema is
//! `runtime/slides/display.schema.json` ([`display_schema`]).

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use crate::id::{BlockId, SlideId};
use crate::theme::Color;

mod element;
mod frame;
mod order;
mod path;
mod place;
mod rect;
mod stroke;
mod text;

pub use element::{Element, Ellipse, Line, Picture, RectShape, Shape};
pub use frame::{AxisScale, ChartFrame, Detail, Frame, Slot, TableFrame};
pub(crate) use order::in_reading_order;
pub use path::{Path, PathShape, Segment};
pub use place::{Part, Place, StepField};
pub use rect::Rect;
pub use stroke::Stroke;
pub use text::{Align, Face, Glyph, LineEnd, Run, Text, TextLine};

/// The width of a slide.
pub const WIDTH: f64 = 1280.0;
/// The height of a slide.
pub const HEIGHT: f64 = 720.0;

/// What is drawn of a slide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DisplayList {
    /// Which slide.
    pub slide: SlideId,
    /// Its width, [`WIDTH`].
    pub width: f64,
    /// Its height, [`HEIGHT`].
    pub height: f64,
    /// What is behind everything.
    pub background: Color,
    /// Where each of its blocks is, in the deck's order; blocks of columns follow their `columns` block.
    pub frames: Vec<Frame>,
    /// What is drawn, in this order.
    pub elements: Vec<Element>,
    /// What isn't shown as it was meant, in the deck's order.
    pub marks: Vec<Mark>,
}

/// Something that isn't shown as it was meant, because there is no room for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// What it is about.
    pub of: Place,
    /// What happened to it.
    #[serde(flatten)]
    pub what: Loss,
}

/// What happened to a block for which there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Loss {
    /// It is written smaller than texts of its kind usually are.
    Smaller {
        /// At this size, in pixels.
        size: u32,
    },
    /// Its text ends early, with `…`.
    Cut,
    /// Its last items, rows, columns or steps aren't shown.
    Left {
        /// How many.
        count: u32,
    },
    /// It isn't shown at all.
    Hidden,
}

impl DisplayList {
    /// Where a block is; none if it isn't on this slide.
    pub fn frame(&self, block: &BlockId) -> Option<&Frame> {
        self.frames.iter().find(|frame| frame.block == *block)
    }
}

/// The JSON Schema of a display list, `runtime/slides/display.schema.json`.
pub fn display_schema() -> Schema {
    let mut schema = schemars::schema_for!(DisplayList);
    schema.insert("title".to_owned(), "Tellr display list".into());
    schema
}

//! What is drawn.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::path::PathShape;
use super::place::Place;
use super::rect::Rect;
use super::stroke::{Stroke, is_one, is_zero, one};
use super::text::Text;
use crate::block::Fit;
use crate::id::ImageId;
use crate::limits::MAX_LINE;
use crate::theme::Color;

/// Something that is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Element {
    /// What it belongs to; absent: the slide itself, as decoration, sources and the page's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Place>,
    /// What it is.
    #[serde(flatten)]
    pub shape: Shape,
}

/// The kinds of elements, told apart by `type`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Shape {
    /// A rectangle.
    Rect(RectShape),
    /// An ellipse.
    Ellipse(Ellipse),
    /// A straight line.
    Line(Line),
    /// Any other shape.
    Path(PathShape),
    /// An image.
    Image(Picture),
    /// Text.
    Text(Text),
}

/// A rectangle, filled, with an outline, or both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RectShape {
    /// Where it is.
    pub bounds: Rect,
    /// The radius of its corners; absent: none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub radius: f64,
    /// What it is filled with; absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Color>,
    /// Its outline, centred on the edge; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stroke: Option<Stroke>,
    /// From 0 (not seen) to 1; absent: 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub opacity: f64,
}

/// An ellipse that touches the sides of its rectangle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ellipse {
    /// The rectangle around it.
    pub bounds: Rect,
    /// What it is filled with; absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Color>,
    /// Its outline, centred on the edge; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stroke: Option<Stroke>,
    /// From 0 (not seen) to 1; absent: 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub opacity: f64,
}

/// A straight line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// Where it starts.
    pub from: [f64; 2],
    /// Where it ends.
    pub to: [f64; 2],
    /// How it is drawn.
    pub stroke: Stroke,
}

/// An image that the app keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Picture {
    /// Which.
    pub image: ImageId,
    /// Where it is. What of it lies outside isn't drawn.
    pub bounds: Rect,
    /// How it fills its place, in the middle of it.
    pub fit: Fit,
    /// The radius of its place's corners; absent: none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub radius: f64,
    /// What it shows; empty: it is decoration.
    #[schemars(length(max = MAX_LINE))]
    pub alt: String,
}

//! Rectangles.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A rectangle with sides parallel to the slide's.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Rect {
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// Its width, not negative.
    pub width: f64,
    /// Its height, not negative.
    pub height: f64,
}

impl Rect {
    /// A rectangle by its upper left corner and size. A negative size counts as none.
    pub fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width: width.max(0.0), height: height.max(0.0) }
    }

    /// Its right edge.
    pub fn right(self) -> f64 {
        self.x + self.width
    }

    /// Its lower edge.
    pub fn bottom(self) -> f64 {
        self.y + self.height
    }

    /// The middle of its width.
    pub fn center_x(self) -> f64 {
        self.x + self.width / 2.0
    }

    /// The middle of its height.
    pub fn center_y(self) -> f64 {
        self.y + self.height / 2.0
    }

    /// The same, smaller by a distance at each side.
    #[must_use]
    pub fn inset(self, horizontal: f64, vertical: f64) -> Self {
        Self::new(
            self.x + horizontal,
            self.y + vertical,
            self.width - 2.0 * horizontal,
            self.height - 2.0 * vertical,
        )
    }

    /// The part below a height from its upper edge.
    #[must_use]
    pub fn below(self, height: f64) -> Self {
        Self::new(self.x, self.y + height, self.width, self.height - height)
    }

    /// Whether another lies within it, give or take a distance.
    pub fn holds(self, other: Self, slack: f64) -> bool {
        other.x >= self.x - slack
            && other.y >= self.y - slack
            && other.right() <= self.right() + slack
            && other.bottom() <= self.bottom() + slack
    }

    /// Whether both have an area in common that is larger than a distance in both directions.
    pub fn overlaps(self, other: Self, slack: f64) -> bool {
        self.x + slack < other.right()
            && other.x + slack < self.right()
            && self.y + slack < other.bottom()
            && other.y + slack < self.bottom()
    }
}

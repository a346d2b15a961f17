//! From the slide's pixels to the page's points.

use krilla::geom::{Rect as PageRect, Transform};

use crate::display::Rect;

/// Points in a pixel.
pub(super) const POINTS: f64 = 0.75;

/// Where on a page something is drawn that has its coordinates in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placement {
    /// Points to a pixel.
    pub(super) scale: f64,
    /// The left edge, in points.
    pub(super) x: f64,
    /// The upper edge, in points.
    pub(super) y: f64,
}

impl Placement {
    /// A slide that is the page.
    pub(super) const SLIDE: Self = Self { scale: POINTS, x: 0.0, y: 0.0 };
    /// In points, from the page's corner.
    pub(super) const PAGE: Self = Self { scale: 1.0, x: 0.0, y: 0.0 };

    pub(super) fn transform(self) -> Transform {
        Transform::from_row(point(self.scale), 0.0, 0.0, point(self.scale), point(self.x), point(self.y))
    }

    /// A rectangle on the page; none if it has no area.
    pub(super) fn rect(self, rect: Rect) -> Option<PageRect> {
        PageRect::from_xywh(
            point(self.x + rect.x * self.scale),
            point(self.y + rect.y * self.scale),
            point(rect.width * self.scale),
            point(rect.height * self.scale),
        )
    }
}

/// A length as `krilla` takes it.
#[expect(clippy::cast_possible_truncation, reason = "a length on a page")]
pub(super) fn point(length: f64) -> f32 {
    length as f32
}

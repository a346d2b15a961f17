//! Where things are on a slide.

use crate::display::{HEIGHT, Rect, WIDTH};
use crate::layout::canvas::count;
use crate::theme::Spacing;

/// Columns of the grid.
const COLUMNS: usize = 12;
/// Between columns.
pub(super) const GUTTER: f64 = 28.0;
/// Where the body starts under a title of one line, and of two.
const BODY_TOP: [f64; 2] = [136.0, 160.0];
/// Where the body ends.
const BODY_BOTTOM: f64 = 640.0;
/// Where the footer's letters stand.
pub(super) const FOOTER_BASELINE: f64 = 688.0;

/// The grid of a theme.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
}

impl Grid {
    pub(super) fn new(spacing: Spacing) -> Self {
        // A theme's margins are bounded here, so that there is always room between them.
        let left = f64::from(spacing.margin_side).min(160.0);
        let top = f64::from(spacing.margin_top).min(96.0);
        Self { left, top, width: WIDTH - 2.0 * left }
    }

    /// The left edge and the width of some columns, from one on (0 to 11).
    pub(super) fn columns(self, from: usize, number: usize) -> (f64, f64) {
        let column = (self.width - GUTTER * count(COLUMNS - 1)) / count(COLUMNS);
        let x = self.left + (column + GUTTER) * count(from);
        (x, (column + GUTTER) * count(number) - GUTTER)
    }

    /// The body from a height on, in some columns.
    pub(super) fn body(self, top: f64, from: usize, number: usize) -> Rect {
        let (x, width) = self.columns(from, number);
        Rect::new(x, top, width, BODY_BOTTOM - top)
    }
}

/// The whole slide.
pub(super) const SLIDE: Rect = Rect { x: 0.0, y: 0.0, width: WIDTH, height: HEIGHT };

/// A length on the grid, rounded up to the next multiple of 8.
pub(super) fn up_to_grid(length: f64) -> f64 {
    (length / 8.0).ceil() * 8.0
}

/// Where the body starts under a header that ends at a height: at one of two heights on all slides,
/// unless the header needs more.
pub(super) fn body_top(header_end: f64) -> f64 {
    let least = header_end + 24.0;
    BODY_TOP.into_iter().find(|top| least <= *top).unwrap_or_else(|| up_to_grid(least))
}

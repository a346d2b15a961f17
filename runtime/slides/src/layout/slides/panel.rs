//! Slides that are a field of colour: cover, section, and the last one.

use super::super::canvas::Canvas;
use super::super::grid::Grid;
use super::super::header::{COVER, Header, SECTION};
use super::super::motif;
use super::super::parts::Parts;
use super::super::piece::{Anchor, pieces, stacked};
use super::super::regions::{Region, fill};
use super::super::sizes::Sizes;
use crate::deck::Layout;
use crate::display::{Rect, Slot};

/// The part of a slide's height that text may take.
const TOP: f64 = 88.0;
const BOTTOM: f64 = 640.0;
/// The bar above the title.
const BAR: [f64; 2] = [72.0, 6.0];
/// Under the bar, and between the title and other blocks.
const GAP: f64 = 32.0;

pub(in crate::layout) fn panel(canvas: &mut Canvas<'_>, grid: Grid, layout: Layout, parts: &Parts<'_>) {
    // What needs the whole width leaves no room for decoration.
    let is_wide = parts.is_wide();
    if !is_wide {
        motif::cover(canvas, layout);
    }
    let (x, width) = grid.columns(0, if is_wide { 12 } else { 7 });
    let kind = if layout == Layout::Cover { COVER } else { SECTION };
    let header = Header::new(canvas, parts, width, kind);
    let rest = pieces(canvas, &parts.rest, Slot::Body);
    let block_gap = f64::from(canvas.theme.spacing.block_gap);
    let rest_height =
        if rest.is_empty() { 0.0 } else { GAP + stacked(&rest, width, Sizes::USUAL, block_gap) };
    let bar = BAR[1] + GAP;
    let total = (bar + header.height() + rest_height).min(BOTTOM - TOP);
    let y = TOP + (BOTTOM - TOP - total) / 2.0;
    let accent = canvas.tone.accent;
    if parts.title.is_some() {
        canvas.fill(None, Rect::new(x, y, BAR[0], BAR[1]), accent, 0.0);
    }
    let end = header.draw(canvas, x, y + bar);
    if !rest.is_empty() {
        let region = Rect::new(x, end + GAP, width, BOTTOM - end - GAP);
        fill(canvas, &[Region::new(region, rest, Anchor::Top)]);
    }
}

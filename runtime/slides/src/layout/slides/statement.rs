//! One sentence that is the whole slide.

use super::super::canvas::Canvas;
use super::super::grid::Grid;
use super::super::header::{Header, Kind, STATEMENT};
use super::super::motif;
use super::super::parts::Parts;
use super::super::piece::{Anchor, pieces, stacked};
use super::super::regions::{Region, fill};
use super::super::sizes::Sizes;
use crate::block::{Block, Heading};
use crate::display::{Rect, Slot};

const TOP: f64 = 88.0;
const BOTTOM: f64 = 632.0;
/// The bar before the sentence, and its distance.
const BAR: f64 = 8.0;
const INDENT: f64 = 40.0;
const GAP: f64 = 32.0;
/// Lines of a sentence with nothing under it: as many as there is room for at the largest size.
const LINES_ALONE: usize = 11;

pub(in crate::layout) fn statement(canvas: &mut Canvas<'_>, grid: Grid, parts: &Parts<'_>) {
    motif::signature(canvas, grid);
    // Without a title, the first text is the sentence.
    let mut rest = parts.rest.clone();
    let sentence = match (parts.title, &rest[..]) {
        (None, [Block::Text(text), ..]) if !text.text.plain().contains('\n') => {
            let heading = Heading { id: text.id.clone(), text: text.text.clone() };
            rest.remove(0);
            Some(heading)
        }
        (title, _) => title.cloned(),
    };
    let shown = Parts { title: sentence.as_ref(), subtitle: parts.subtitle, rest: Vec::new() };
    let (x, width) = grid.columns(0, 10);
    let (x, width) = (x + INDENT, width - INDENT);
    let kind = if rest.is_empty() { Kind { lines: LINES_ALONE, ..STATEMENT } } else { STATEMENT };
    let header = Header::new(canvas, &shown, width, kind);
    let rest = pieces(canvas, &rest, Slot::Body);
    let block_gap = f64::from(canvas.theme.spacing.block_gap);
    let rest_height =
        if rest.is_empty() { 0.0 } else { GAP + stacked(&rest, width, Sizes::USUAL, block_gap) };
    let total = (header.height() + rest_height).min(BOTTOM - TOP);
    let y = TOP + (BOTTOM - TOP - total) / 2.0;
    let (accent, height) = (canvas.tone.accent, header.height());
    if height > 0.0 {
        canvas.fill(None, Rect::new(grid.left, y, BAR, height), accent, 0.0);
    }
    let end = header.draw(canvas, x, y);
    if !rest.is_empty() {
        let region = Rect::new(x, end + GAP, width, BOTTOM - end - GAP);
        fill(canvas, &[Region::new(region, rest, Anchor::Top)]);
    }
}

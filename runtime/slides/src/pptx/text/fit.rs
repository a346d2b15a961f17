//! The box of a text: how large it is, and whether its program may break its lines.

use super::body::Breaks;
use super::measure::{RISKY, has_break_within_word, widths};
use super::paragraph::Paragraph;
use super::room::room;
use crate::display::{Align, DisplayList, Rect};
use crate::pptx::lines::Lines;

/// A box for a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fit {
    /// Where it is.
    pub(crate) bounds: Rect,
    /// Whether its program breaks lines at its edge.
    pub(crate) is_wrapped: bool,
    /// Whether our breaks are written.
    pub(crate) breaks: Breaks,
}

/// How much wider than its lines a box should be, so that another measure doesn't break them.
const SAFE: f64 = 0.02;
/// With pinned breaks in a box that breaks lines too, how much wider it is.
const GOOGLE: f64 = 1.025;

/// The box of paragraphs that were given a rectangle.
pub(crate) fn fit(
    paragraphs: &[Paragraph<'_>],
    given: Rect,
    own: &[usize],
    list: &DisplayList,
    lines: Lines,
) -> Fit {
    let top = paragraphs.first().map_or(given.y, Paragraph::top);
    let height = paragraphs.last().map_or(given.height, Paragraph::bottom) - top;
    let text = Rect { y: top, height, ..given };
    let side = side(paragraphs);
    match lines {
        Lines::Exact => Fit { bounds: text, is_wrapped: false, breaks: Breaks::Pinned },
        Lines::Google => {
            let widths = widths(paragraphs);
            let width = (given.width.max(widths.least) * GOOGLE).max(given.width + 4.0);
            Fit { bounds: widened(text, width, side), is_wrapped: true, breaks: Breaks::Pinned }
        }
        Lines::Editable => editable(paragraphs, text, own, list, side),
    }
}

fn editable(
    paragraphs: &[Paragraph<'_>],
    text: Rect,
    own: &[usize],
    list: &DisplayList,
    side: Option<Align>,
) -> Fit {
    let widths = widths(paragraphs);
    let room = room(list, own, text);
    let widest = match side {
        Some(Align::Left) => room.right() - text.x,
        Some(Align::Right) => text.right() - room.x,
        Some(Align::Center) => {
            2.0 * (room.right() - text.center_x()).min(text.center_x() - room.x).max(text.width / 2.0)
        }
        None => text.width,
    };
    if widths.most.is_infinite() {
        // Lines that don't break shouldn't start to.
        let wanted = text.width.max(widths.least * (1.0 + SAFE));
        let width = wanted.min(widest.max(text.width));
        let is_wrapped = width >= widths.least * (1.0 + SAFE / 2.0);
        return Fit { bounds: widened(text, width, side), is_wrapped, breaks: Breaks::Free };
    }
    let most = widths.most.min(widest);
    let is_safe =
        |width: f64| width - widths.least >= SAFE / 2.0 * width && widths.most - width >= SAFE / 2.0 * width;
    let width = if side.is_none() || is_safe(text.width) {
        text.width
    } else if most > widths.least * (1.0 + 2.0 * RISKY) {
        f64::midpoint(widths.least, most)
    } else {
        // A line takes one more word, or ends earlier than ours; all that lines hold here has room even so.
        (widths.least * (1.0 + SAFE / 2.0)).min(widest).max(text.width.min(widths.least))
    };
    let is_risky = width - widths.least < RISKY * width
        || widths.most - width < RISKY * width
        || has_break_within_word(paragraphs);
    let pitch = paragraphs.iter().map(Paragraph::pitch).fold(0.0, f64::max);
    let has_room = room.height >= text.height + pitch;
    // A line more would touch what is below: there our breaks are kept.
    let breaks = if is_risky && !has_room { Breaks::Pinned } else { Breaks::Free };
    let height = if has_room { text.height + pitch } else { text.height };
    let bounds = Rect { height, ..widened(text, width, side) };
    Fit { bounds, is_wrapped: true, breaks }
}

/// The side that all lines go to; none if they differ.
fn side(paragraphs: &[Paragraph<'_>]) -> Option<Align> {
    let first = paragraphs.first()?.align;
    paragraphs.iter().all(|paragraph| paragraph.align == first).then_some(first)
}

/// A rectangle of another width whose lines stay where they are.
fn widened(text: Rect, width: f64, side: Option<Align>) -> Rect {
    let more = width - text.width;
    let x = match side {
        Some(Align::Right) => text.x - more,
        Some(Align::Center) => text.x - more / 2.0,
        _ => text.x,
    };
    Rect::new(x, text.y, width, text.height)
}

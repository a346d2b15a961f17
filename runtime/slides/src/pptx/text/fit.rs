//! The box of a text: how large it is, and whether its program may break its lines.

use super::body::Breaks;
use super::measure::{RISKY, Widths, widths};
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
    let widths = widths(paragraphs);
    if lines == Lines::Google {
        let width = (given.width.max(widths.least) * GOOGLE).max(given.width + 4.0);
        return Fit { bounds: widened(text, width, side), is_wrapped: true, breaks: Breaks::Pinned };
    }
    let room = room(list, own, text);
    let widest = match side {
        Some(Align::Left) => room.right() - text.x,
        Some(Align::Right) => text.right() - room.x,
        Some(Align::Center) => 2.0 * (room.right() - text.center_x()).min(text.center_x() - room.x),
        None => text.width,
    };
    let space = Space { text, side, widest: widest.max(text.width), height: room.height };
    match lines {
        Lines::Exact => Fit { is_wrapped: false, ..pinned(space, widths) },
        Lines::Editable | Lines::Google => editable(paragraphs, space, widths),
    }
}

/// Where a box can be.
#[derive(Debug, Clone, Copy)]
struct Space {
    /// What the text was given.
    text: Rect,
    /// The side that all lines go to.
    side: Option<Align>,
    /// How wide the box may be.
    widest: f64,
    /// How high it may be.
    height: f64,
}

/// Our breaks, and room for what another program adds to a line: it would break once more at the box's
/// edge. Boxes can say that no line breaks there, but `LibreOffice` doesn't read that of a title.
fn pinned(space: Space, widths: Widths) -> Fit {
    let Space { text, side, widest, .. } = space;
    let width = (widths.least * (1.0 + SAFE)).clamp(text.width, widest);
    let is_wrapped = width >= widths.least * (1.0 + SAFE / 2.0);
    Fit { bounds: widened(text, width, side), is_wrapped, breaks: Breaks::Pinned }
}

fn editable(paragraphs: &[Paragraph<'_>], space: Space, widths: Widths) -> Fit {
    let Space { text, side, widest, height } = space;
    if widths.most.is_infinite() {
        // Lines that don't break shouldn't start to.
        let wanted = text.width.max(widths.least * (1.0 + SAFE));
        let width = wanted.min(widest);
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
        || paragraphs.iter().any(Paragraph::has_break_within_word);
    let pitch = paragraphs.iter().map(Paragraph::pitch).fold(0.0, f64::max);
    // Each paragraph that breaks within a word, as Chinese does, may take a line more; of others, one at most.
    let breaking = paragraphs.iter().filter(|paragraph| paragraph.has_break_within_word());
    let more = breaking.map(Paragraph::pitch).sum::<f64>().max(pitch);
    let has_room = height >= text.height + more;
    if is_risky && !has_room {
        // Lines more would touch what is below: there our breaks are kept.
        return pinned(space, widths);
    }
    let height = if has_room { text.height + more } else { text.height };
    let bounds = Rect { height, ..widened(text, width, side) };
    Fit { bounds, is_wrapped: true, breaks: Breaks::Free }
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

//! A cell: its margins and its text.
//!
//! Programs don't agree on lines in cells. `LibreOffice` makes them as high as the font says (`hhea`), and PowerPoint
//! as high as in text boxes or a little more (Calibri: 1.22). Our lines are 1.2 × the size apart. Cells of a
//! row whose cells have one line are spaced as ours, and stand a little lower than PowerPoint needs it, since
//! `LibreOffice` would have them much higher. Lines of higher rows are as far apart as is between the two. No
//! row grows: margins are at most what the lines of both programs leave free.

use crate::display::{Align, Text};
use crate::pptx::lines::Lines;
use crate::pptx::part::emu;
use crate::pptx::text::{Breaks, Widths, Writer, paragraphs, widths};
use crate::theme::Family;

/// Where a cell is, and what it leaves free.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Left and right of its text.
    pub(super) left: f64,
    /// Above and below it.
    pub(super) padding: f64,
    /// The most lines of a cell of its row, whose first lines stand at one height.
    pub(super) lines: usize,
}

/// Writes a cell up to its lines and ground, which the row knows.
pub(super) fn write(
    writer: &mut Writer<'_>,
    text: Option<&Text>,
    room: Room,
    size: f64,
    family: Family,
    lines: Lines,
) {
    let paragraphs = text.map(paragraphs).unwrap_or_default();
    let allowed = widths(&paragraphs);
    let is_free = lines == Lines::Editable && allowed.keep_their_breaks(&paragraphs);
    let breaks = if is_free { Breaks::Free } else { Breaks::Pinned };
    let vertical = vertical(room, size, Metrics::of(family));
    let (left, right) = sides(room, text.map_or(Align::Left, |text| text.align), allowed, breaks);
    writer.raw("<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>");
    for paragraph in &paragraphs {
        writer.paragraph(paragraph, vertical.line_height, breaks);
    }
    if paragraphs.is_empty() {
        writer.empty(size);
    }
    writer.raw(&format!(
        r#"</a:txBody><a:tcPr marL="{}" marR="{}" marT="{}" marB="{}" anchor="t">"#,
        emu(left),
        emu(right),
        emu(vertical.top),
        emu(vertical.bottom)
    ));
}

/// Left free beside text that may take its neighbour's room.
const LEAST: f64 = 2.0;

/// The margins left and right: as wide as drawn on the side where the text stands, and on the other side as is
/// best for its breaks.
fn sides(room: Room, align: Align, widths: Widths, breaks: Breaks) -> (f64, f64) {
    let drawn = room.width - 2.0 * room.left;
    let widest = (room.width - room.left - LEAST).max(drawn);
    let width = if breaks == Breaks::Pinned || widths.most.is_infinite() {
        widest
    } else {
        let most = widths.most.min(widest);
        f64::midpoint(widths.least, most.max(widths.least))
    };
    let other = (room.width - room.left - width).max(0.0);
    match align {
        Align::Left => (room.left, other),
        Align::Right => (other, room.left),
        Align::Center => (room.left, room.left),
    }
}

/// The heights of a font's lines in sizes.
#[derive(Debug, Clone, Copy)]
struct Metrics {
    /// Above the letters' baseline, in `LibreOffice`.
    ascent: f64,
    /// A line, there.
    line: f64,
    /// A line in PowerPoint, the highest that is known of it.
    highest: f64,
}

impl Metrics {
    /// Those of the free fonts (`hhea`) and of the fonts that a file names (`OS/2`).
    fn of(family: Family) -> Self {
        let (ascent, descent, highest) = match family {
            Family::Carlito => (0.75, 0.25, 1.2207),
            Family::Arimo => (0.905, 0.212, 1.2),
            Family::Gelasio => (0.928, 0.342, 1.2),
            Family::Caladea => (0.9, 0.25, 1.2),
            Family::Tinos => (0.891, 0.216, 1.2),
        };
        Self { ascent, line: ascent + descent, highest }
    }
}

/// How lines stand in a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Vertical {
    line_height: f64,
    top: f64,
    bottom: f64,
}

/// How far letters of a single line may stand above ours in `LibreOffice`, so that they don't stand much
/// lower in PowerPoint.
const HIGHER: f64 = 1.0;
/// From one line to the next in sizes.
const PITCH: f64 = 1.2;

fn vertical(room: Room, size: f64, metrics: Metrics) -> Vertical {
    let rows = u32::try_from(room.lines.max(1)).map_or(1.0, f64::from);
    let wanted = if rows > 1.0 { f64::midpoint(1.0, PITCH / metrics.line) } else { 1.0 };
    // The lines of neither program may take more than the row has.
    let tallest = metrics.line.max(metrics.highest);
    let line_height = wanted.min(room.height / (rows * tallest * size)).max(0.7);
    let taken = rows * tallest * line_height * size;
    let free = (room.height - taken).max(0.0);
    // Where the first line stands in LibreOffice without a margin.
    let first = if line_height < 1.0 {
        (metrics.ascent * size).min(0.8 * line_height * metrics.line * size)
    } else {
        metrics.ascent * size + (line_height - 1.0) * metrics.line * size
    };
    let drawn = room.padding + size;
    let higher = if rows > 1.0 {
        // The lines are a little closer to each other there: the middle one stands where ours does.
        (rows - 1.0) / 2.0 * (line_height * metrics.line - PITCH) * size
    } else {
        HIGHER
    };
    let exact = drawn - first;
    let top = if rows > 1.0 { exact - higher } else { room.padding.max(exact - higher) };
    let top = top.clamp(0.0, free);
    Vertical { line_height, top, bottom: (free - top).clamp(0.0, room.padding) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_grows() {
        for family in [Family::Carlito, Family::Arimo, Family::Gelasio, Family::Caladea, Family::Tinos] {
            let metrics = Metrics::of(family);
            for (size, padding) in [(14.0, 3.0), (14.0, 8.0), (16.0, 8.0), (16.0, 14.0), (20.0, 10.0)] {
                for rows in 1..=4 {
                    let lines = f64::from(u32::try_from(rows).unwrap());
                    let height = lines * PITCH * size + 2.0 * padding;
                    let room = Room { width: 100.0, height, left: 16.0, padding, lines: rows };
                    let vertical = vertical(room, size, metrics);
                    let tallest = metrics.line.max(metrics.highest);
                    let taken =
                        vertical.top + vertical.bottom + lines * tallest * vertical.line_height * size;
                    assert!(
                        taken <= height + 1e-6,
                        "{family:?} {size} {padding} {rows}: {taken} of {height}"
                    );
                }
            }
        }
    }
}

//! How wide a box may be so that its lines break where ours do.
//!
//! A line breaks at the same place in every width from its own up to, but not including, the one that also
//! holds the next word. A box in the middle of what all its lines allow therefore keeps its breaks though
//! another program measures a little differently, and its paragraphs stay whole. `LibreOffice` rounds each letter
//! to the dots of a 600-dpi device, and adds space of its own ([`super::spacing`]); its measure is known, so
//! it counts as well as ours.

use super::paragraph::{Paragraph, Row};
use super::spacing::added;
use crate::display::{LineEnd, Run};

/// The widths in which lines break as ours do, from the box's edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Widths {
    /// The widest line.
    pub(crate) least: f64,
    /// In which a line would also hold the next word; infinite if there is no next line.
    pub(crate) most: f64,
}

/// Less room than this on either side, as a part of the width, and a line is likely to break elsewhere.
pub(crate) const RISKY: f64 = 0.002;

impl Widths {
    /// Whether there is a width in which lines are likely to break as ours do.
    pub(crate) fn keep_their_breaks(self, paragraphs: &[Paragraph<'_>]) -> bool {
        self.most > self.least * (1.0 + 2.0 * RISKY)
            && !paragraphs.iter().any(Paragraph::has_break_within_word)
    }
}

/// The widths for paragraphs over each other.
pub(crate) fn widths(paragraphs: &[Paragraph<'_>]) -> Widths {
    let mut all = Widths { least: 0.0, most: f64::INFINITY };
    for paragraph in paragraphs {
        let indent = paragraph.indent();
        for (number, row) in paragraph.rows.iter().enumerate() {
            let measured: [f64; 2] = row.runs.iter().fold([0.0; 2], |sum, run| add(sum, of(run, usize::MAX)));
            let measured = [measured[0].max(row.width), measured[1] + added(row)];
            all.least = all.least.max(indent + measured[0].max(measured[1]));
            if let Some(next) = paragraph.rows.get(number + 1) {
                let space = if row.ends == LineEnd::Space { SPACE * paragraph.size } else { 0.0 };
                let word = first_word(next);
                let with_next = add(measured, word);
                all.most = all.most.min(indent + space + with_next[0].min(with_next[1]));
            }
        }
    }
    all
}

/// The width of a space in sizes of its font, not more than it is in any of ours.
const SPACE: f64 = 0.22;

fn add(one: [f64; 2], other: [f64; 2]) -> [f64; 2] {
    [one[0] + other[0], one[1] + other[1]]
}

/// The width of what can't be parted from a line's beginning.
fn first_word(row: &Row<'_>) -> [f64; 2] {
    let mut width = [0.0; 2];
    for run in &row.runs {
        let end = run
            .text
            .char_indices()
            .find_map(|(at, letter)| match letter {
                ' ' => Some(at),
                '-' | '–' | '—' | '\\' | '\u{2e80}'..='\u{10ffff}' => Some(at + letter.len_utf8()),
                _ => None,
            })
            .unwrap_or(usize::MAX);
        width = add(width, of(run, end));
        if end != usize::MAX {
            break;
        }
    }
    width
}

/// The width of a run up to a byte of its text: ours, and that of `LibreOffice`.
fn of(run: &Run, end: usize) -> [f64; 2] {
    if run.glyphs.is_empty() {
        return [run.width; 2];
    }
    let glyphs = run.glyphs.iter().filter(|glyph| glyph.bytes.start < end);
    glyphs.fold([0.0; 2], |sum, glyph| add(sum, [glyph.advance, on_device(glyph.advance, run.size)]))
}

/// Hundredths of a millimetre in a pixel.
const HUNDREDTHS: f64 = 2540.0 / 96.0;
/// Dots of the device in a hundredth of a millimetre.
const DOTS: f64 = 600.0 / 2540.0;

fn on_device(advance: f64, size: f64) -> f64 {
    let dots_per_em = ((size * HUNDREDTHS).round() * DOTS).round();
    (advance / size * dots_per_em).round() / DOTS / HUNDREDTHS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_rounded_to_dots() {
        // 14 px are 370 hundredths of a millimetre, 87 dots; a letter of half an em has 44 of them (43.5).
        assert!((on_device(7.0, 14.0) - 44.0 * 96.0 / 600.0).abs() < 1e-9);
    }
}

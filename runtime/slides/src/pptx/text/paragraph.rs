//! Paragraphs, put together again from the lines that layout broke them into.

use crate::display::{Align, LineEnd, Run, Text, TextLine, in_reading_order};
use crate::text_layout::{first_baseline, pitch};
use crate::theme::Color;

/// A paragraph as it goes into a file.
#[derive(Debug, Clone)]
pub(crate) struct Paragraph<'a> {
    /// Its lines, at least one.
    pub(crate) rows: Vec<Row<'a>>,
    /// Whether it is read from right to left.
    pub(crate) is_rtl: bool,
    /// To which side of the box its lines go, as it is seen.
    pub(crate) align: Align,
    /// The size of its font.
    pub(crate) size: f64,
    /// The distance of its lines as a part of 1.2 × `size`.
    pub(crate) line_height: f64,
    /// Between it and the paragraph before.
    pub(crate) gap: f64,
    /// Of an item of a list: its marker.
    pub(crate) marker: Option<Marker>,
}

/// A line of a paragraph.
#[derive(Debug, Clone)]
pub(crate) struct Row<'a> {
    /// Its runs, in the order in which they are read.
    pub(crate) runs: Vec<&'a Run>,
    /// Where its letters stand.
    pub(crate) baseline: f64,
    /// Its width.
    pub(crate) width: f64,
    /// Why it ends.
    pub(crate) ends: LineEnd,
}

/// What stands before an item of a list.
#[derive(Debug, Clone)]
pub(crate) struct Marker {
    /// How deep the item stands, from 0.
    pub(crate) level: usize,
    /// From the edge of the box to the item's text.
    pub(crate) indent: f64,
    /// From the marker to the item's text.
    pub(crate) hanging: f64,
    /// Its colour; none: that of the text.
    pub(crate) color: Option<Color>,
    /// A dot, or a number.
    pub(crate) sign: Sign,
}

/// The kinds of markers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A character.
    Dot(char),
    /// The number that a list starts with, of which this item is the first or a later one.
    Number(usize),
    /// A letter.
    Letter,
}

impl Paragraph<'_> {
    /// From one of its lines to the next.
    pub(crate) fn pitch(&self) -> f64 {
        pitch(self.size, self.line_height)
    }

    /// From its upper edge to where its first line's letters stand.
    pub(crate) fn rise(&self) -> f64 {
        first_baseline(self.size, self.line_height)
    }

    /// Where its first line's letters stand.
    fn first(&self) -> f64 {
        self.rows.first().map_or(0.0, |row| row.baseline)
    }

    /// Its upper edge.
    pub(crate) fn top(&self) -> f64 {
        self.first() - self.rise()
    }

    /// Its lower edge.
    pub(crate) fn bottom(&self) -> f64 {
        self.rows.last().map_or(0.0, |row| row.baseline) - self.rise() + self.pitch()
    }

    /// From the box's edge to its text.
    pub(crate) fn indent(&self) -> f64 {
        self.marker.as_ref().map_or(0.0, |marker| marker.indent)
    }

    /// Whether a line of it ends where no space is: programs don't agree on where else a line may end.
    pub(crate) fn has_break_within_word(&self) -> bool {
        self.rows.iter().any(|row| row.ends == LineEnd::Break)
    }

    /// Whether it shows nothing.
    pub(crate) fn is_blank(&self) -> bool {
        self.rows.iter().all(|row| row.runs.is_empty())
    }
}

/// The paragraphs of a text.
pub(crate) fn paragraphs(text: &Text) -> Vec<Paragraph<'_>> {
    let mut all: Vec<Paragraph<'_>> = Vec::new();
    let mut lines = Vec::new();
    for line in &text.lines {
        lines.push(line);
        if line.ends == LineEnd::Paragraph {
            all.push(paragraph(text, &lines));
            lines.clear();
        }
    }
    if !lines.is_empty() {
        all.push(paragraph(text, &lines));
    }
    set_gaps(&mut all);
    all
}

/// Computes the distances between paragraphs over each other.
pub(crate) fn set_gaps(paragraphs: &mut [Paragraph<'_>]) {
    let mut end = None;
    for paragraph in paragraphs {
        paragraph.gap = end.map_or(0.0, |end: f64| (paragraph.top() - end).max(0.0));
        end = Some(paragraph.bottom());
    }
}

fn paragraph<'a>(text: &'a Text, lines: &[&'a TextLine]) -> Paragraph<'a> {
    let is_rtl = lines.first().is_some_and(|line| line.is_rtl);
    // A paragraph that is read from right to left goes to the right, also where its neighbours don't;
    // `Text::align` is only one for all.
    let align = match text.align {
        Align::Right if !is_rtl && !lines.iter().all(|line| is_right(text, line)) => Align::Left,
        align => align,
    };
    Paragraph {
        rows: lines
            .iter()
            .map(|line| Row {
                runs: in_reading_order(line),
                baseline: line.baseline,
                width: line.width,
                ends: line.ends,
            })
            .collect(),
        is_rtl,
        align,
        size: text.size,
        line_height: text.line_height,
        gap: 0.0,
        marker: None,
    }
}

fn is_right(text: &Text, line: &TextLine) -> bool {
    (text.bounds.right() - line.x - line.width).abs() < 0.1
}

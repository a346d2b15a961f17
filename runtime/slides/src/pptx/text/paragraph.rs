//! Paragraphs, put together again from the lines that layout broke them into.

use super::order::logical;
use crate::display::{Align, LineEnd, Run, Text, TextLine};
use crate::text_layout::{first_baseline, pitch};
use crate::theme::Color;

/// A paragraph as it goes into a file.
#[derive(Debug, Clone)]
pub(in crate::pptx) struct Paragraph<'a> {
    /// Its lines, at least one.
    pub(in crate::pptx) rows: Vec<Row<'a>>,
    /// Whether it is read from right to left.
    pub(in crate::pptx) is_rtl: bool,
    /// To which side of the box its lines go, as it is seen.
    pub(in crate::pptx) align: Align,
    /// The size of its font.
    pub(in crate::pptx) size: f64,
    /// The distance of its lines as a part of 1.2 × `size`.
    pub(in crate::pptx) line_height: f64,
    /// Between it and the paragraph before.
    pub(in crate::pptx) gap: f64,
    /// Of an item of a list: its marker.
    pub(in crate::pptx) marker: Option<Marker>,
}

/// A line of a paragraph.
#[derive(Debug, Clone)]
pub(in crate::pptx) struct Row<'a> {
    /// Its runs, in the order in which they are read.
    pub(in crate::pptx) runs: Vec<&'a Run>,
    /// Where its letters stand.
    pub(in crate::pptx) baseline: f64,
    /// Its width.
    pub(in crate::pptx) width: f64,
    /// Why it ends.
    pub(in crate::pptx) ends: LineEnd,
}

/// What stands before an item of a list.
#[derive(Debug, Clone)]
pub(in crate::pptx) struct Marker {
    /// How deep the item stands, from 0.
    pub(in crate::pptx) level: usize,
    /// From the edge of the box to the item's text.
    pub(in crate::pptx) indent: f64,
    /// From the marker to the item's text.
    pub(in crate::pptx) hanging: f64,
    /// Its colour; none: that of the text.
    pub(in crate::pptx) color: Option<Color>,
    /// A dot, or a number.
    pub(in crate::pptx) sign: Sign,
}

/// The kinds of markers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pptx) enum Sign {
    /// A character.
    Dot(char),
    /// The number that a list starts with, of which this item is the first or a later one.
    Number(usize),
    /// A letter.
    Letter,
}

impl Paragraph<'_> {
    /// From one of its lines to the next.
    pub(in crate::pptx) fn pitch(&self) -> f64 {
        pitch(self.size, self.line_height)
    }

    /// From its upper edge to where its first line's letters stand.
    pub(in crate::pptx) fn rise(&self) -> f64 {
        first_baseline(self.size, self.line_height)
    }

    /// Where its first line's letters stand.
    fn first(&self) -> f64 {
        self.rows.first().map_or(0.0, |row| row.baseline)
    }

    /// Its upper edge.
    pub(in crate::pptx) fn top(&self) -> f64 {
        self.first() - self.rise()
    }

    /// Its lower edge.
    pub(in crate::pptx) fn bottom(&self) -> f64 {
        self.rows.last().map_or(0.0, |row| row.baseline) - self.rise() + self.pitch()
    }

    /// From the box's edge to its text.
    pub(in crate::pptx) fn indent(&self) -> f64 {
        self.marker.as_ref().map_or(0.0, |marker| marker.indent)
    }

    /// Whether it shows nothing.
    pub(in crate::pptx) fn is_blank(&self) -> bool {
        self.rows.iter().all(|row| row.runs.is_empty())
    }
}

/// The paragraphs of a text.
pub(in crate::pptx) fn paragraphs(text: &Text) -> Vec<Paragraph<'_>> {
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
pub(in crate::pptx) fn set_gaps(paragraphs: &mut [Paragraph<'_>]) {
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
                runs: logical(&line.runs, line.is_rtl),
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

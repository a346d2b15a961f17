//! Pages with notes: the slide, small, and what its speaker says under it.
//!
//! Notes are measured and broken into lines here, as they stand on no slide.

use krilla::tagging::{ArtifactType, Node, Tag, TagGroup};

use super::place::{POINTS, Placement};
use super::sheet::{Inline, Sheet};
use super::tags::said;
use crate::alt;
use crate::deck::Slide;
use crate::display::{Align, HEIGHT, Rect, RectShape, Shape, Stroke, Text, TextLine, WIDTH};
use crate::export::Export;
use crate::text_layout::{Shaped, Style, TextLayout, first_baseline, pitch};
use crate::theme::Color;

/// A4, in points.
pub(super) const PAGE: [f64; 2] = [595.0, 842.0];
/// Around what stands on a page, in points; US Letter, which is wider and lower, cuts nothing off.
const MARGIN: f64 = 56.0;
/// Of the text, in points.
const SIZE: f64 = 12.0;
const LINE_HEIGHT: f64 = 1.15;
/// Between paragraphs.
const GAP: f64 = 6.0;
/// Between the slide and its notes.
const UNDER_SLIDE: f64 = 28.0;
/// The line at the foot of each page.
const FOOT: f64 = 10.0;
/// Paper is white, whatever the theme.
const INK: Color = Color { rgb: [0x1A, 0x1C, 0x20] };
const MUTED: Color = Color { rgb: [0x5A, 0x5F, 0x68] };
const LINE: Color = Color { rgb: [0xC8, 0xCC, 0xD2] };

/// Where the slide is on its page.
pub(super) fn slide_place() -> Placement {
    Placement { scale: (PAGE[0] - 2.0 * MARGIN) / WIDTH, x: MARGIN, y: MARGIN }
}

/// The notes of a slide, which are put onto one page after the other.
pub(super) struct Notes<'a> {
    export: &'a Export<'a>,
    slide: &'a Slide,
    number: usize,
    /// The lines that aren't on a page yet, and whether a paragraph ends with each; none until they are measured.
    lines: Option<Vec<Measured>>,
    next: usize,
}

struct Measured {
    line: TextLine,
    is_last: bool,
}

impl<'a> Notes<'a> {
    /// The notes of the slide of a number, from 0.
    pub(super) fn new(export: &'a Export<'a>, slide: &'a Slide, number: usize) -> Self {
        Self { export, slide, number, lines: None, next: 0 }
    }

    pub(super) fn has_more(&self) -> bool {
        self.lines.as_ref().is_some_and(|lines| self.next < lines.len())
    }

    /// Puts notes under the slide, which is drawn.
    pub(super) fn below_slide(&mut self, sheet: &mut Sheet<'_, '_, '_>) -> Vec<Node> {
        let place = slide_place();
        let slide = Rect::new(place.x, place.y, WIDTH * place.scale, HEIGHT * place.scale);
        sheet.move_to(Placement::PAGE);
        sheet.decoration(&Shape::Rect(RectShape {
            bounds: slide,
            radius: 0.0,
            fill: None,
            stroke: Some(Stroke { color: LINE, width: POINTS, dash: Vec::new() }),
            opacity: 1.0,
        }));
        self.page(sheet, slide.bottom() + UNDER_SLIDE)
    }

    /// Puts notes onto another page.
    pub(super) fn next_page(&mut self, sheet: &mut Sheet<'_, '_, '_>) -> Vec<Node> {
        self.page(sheet, MARGIN)
    }

    fn page(&mut self, sheet: &mut Sheet<'_, '_, '_>, top: f64) -> Vec<Node> {
        let width = PAGE[0] - 2.0 * MARGIN;
        let style = self.style(INK);
        let notes = &self.slide.notes;
        let lines = self.lines.get_or_insert_with(|| measure(sheet.faces.text(), notes, style, width));
        let bottom = PAGE[1] - MARGIN - 2.0 * FOOT;
        let step = pitch(SIZE, LINE_HEIGHT);
        let mut y = top;
        let mut nodes = Vec::new();
        let mut paragraph: Vec<TextLine> = Vec::new();
        while let Some(measured) = lines.get(self.next) {
            if y + step > bottom && y > top {
                break;
            }
            let mut line = measured.line.clone();
            line.baseline = y + first_baseline(SIZE, LINE_HEIGHT);
            paragraph.push(line);
            y += step;
            if measured.is_last {
                y += GAP;
                nodes.extend(draw(sheet, std::mem::take(&mut paragraph), width));
            }
            self.next += 1;
        }
        nodes.extend(draw(sheet, paragraph, width));
        self.foot(sheet, width);
        nodes
    }

    fn style(&self, color: Color) -> Style {
        Style { family: self.export.theme.fonts.body, is_bold: false, color, strong: color, link: color }
    }

    fn foot(&self, sheet: &mut Sheet<'_, '_, '_>, width: f64) {
        let style = self.style(MUTED);
        let words = format!("{} · {}", self.number + 1, alt::deck_title(self.export.deck));
        let text = sheet.faces.text();
        let mut shaped = text.shape_plain(&words, style);
        if shaped.count(width, FOOT) > 1 {
            shaped = text.cut(&shaped, width, FOOT, 1);
        }
        if let Some(mut line) = placed(&shaped, width, FOOT).into_iter().next() {
            line.baseline = PAGE[1] - MARGIN;
            sheet.page_furniture(&line, ArtifactType::Footer);
        }
    }
}

/// The lines of notes, their baselines still to be set.
fn measure(text: &mut TextLayout, notes: &str, style: Style, width: f64) -> Vec<Measured> {
    let mut lines = Vec::new();
    for paragraph in notes.lines() {
        let shaped = text.shape_plain(paragraph, style);
        let all = placed(&shaped, width, SIZE);
        let count = all.len();
        let numbered = (1..).zip(all);
        lines.extend(numbered.map(|(number, line)| Measured { line, is_last: number == count }));
    }
    lines
}

/// The lines of a paragraph, from the margin it starts at.
fn placed(shaped: &Shaped, width: f64, size: f64) -> Vec<TextLine> {
    let is_rtl = shaped.is_rtl();
    let lines = shaped.lines(width, size).into_iter().map(|line| {
        let x = if is_rtl { MARGIN + width - line.width } else { MARGIN };
        let mut runs = line.runs;
        for run in &mut runs {
            run.x += x;
        }
        TextLine { baseline: 0.0, x, width: line.width, ends: line.ends, is_rtl, runs }
    });
    lines.collect()
}

/// Draws lines of a paragraph; nothing if there are none.
fn draw(sheet: &mut Sheet<'_, '_, '_>, lines: Vec<TextLine>, width: f64) -> Option<Node> {
    let bounds = Rect::new(MARGIN, MARGIN, width, PAGE[1] - 2.0 * MARGIN);
    let align = Align::Left;
    let text = Text { bounds, size: SIZE, line_height: LINE_HEIGHT, align, is_cut: false, lines };
    let words: Vec<Node> = sheet
        .paragraphs(&text)
        .into_iter()
        .flatten()
        .filter_map(|part| match part {
            Inline::Words(words) => Some(said(words)),
            // Notes are plain text.
            Inline::Link(..) => None,
        })
        .collect();
    (!words.is_empty()).then(|| TagGroup::with_children(Tag::P, words).into())
}

//! What a slide is drawn on: collects elements, frames and marks, in the colours of its ground.

use super::locale::Locale;
use super::tidy;
use super::tone::Tone;
use crate::block::Block;
use crate::deck::Slide;
use crate::display::{
    Align, Detail, DisplayList, Element, Ellipse, Frame, HEIGHT, Line, Loss, Mark, Path, PathShape, Place,
    Rect, RectShape, Shape, Slot, Stroke, Text, TextLine, WIDTH,
};
use crate::id::BlockId;
use crate::text_layout::{Shaped, Style, TextLayout, first_baseline, pitch};
use crate::theme::{Color, Family, Theme};

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    pub(super) size: f64,
    pub(super) line_height: f64,
    pub(super) align: Align,
    /// Between paragraphs.
    pub(super) gap: f64,
}

impl Setting {
    /// Left aligned body text of a size.
    pub(super) fn body(size: f64) -> Self {
        Self { size, line_height: BODY, align: Align::Left, gap: size / 2.0 }
    }

    /// A title of a size.
    pub(super) fn title(size: f64) -> Self {
        Self { size, line_height: TITLE, align: Align::Left, gap: 0.0 }
    }

    /// A label: lines close to each other.
    pub(super) fn label(size: f64, align: Align) -> Self {
        Self { size, line_height: LABEL, align, gap: 0.0 }
    }

    /// From one line to the next.
    pub(super) fn pitch(self) -> f64 {
        pitch(self.size, self.line_height)
    }
}

/// The distance of lines of titles, as a part of 1.2 × their size.
const TITLE: f64 = 0.95;
/// Of body text.
const BODY: f64 = 1.1;
/// Of labels and tables.
const LABEL: f64 = 1.0;

/// A slide in the making.
pub(super) struct Canvas<'a> {
    pub(super) text: &'a mut TextLayout,
    pub(super) theme: &'a Theme,
    pub(super) tone: Tone,
    pub(super) locale: Locale,
    elements: Vec<Element>,
    frames: Vec<Frame>,
    marks: Vec<Mark>,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(text: &'a mut TextLayout, theme: &'a Theme, tone: Tone, locale: Locale) -> Self {
        Self { text, theme, tone, locale, elements: Vec::new(), frames: Vec::new(), marks: Vec::new() }
    }

    /// The style of body text in a colour.
    pub(super) fn body(&self, color: Color) -> Style {
        self.style(self.theme.fonts.body, false, color)
    }

    /// The style of bold body text in a colour.
    pub(super) fn bold(&self, color: Color) -> Style {
        self.style(self.theme.fonts.body, true, color)
    }

    /// The style of titles. What is bold in one has the accent, as bold alone wouldn't be seen.
    pub(super) fn heading(&self) -> Style {
        Style { strong: self.tone.accent_text, ..self.style(self.theme.fonts.heading, true, self.tone.text) }
    }

    fn style(&self, family: Family, is_bold: bool, color: Color) -> Style {
        Style { family, is_bold, color, strong: color, link: self.tone.accent_text }
    }

    pub(super) fn push(&mut self, of: Option<&Place>, shape: Shape) {
        self.elements.push(Element { of: of.cloned(), shape });
    }

    /// A filled rectangle.
    pub(super) fn fill(&mut self, of: Option<&Place>, bounds: Rect, fill: Color, radius: f64) {
        let shape = RectShape { bounds, radius, fill: Some(fill), stroke: None, opacity: 1.0 };
        self.push(of, Shape::Rect(shape));
    }

    /// A straight line.
    pub(super) fn line(
        &mut self,
        of: Option<&Place>,
        from: [f64; 2],
        to: [f64; 2],
        color: Color,
        width: f64,
    ) {
        self.push(of, Shape::Line(Line { from, to, stroke: Stroke { color, width, dash: Vec::new() } }));
    }

    /// A filled circle.
    pub(super) fn dot(&mut self, of: Option<&Place>, [x, y]: [f64; 2], radius: f64, fill: Color) {
        let bounds = Rect::new(x - radius, y - radius, 2.0 * radius, 2.0 * radius);
        self.push(of, Shape::Ellipse(Ellipse { bounds, fill: Some(fill), stroke: None, opacity: 1.0 }));
    }

    /// A filled shape.
    pub(super) fn path(&mut self, of: Option<&Place>, path: Path, fill: Color) {
        self.push(of, Shape::Path(PathShape { path, fill: Some(fill), stroke: None, opacity: 1.0 }));
    }

    /// Says where a block is.
    pub(super) fn frame(&mut self, block: &BlockId, slot: Slot, bounds: Rect) {
        self.frames.push(Frame { block: block.clone(), slot, bounds, detail: None });
    }

    /// Adds the inner measures of a block whose frame is there.
    pub(super) fn detail(&mut self, block: &BlockId, detail: Detail) {
        if let Some(frame) = self.frames.iter_mut().find(|frame| frame.block == *block) {
            frame.detail = Some(detail);
        }
    }

    pub(super) fn mark(&mut self, of: Place, what: Loss) {
        self.marks.push(Mark { of, what });
    }

    /// Sets paragraphs into a rectangle, from its upper edge on, and gives the height that they take. What
    /// doesn't fit is cut and marked.
    pub(super) fn put(
        &mut self,
        of: Option<&Place>,
        paragraphs: &[&Shaped],
        bounds: Rect,
        setting: Setting,
    ) -> f64 {
        let pitch = setting.pitch();
        let Fitted { pieces, is_cut } = self.fit(paragraphs, bounds, setting);
        if is_cut && let Some(of) = of {
            let what = if pieces.is_empty() { Loss::Hidden } else { Loss::Cut };
            self.mark(of.clone(), what);
        }
        let mut lines = Vec::new();
        let mut y = bounds.y;
        let mut align = setting.align;
        for (number, piece) in pieces.iter().enumerate() {
            if number > 0 {
                y += setting.gap;
            }
            let shaped = piece.as_shaped();
            if shaped.is_rtl() && setting.align == Align::Left {
                align = Align::Right;
            }
            let to_the =
                if shaped.is_rtl() && setting.align == Align::Left { Align::Right } else { setting.align };
            for line in shaped.lines(bounds.width, setting.size) {
                let x = match to_the {
                    Align::Left => bounds.x,
                    Align::Center => bounds.x + (bounds.width - line.width) / 2.0,
                    Align::Right => bounds.right() - line.width,
                };
                let mut runs = line.runs;
                for run in &mut runs {
                    run.x += x;
                }
                lines.push(TextLine {
                    baseline: y + first_baseline(setting.size, setting.line_height),
                    x,
                    width: line.width,
                    ends: line.ends,
                    is_rtl: shaped.is_rtl(),
                    runs,
                });
                y += pitch;
            }
        }
        if lines.iter().any(|line| !line.runs.is_empty()) {
            let text =
                Text { bounds, size: setting.size, line_height: setting.line_height, align, is_cut, lines };
            self.push(of, Shape::Text(text));
        }
        y - bounds.y
    }

    /// What of paragraphs fits into a rectangle.
    fn fit<'s>(&mut self, paragraphs: &[&'s Shaped], bounds: Rect, setting: Setting) -> Fitted<'s> {
        let pitch = setting.pitch();
        let mut left = bounds.height + ROUNDING;
        let mut pieces: Vec<Piece<'s>> = Vec::new();
        for (number, shaped) in paragraphs.iter().enumerate() {
            if number > 0 {
                left -= setting.gap;
            }
            let room = whole(left / pitch);
            let needed = shaped.count(bounds.width, setting.size);
            if needed <= room {
                pieces.push(Piece::Whole(shaped));
                left -= count(needed) * pitch;
                continue;
            }
            if room > 0 {
                let cut = self.text.cut(shaped, bounds.width, setting.size, room);
                pieces.push(Piece::Cut(Box::new(cut)));
            } else if let Some(last) = pieces.pop() {
                let lines = last.as_shaped().count(bounds.width, setting.size);
                let marked = self.text.marked(last.as_shaped(), bounds.width, setting.size, lines);
                pieces.push(Piece::Cut(Box::new(marked)));
            }
            return Fitted { pieces, is_cut: true };
        }
        Fitted { pieces, is_cut: false }
    }

    /// Sets a plain line into a rectangle; shortened with `…` if it is too wide.
    pub(super) fn label(
        &mut self,
        of: Option<&Place>,
        text: &str,
        style: Style,
        bounds: Rect,
        setting: Setting,
    ) -> f64 {
        let shaped = self.text.shape_plain(text, style);
        let bounds = Rect { height: bounds.height.max(setting.pitch()), ..bounds };
        self.put(of, &[&shaped], Rect { height: setting.pitch().min(bounds.height), ..bounds }, setting)
    }

    /// Draws a glyph as decoration, at a baseline.
    pub(super) fn glyph(
        &mut self,
        of: &Place,
        text: &str,
        style: Style,
        bounds: Rect,
        setting: Setting,
        baseline: f64,
    ) {
        let shaped = self.text.shape_plain(text, style);
        let Some(line) = shaped.lines(bounds.width, setting.size).into_iter().next() else { return };
        let mut runs = line.runs;
        for run in &mut runs {
            run.x += bounds.x;
        }
        let line =
            TextLine { baseline, x: bounds.x, width: line.width, ends: line.ends, is_rtl: false, runs };
        let text = Text {
            bounds,
            size: setting.size,
            line_height: setting.line_height,
            align: Align::Left,
            is_cut: false,
            lines: vec![line],
        };
        self.push(Some(of), Shape::Text(text));
    }

    /// The width of a plain line.
    pub(super) fn width(&mut self, text: &str, style: Style, size: f64) -> f64 {
        self.text.shape_plain(text, style).widest(size)
    }

    /// The slide as it is drawn.
    pub(super) fn finish(self, slide: &Slide) -> DisplayList {
        let order: Vec<&BlockId> = slide.all_blocks().into_iter().map(Block::id).collect();
        let place = |block: &BlockId| order.iter().position(|id| *id == block).unwrap_or(order.len());
        let mut list = DisplayList {
            slide: slide.id.clone(),
            width: WIDTH,
            height: HEIGHT,
            background: self.tone.background,
            frames: self.frames,
            elements: self.elements,
            marks: self.marks,
        };
        list.frames.sort_by_key(|frame| place(&frame.block));
        list.marks.sort_by_key(|mark| place(&mark.of.block));
        list.marks.dedup();
        tidy::tidy(&mut list);
        list
    }
}

/// Lengths that differ by less are alike.
pub(super) const ROUNDING: f64 = 0.05;

struct Fitted<'s> {
    pieces: Vec<Piece<'s>>,
    is_cut: bool,
}

enum Piece<'s> {
    Whole(&'s Shaped),
    Cut(Box<Shaped>),
}

impl Piece<'_> {
    fn as_shaped(&self) -> &Shaped {
        match self {
            Self::Whole(shaped) => shaped,
            Self::Cut(shaped) => shaped,
        }
    }
}

/// The height of paragraphs.
pub(super) fn height(paragraphs: &[&Shaped], width: f64, setting: Setting) -> f64 {
    let lines: usize = paragraphs.iter().map(|shaped| shaped.count(width, setting.size)).sum();
    count(lines) * setting.pitch() + count(paragraphs.len().saturating_sub(1)) * setting.gap
}

/// How often something fits: a number that isn't negative, rounded down.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the slide")]
pub(super) fn whole(number: f64) -> usize {
    (number + 1e-9).clamp(0.0, 10_000.0).floor() as usize
}

/// A number of things as a factor.
#[expect(clippy::cast_precision_loss, reason = "a number of things on a slide")]
pub(super) fn count(number: usize) -> f64 {
    number as f64
}

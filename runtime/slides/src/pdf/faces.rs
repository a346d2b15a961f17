//! Draws runs of text with the fonts that they were measured in.
//!
//! A font goes into the file when its first glyph is drawn, with the glyphs that are drawn and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use krilla::geom::{Point, Transform};
use krilla::surface::{Location, Surface};
use krilla::text::{Font, Glyph as PdfGlyph, GlyphId};

use super::place::point;
use super::shapes;
use super::symbols::{self, Look};
use crate::display::{DisplayList, Rect, Run, Shape};
use crate::export::Export;
use crate::fonts::Fonts;
use crate::text::Span;
use crate::text_layout::{Style, TextLayout};
use crate::theme::Family;

/// How far a glyph may be from where it was measured, in pixels, before it is moved there: less can't be seen,
/// and each correction is written out.
const SLACK: f64 = 0.04;
/// The bar in place of what can't be drawn, in sizes of the font above the baseline and below it.
const BAR: [f64; 2] = [0.62, 0.06];
/// How strong that bar is.
const BAR_OPACITY: f64 = 0.22;

/// The fonts of a deck, as they are used.
pub(super) struct Faces<'a> {
    fonts: &'a Fonts,
    made: Vec<Option<Font>>,
    /// The file that has only widths.
    foreign: Option<usize>,
    /// The glyph of a space, by file.
    spaces: BTreeMap<usize, u32>,
    text: Option<Box<TextLayout>>,
}

impl<'a> Faces<'a> {
    pub(super) fn new(export: &Export<'a>) -> Self {
        let fonts = export.fonts;
        let mut spaces = BTreeMap::new();
        for run in export.slides.iter().flat_map(runs) {
            for glyph in run.glyphs.iter().filter(|glyph| glyph.id != 0) {
                if run.text.get(glyph.bytes.clone()) == Some(" ") {
                    spaces.entry(glyph.file).or_insert(glyph.id);
                }
            }
        }
        let foreign = fonts.files.iter().position(|file| file.face.is_none());
        Self { fonts, made: vec![None; fonts.files.len()], foreign, spaces, text: None }
    }

    /// What measures text in these fonts.
    pub(super) fn text(&mut self) -> &mut TextLayout {
        self.text.get_or_insert_with(|| Box::new(TextLayout::new(self.fonts)))
    }

    /// Draws a run, its left edge and its baseline being at a place.
    pub(super) fn draw(&mut self, surface: &mut Surface<'_>, run: &Run, x: f64, baseline: f64) {
        let others = if run.is_foreign { self.in_other_families(run) } else { None };
        let Some((runs, width)) = others else {
            return self.draw_plain(surface, run, x, baseline);
        };
        // As wide as it was measured, as in a browser.
        let across = if width > 0.0 { run.width / width } else { 1.0 };
        surface.push_transform(&Transform::from_row(point(across), 0.0, 0.0, 1.0, point(x), point(baseline)));
        for run in &runs {
            self.draw_plain(surface, run, run.x, 0.0);
        }
        surface.pop();
    }

    /// Draws a space that is read and takes no room, after a line that ended at one.
    pub(super) fn draw_space(&mut self, surface: &mut Surface<'_>, after: &Run, x: f64, baseline: f64) {
        let file = after.glyphs.last().map(|glyph| glyph.file);
        let known = file.and_then(|file| Some((file, *self.spaces.get(&file)?)));
        let Some((file, id)) = known.or(self.foreign.map(|file| (file, 1))) else { return };
        let Some(font) = self.font(file) else { return };
        let glyph = Placed { id, advance: 0.0, bytes: 0..1 };
        surface.set_stroke(None);
        surface.set_fill(Some(shapes::filling(after.color, 1.0)));
        surface.draw_glyphs(at(x, baseline), &[glyph], font, " ", point(after.size), false);
    }

    fn draw_plain(&mut self, surface: &mut Surface<'_>, run: &Run, x: f64, baseline: f64) {
        surface.set_stroke(None);
        surface.set_fill(Some(shapes::filling(run.color, 1.0)));
        let mut bars: Vec<Range<f64>> = Vec::new();
        let mut signs = Vec::new();
        let ends = ends(run);
        // A PDF may not have this character, which isn't seen and joins words; another one does the same, and is
        // as long.
        let text = run.text.replace('\u{feff}', "\u{2060}");
        let mut rest = &run.glyphs[..];
        while let Some(first) = rest.first() {
            let file = self.file_of(first);
            let is_alike = |glyph: &&crate::display::Glyph| {
                self.file_of(glyph) == file && (glyph.rise - first.rise).abs() < SLACK
            };
            let (group, others) = rest.split_at(rest.iter().take_while(is_alike).count().max(1));
            rest = others;
            if Some(file) == self.foreign {
                for glyph in group.iter().filter(|glyph| is_seen(run, glyph)) {
                    if let Some(symbol) = symbols::of(&run.text[glyph.bytes.clone()]) {
                        signs.push((symbol, glyph.x + glyph.advance / 2.0));
                        continue;
                    }
                    match bars.last_mut() {
                        Some(bar) if glyph.x - bar.end < SLACK => bar.end = glyph.x + glyph.advance,
                        _ => bars.push(glyph.x..glyph.x + glyph.advance),
                    }
                }
            }
            let Some(font) = self.font(file) else { continue };
            let units = f64::from(font.units_per_em());
            let mut glyphs: Vec<Placed> = Vec::with_capacity(group.len());
            let mut pen = first.x;
            for glyph in group {
                let off = glyph.x - pen;
                if off.abs() > SLACK
                    && let Some(last) = glyphs.last_mut()
                {
                    last.advance += point(off / run.size);
                    pen = glyph.x;
                }
                // Advances are rounded to hundredths of a pixel; the font has whole units.
                let advance = (glyph.advance / run.size * units).round() / units;
                // A glyph that the font doesn't have is one of those that are only wide.
                let id = if glyph.id == 0 { 1 } else { glyph.id };
                let end = ends.get(&glyph.bytes.start).copied().unwrap_or(glyph.bytes.end);
                glyphs.push(Placed { id, advance: point(advance), bytes: glyph.bytes.start..end });
                pen += advance * run.size;
            }
            let start = at(x + first.x, baseline - first.rise);
            surface.draw_glyphs(start, &glyphs, font, &text, point(run.size), false);
        }
        let look = Look { size: run.size, is_bold: run.font.is_bold, color: run.color };
        for (symbol, middle) in signs {
            symbols::draw(surface, symbol, x + middle, baseline, &look);
        }
        for bar in bars {
            let height = (BAR[0] + BAR[1]) * run.size;
            let bounds = Rect::new(x + bar.start, baseline - BAR[0] * run.size, bar.end - bar.start, height);
            shapes::fill(surface, bounds, run.size / 8.0, run.color, BAR_OPACITY);
        }
    }

    /// The file whose font draws a glyph.
    fn file_of(&self, glyph: &crate::display::Glyph) -> usize {
        if glyph.id == 0 { self.foreign.unwrap_or(glyph.file) } else { glyph.file }
    }

    fn font(&mut self, file: usize) -> Option<Font> {
        let made = self.made.get_mut(file)?;
        if made.is_none() {
            *made = Font::new(self.fonts.files[file].opentype.clone().into(), 0);
        }
        made.clone()
    }

    /// A run that its own family doesn't have, in another that has some of it; and its width there.
    fn in_other_families(&mut self, run: &Run) -> Option<(Vec<Run>, f64)> {
        let family = match run.font.family {
            Family::Gelasio | Family::Caladea => Family::Tinos,
            Family::Carlito | Family::Tinos => Family::Arimo,
            Family::Arimo => Family::Carlito,
        };
        let style =
            Style { family, is_bold: run.font.is_bold, color: run.color, strong: run.color, link: run.color };
        let span = Span { text: run.text.clone(), italic: run.font.is_italic, ..Span::default() };
        let line = self.text().shape(vec![span], style).lines(f64::MAX, run.size).into_iter().next()?;
        let has_glyphs = line.runs.iter().any(|run| !run.is_foreign && !run.text.trim().is_empty());
        has_glyphs.then_some((line.runs, line.width))
    }
}

/// Where what a glyph shows ends, by where it starts. A ligature has the bytes of its first letter only; those of
/// the others have no glyph, and belong to it.
fn ends(run: &Run) -> BTreeMap<usize, usize> {
    let mut starts: Vec<usize> = run.glyphs.iter().map(|glyph| glyph.bytes.start).collect();
    starts.sort_unstable();
    starts.dedup();
    let next = starts.iter().copied().skip(1).chain([run.text.len()]).collect::<Vec<_>>();
    starts.into_iter().zip(next).collect()
}

fn is_seen(run: &Run, glyph: &crate::display::Glyph) -> bool {
    glyph.advance > 0.0 && run.text.get(glyph.bytes.clone()).is_some_and(|text| !text.trim().is_empty())
}

/// The numbers of the slides, from 1, with text that none of the deck's fonts has, so that a PDF shows a bar in its
/// place.
pub fn slides_without_glyphs(export: &Export<'_>) -> BTreeSet<usize> {
    let mut faces = Faces::new(export);
    let has_bars = |list: &DisplayList| {
        runs(list)
            .filter(|run| has_bar(run))
            .any(|run| faces.in_other_families(run).is_none_or(|(runs, _)| runs.iter().any(has_bar)))
    };
    let slides = (1..).zip(export.slides.iter().map(has_bars));
    slides.filter_map(|(number, has_bars)| has_bars.then_some(number)).collect()
}

/// Whether something of a run is drawn as a bar.
fn has_bar(run: &Run) -> bool {
    let is_bar = |glyph: &crate::display::Glyph| {
        is_seen(run, glyph) && symbols::of(&run.text[glyph.bytes.clone()]).is_none()
    };
    run.is_foreign && run.glyphs.iter().any(is_bar)
}

fn runs(list: &DisplayList) -> impl Iterator<Item = &Run> {
    let texts = list.elements.iter().filter_map(|element| match &element.shape {
        Shape::Text(text) => Some(text),
        _ => None,
    });
    texts.flat_map(|text| &text.lines).flat_map(|line| &line.runs)
}

fn at(x: f64, y: f64) -> Point {
    Point::from_xy(point(x), point(y))
}

/// A glyph as `krilla` takes it; lengths are in sizes of the font.
struct Placed {
    id: u32,
    advance: f32,
    bytes: Range<usize>,
}

impl PdfGlyph for Placed {
    fn glyph_id(&self) -> GlyphId {
        GlyphId::new(self.id)
    }

    fn text_range(&self) -> Range<usize> {
        self.bytes.clone()
    }

    fn x_advance(&self, size: f32) -> f32 {
        self.advance * size
    }

    fn x_offset(&self, _: f32) -> f32 {
        0.0
    }

    fn y_offset(&self, _: f32) -> f32 {
        0.0
    }

    fn y_advance(&self, _: f32) -> f32 {
        0.0
    }

    fn location(&self) -> Option<Location> {
        None
    }
}

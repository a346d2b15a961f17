//! Lines, taken from `parley` and put into runs.

use std::collections::BTreeMap;
use std::ops::Range;

use parley::Layout;

use crate::display::{Face, Glyph, LineEnd, Run};
use crate::theme::Color;

/// How a part of a paragraph looks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Look {
    pub(super) face: Face,
    pub(super) color: Color,
    pub(super) link: Option<String>,
}

/// What lines are made of.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) looks: &'a [Look],
    /// The number of a font's file, by parley's name for its bytes.
    pub(super) files: &'a BTreeMap<u64, usize>,
    /// The number of the file that has only widths.
    pub(super) foreign: usize,
    /// The size of the font.
    pub(super) size: f64,
    /// By how much it is larger than what was shaped.
    pub(super) scale: f64,
}

/// A line of a paragraph; its runs start at 0.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its width, without a space at its end.
    pub width: f64,
    /// Why it ends.
    pub ends: LineEnd,
    /// Its runs, from left to right.
    pub runs: Vec<Run>,
    /// The bytes of its clusters' starts in the shaped text, in the order in which they are read.
    pub(super) starts: Vec<usize>,
}

/// Puts the lines of a layout that has been broken into runs.
pub(super) fn lines(shaped: Source<'_>, layout: &Layout<u16>) -> Vec<Line> {
    let count = layout.len();
    layout
        .lines()
        .enumerate()
        .map(|(number, line)| {
            let range = line.text_range();
            let range = range.start.min(shaped.text.len())..range.end.min(shaped.text.len());
            let whole = &shaped.text[range.clone()];
            let is_last = number + 1 == count;
            let shown = range.start + whole.trim_end().len();
            let ends = match (is_last, shown < range.end) {
                (true, _) => LineEnd::Paragraph,
                (false, true) => LineEnd::Space,
                (false, false) => LineEnd::Break,
            };
            let mut builder = Builder { shaped, x: 0.0, runs: Vec::new(), open: None };
            let mut starts = Vec::new();
            for run in line.runs() {
                let file = shaped.files.get(&run.font().data.id()).copied().unwrap_or(shaped.foreign);
                for cluster in run.visual_clusters() {
                    let bytes = cluster.text_range();
                    if bytes.start >= shown || bytes.end > shaped.text.len() {
                        continue;
                    }
                    starts.push(bytes.start);
                    let look = usize::from(cluster.style().brush).min(shaped.looks.len().saturating_sub(1));
                    let key = Key { look, file, is_rtl: run.is_rtl() };
                    builder.add(
                        key,
                        bytes,
                        f64::from(cluster.advance()),
                        cluster.glyphs().map(|glyph| {
                            let [x, y, advance] = [glyph.x, glyph.y, glyph.advance].map(f64::from);
                            (glyph.id, x, y, advance)
                        }),
                    );
                }
            }
            builder.close();
            starts.sort_unstable();
            Line { width: builder.x, ends, runs: builder.runs, starts }
        })
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    look: usize,
    file: usize,
    is_rtl: bool,
}

/// A run that may go on.
struct Open {
    key: Key,
    bytes: Range<usize>,
    x: f64,
    glyphs: Vec<Glyph>,
}

struct Builder<'a> {
    shaped: Source<'a>,
    x: f64,
    runs: Vec<Run>,
    open: Option<Open>,
}

impl Builder<'_> {
    fn add(
        &mut self,
        key: Key,
        bytes: Range<usize>,
        advance: f64,
        glyphs: impl Iterator<Item = (u32, f64, f64, f64)>,
    ) {
        // What is drawn in one face is one run, whichever of its files has the glyphs; the file is
        // a glyph's matter. What is drawn in a font of the system is a run of its own.
        let goes_on = self.open.as_ref().is_some_and(|open| {
            let is_foreign = |file: usize| file == self.shaped.foreign;
            open.key.look == key.look
                && open.key.is_rtl == key.is_rtl
                && is_foreign(open.key.file) == is_foreign(key.file)
                && (bytes.start == open.bytes.end || bytes.end == open.bytes.start)
        });
        if !goes_on {
            self.close();
        }
        let x = self.x;
        let open = self.open.get_or_insert_with(|| Open { key, bytes: bytes.clone(), x, glyphs: Vec::new() });
        open.bytes = open.bytes.start.min(bytes.start)..open.bytes.end.max(bytes.end);
        let mut pen = x - open.x;
        for (id, dx, dy, advance) in glyphs {
            open.glyphs.push(Glyph {
                id,
                file: key.file,
                x: pen + dx * self.shaped.scale,
                rise: dy * self.shaped.scale,
                advance: advance * self.shaped.scale,
                bytes: bytes.clone(),
            });
            pen += advance * self.shaped.scale;
        }
        self.x += advance * self.shaped.scale;
    }

    fn close(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        let Some(look) = self.shaped.looks.get(open.key.look) else { return };
        for glyph in &mut open.glyphs {
            glyph.bytes = glyph.bytes.start - open.bytes.start..glyph.bytes.end - open.bytes.start;
        }
        self.runs.push(Run {
            text: self.shaped.text[open.bytes].to_owned(),
            x: open.x,
            width: self.x - open.x,
            font: look.face,
            size: self.shaped.size,
            color: look.color,
            link: look.link.clone(),
            is_rtl: open.key.is_rtl,
            is_foreign: open.key.file == self.shaped.foreign,
            glyphs: open.glyphs,
        });
    }
}

//! Measuring text and breaking it into lines. The only module that knows `parley`.
//!
//! Advances grow with the size of a font and nothing is rounded to pixels, so a paragraph is shaped
//! once, and then broken at any size and width.
//!
//! # Vertical measures
//!
//! The distance of lines is `line_height × 1.2 × size`, whatever the font: that is what PowerPoint,
//! Google Slides and LibreOffice do with spacing in per cent, so a slide is as high there as here. See [`first_baseline`].

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use parley::fontique::{Blob, Collection, CollectionOptions, FontInfoOverride, SourceCache};
use parley::{
    CHROMIUM_LINE_BREAK_OVERRIDE, FontContext, FontFamily, FontStyle, FontWeight, Layout, LayoutContext,
    OverflowWrap, StyleProperty,
};

use crate::display::Face;
use crate::fonts::Fonts;
use crate::text::Span;
use crate::theme::{Color, Family};

mod cut;
mod line;

pub use line::Line;
use line::{Look, Source};

/// The size that text is shaped at. Any would do.
const SHAPED_AT: f64 = 100.0;
/// Room that a line has beyond its width, so that a text fits the width that was measured of it.
const SLACK: f64 = 0.01;

/// How high a line of text is at `line_height` 1, in sizes of its font.
const NATURAL_HEIGHT: f64 = 1.2;

/// From one line to the next.
pub fn pitch(size: f64, line_height: f64) -> f64 {
    NATURAL_HEIGHT * size * line_height
}

/// From the upper edge of a text to where the letters of its first line stand.
pub fn first_baseline(size: f64, line_height: f64) -> f64 {
    if line_height < 1.0 {
        size.min(0.8 * pitch(size, line_height))
    } else {
        size + (line_height - 1.0) * NATURAL_HEIGHT * size
    }
}

/// How a paragraph looks where it has no markup.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Its family.
    pub family: Family,
    /// Whether it is bold throughout.
    pub is_bold: bool,
    /// Its colour.
    pub color: Color,
    /// The colour of what is marked as bold.
    pub strong: Color,
    /// The colour of links.
    pub link: Color,
}

/// What shapes text, with its fonts.
pub struct TextLayout {
    fonts: FontContext,
    scratch: LayoutContext<u16>,
    /// The number of a font's file, by parley's name for its bytes.
    files: Rc<BTreeMap<u64, usize>>,
    /// The number of the file that has only widths.
    foreign: usize,
    stacks: BTreeMap<Family, String>,
}

impl TextLayout {
    /// What shapes text with these fonts.
    pub fn new(fonts: &Fonts) -> Self {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        let mut files = BTreeMap::new();
        let mut stacks: BTreeMap<Family, Vec<String>> = BTreeMap::new();
        let mut foreign = 0;
        for (number, file) in fonts.files.iter().enumerate() {
            let bytes: Arc<dyn AsRef<[u8]> + Send + Sync> = file.opentype.clone();
            let blob = Blob::new(bytes);
            files.insert(blob.id(), number);
            let name = match file.face {
                Some(face) => format!("{} {}", face.family.name(), file.subset),
                None => file.subset.to_owned(),
            };
            let is = |flag: fn(&Face) -> bool| file.face.as_ref().is_some_and(flag);
            let (is_bold, is_italic) = (is(|face| face.is_bold), is(|face| face.is_italic));
            let described = FontInfoOverride {
                family_name: Some(&name),
                weight: Some(if is_bold { FontWeight::BOLD } else { FontWeight::NORMAL }),
                style: Some(if is_italic { FontStyle::Italic } else { FontStyle::Normal }),
                ..FontInfoOverride::default()
            };
            collection.register_fonts(blob, Some(described));
            match file.face {
                Some(face) => {
                    let stack = stacks.entry(face.family).or_default();
                    let quoted = format!("\"{name}\"");
                    if !stack.contains(&quoted) {
                        stack.push(quoted);
                    }
                }
                None => foreign = number,
            }
        }
        let stacks = stacks
            .into_iter()
            .map(|(family, names)| (family, format!("{}, \"foreign\"", names.join(", "))))
            .collect();
        Self {
            fonts: FontContext { collection, source_cache: SourceCache::default() },
            scratch: LayoutContext::new(),
            files: Rc::new(files),
            foreign,
            stacks,
        }
    }

    /// Shapes a paragraph: runs without line breaks.
    pub fn shape(&mut self, spans: Vec<Span>, style: Style) -> Shaped {
        let mut text = String::new();
        let mut looks: Vec<Look> = Vec::new();
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for span in &spans {
            let start = text.len();
            text.extend(span.text.chars().filter_map(measurable));
            if text.len() == start {
                continue;
            }
            let color = match (&span.link, span.bold) {
                (Some(_), _) => style.link,
                (None, true) => style.strong,
                (None, false) => style.color,
            };
            looks.push(Look {
                face: Face {
                    family: style.family,
                    is_bold: style.is_bold || span.bold,
                    is_italic: span.italic,
                },
                color,
                link: span.link.clone(),
            });
            ranges.push(start..text.len());
        }
        let stack = self.stacks.get(&style.family).map_or("\"foreign\"", String::as_str);
        let mut builder = self.scratch.ranged_builder(&mut self.fonts, &text, 1.0, false);
        builder.push_default(FontFamily::Source(Cow::Borrowed(stack)));
        #[expect(clippy::cast_possible_truncation, reason = "a small constant")]
        builder.push_default(StyleProperty::FontSize(SHAPED_AT as f32));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::BreakWord));
        builder.set_line_break_override(Some(CHROMIUM_LINE_BREAK_OVERRIDE));
        for (number, (look, range)) in looks.iter().zip(ranges).enumerate() {
            builder.push(StyleProperty::Brush(u16::try_from(number).unwrap_or(u16::MAX)), range.clone());
            if look.face.is_bold {
                builder.push(StyleProperty::FontWeight(FontWeight::BOLD), range.clone());
            }
            if look.face.is_italic {
                builder.push(StyleProperty::FontStyle(FontStyle::Italic), range);
            }
        }
        let mut layout = builder.build(&text);
        layout.break_all_lines(None);
        let widths = layout.calculate_content_widths();
        let per_size = |width: f32| f64::from(width) / SHAPED_AT;
        Shaped {
            is_rtl: layout.is_rtl() && !text.is_empty(),
            widest: per_size(widths.max),
            narrowest: per_size(widths.min),
            text,
            spans,
            style,
            looks,
            layout: RefCell::new(layout),
            files: Rc::clone(&self.files),
            foreign: self.foreign,
        }
    }

    /// Shapes a plain text.
    pub fn shape_plain(&mut self, text: &str, style: Style) -> Shaped {
        let text = text.replace('\n', " ");
        self.shape(vec![Span { text, ..Span::default() }], style)
    }
}

/// A character as it is measured; none if it is left out. Some spaces and hyphens are in none of the
/// fonts, and characters that control devices would make a picture unreadable as XML.
fn measurable(character: char) -> Option<char> {
    match character {
        '\u{2009}' | '\u{202f}' => Some('\u{a0}'),
        '\u{2011}' => Some('-'),
        '\t' | '\n' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{fffe}' | '\u{ffff}' => None,
        character if character.is_control() => None,
        character => Some(character),
    }
}

/// A paragraph whose letters are measured.
pub struct Shaped {
    text: String,
    spans: Vec<Span>,
    style: Style,
    looks: Vec<Look>,
    layout: RefCell<Layout<u16>>,
    is_rtl: bool,
    widest: f64,
    narrowest: f64,
    files: Rc<BTreeMap<u64, usize>>,
    foreign: usize,
}

impl Shaped {
    /// Whether it is read from right to left.
    pub fn is_rtl(&self) -> bool {
        self.is_rtl
    }

    /// Whether it shows nothing.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Its width on one line.
    pub fn widest(&self, size: f64) -> f64 {
        self.widest * size
    }

    /// The width of its longest word.
    pub fn narrowest(&self, size: f64) -> f64 {
        self.narrowest * size
    }

    /// How many lines it takes; at least one.
    pub fn count(&self, width: f64, size: f64) -> usize {
        if self.widest * size <= width + SLACK {
            return 1;
        }
        let mut layout = self.layout.borrow_mut();
        break_lines(&mut layout, width, size);
        layout.len().max(1)
    }

    /// Its lines.
    pub fn lines(&self, width: f64, size: f64) -> Vec<Line> {
        let mut layout = self.layout.borrow_mut();
        break_lines(&mut layout, width, size);
        let source = Source {
            text: &self.text,
            looks: &self.looks,
            files: &self.files,
            foreign: self.foreign,
            size,
            scale: size / SHAPED_AT,
        };
        line::lines(source, &layout)
    }
}

fn break_lines(layout: &mut Layout<u16>, width: f64, size: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "a length on a slide")]
    let width = ((width + SLACK) / size * SHAPED_AT).max(1.0) as f32;
    layout.break_all_lines(Some(width));
}

//! The fonts that pictures are drawn in, as rules of a style sheet that hold them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::data;
use crate::display::{DisplayList, Shape};
use crate::fonts::Fonts;

/// The numbers of the fonts' files that some slides are drawn in.
pub(crate) fn used<'a>(lists: impl IntoIterator<Item = &'a DisplayList>) -> BTreeSet<usize> {
    let elements = lists.into_iter().flat_map(|list| &list.elements);
    let texts = elements.filter_map(|element| match &element.shape {
        Shape::Text(text) => Some(text),
        _ => None,
    });
    let runs = texts.flat_map(|text| &text.lines).flat_map(|line| &line.runs);
    runs.flat_map(|run| &run.glyphs).map(|glyph| glyph.file).collect()
}

/// The rules of some files. A browser asks the last rule of a face first, as layout asks the first file.
pub(crate) fn css(fonts: &Fonts, used: &BTreeSet<usize>) -> String {
    let mut css = String::new();
    for file in used.iter().rev().filter_map(|number| fonts.files.get(*number)) {
        let Some(face) = file.face else { continue };
        let weight = if face.is_bold { 700 } else { 400 };
        let style = if face.is_italic { "italic" } else { "normal" };
        let (family, address) = (face.family.name(), data::address("font/woff2", file.woff2));
        // Writing to a string can't fail.
        let _ = write!(
            css,
            "@font-face{{font-family:{family};font-weight:{weight};font-style:{style};src:url({address})}}"
        );
    }
    css
}

//! Text, broken into lines.
//!
//! A run says where it starts and how wide it is. Who draws it with the font that it was measured
//! in gets that width by itself; who doesn't (a script that no font of ours has is drawn in one of the system's) stretches or
//! squeezes it to that width (`textLength` in SVG), so nothing runs into something else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rect::Rect;
use crate::theme::{Color, Family};

/// A text, broken into lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Text {
    /// The room that it was given. All its lines lie within.
    pub bounds: Rect,
    /// The size of its font.
    pub size: f64,
    /// The distance of its lines as a part of 1.2 × `size` (what PowerPoint calls 100 %).
    pub line_height: f64,
    /// To which side its lines go.
    pub align: Align,
    /// Whether it ends early, with `…`.
    pub is_cut: bool,
    /// Its lines, from top to bottom.
    pub lines: Vec<TextLine>,
}

/// To which side lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum Align {
    #[default]
    Left,
    Center,
    Right,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TextLine {
    /// Where its letters stand.
    pub baseline: f64,
    /// Its left edge.
    pub x: f64,
    /// Its width, without a space at its end.
    pub width: f64,
    /// Why it ends.
    pub ends: LineEnd,
    /// Whether it is read from right to left; absent: it isn't.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_rtl: bool,
    /// Its runs, from left to right as they are seen.
    pub runs: Vec<Run>,
}

/// Why a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineEnd {
    /// The paragraph, or the text, is over.
    Paragraph,
    /// It is full; a space was left out.
    Space,
    /// It is full; nothing was left out, as within a word that is too long, or in Chinese.
    Break,
}

/// A run of text that looks the same throughout and goes in one direction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// What it says, in the order in which it is read.
    pub text: String,
    /// Its left edge.
    pub x: f64,
    /// Its width.
    pub width: f64,
    /// Its font.
    pub font: Face,
    /// The size of its font.
    pub size: f64,
    /// Its colour.
    pub color: Color,
    /// Where it leads to, an address that may be followed; absent: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Whether it is read from right to left; absent: it isn't.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_rtl: bool,
    /// Whether no font of ours has it, so that its width is an estimate; absent: one has.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_foreign: bool,
    /// Its glyphs, from left to right, for writers that embed fonts. They aren't part of the JSON.
    #[serde(skip)]
    pub glyphs: Vec<Glyph>,
}

/// A face of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Face {
    /// The family.
    pub family: Family,
    /// Whether it is bold; absent: it isn't.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_bold: bool,
    /// Whether it is italic; absent: it isn't.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_italic: bool,
}

/// A glyph of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Glyph {
    /// Its number in its font's file.
    pub id: u32,
    /// The font's file, a number in `fonts::Fonts::files`.
    pub file: usize,
    /// Where it stands, from the run's left edge.
    pub x: f64,
    /// How far it is above the baseline, as marks over letters are.
    pub rise: f64,
    /// Its width.
    pub advance: f64,
    /// Which bytes of the run's text it shows.
    pub bytes: std::ops::Range<usize>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

//! The names of a theme's fonts in other programs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Family, Theme};
use crate::limits::MAX_TYPEFACE;

/// The fonts that a company's files name. Slides are drawn in the nearest families that come with the
/// app ([`super::Fonts`]); PowerPoint files name these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Typefaces {
    /// Of titles.
    #[schemars(length(min = 1, max = MAX_TYPEFACE))]
    pub heading: String,
    /// Of all else.
    #[schemars(length(min = 1, max = MAX_TYPEFACE))]
    pub body: String,
}

impl Theme {
    /// The font that files for other programs name for text in a family: in a title, that of titles.
    pub fn typeface(&self, family: Family, is_title: bool) -> &str {
        match &self.typefaces {
            Some(names) if family == self.fonts.heading && (is_title || family != self.fonts.body) => {
                &names.heading
            }
            Some(names) if family == self.fonts.body => &names.body,
            _ => family.twin(),
        }
    }
}

impl Typefaces {
    /// Whether a text can be the name of a font, wherever it is written.
    pub fn is_name(text: &str) -> bool {
        let is_markup = |c: char| c.is_control() || "<>\"\\;{}|".contains(c);
        !text.trim().is_empty()
            && text.trim() == text
            && text.chars().count() <= MAX_TYPEFACE
            && !text.chars().any(is_markup)
    }
}

//! What a layout of the file is.

use super::placeholder::Placeholder;
use crate::deck::Layout;
use crate::display::{DisplayList, Element, Text};
use crate::theme::Color;

/// What a layout of the file is.
pub(super) struct Design {
    /// Which slides have it.
    pub(super) layout: Layout,
    /// What it is called.
    pub(super) name: &'static str,
    /// The kind that PowerPoint knows it as; none: one of ours.
    pub(super) kind: Option<&'static str>,
    /// What is behind everything.
    pub(super) background: Color,
    /// The decoration that is the same on all its slides.
    pub(super) decoration: Vec<Element>,
    /// Where the page's number is.
    pub(super) number: Option<Text>,
    /// Where a person writes.
    pub(super) placeholders: Vec<Placeholder>,
}

impl Design {
    /// How many elements at the start of a slide are the layout's decoration; none: the slide has
    /// other decoration.
    pub(super) fn shared(&self, list: &DisplayList) -> Option<usize> {
        list.elements.starts_with(&self.decoration).then_some(self.decoration.len())
    }
}

//! What a layout of the file is.

use super::placeholder::Placeholder;
use crate::deck::{Layout, Slide};
use crate::display::{DisplayList, Element, HEIGHT, Rect, Shape, Text, WIDTH};
use crate::theme::Color;

/// What a layout of the file is.
pub(super) struct Design {
    /// Which slides have it; none: those that have no decoration, or another than their layout's.
    pub(super) layout: Option<Layout>,
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
    /// other decoration, so it can't have this layout.
    pub(super) fn shared(&self, list: &DisplayList) -> Option<usize> {
        if list.elements.starts_with(&self.decoration) {
            Some(self.decoration.len())
        } else if list.elements.first().is_some_and(is_all_over) {
            // What is under it isn't seen.
            Some(0)
        } else {
            None
        }
    }
}

/// The number of the layout, from 0, that a slide has, and how many of the slide's elements are on it.
///
/// A cover with a chart has no room for the cover's decoration. Hiding what a layout has is a flag that not all
/// programs know, so such a slide gets a layout without it.
pub(super) fn design_of(designs: &[Design], slide: &Slide, list: &DisplayList) -> (usize, usize) {
    let wanted = [Some(slide.layout), Some(Layout::TitleAndText), None];
    let fitting = wanted.into_iter().find_map(|layout| {
        let at = designs.iter().position(|design| design.layout == layout)?;
        Some((at, designs[at].shared(list)?))
    });
    fitting.unwrap_or((0, 0))
}

/// Whether an element covers the whole slide.
fn is_all_over(element: &Element) -> bool {
    let slide = Rect::new(0.0, 0.0, WIDTH, HEIGHT);
    matches!(&element.shape, Shape::Rect(rect)
        if rect.fill.is_some() && rect.opacity >= 1.0 && rect.radius <= 0.0 && rect.bounds.holds(slide, 0.01))
}

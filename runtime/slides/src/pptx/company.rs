//! A company's master, under our slides.

use super::template::{Parts, Template};
use crate::deck::Layout;
use crate::display::{Element, Shape};
use crate::layout::{ground, place};
use crate::theme::{Color, Theme};

/// What slides refer to in place of our own layouts.
pub(super) struct Company<'a> {
    template: &'a Template,
    /// Its parts, which the file has in place of ours.
    pub(super) parts: Parts,
    /// With the colours of its slots ([`Template::slots`]).
    pub(super) slots: Theme,
}

impl<'a> Company<'a> {
    /// Of a template, for a deck in the theme that was made of it.
    pub(super) fn new(template: &'a Template, theme: &Theme) -> Self {
        Self { template, parts: template.parts(), slots: template.slots(theme) }
    }

    /// The layout of a slide, as a slide refers to it.
    pub(super) fn target(&self, layout: Layout) -> String {
        self.parts.layout_for(layout).path.replacen("/ppt/", "../", 1)
    }

    /// Whether slides of a layout have this background without saying so.
    pub(super) fn has_ground(&self, layout: Layout, background: Color) -> bool {
        self.template.ground(layout) == Some(background)
    }

    /// Whether the layout shows an element of a slide already: a logo of the theme.
    pub(super) fn shows(&self, layout: Layout, element: &Element, theme: &Theme) -> bool {
        let Shape::Image(picture) = &element.shape else { return false };
        let on = ground(layout);
        element.of.is_none()
            && theme.pictures.iter().any(|one| {
                one.image == picture.image
                    && place(one) == picture.bounds
                    && one.on.contains(&on)
                    && self.template.shows(layout, on, one, theme)
            })
    }
}

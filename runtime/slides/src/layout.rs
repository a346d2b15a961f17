//! Places a slide's blocks and gives what is drawn.
//!
//! A layout has slots; blocks fill them in order, and what is beyond the last slot goes under it. No
//! block is lost: one for which there is no room is marked ([`crate::display::Mark`]).
//!
//! Text is measured first. If a slide's blocks don't fit at the usual sizes, all its text of a kind
//! goes one size down together; if they don't fit then either, they are cut, with `…`. Nothing is ever drawn outside of its place.
//!
//! The result depends on the arguments alone.

use crate::deck::{Deck, Layout, Slide};
use crate::display::DisplayList;
use crate::text_layout::TextLayout;
use crate::theme::{Motif, Theme};

mod blocks;
mod canvas;
pub(crate) mod chart;
mod decor;
mod footer;
mod grid;
mod header;
pub(crate) mod locale;
mod motif;
mod need;
mod parts;
mod piece;
mod regions;
mod sizes;
mod slides;
mod tidy;
mod tone;

#[cfg(feature = "export")]
pub(crate) use decor::{ground, place};

use canvas::Canvas;
use grid::Grid;
use locale::Locale;
use parts::Parts;
use tone::Tone;

/// What is drawn of a deck's slide, the slide being one of the deck's. `number` is the page's, from 1.
pub fn lay_out(
    text: &mut TextLayout,
    theme: &Theme,
    deck: &Deck,
    slide: &Slide,
    number: usize,
) -> DisplayList {
    let locale = Locale::of(deck.language.as_deref());
    let tone = match (slide.layout, theme.motif) {
        (Layout::Cover | Layout::Closing, _) | (Layout::Statement | Layout::Quote, Motif::Tiles) => {
            Tone::of_panel(theme, &theme.cover)
        }
        (Layout::Section, _) => Tone::of_panel(theme, &theme.section),
        _ => Tone::of_theme(theme),
    };
    let mut canvas = Canvas::new(text, theme, tone, locale);
    let grid = Grid::new(theme.spacing);
    let parts = Parts::of(slide);
    decor::pictures(&mut canvas, slide.layout, &parts);
    match slide.layout {
        Layout::Cover | Layout::Section | Layout::Closing => {
            slides::panel(&mut canvas, grid, slide.layout, &parts);
        }
        Layout::Statement => slides::statement(&mut canvas, grid, &parts),
        Layout::Quote => slides::quote(&mut canvas, grid, &parts),
        Layout::ImageHalf => slides::image_half(&mut canvas, grid, &parts),
        Layout::ImageFull => slides::image_full(&mut canvas, grid, &parts, slide, number),
        Layout::Agenda => slides::agenda(&mut canvas, grid, &parts),
        layout => slides::content(&mut canvas, grid, layout, &parts),
    }
    // That layout draws it on its image.
    if slide.layout != Layout::ImageFull {
        footer::draw(&mut canvas, grid, slide, number);
    }
    canvas.finish(slide)
}

/// What is drawn of all slides of a deck, in order.
pub fn lay_out_all(text: &mut TextLayout, theme: &Theme, deck: &Deck) -> Vec<DisplayList> {
    let numbered = (1..).zip(&deck.slides);
    numbered.map(|(number, slide)| lay_out(text, theme, deck, slide, number)).collect()
}

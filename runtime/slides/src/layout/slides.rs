//! The layouts.

use super::grid::{Grid, SLIDE};
use super::parts::Parts;
use crate::block::Block;
use crate::deck::Layout;
use crate::display::{Rect, WIDTH};

mod agenda;
mod content;
mod image;
mod panel;
mod quote;
mod statement;

pub(super) use agenda::agenda;
pub(super) use content::content;
pub(super) use image::{image_full, image_half};
pub(super) use panel::panel;
pub(super) use quote::quote;
pub(super) use statement::statement;

/// A part of a slide that its layout fills beyond the usual places of text, up to its edges or to the right.
pub(super) fn used(grid: Grid, layout: Layout, parts: &Parts<'_>) -> Option<Rect> {
    let has_image = parts.rest.iter().any(|block| matches!(block, Block::Image(_)));
    match layout {
        Layout::Cover | Layout::Section | Layout::Closing => panel::wide(grid, parts),
        Layout::ImageHalf if has_image => Some(Rect { x: WIDTH / 2.0, width: WIDTH / 2.0, ..SLIDE }),
        Layout::ImageFull if has_image => Some(SLIDE),
        _ => None,
    }
}

//! The layouts.

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

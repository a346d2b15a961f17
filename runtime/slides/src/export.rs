//! What files are written from: a deck, how it is drawn, its pictures and fonts.
//!
//! A writer takes the positions from the display lists and the meaning (lists, tables, charts, notes) from
//! the deck. It measures nothing itself, so every file has the lines that the page shows. The same
//! arguments give the same bytes: no writer has a clock or chance.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::deck::Deck;
use crate::display::DisplayList;
use crate::fonts::Fonts;
use crate::id::ImageId;
use crate::theme::Theme;

/// A deck that is about to be written.
#[derive(Clone, Copy)]
pub struct Export<'a> {
    /// What it says.
    pub deck: &'a Deck,
    /// How it looks.
    pub theme: &'a Theme,
    /// What is drawn of its slides: one for each, in order ([`crate::layout::lay_out_all`]).
    pub slides: &'a [DisplayList],
    /// The fonts that they were laid out in.
    pub fonts: &'a Fonts,
    /// Its images. One that isn't here is left out, and its place is empty.
    pub pictures: &'a BTreeMap<ImageId, PictureFile>,
    /// The name of the author in the file's properties; none: the file names no one.
    pub author: Option<&'a str>,
}

/// An image as it goes into files.
#[derive(Clone)]
pub struct PictureFile {
    /// Its format.
    pub kind: PictureKind,
    /// Its bytes, a whole file of that format.
    pub bytes: Arc<Vec<u8>>,
    /// Its width in pixels, greater than 0.
    pub width: u32,
    /// Its height in pixels, greater than 0.
    pub height: u32,
}

/// The formats of images that every program shows. The caller converts others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum PictureKind {
    Png,
    Jpeg,
}

/// Is told how many slides are written, after each; may stop the writer.
pub type Progress<'a> = &'a mut dyn FnMut(usize) -> ControlFlow<()>;

/// A file was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// [`Progress`] stopped it.
    #[error("the export was stopped")]
    Stopped,
    /// A library refused what it was given.
    #[error("the {file} could not be written: {reason}")]
    Unwritable {
        /// Which kind of file, as in `PDF`.
        file: &'static str,
        /// What the library says.
        reason: String,
    },
}

/// Tells that so many slides are written.
pub(crate) fn tell(progress: Progress<'_>, slides: usize) -> Result<(), ExportError> {
    match progress(slides) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ExportError::Stopped),
    }
}

//! Writes a deck as a PDF.

use crate::export::{Export, ExportError, Progress};

/// What a PDF has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pages {
    /// A page for each slide.
    #[default]
    Slides,
    /// A page for each slide with its notes under it.
    WithNotes,
}

/// Writes a deck.
pub fn write(_export: &Export<'_>, _pages: Pages, _progress: Progress<'_>) -> Result<Vec<u8>, ExportError> {
    Err(ExportError::Unwritable { file: "PDF", reason: "not yet".to_owned() })
}

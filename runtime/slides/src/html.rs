//! Writes a deck as one HTML file that needs no network.

use crate::export::{Export, ExportError, Progress};

/// Writes a deck.
pub fn write(_export: &Export<'_>, _progress: Progress<'_>) -> Result<Vec<u8>, ExportError> {
    Err(ExportError::Unwritable { file: "HTML file", reason: "not yet".to_owned() })
}

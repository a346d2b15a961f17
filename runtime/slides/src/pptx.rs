//! Writes a deck as a PowerPoint file.

#[allow(dead_code, reason = "slides aren't written yet")]
mod chart;
mod part;
#[allow(dead_code, reason = "slides aren't written yet")]
mod workbook;

use crate::export::{Export, ExportError, Progress};

/// How texts are broken into lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lines {
    /// Paragraphs are whole: the program breaks them, anew when they are edited.
    #[default]
    Editable,
    /// Every line ends where ours does.
    Exact,
    /// As [`Lines::Exact`], in the way that Google Slides keeps.
    Google,
}

/// Writes a deck.
pub fn write(_export: &Export<'_>, _lines: Lines, _progress: Progress<'_>) -> Result<Vec<u8>, ExportError> {
    Err(ExportError::Unwritable { file: "PowerPoint file", reason: "not yet".to_owned() })
}

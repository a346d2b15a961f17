//! Writes a deck as a PowerPoint file.

mod part;
mod table;
mod text;
mod trial;

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
pub fn write(export: &Export<'_>, lines: Lines, _progress: Progress<'_>) -> Result<Vec<u8>, ExportError> {
    trial::write(export, lines)
}

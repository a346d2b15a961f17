//! How texts are broken into lines.

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

//! Runs of text.

/// A run of text that looks the same throughout.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// What is shown.
    pub text: String,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it is italic.
    pub italic: bool,
    /// Where it leads to; in what [`crate::text::RichText::spans`] gives, always a link that may be followed.
    pub link: Option<String>,
}

//! The lines of a report.

use std::fmt::Write as _;

use crate::command_line::text::printable;

/// A heading and its sentences; nothing if there are none.
pub(super) fn list(text: &mut String, title: &str, sentences: &[String]) {
    if !sentences.is_empty() {
        text.push_str(title);
    }
    for sentence in sentences {
        line(text, &format!("  {sentence}"));
    }
}

/// A label and its value; nothing if there is none.
pub(super) fn row(text: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        line(text, &format!("  {name:<12}  {value}"));
    }
}

/// A line. Part of the text comes from the workspace, and must not reach a terminal unescaped.
pub(super) fn line(text: &mut String, content: &str) {
    let _ = writeln!(text, "{}", printable(content));
}

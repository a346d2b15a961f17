//! Characters that may reach a terminal, and colour.

/// Green, for what is done.
pub const GREEN: &str = "32";
/// Red, for what failed.
pub const RED: &str = "31";
/// Dim, for times.
pub const DIM: &str = "2";
/// Bold, for the message of an error.
pub const BOLD: &str = "1";

/// `text` in a colour, or as it is without `colour`.
#[must_use]
pub fn paint(text: &str, code: &str, colour: bool) -> String {
    if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

/// The platform's messages may contain anything; control characters, and characters that reverse the direction of
/// the text after them, must not reach a terminal.
#[must_use]
pub fn printable(text: &str) -> String {
    let misleads =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if c.is_control() || misleads(c) { ' ' } else { c }).collect()
}

/// Milliseconds as seconds, of which tenths are shown.
#[expect(clippy::cast_precision_loss, reason = "tenths of a second are shown")]
#[must_use]
pub fn seconds(millis: u64) -> f64 {
    millis as f64 / 1000.0
}

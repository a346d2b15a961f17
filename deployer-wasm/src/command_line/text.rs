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

/// Milliseconds as seconds with tenths.
#[must_use]
pub fn seconds(millis: u64) -> String {
    let tenths = millis.saturating_add(50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A number, without a fraction where it has none.
#[must_use]
pub fn number(number: f64) -> String {
    let text = serde_json::to_string(&number).unwrap_or_default();
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([number(2.0), number(0.5), number(12.25)], ["2", "0.5", "12.25"]);
        assert_eq!([0, 49, 50, 6_240, 61_000].map(seconds), ["0.0", "0.0", "0.1", "6.2", "61.0"]);
    }
}

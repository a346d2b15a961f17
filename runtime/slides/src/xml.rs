//! Text in XML: escaped, and without the characters that XML has no way to write.

use std::fmt::Write as _;

/// Writes a text so that no character of it is markup, in content or in an attribute.
pub(crate) fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        let _ = match character {
            '&' => out.write_str("&amp;"),
            '<' => out.write_str("&lt;"),
            '>' => out.write_str("&gt;"),
            '"' => out.write_str("&quot;"),
            '\'' => out.write_str("&#39;"),
            // Not allowed in XML, not even escaped.
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => Ok(()),
            character => out.write_char(character),
        };
    }
}

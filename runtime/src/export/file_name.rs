//! A deck's title as the name of a file.

use std::fmt::Write as _;

/// The most characters of a name, without its ending.
const LONGEST: usize = 100;
/// Names that Windows keeps for devices.
const RESERVED: [&str; 22] = [
    "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
];

/// A name that every system takes, in the title's own script: `Quarterly review.pptx`.
pub fn file_name(title: &str, extension: &str) -> String {
    let allowed = |c: char| {
        let is_separator = matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
        // What turns the direction of text can hide a name's real ending.
        let is_hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if is_separator || c.is_control() || c.is_whitespace() || is_hidden { ' ' } else { c }
    };
    let text: String = title.chars().map(allowed).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let short: String = words.join(" ").chars().take(LONGEST).collect();
    let name = short.trim_matches(|c: char| c == '.' || c == ' ' || c == '~');
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    if name.is_empty() || RESERVED.contains(&stem.as_str()) {
        return format!("Deck{}{name}.{extension}", if name.is_empty() { "" } else { " " });
    }
    format!("{name}.{extension}")
}

/// The header `Content-Disposition` of a file that is to be saved under a name: its ASCII letters for old
/// programs, and the whole of it (RFC 6266, RFC 8187).
pub fn as_attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_decks_title_on_every_system() {
        assert_eq!(file_name("Quarterly review", "pptx"), "Quarterly review.pptx");
        assert_eq!(file_name("  Q3 / Q4:\n\"up\" 8 %?  ", "pdf"), "Q3 Q4 up 8 %.pdf");
        assert_eq!(file_name("売上レビュー", "html"), "売上レビュー.html");
        assert_eq!(file_name("../../etc/passwd", "pdf"), "etc passwd.pdf");
        assert_eq!(file_name("report\u{202e}fdp", "exe"), "report fdp.exe");
        assert_eq!(file_name("NUL", "pdf"), "Deck NUL.pdf");
        assert_eq!(file_name("con.new", "pdf"), "Deck con.new.pdf");
        assert_eq!(file_name("…\u{1}.", "pdf"), "….pdf");
        assert_eq!(file_name(" .. ", "pdf"), "Deck.pdf");
        assert_eq!(file_name(&"x".repeat(500), "pdf").len(), LONGEST + 4);
    }

    #[test]
    fn a_name_is_never_more_than_a_name_in_its_header() {
        assert_eq!(
            as_attachment("Q3 \u{e4}\"\r\nX: 1.pdf"),
            "attachment; filename=\"Q3 ____X: 1.pdf\"; filename*=UTF-8''Q3%20%C3%A4%22%0D%0AX%3A%201.pdf"
        );
    }
}

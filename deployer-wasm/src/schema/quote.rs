//! Quoting for SQL text, by the rules of Postgres' lexer.

/// `name` as an identifier, in double quotes. Postgres allows at most 63 bytes.
pub(super) fn quote_identifier(name: &str) -> String {
    format!("\"{}\"", without_nul(name).replace('"', "\"\""))
}

/// `text` as a literal, in single quotes. If it contains a backslash, the `E''` form is used, which has the
/// same meaning for any `standard_conforming_strings`.
pub(super) fn quote_literal(text: &str) -> String {
    let quoted = without_nul(text).replace('\'', "''");
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// Postgres doesn't support this character, and a client would end the statement at it.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_can_hold_anything() {
        for (name, quoted) in [
            ("app_data", "\"app_data\""),
            ("a\"; DROP SCHEMA x; --", "\"a\"\"; DROP SCHEMA x; --\""),
            ("6f9a-uuid", "\"6f9a-uuid\""),
            ("a'b\\", "\"a'b\\\""),
            ("a\0b", "\"a\u{fffd}b\""),
        ] {
            assert_eq!(quote_identifier(name), quoted);
        }
    }

    #[test]
    fn literals_can_hold_anything() {
        for (text, quoted) in [
            ("app_data", "'app_data'"),
            ("a'; DROP SCHEMA x; --", "'a''; DROP SCHEMA x; --'"),
            ("a\\'b", "E'a\\\\''b'"),
            ("a\"b", "'a\"b'"),
            ("a\0b", "'a\u{fffd}b'"),
        ] {
            assert_eq!(quote_literal(text), quoted);
        }
    }
}

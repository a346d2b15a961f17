//! Links that may stand in a deck.
//!
//! A link leads to a page or to a mailbox: `http`, `https`, `mailto`. Everything else, such as
//! `javascript:`, `data:` or `file:`, is refused when a deck is read, and is drawn as plain text in a
//! text that wasn't checked.

use url::Url;

use crate::limits::MAX_URL;

/// Says why a link may not stand in a deck; `None` if it may.
pub fn refusal(link: &str) -> Option<String> {
    if link.chars().count() > MAX_URL {
        return Some(format!("a link has at most {MAX_URL} characters"));
    }
    // A browser drops tabs and line breaks inside a link, so that `java\nscript:` runs there.
    if link.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '`'))
    {
        return Some(
            "a link has no spaces, quotes, angle brackets or backslashes; percent-encode them".to_owned(),
        );
    }
    match Url::parse(link) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => None,
        Ok(url) if url.scheme() == "mailto" && !url.path().is_empty() => None,
        _ => Some("a link starts with `https://`, `http://` or `mailto:`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_pages_and_mailboxes_may_stand() {
        for link in [
            "https://example.com/a?b=c#d",
            "HTTP://example.com",
            "mailto:ada@example.com",
            "https://例え.jp/ä",
        ] {
            assert_eq!(refusal(link), None, "{link}");
        }
    }

    #[test]
    fn links_that_run_or_read_something_are_refused() {
        for link in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            " https://example.com",
            "data:text/html,<script>",
            "file:///etc/passwd",
            "//example.com",
            "/relative",
            "https:\\\\example.com",
            "https://",
            "mailto:",
            "vbscript:x",
            "",
        ] {
            assert!(refusal(link).is_some(), "{link}");
        }
        assert!(refusal(&format!("https://example.com/{}", "a".repeat(MAX_URL))).is_some());
    }
}

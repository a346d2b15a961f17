//! What short pages of the server's own have in common: those that a person sees after signing in elsewhere.

/// Their look. A policy allows it by its hash.
pub const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif}\
main{max-width:34rem;padding:2rem}\
h1{font-size:1.35rem;margin:0 0 .5rem}\
p{margin:.25rem 0 1rem}";

/// A text without markup.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

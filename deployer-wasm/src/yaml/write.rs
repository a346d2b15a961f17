//! From values to text.
//!
//! One style: blocks, two blanks deeper for each mapping, a list on the column of its key. A text
//! stands bare only where every parser takes it for a text, those of YAML 1.1 included, to which
//! `no` is a boolean and `1:30` a number. Everything else is quoted, and what a parser could take
//! for a line's end or refuse to read is escaped.

use std::fmt::Write as _;

/// Something to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node<'a> {
    /// A text; never read as anything else.
    Text(&'a str),
    /// `true` or `false`.
    Flag(bool),
    /// Values in order.
    List(Vec<Node<'a>>),
    /// Keys, which are plain words, and their values in order.
    Map(Vec<(&'static str, Node<'a>)>),
}

/// The text of a file.
pub fn write(node: &Node<'_>) -> String {
    let mut out = String::new();
    block(node, 0, &mut out);
    out
}

/// Writes a value that begins at the current place; its further lines are indented by `indent`.
fn block(node: &Node<'_>, indent: usize, out: &mut String) {
    match node {
        Node::Map(entries) if entries.is_empty() => out.push_str("{}\n"),
        Node::List(items) if items.is_empty() => out.push_str("[]\n"),
        Node::Map(entries) => {
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    blanks(indent, out);
                }
                out.push_str(key);
                out.push(':');
                match value {
                    Node::Map(inner) if !inner.is_empty() => below(value, indent + 2, out),
                    Node::List(inner) if !inner.is_empty() => below(value, indent, out),
                    value => {
                        out.push(' ');
                        block(value, indent, out);
                    }
                }
            }
        }
        Node::List(items) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    blanks(indent, out);
                }
                out.push_str("- ");
                block(item, indent + 2, out);
            }
        }
        Node::Flag(flag) => out.push_str(if *flag { "true\n" } else { "false\n" }),
        Node::Text(text) => {
            scalar(text, out);
            out.push('\n');
        }
    }
}

fn below(node: &Node<'_>, indent: usize, out: &mut String) {
    out.push('\n');
    blanks(indent, out);
    block(node, indent, out);
}

fn blanks(count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', count));
}

pub(super) fn scalar(text: &str, out: &mut String) {
    if text.is_empty() {
        out.push_str("''");
    } else if stands_bare(text) {
        out.push_str(text);
    } else {
        quoted(text, out);
    }
}

/// Whether all parsers take `text` for a text when it stands without quotes.
fn stands_bare(text: &str) -> bool {
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    // A dash is a list's only before a blank.
    let first = text.strip_prefix('-').filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    let first = first.unwrap_or(text).as_bytes()[0];
    // With two points it is a version or an address.
    let looks_like_a_number = first.is_ascii_digit()
        && text.matches('.').count() < 2
        && text.bytes().all(|byte| byte.is_ascii_hexdigit() || b"xo_.:+-".contains(&byte));
    (first.is_ascii_alphanumeric() || first == b'/')
        && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([' ', ':'])
        && !looks_like_a_number
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            ' '..='~' => out.push(character),
            // Line ends of YAML 1.1, the byte order mark, and what isn't printable.
            '\0'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                // Writing to a text can't fail.
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

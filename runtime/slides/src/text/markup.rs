//! The markup's reader: one pass into tokens, one that pairs the markers. Time and memory grow with
//! the length of the text, whatever it says, and nothing recurs.

use super::span::Span;

/// Whether a character has a meaning unless a backslash stands before it.
pub(super) fn is_special(character: char) -> bool {
    matches!(character, '*' | '[' | ']' | '\\')
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marker {
    Bold,
    Italic,
}

impl Marker {
    fn written(self) -> &'static str {
        match self {
            Self::Bold => "**",
            Self::Italic => "*",
        }
    }
}

#[derive(Debug)]
enum Token {
    Text(String),
    /// Whether it may open (no space after it) and close (no space before it).
    Marker(Marker, bool, bool),
    LinkStart(String),
    LinkEnd,
}

/// Reads the runs of a text; neighbours may look the same.
pub(super) fn spans(markup: &str) -> Vec<Span> {
    let tokens = tokens(markup);
    let is_paired = paired(&tokens);
    let mut spans = Vec::new();
    let mut look = Span::default();
    for (token, is_paired) in tokens.into_iter().zip(is_paired) {
        match token {
            Token::Text(text) => spans.push(Span { text, ..look.clone() }),
            Token::Marker(marker, ..) if !is_paired => {
                spans.push(Span { text: marker.written().to_owned(), ..look.clone() });
            }
            Token::Marker(Marker::Bold, ..) => look.bold = !look.bold,
            Token::Marker(Marker::Italic, ..) => look.italic = !look.italic,
            Token::LinkStart(link) => look.link = Some(link),
            Token::LinkEnd => look.link = None,
        }
    }
    spans
}

fn tokens(markup: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut text = String::new();
    // Where the label of the link that is open ends, and where the text goes on after the link.
    let mut link: Option<(usize, usize)> = None;
    let mut at = 0;
    while let Some(character) = markup[at..].chars().next() {
        let next = at + character.len_utf8();
        let rest = &markup[next..];
        if let Some((_, after)) = link.take_if(|(end, _)| *end == at) {
            flush(&mut text, &mut tokens);
            tokens.push(Token::LinkEnd);
            at = after;
            continue;
        }
        match character {
            '\\' if rest.chars().next().is_some_and(is_special) => {
                text.extend(rest.chars().next());
                at = next + 1;
                continue;
            }
            '*' => {
                let marker = if rest.starts_with('*') { Marker::Bold } else { Marker::Italic };
                let after = at + marker.written().len();
                let is_solid = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
                let opens = is_solid(markup[after..].chars().next());
                let closes = is_solid(markup[..at].chars().next_back());
                flush(&mut text, &mut tokens);
                tokens.push(Token::Marker(marker, opens, closes));
                at = after;
                continue;
            }
            '[' if link.is_none() => {
                if let Some(found) = link_at(markup, next) {
                    flush(&mut text, &mut tokens);
                    tokens.push(Token::LinkStart(found.target));
                    link = Some((found.label_end, found.after));
                    at = next;
                    continue;
                }
                text.push(character);
            }
            _ => text.push(character),
        }
        at = next;
    }
    flush(&mut text, &mut tokens);
    tokens
}

fn flush(text: &mut String, tokens: &mut Vec<Token>) {
    if !text.is_empty() {
        tokens.push(Token::Text(std::mem::take(text)));
    }
}

struct Link {
    target: String,
    label_end: usize,
    after: usize,
}

/// Finds `label](target)` from `start` on. Looks no further than the next bracket, so that a text
/// full of brackets is still read in one pass.
fn link_at(markup: &str, start: usize) -> Option<Link> {
    let mut label_end = start;
    let mut is_escaped = false;
    for character in markup[start..].chars() {
        match character {
            '[' | '\n' if !is_escaped => return None,
            ']' if !is_escaped => break,
            _ => is_escaped = character == '\\' && !is_escaped,
        }
        label_end += character.len_utf8();
    }
    let target = markup.get(label_end..)?.strip_prefix("](")?;
    let length = target.find([')', '\n', '['])?;
    (label_end > start && target[length..].starts_with(')')).then(|| Link {
        target: target[..length].to_owned(),
        label_end,
        after: label_end + "](".len() + length + ")".len(),
    })
}

/// Says which markers have a partner. A pair holds some text, and bold and italic pair apart from
/// each other, so they may overlap.
fn paired(tokens: &[Token]) -> Vec<bool> {
    let mut is_paired = vec![false; tokens.len()];
    for kind in [Marker::Bold, Marker::Italic] {
        let mut open: Option<usize> = None;
        let mut holds_text = false;
        for (index, token) in tokens.iter().enumerate() {
            match token {
                Token::Text(_) => holds_text = true,
                Token::Marker(marker, opens, closes) if *marker == kind => match open {
                    Some(start) if *closes && holds_text => {
                        is_paired[start] = true;
                        is_paired[index] = true;
                        open = None;
                    }
                    None if *opens => {
                        open = Some(index);
                        holds_text = false;
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }
    is_paired
}

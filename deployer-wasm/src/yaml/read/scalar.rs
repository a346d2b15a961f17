//! Texts: plain ones, in quotes, and as blocks.

use super::{Reader, Result};

/// What a block scalar does with the ends of its last lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    One,
    None,
    All,
}

impl<'a> Reader<'a> {
    /// What a plain scalar has on this line, without blanks around it.
    pub(super) fn plain_line(&mut self, in_flow: bool) -> &'a str {
        let start = self.at;
        let mut end = self.at;
        loop {
            match self.peek() {
                0 | b'\n' | b'\r' => break,
                b'#' if self.at > start && matches!(self.text.as_bytes()[self.at - 1], b' ' | b'\t') => break,
                b':' if in_flow && self.flow_ends_token(1) || self.ends_token(1) => break,
                b',' | b'[' | b']' | b'{' | b'}' if in_flow => break,
                b' ' | b'\t' => self.at += 1,
                _ => {
                    self.at += 1;
                    end = self.at;
                }
            }
        }
        self.at = end;
        &self.text[start..end]
    }

    /// A plain scalar with the lines below that are indented deeper than `parent`.
    pub(super) fn plain_lines(&mut self, parent: Option<usize>) -> Result<String> {
        let first = self.peek();
        let indicates = matches!(first, b',' | b']' | b'}' | b'@' | b'`' | b'%' | b'#')
            || matches!(first, b'?' | b':') && self.ends_token(1);
        if indicates {
            return Err(self.syntax("a text that begins like this needs quotes"));
        }
        let mut text = self.plain_line(false).to_owned();
        loop {
            let end = self.at;
            let (commented, ends) = self.line_ends();
            let comment = self.peek() == b'#' && (commented || self.column() == 0);
            if ends == 0 || comment || !self.is_inside(parent) {
                self.at = end;
                return Ok(text);
            }
            self.next_token()?;
            let line = self.plain_line(false);
            if self.peek() == b':' || self.text[self.at..].trim_start_matches([' ', '\t']).starts_with(": ") {
                return Err(
                    self.syntax("a key can't stand in the further lines of a text; is it indented too far?")
                );
            }
            fold(&mut text, ends);
            text.push_str(line);
        }
    }

    /// Steps over blanks and lines' ends: whether blanks came last, and how many ends there were.
    pub(super) fn line_ends(&mut self) -> (bool, usize) {
        let mut ends = 0;
        loop {
            let blank = self.skip_blanks();
            if !self.line_end() {
                return (blank, ends);
            }
            ends += 1;
        }
    }

    /// Steps over a line's end, if one comes next.
    fn line_end(&mut self) -> bool {
        match (self.peek(), self.peek_at(1)) {
            (b'\r', b'\n') => self.at += 2,
            (b'\r' | b'\n', _) => self.at += 1,
            _ => return false,
        }
        true
    }

    /// Reads the text whose quote comes next.
    pub(super) fn quoted(&mut self) -> Result<String> {
        let (start, quote) = (self.at, self.peek());
        self.at += 1;
        let mut text = String::new();
        loop {
            let part = self.at;
            while !matches!(self.peek(), 0 | b'\n' | b'\r' | b'\\' | b'"' | b'\'') {
                self.at += 1;
            }
            text.push_str(&self.text[part..self.at]);
            match self.peek() {
                byte if byte == quote => {
                    self.at += 1;
                    if quote == b'"' || self.peek() != quote {
                        return Ok(text);
                    }
                    // In single quotes, two of them are one that is meant.
                    self.at += 1;
                    text.push('\'');
                }
                b'\n' | b'\r' => {
                    text.truncate(text.trim_end_matches([' ', '\t']).len());
                    let (_, ends) = self.line_ends();
                    if self.is_marker() {
                        return Err(self.syntax("a quote is still open here"));
                    }
                    fold(&mut text, ends);
                }
                b'\\' if quote == b'"' => {
                    self.at += 1;
                    self.escape(&mut text)?;
                }
                0 if self.at >= self.text.len() => {
                    return Err(self.syntax_at(start, "the quote that begins here is never closed"));
                }
                other => {
                    // The other quote, a backslash between single ones, or a zero.
                    text.push(char::from(other));
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<()> {
        let digits = match self.peek() {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let hex = self.text.get(self.at + 1..self.at + 1 + digits);
            let code = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok());
            let Some(character) = code.and_then(char::from_u32) else {
                return Err(self.syntax("there is no character of this number"));
            };
            text.push(character);
            self.at += digits + 1;
            return Ok(());
        }
        if self.line_end() {
            // The end is not meant, nor is the next line's indentation.
            self.skip_blanks();
            return Ok(());
        }
        text.push(match self.peek() {
            b'0' => '\0',
            b'a' => '\u{7}',
            b'b' => '\u{8}',
            b't' | b'\t' => '\t',
            b'n' => '\n',
            b'v' => '\u{b}',
            b'f' => '\u{c}',
            b'r' => '\r',
            b'e' => '\u{1b}',
            byte @ (b' ' | b'"' | b'/' | b'\\') => char::from(byte),
            b'N' => '\u{85}',
            b'_' => '\u{a0}',
            b'L' => '\u{2028}',
            b'P' => '\u{2029}',
            _ => return Err(self.syntax("there is no escape of this letter; write `\\\\` for a backslash")),
        });
        self.at += 1;
        Ok(())
    }

    /// `|` or `>`, and the lines below it that are indented deeper than `parent`.
    pub(super) fn block_scalar(&mut self, parent: Option<usize>) -> Result<String> {
        let folded = self.peek() == b'>';
        self.at += 1;
        let (mut ends, mut indent) = (Ends::One, None);
        loop {
            match self.peek() {
                b'-' => ends = Ends::None,
                b'+' => ends = Ends::All,
                digit @ b'1'..=b'9' => {
                    indent =
                        Some(parent.map_or(0, |parent| parent + 1).max(1) - 1 + usize::from(digit - b'0'));
                }
                _ => break,
            }
            self.at += 1;
        }
        self.end_of_line()?;
        self.rest_of_line();
        self.line_end();
        let least = parent.map_or(0, |parent| parent + 1);
        let mut lines: Vec<&str> = Vec::new();
        while self.at < self.text.len() {
            let start = self.at;
            let mut blanks = 0;
            while self.peek() == b' ' && indent.is_none_or(|indent| blanks < indent) {
                blanks += 1;
                self.at += 1;
            }
            let is_empty = matches!(self.peek(), 0 | b'\n' | b'\r');
            if !is_empty && (blanks < indent.unwrap_or(least) || self.is_marker()) {
                self.at = start;
                break;
            }
            if !is_empty {
                indent.get_or_insert(blanks);
            }
            let text = self.at;
            self.rest_of_line();
            lines.push(&self.text[text..self.at]);
            self.line_end();
        }
        let filled = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
        let (body, trailing) = lines.split_at(filled);
        let mut text = if folded { fold_lines(body) } else { body.join("\n") };
        match ends {
            Ends::One if !body.is_empty() => text.push('\n'),
            Ends::All => {
                let count = trailing.len() + usize::from(!body.is_empty());
                text.extend(std::iter::repeat_n('\n', count));
            }
            Ends::One | Ends::None => {}
        }
        Ok(text)
    }
}

/// What `ends` lines' ends between two parts of a text are: one is a blank, of more all but one count.
pub(super) fn fold(text: &mut String, ends: usize) {
    match ends {
        0 => {}
        1 => text.push(' '),
        more => text.extend(std::iter::repeat_n('\n', more - 1)),
    }
}

/// The lines of a folded block: those that are indented further keep their ends.
fn fold_lines(lines: &[&str]) -> String {
    let further = |line: &str| line.starts_with([' ', '\t']);
    let (mut text, mut empty, mut before) = (String::new(), 0, None);
    for line in lines {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        match before {
            None => text.extend(std::iter::repeat_n('\n', empty)),
            Some(before) if further(before) || further(line) => {
                text.extend(std::iter::repeat_n('\n', empty + 1));
            }
            Some(_) => fold(&mut text, empty + 1),
        }
        text.push_str(line);
        (empty, before) = (0, Some(*line));
    }
    text
}

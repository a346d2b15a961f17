//! Finds YAML's references before the parser follows them.
//!
//! The parser resolves aliases and drops tags without telling, so they have to be found in the
//! text. That needs no grammar, only to know where a token begins: `&` is an anchor there and a
//! character anywhere else. The scanner therefore walks quoted, block and plain scalars, comments
//! and flow collections, and looks at the first character of everything else. It accepts some
//! texts that are no YAML; the parser, which runs next, does not.

use crate::error::Failure;

/// How deep values may be nested on one line. A configuration needs four; the parser's time
/// grows with the square of it.
const DEPTH_LIMIT: usize = 32;

/// Refuses anchors, aliases, tags, merge keys, a second document, and absurdly deep nesting.
pub(super) fn refuse_references(text: &str) -> Result<(), Failure> {
    // All that YAML takes for a line's end, so that lines are counted as an editor counts them.
    let lines = text
        .trim_start_matches('\u{feff}')
        .replace("\r\n", "\n")
        .replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    Scanner {
        text: lines.as_bytes(),
        at: 0,
        line: 1,
        line_start: 0,
        flow: 0,
        parent: None,
        open: false,
        begun: false,
    }
    .run()
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    /// Of `at`, from 1.
    line: usize,
    line_start: usize,
    /// How many `[` and `{` are open.
    flow: usize,
    /// The column of the innermost key or dash: what is indented deeper belongs to it.
    parent: Option<usize>,
    /// The line before ended in a plain scalar, which may go on.
    open: bool,
    /// Something of the document was seen.
    begun: bool,
}

impl Scanner<'_> {
    fn run(mut self) -> Result<(), Failure> {
        while self.at < self.text.len() {
            self.line()?;
        }
        Ok(())
    }

    /// From the start of a line to the start of another; a quoted or block scalar takes several.
    fn line(&mut self) -> Result<(), Failure> {
        self.blanks();
        match self.peek(0) {
            None => return Ok(()),
            Some(b'\n') => {
                self.newline();
                return Ok(());
            }
            _ => {}
        }
        if self.column() == 0 && self.flow == 0 {
            if self.marker(b"---") {
                if self.begun {
                    return Err(Failure::YamlSyntax {
                        line: self.line,
                        column: 1,
                        problem: "a second document begins here, and only one is read".to_owned(),
                    });
                }
                self.at += 3;
                self.begun = true;
                self.open = false;
            } else if self.marker(b"...") || (self.peek(0) == Some(b'%') && !self.begun) {
                self.rest_of_line();
                return Ok(());
            }
        }
        let deeper = self.flow > 0 || self.parent.is_none_or(|parent| self.column() > parent);
        if self.open && deeper && self.peek(0) != Some(b'#') {
            self.plain();
        }
        self.tokens()
    }

    /// The tokens up to the end of a line.
    fn tokens(&mut self) -> Result<(), Failure> {
        let mut dashes = 0;
        loop {
            self.blanks();
            let Some(first) = self.peek(0) else {
                return Ok(());
            };
            if first != b'\n' && first != b'#' {
                self.open = false;
                self.begun = true;
            }
            match first {
                b'\n' => {
                    self.newline();
                    return Ok(());
                }
                b'#' => {
                    self.open = false;
                    self.rest_of_line();
                    return Ok(());
                }
                b'!' => return Err(self.reference()),
                b'&' | b'*' if !self.ends_token(1) => return Err(self.reference()),
                b'"' | b'\'' => {
                    let column = self.column();
                    self.quoted(first);
                    self.blanks();
                    if self.peek(0) == Some(b':') {
                        self.key(column);
                    }
                }
                b'|' | b'>' if self.flow == 0 => {
                    self.block_scalar();
                    return Ok(());
                }
                b'-' | b'?' if self.flow == 0 && self.ends_token(1) => {
                    self.parent = Some(self.column());
                    self.at += 1;
                    dashes += 1;
                    self.limit_depth(dashes)?;
                }
                b'[' | b'{' => {
                    self.flow += 1;
                    self.at += 1;
                    self.limit_depth(self.flow)?;
                }
                b']' | b'}' => {
                    self.flow = self.flow.saturating_sub(1);
                    self.at += 1;
                }
                b',' | b'?' if self.flow > 0 && (first == b',' || self.ends_token(1)) => self.at += 1,
                b':' if self.flow > 0 || self.ends_token(1) => self.at += 1,
                _ => {
                    let (start, column) = (self.at, self.column());
                    self.plain();
                    if self.peek(0) == Some(b':') {
                        if self.text.get(start..self.at).map(<[u8]>::trim_ascii_end) == Some(b"<<") {
                            return Err(self.reference());
                        }
                        self.key(column);
                    }
                }
            }
        }
    }

    /// At the `:` of a key that began at `column`.
    fn key(&mut self, column: usize) {
        self.open = false;
        if self.flow == 0 {
            self.parent = Some(column);
        }
        self.at += 1;
    }

    /// A plain scalar as far as it goes on this line.
    fn plain(&mut self) {
        self.open = true;
        while let Some(byte) = self.peek(0) {
            let after_blank = self.at > 0 && matches!(self.text[self.at - 1], b' ' | b'\t');
            match byte {
                b'\n' => return,
                b'#' if after_blank => return,
                b':' if self.ends_token(1) => return,
                b',' | b'[' | b']' | b'{' | b'}' if self.flow > 0 => return,
                _ => self.at += 1,
            }
        }
    }

    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => self.newline(),
                b'\\' if quote == b'"' => {
                    self.at += 1;
                    match self.peek(0) {
                        Some(b'\n') => self.newline(),
                        _ => self.at += 1,
                    }
                }
                _ if byte == quote => {
                    self.at += 1;
                    // In single quotes, two of them are one that is meant.
                    if quote == b'"' || self.peek(0) != Some(quote) {
                        return;
                    }
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }

    /// `|` or `>`, and the lines below it that are indented deeper than what it belongs to.
    fn block_scalar(&mut self) {
        self.rest_of_line();
        while self.at < self.text.len() {
            let indent = self.text[self.at..].iter().take_while(|byte| **byte == b' ').count();
            let blank = matches!(self.text.get(self.at + indent), None | Some(b'\n'));
            if !blank && self.parent.is_some_and(|parent| indent <= parent) {
                return;
            }
            self.rest_of_line();
        }
    }

    fn marker(&self, marker: &[u8]) -> bool {
        self.text[self.at..].starts_with(marker) && matches!(self.peek(3), None | Some(b' ' | b'\t' | b'\n'))
    }

    /// Whether a token ends before the byte `ahead` of here.
    fn ends_token(&self, ahead: usize) -> bool {
        match self.peek(ahead) {
            None | Some(b' ' | b'\t' | b'\n') => true,
            Some(b',' | b'[' | b']' | b'{' | b'}') => self.flow > 0,
            Some(_) => false,
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn column(&self) -> usize {
        self.at - self.line_start
    }

    fn blanks(&mut self) {
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn rest_of_line(&mut self) {
        while self.peek(0).is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
        self.newline();
    }

    /// Past a line's end, if here is one.
    fn newline(&mut self) {
        if self.peek(0) == Some(b'\n') {
            self.at += 1;
            self.line += 1;
            self.line_start = self.at;
        }
    }

    fn limit_depth(&self, depth: usize) -> Result<(), Failure> {
        if depth <= DEPTH_LIMIT {
            return Ok(());
        }
        Err(Failure::YamlSyntax {
            line: self.line,
            column: self.column(),
            problem: format!("values are nested more than {DEPTH_LIMIT} deep"),
        })
    }

    fn reference(&self) -> Failure {
        Failure::YamlAlias { line: self.line }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::properties::fixed_seed;

    #[test]
    fn references_are_found_wherever_a_token_begins() {
        for (text, line) in [
            ("a: &x 1\n", 1),
            ("a: 1\nb: *x\n", 2),
            ("&x a: 1\n", 1),
            ("*x : 1\n", 1),
            ("a: !tag 1\n", 1),
            ("a: ! 1\n", 1),
            ("!!map\na: 1\n", 1),
            ("--- &x\na: 1\n", 1),
            ("a:\n  - 1\n  - *x\n", 3),
            ("a: [1, *x]\n", 1),
            ("a: {b: &x 1}\n", 1),
            ("a: {\"b\":*x}\n", 1),
            ("a: [\n  1,\n  &x 2\n]\n", 3),
            ("a:\n  <<: {b: 1}\n", 2),
            ("a: 'it''s' \nb: &x 1\n", 2),
            ("a: |\n  text\nb: &x 1\n", 3),
            ("- a: |\n    text\n  b: &x 1\n", 3),
            ("a: text\n  goes on\nb: &x 1\n", 3),
            ("a: \"x\\\"\"\r\nb: &x 1\r\n", 2),
            ("a: x # c\n  &x\n", 2),
            ("a: b\r&x c: d", 2),
            ("\u{feff}&x a: 1\n", 1),
            ("? &x a\n: 1\n", 1),
            ("a: {? *x : 1}\n", 1),
            ("# c\n---\n&x a: 1\n", 3),
        ] {
            match refuse_references(text) {
                Err(Failure::YamlAlias { line: found }) => assert_eq!(found, line, "{text:?}"),
                other => panic!("{text:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn the_same_characters_elsewhere_are_text() {
        for text in [
            "a: R&D\n",
            "a: R & D\n",
            "a: & D\n",
            "a: '&x'\n",
            "a: \"*x and !y\"\n",
            "a: \"x\n  &y\"\n",
            "a: 'it''s\n  *x'\n",
            "a: 2 * 3\n",
            "a: *\n",
            "a: hey!\n",
            "a: text\n  &goes on\n",
            "a: text\n\n  *goes on\n",
            "a: |\n  &x\n  *y\n  !z\n",
            "a: >-\n\n  &x\nb: 1\n",
            "- a: |\n    &x\n  b: 1\n",
            "a: # &x\n  1\n",
            "# &x *y !z\na: 1\n",
            "a: [x&y, \"&z\"]\n",
            "a: http://host/?a=1&b=2\n",
            "a<<: 1\n",
            "---\na: 1\n...\n",
            "%YAML 1.2\n---\na: 1\n",
            "",
        ] {
            assert!(refuse_references(text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn a_second_document_is_refused_with_its_line() {
        for text in ["a: 1\n---\nb: 2\n", "---\n---\n", "a: |\n  x\n---\nb: 1\n"] {
            assert!(
                matches!(refuse_references(text), Err(Failure::YamlSyntax { line: 2 | 3, .. })),
                "{text:?}"
            );
        }
    }

    #[test]
    fn nesting_ends_somewhere() {
        for opening in ["[", "{a: ", "- ", "? "] {
            assert!(refuse_references(&opening.repeat(32)).is_ok(), "{opening}");
            let failure = refuse_references(&opening.repeat(33)).unwrap_err();
            assert!(matches!(failure, Failure::YamlSyntax { line: 1, .. }), "{opening}: {failure:?}");
        }
    }

    proptest! {
        #![proptest_config(fixed_seed())]

        #[test]
        fn any_text_is_walked_to_its_end(text in "[a&*!|>\\-?:,\\[\\]{}'\"\\\\# \\t\\n\\r\u{85}<%.]{0,60}") {
            let _ = refuse_references(&text);
        }

        #[test]
        fn nothing_is_refused_where_none_of_the_characters_is(text in "[ab|>:,\\[\\]{}'\"# \\n]{0,60}") {
            prop_assert!(refuse_references(&text).is_ok());
        }
    }
}

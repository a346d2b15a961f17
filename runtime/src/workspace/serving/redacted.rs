//! Keeps the credential, and the request, out of what an endpoint sends back.
//!
//! An endpoint is sent the caller's token in a header and the person's text in the body. One that repeats
//! them would place them in decks, on the page, or in error messages.

use secrecy::{ExposeSecret as _, SecretString};

use super::completion::Completion;
use crate::workspace::answer::{SHORTEST_TOKEN, without};

/// Letters and digits in a row that an error's words may share with the request by chance.
const BY_CHANCE: usize = 16;

/// A text that arrives in pieces, without the token in it.
pub(super) struct Redacted<'a> {
    token: &'a SecretString,
    /// The end of what arrived, which may be the beginning of the token.
    held: String,
}

impl<'a> Redacted<'a> {
    pub(super) fn new(token: &'a SecretString) -> Self {
        Self { token, held: String::new() }
    }

    /// Adds a piece; returns what can be passed on.
    pub(super) fn push(&mut self, piece: &str) -> String {
        if self.token.expose_secret().len() < SHORTEST_TOKEN {
            return piece.to_owned();
        }
        self.held.push_str(piece);
        let mut text = without(self.token, std::mem::take(&mut self.held));
        let keep = beginning_at_end(&text, self.token.expose_secret());
        self.held = text.split_off(text.len() - keep);
        text
    }

    /// What is left when nothing more comes.
    pub(super) fn end(self) -> String {
        self.held
    }
}

/// How many bytes at the end of `text` are the beginning of `token`, which is ASCII.
fn beginning_at_end(text: &str, token: &str) -> usize {
    let most = text.len().min(token.len().saturating_sub(1));
    (1..=most).rev().find(|length| text.as_bytes().ends_with(&token.as_bytes()[..*length])).unwrap_or(0)
}

/// A completion without the token in it.
pub(super) fn redacted(mut completion: Completion, token: &SecretString) -> Completion {
    let clean = |text: &mut String| *text = without(token, std::mem::take(text));
    clean(&mut completion.text);
    for call in &mut completion.calls {
        clean(&mut call.id);
        clean(&mut call.name);
        clean(&mut call.arguments);
    }
    completion
}

/// An endpoint's words about a failure, unless they repeat one of these texts.
pub(super) fn without_request<'t>(words: String, texts: impl Iterator<Item = &'t str>) -> String {
    let said = letters(&words);
    let parts: Vec<&[char]> = said.windows(BY_CHANCE).collect();
    let repeats = |text: &str| {
        let text = letters(text);
        let known: std::collections::HashSet<&[char]> = text.windows(BY_CHANCE).collect();
        parts.iter().any(|part| known.contains(part)) || (!text.is_empty() && holds(&said, &text))
    };
    if texts.into_iter().any(repeats) {
        "its message repeats the request and is not shown".to_owned()
    } else {
        words
    }
}

/// Whether a text that is shorter than what occurs by chance is in `said`, if it is long enough to tell.
fn holds(said: &[char], text: &[char]) -> bool {
    const SHORTEST: usize = 8;
    (SHORTEST..BY_CHANCE).contains(&text.len()) && said.windows(text.len()).any(|part| part == text)
}

/// What stays the same when a text is escaped, shortened or wrapped.
fn letters(text: &str) -> Vec<char> {
    let mut letters = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            // A line break is `\n` in JSON: its letter is none of the text's.
            '\\' => drop(chars.next()),
            _ if c.is_alphanumeric() => letters.extend(c.to_lowercase()),
            _ => {}
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_redacted_wherever_its_pieces_end() {
        let token = SecretString::from("dapi-dapi-0123456789".to_owned());
        let text = "Ümsätze: dapi-dapi-dapi-0123456789, dapi-dapi-012, dapi";
        for first in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            for second in (first..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let mut redacted = Redacted::new(&token);
                let mut said = String::new();
                for piece in [&text[..first], &text[first..second], &text[second..]] {
                    said.push_str(&redacted.push(piece));
                }
                said.push_str(&redacted.end());
                assert_eq!(said, "Ümsätze: dapi-[token], dapi-dapi-012, dapi", "{first} {second}");
            }
        }
    }

    #[test]
    fn what_cannot_be_the_token_is_passed_on_at_once() {
        let token = SecretString::from("dapi-dapi-0123456789".to_owned());
        let mut redacted = Redacted::new(&token);
        assert_eq!(redacted.push("Hello"), "Hello");
        assert_eq!(redacted.push(" dap"), " ");
        assert_eq!(redacted.push("per"), "dapper");
    }

    #[test]
    fn words_that_repeat_the_request_are_not_shown() {
        let request =
            ["Be brief", "A deck about the merger of Acme\nand Initech, for the board", "Layoffs 2027"];
        let shown = |words: &str| without_request(words.to_owned(), request.into_iter()) == words;
        assert!(shown("model `x` was retired; use `y` instead"));
        assert!(shown("messages.1: this field is not permitted"));
        for repeated in [
            r#"invalid input: \"...merger of Acme\nand Initech...\""#,
            "Input: a deck about THE MERGER of acme",
            "value error: 'Layoffs 2027'",
        ] {
            assert!(!shown(repeated), "{repeated}");
        }
    }
}

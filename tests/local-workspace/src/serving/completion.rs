//! What an endpoint answers: the model's reply, after what its endpoint does to it.

use super::behavior::{Behavior, DocumentForm, Half};
use super::request::{Call, ChatRequest, Kind};
use super::rules::Reply;

/// Characters of a token, about as in English.
const TOKEN: usize = 4;

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Completion {
    /// The text, in tokens.
    pub(super) pieces: Vec<String>,
    pub(super) calls: Vec<Call>,
    /// `stop`, `tool_calls` or `length`.
    pub(super) finish: &'static str,
    /// Of the request.
    pub(super) prompt_tokens: usize,
    /// Of the text and the calls.
    pub(super) tokens: usize,
}

/// A text in pieces of a token each.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(TOKEN).map(|piece| piece.iter().collect()).collect()
}

impl Completion {
    /// The reply, as this endpoint gives it.
    pub(super) fn new(reply: Reply, request: &ChatRequest, behavior: &Behavior) -> Self {
        let is_document =
            request.schema.is_some() || matches!(request.kind(), Kind::Outline | Kind::Slide | Kind::Changes);
        let text = if is_document { in_form(reply.text, behavior.document) } else { reply.text };
        let finish = if reply.calls.is_empty() { "stop" } else { "tool_calls" };
        let completion = Self {
            pieces: pieces(&text),
            calls: reply.calls,
            finish,
            prompt_tokens: request.characters().div_ceil(TOKEN),
            tokens: 0,
        };
        completion.counted()
    }

    /// At most as many tokens as are asked for.
    pub(super) fn limited(mut self, tokens: Option<usize>) -> Self {
        let Some(most) = tokens.filter(|most| *most < self.tokens) else { return self };
        self.pieces.truncate(most);
        let mut left = most - self.pieces.len();
        for call in &mut self.calls {
            let arguments = pieces(&call.arguments());
            let kept = arguments.len().min(left);
            left -= kept;
            call.arguments = arguments[..kept].concat().into();
        }
        self.finish = "length";
        self.counted()
    }

    /// Half of it, where the endpoint stops at a limit of its own.
    pub(super) fn halved(self, half: Option<Half>) -> Self {
        let middle = self.tokens / 2;
        if half == Some(Half::Length) { self.limited(Some(middle)) } else { self }
    }

    /// The text.
    pub(super) fn text(&self) -> String {
        self.pieces.concat()
    }

    fn counted(mut self) -> Self {
        let of_calls: usize = self.calls.iter().map(|call| pieces(&call.arguments()).len()).sum();
        self.tokens = self.pieces.len() + of_calls;
        self
    }
}

fn in_form(document: String, form: DocumentForm) -> String {
    match form {
        DocumentForm::Plain => document,
        DocumentForm::Fenced => format!("```json\n{document}\n```"),
        DocumentForm::AfterText => format!("Here is the result {{as asked}}:\n\n{document}"),
        DocumentForm::InString => serde_json::Value::String(document).to_string(),
    }
}

//! Rich text: bold, italic and links, as a small markup in one string.
//!
//! | written | shown |
//! |---|---|
//! | `**bold**` | bold |
//! | `*italic*` | italic |
//! | `[label](https://example.com)` | a link; its label may be bold or italic |
//! | `\*`, `\[`, `\]`, `\\` | the character itself |
//! | a line break | a new paragraph |
//!
//! Nothing else has a meaning: `<b>`, `#`, `_` and backquotes are shown as they are written.
//!
//! Why a string and not a list of spans: a model writes this markup unasked and gets it right, a
//! person can edit it in a plain text field, a change of a text replaces one string, and two decks
//! can be compared by eye. Spans would have to be merged, split and normalised at each of these.
//! Drawing and exports want spans, and get them from [`RichText::spans`], which is the only reader
//! of the markup. It accepts any string: a marker without its partner is shown as it is. So there
//! are no texts that are "invalid markup", only texts that are too long or have a link that may not
//! be followed.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::limits::MAX_TEXT;
use crate::link;

mod markup;
mod span;

pub use span::Span;

/// A text with the markup of this module.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RichText(String);

impl RichText {
    /// A text in markup.
    pub fn new(markup: impl Into<String>) -> Self {
        Self(markup.into())
    }

    /// A text in which no character has a meaning.
    pub fn from_plain(text: &str) -> Self {
        let mut markup = String::with_capacity(text.len());
        for character in text.chars() {
            if markup::is_special(character) {
                markup.push('\\');
            }
            markup.push(character);
        }
        Self(markup)
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is shown, run by run. Neighbours differ in looks or link, and none is empty.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = markup::spans(&self.0);
        for span in &mut spans {
            span.link.take_if(|link| link::refusal(link).is_some());
        }
        merged(spans)
    }

    /// What is shown, without its looks.
    pub fn plain(&self) -> String {
        markup::spans(&self.0).into_iter().map(|span| span.text).collect()
    }

    /// The links as they were written, also those that may not be followed.
    pub fn links(&self) -> Vec<String> {
        let mut links: Vec<String> =
            markup::spans(&self.0).into_iter().filter_map(|span| span.link).collect();
        links.dedup();
        links
    }
}

impl From<&str> for RichText {
    fn from(markup: &str) -> Self {
        Self::new(markup)
    }
}

impl JsonSchema for RichText {
    fn schema_name() -> Cow<'static, str> {
        "RichText".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_TEXT,
            "description": "Text with **bold**, *italic* and [links](https://example.com); `\\` before a `*`, `[` or `]` shows it as it is. No other markup.",
        })
    }
}

fn merged(spans: Vec<Span>) -> Vec<Span> {
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if (last.bold, last.italic, &last.link) == (span.bold, span.italic, &span.link) => {
                last.text.push_str(&span.text);
            }
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests;

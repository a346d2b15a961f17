//! The output format.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{ending, events, failure};
use crate::error::DeployError;
use crate::events::DeployEvent;

/// The output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text; colour only on a terminal.
    Lines {
        /// Whether to use colour.
        colour: bool,
    },
    /// JSON lines: each event, and last the result or the error.
    Json,
}

impl Style {
    /// The text for one event; empty if nothing is printed.
    #[must_use]
    pub fn event(self, event: &DeployEvent) -> String {
        match self {
            Self::Json => json_line("event", "event", event),
            Self::Lines { colour } => events::line(event, colour),
        }
    }

    /// The last lines of a successful run.
    pub fn result(self, result: &impl Serialize, sentence: &str) -> String {
        match self {
            Self::Json => json_line("result", "result", result),
            Self::Lines { .. } => ending::last_lines(sentence),
        }
    }

    /// The last lines of a failed run of `program`.
    #[must_use]
    pub fn error(self, error: &DeployError, program: &str) -> String {
        match self {
            Self::Json => json_line("error", "error", error),
            Self::Lines { colour } => failure::failure(error, program, colour),
        }
    }
}

/// A line of JSON, with keys in the order of the alphabet. Written and read again, as the types then need no second
/// serialiser in the module.
fn json_line(kind: &str, name: &str, value: &impl Serialize) -> String {
    line(kind, name, serde_json::to_string(value))
}

fn line(kind: &str, name: &str, text: serde_json::Result<String>) -> String {
    let value = text.and_then(|text| serde_json::from_str(&text));
    let mut line = Map::new();
    line.insert("type".to_owned(), Value::from(kind));
    // Texts are keys, and no writer has errors of its own.
    line.insert(name.to_owned(), value.unwrap_or_default());
    format!("{}\n", Value::Object(line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Failure;

    #[test]
    fn json_has_one_object_a_line() {
        let error: DeployError = Failure::AppNotFound { app: "a\nb".into() }.into();
        let text = Style::Json.error(&error, "tellr");
        assert_eq!(text.lines().count(), 1);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["error"]["code"], "APP_NOT_FOUND");
    }
}

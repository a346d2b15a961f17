//! Prints the event stream, as text or as JSON.
//!
//! Text: as `deployer::command_line` has it. JSON (`--json`): each event as one line, and last a line with the
//! result or the error.

use std::io::{self, IsTerminal as _, Write};

use deployer::command_line::program::NATIVE;
use deployer::command_line::{ending, events, failure};
use deployer::error::DeployError;
use deployer::events::DeployEvent;
use serde::Serialize;
use serde_json::json;

/// The output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text; colour only on a terminal.
    Lines {
        /// Whether to use colour.
        colour: bool,
    },
    /// JSON lines.
    Json,
}

impl Style {
    /// The style for standard output.
    pub fn for_stdout(json: bool) -> Self {
        if json { Self::Json } else { Self::Lines { colour: is_coloured(std::io::stdout().is_terminal()) } }
    }

    /// The style for standard error.
    pub fn for_stderr() -> Self {
        Self::Lines { colour: is_coloured(std::io::stderr().is_terminal()) }
    }

    /// The text for one event; empty if nothing is printed.
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

    /// The last lines of a failed run.
    pub fn error(self, error: &DeployError) -> String {
        match self {
            Self::Json => json_line("error", "error", error),
            Self::Lines { colour } => failure::failure(error, NATIVE, colour),
        }
    }
}

/// Writes events to standard output immediately. Errors are ignored: the run continues, and the result is written
/// by [`print_result`].
pub fn print(text: &str) {
    let _ = print_result(text);
}

/// Writes to standard output immediately.
///
/// # Errors
/// If the text is lost, as on a full disk. A reader that has closed its end, such as a pager, has seen what it
/// wanted.
pub fn print_result(text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn is_coloured(is_terminal: bool) -> bool {
    is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes to standard error immediately.
pub fn print_error(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn json_line(kind: &str, name: &str, value: &impl Serialize) -> String {
    format!("{}\n", json!({"type": kind, name: value}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use deployer::events::{EventKind, StepState};
    use deployer::host::Timestamp;

    #[test]
    fn json_has_one_object_a_line() {
        let event = DeployEvent {
            run: "r".into(),
            sequence: 1,
            at: Timestamp::from_millis(0),
            elapsed_ms: 6_240,
            kind: EventKind::Step,
            step: Some("lakebase".into()),
            state: Some(StepState::Done),
            message: "a\nb".into(),
            progress: None,
            step_elapsed_ms: Some(5_900),
            url: None,
            steps: vec![],
            error: None,
        };
        let text = Style::Json.event(&event);
        assert_eq!(text.lines().count(), 1);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["event"]["step"], "lakebase");
    }
}

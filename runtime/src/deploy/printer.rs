//! Prints the event stream, as text or as JSON.
//!
//! Text: one line when a step ends and one when it starts to wait, each with the time since the start,
//! readable without colour and in a file. JSON (`--json`): each event as one line, and last a line with the
//! result or the error.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};

use deployer::error::{DeployError, ErrorClass, ErrorDetails};
use deployer::events::{DeployEvent, EventKind, StepState};
use serde::Serialize;
use serde_json::json;

/// The documentation of errors that only this interface has.
const DOCS: &str = "README.md#configuration";

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
            Self::Lines { colour } => line(event, colour),
        }
    }

    /// The last lines of a successful run.
    pub fn result(self, result: &impl Serialize, sentence: &str) -> String {
        match self {
            Self::Json => json_line("result", "result", result),
            Self::Lines { .. } => format!("\n{sentence}\n"),
        }
    }

    /// The last lines of a failed run.
    pub fn error(self, error: &DeployError) -> String {
        match self {
            Self::Json => json_line("error", "error", error),
            Self::Lines { colour } => failure(error, colour),
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

/// The error for a result that was lost: a script must not take an empty file for a result.
pub(super) fn output_lost(error: &io::Error) -> DeployError {
    ErrorDetails {
        code: "OUTPUT_LOST".to_owned(),
        class: ErrorClass::Deployment,
        message: "The result couldn't be written to standard output".to_owned(),
        cause: error.to_string(),
        remedy:
            "Free space, or write it elsewhere. The operation itself has finished; `tellr-app deploy status` shows \
             the state"
                .to_owned(),
        docs: DOCS.to_owned(),
        reason: None,
        step: None,
        log: Vec::new(),
        refused: None,
    }
    .into()
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

/// The platform's explanation is limited to a line or two; the log has more.
const MOST_CAUSE_LINES: usize = 8;

const GREEN: &str = "32";
const RED: &str = "31";
const DIM: &str = "2";
const BOLD: &str = "1";

fn paint(text: &str, code: &str, colour: bool) -> String {
    if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

fn line(event: &DeployEvent, colour: bool) -> String {
    let message = printable(&event.message);
    let time = format!("{:>7.1} s", millis(event.elapsed_ms));
    let time = paint(&time, DIM, colour);
    let step = event.step.as_deref().unwrap_or_default();
    let (mark, message) = match (event.kind, event.state) {
        (EventKind::Plan, _) => {
            let steps: Vec<&str> = event.steps.iter().map(|step| step.step.as_str()).collect();
            (" ".to_owned(), format!("{message}: {}", steps.join(", ")))
        }
        (EventKind::Notice, _) => ("!".to_owned(), message),
        // The time taken so far and the usual duration are shown by `progress`, on a terminal in place.
        (EventKind::Step, Some(StepState::Waiting)) if event.progress.is_some() => return String::new(),
        (EventKind::Step, Some(StepState::Waiting | StepState::Progress)) => ("…".to_owned(), message),
        (EventKind::Step, Some(StepState::Done)) => (paint("✓", GREEN, colour), message),
        (EventKind::Step, Some(StepState::Unchanged)) => (paint("=", GREEN, colour), message),
        (EventKind::Step, Some(StepState::Failed)) => (paint("✗", RED, colour), message),
        (EventKind::Step, Some(StepState::Skipped)) => ("-".to_owned(), message),
        // The start of a step isn't printed, only its end or a wait; the end of the run is printed with the
        // result.
        _ => return String::new(),
    };
    let took = match event.step_elapsed_ms {
        Some(took) if took >= 100 => paint(&format!("  ({:.1} s)", millis(took)), DIM, colour),
        _ => String::new(),
    };
    format!("{time}  {mark} {step:<13} {message}{took}\n")
}

fn failure(error: &DeployError, colour: bool) -> String {
    let mut text =
        format!("\n{} {}\n", paint("Error:", RED, colour), paint(&printable(&error.message), BOLD, colour));
    // A cause that is a log is printed like the log below.
    let shown = if error.log.is_empty() { MOST_CAUSE_LINES } else { 1 };
    let mut causes = error.cause.lines().take(shown).map(printable);
    let _ = writeln!(text, "  Why:      {}", causes.next().unwrap_or_default());
    for line in causes {
        let _ = writeln!(text, "            {line}");
    }
    let _ = writeln!(text, "  What now: {}", printable(&error.remedy));
    let _ = writeln!(text, "  More:     {}  [{}]", page(&error.docs), error.code);
    if !error.log.is_empty() {
        let _ = writeln!(text, "  Last lines of the log:");
        for line in &error.log {
            let _ = writeln!(text, "  | {}", printable(line));
        }
    }
    text
}

/// The documentation link. Files of the project don't exist on the user's machine; the help does.
fn page(docs: &str) -> &str {
    if docs.starts_with("https://") { docs } else { "tellr-app deploy --help" }
}

/// The platform's messages may contain anything; control characters, and characters that reverse the direction of
/// the text after them, must not reach a terminal.
pub(super) fn printable(text: &str) -> String {
    let misleads =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if c.is_control() || misleads(c) { ' ' } else { c }).collect()
}

#[expect(clippy::cast_precision_loss, reason = "tenths of a second are shown")]
fn millis(millis: u64) -> f64 {
    millis as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use deployer::error::Failure;
    use deployer::host::Timestamp;

    fn event(state: StepState, message: &str) -> DeployEvent {
        DeployEvent {
            run: "r".into(),
            sequence: 1,
            at: Timestamp::from_millis(0),
            elapsed_ms: 6_240,
            kind: EventKind::Step,
            step: Some("lakebase".into()),
            state: Some(state),
            message: message.into(),
            progress: None,
            step_elapsed_ms: Some(5_900),
            url: None,
            steps: vec![],
            error: None,
        }
    }

    #[test]
    fn a_step_that_ended_is_one_line_with_both_times() {
        let text = Style::Lines { colour: false }.event(&event(StepState::Done, "created the database"));
        assert_eq!(text, "    6.2 s  ✓ lakebase      created the database  (5.9 s)\n");
    }

    #[test]
    fn the_platforms_words_can_not_drive_the_terminal() {
        let text = Style::Lines { colour: false }.event(&event(StepState::Progress, "hello\x1b[2Jworld"));
        assert!(!text.contains('\x1b'), "{text:?}");
    }

    #[test]
    fn an_error_says_why_and_what_now() {
        let error: DeployError = Failure::AppNotFound { app: "tellr".into() }.into();
        let text = Style::Lines { colour: false }.error(&error);
        assert!(
            text.contains("There is no app `tellr`") && text.contains("Why:") && text.contains("What now:"),
            "{text}"
        );
    }

    #[test]
    fn json_has_one_object_a_line() {
        let text = Style::Json.event(&event(StepState::Done, "a\nb"));
        assert_eq!(text.lines().count(), 1);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["event"]["step"], "lakebase");
    }
}

//! An event as a line, and steps that are still waiting.
//!
//! One line when a step ends and one when it starts to wait, each with the time since the start, readable
//! without colour and in a file.

use std::time::Duration;

use super::text::{DIM, GREEN, RED, paint, printable, seconds};
use crate::error::spell;
use crate::events::{DeployEvent, EventKind, StepState};
use crate::steps::usual;

/// The maximum length of a terminal's last line, so that it fits on one line of any terminal.
pub const WIDTH: usize = 78;

/// The line of an event; empty if nothing is printed.
#[must_use]
pub fn line(event: &DeployEvent, colour: bool) -> String {
    let message = printable(&event.message);
    let time = format!("{:>7} s", seconds(event.elapsed_ms));
    let time = paint(&time, DIM, colour);
    let step = event.step.as_deref().unwrap_or_default();
    let (mark, message) = match (event.kind, event.state) {
        (EventKind::Plan, _) => {
            let steps: Vec<&str> = event.steps.iter().map(|step| step.step.as_str()).collect();
            (" ".to_owned(), format!("{message}: {}", steps.join(", ")))
        }
        (EventKind::Notice, _) => ("!".to_owned(), message),
        // The time taken so far and the usual duration are shown between the events.
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
        Some(took) if took >= 100 => paint(&format!("  ({} s)", seconds(took)), DIM, colour),
        _ => String::new(),
    };
    format!("{time}  {mark} {step:<13} {message}{took}\n")
}

/// The line of a step without an event for some time, without an end of line.
#[must_use]
pub fn waiting(step: &str, waited: Duration, message: &str) -> String {
    let usual = usual::of_step(step).map(|usual| format!(", usually {}", usual.text));
    let sentence = format!("{}{}: {}", spell(waited), usual.unwrap_or_default(), printable(message));
    format!("           … {step:<13} {sentence}")
}

/// The same, shortened to [`WIDTH`] characters, with the number of other steps that are waiting.
#[must_use]
pub fn waiting_in_place(step: &str, waited: Duration, message: &str, others: usize) -> String {
    let others = match others {
        0 => String::new(),
        more => format!(" (+{more} more)"),
    };
    let room = WIDTH - others.chars().count();
    waiting(step, waited, message).chars().take(room).chain(others.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::Timestamp;

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
        let text = line(&event(StepState::Done, "created the database"), false);
        assert_eq!(text, "    6.2 s  ✓ lakebase      created the database  (5.9 s)\n");
    }

    #[test]
    fn the_platforms_words_can_not_drive_the_terminal() {
        let text = line(&event(StepState::Progress, "hello\x1b[2Jworld"), false);
        assert!(!text.contains('\x1b'), "{text:?}");
        assert!(!waiting("app", Duration::ZERO, "\x1b[2J").contains('\x1b'));
    }

    #[test]
    fn a_wait_in_place_fits_on_one_line() {
        let long = waiting_in_place("lakebase", Duration::from_secs(9), &"word ".repeat(60), 12);
        assert_eq!(long.chars().count(), WIDTH);
        assert!(long.ends_with(" (+12 more)"), "{long}");
    }
}

//! Shows what a run is waiting for while no events arrive.
//!
//! The platform may work for two minutes without an event. On a terminal the last line shows the step, how
//! long it has been waiting, and the usual duration; in a file or a pipe, a line is printed every 20
//! seconds.

use std::convert::Infallible;
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use deployer::command_line::events::{waiting, waiting_in_place};
use deployer::events::{DeployEvent, EventKind, StepState};

use super::introduction::Introduction;
use super::printer::{Style, print};

/// How often a line is printed without a terminal.
const LINES: Duration = Duration::from_secs(20);
/// How often the last line of a terminal is redrawn.
const REDRAWS: Duration = Duration::from_secs(1);
/// How long a step has to wait before the line is drawn on a terminal; shorter waits aren't shown.
const WORTH_TELLING: Duration = Duration::from_secs(3);
/// After this time without an answer, the workspace is printed even though the user isn't known yet.
const UNNAMED: Duration = Duration::from_secs(2);

/// A step in progress.
struct Waiting {
    step: String,
    message: String,
    since: Instant,
    told: Instant,
}

/// The steps in progress.
#[derive(Default)]
struct StepsInProgress(Vec<Waiting>);

impl StepsInProgress {
    fn hear(&mut self, event: &DeployEvent, now: Instant) {
        let (EventKind::Step, Some(step), Some(state)) = (event.kind, &event.step, event.state) else {
            return;
        };
        match state {
            StepState::Started | StepState::Waiting | StepState::Progress => {
                let message = event.message.clone();
                match self.0.iter_mut().find(|waiting| waiting.step == *step) {
                    Some(waiting) => (waiting.message, waiting.told) = (message, now),
                    None => self.0.push(Waiting { step: step.clone(), message, since: now, told: now }),
                }
            }
            StepState::Done | StepState::Unchanged | StepState::Failed | StepState::Skipped => {
                self.0.retain(|waiting| waiting.step != *step);
            }
        }
    }

    /// The due lines: for steps without an event for 20 seconds.
    fn due(&mut self, now: Instant) -> Vec<String> {
        let mut lines = Vec::new();
        for step in &mut self.0 {
            if now.saturating_duration_since(step.told) >= LINES {
                step.told = now;
                lines.push(waiting(&step.step, now.saturating_duration_since(step.since), &step.message));
            }
        }
        lines
    }

    /// The last line of a terminal: the step that started last, and the number of others.
    fn last_line(&self, now: Instant) -> Option<String> {
        let Waiting { step, message, since, .. } = self.0.last()?;
        let waited = now.saturating_duration_since(*since);
        (waited >= WORTH_TELLING).then(|| waiting_in_place(step, waited, message, self.0.len() - 1))
    }
}

/// Prints events, and progress between them.
#[derive(Clone)]
pub(super) struct Progress {
    style: Style,
    is_terminal: bool,
    waits: Arc<Mutex<StepsInProgress>>,
    /// Whether the terminal's last line is a progress line.
    is_drawn: Arc<AtomicBool>,
    introduction: Arc<Introduction>,
}

impl Progress {
    /// Prints the workspace first.
    pub(super) fn new(style: Style, introduction: Arc<Introduction>) -> Self {
        Self {
            introduction,
            style,
            is_terminal: std::io::stdout().is_terminal(),
            waits: Arc::default(),
            is_drawn: Arc::default(),
        }
    }

    /// Prints an event.
    pub(super) fn event(&self, event: &DeployEvent) {
        self.clear();
        self.waits().hear(event, Instant::now());
        let text = self.style.event(event);
        if !text.is_empty() {
            self.introduction.workspace();
        }
        print(&text);
    }

    /// Clears the progress line of a terminal, before something else is printed.
    pub(super) fn clear(&self) {
        if self.is_drawn.swap(false, Ordering::Relaxed) {
            print("\r\x1b[K");
        }
    }

    /// Shows progress for as long as this is polled.
    pub(super) async fn tell(self) -> Infallible {
        if matches!(self.style, Style::Json) {
            std::future::pending::<()>().await;
        }
        let mut ticks = tokio::time::interval(REDRAWS);
        let began = Instant::now();
        loop {
            ticks.tick().await;
            let now = Instant::now();
            if now.saturating_duration_since(began) >= UNNAMED {
                self.introduction.workspace();
            }
            if self.draws() {
                if let Some(line) = self.waits().last_line(now) {
                    self.is_drawn.store(true, Ordering::Relaxed);
                    print(&format!("\r\x1b[K{line}"));
                }
            } else {
                for line in self.waits().due(now) {
                    print(&format!("{line}\n"));
                }
            }
        }
    }

    /// Whether the last line is redrawn: only on a terminal that supports control codes.
    fn draws(&self) -> bool {
        self.is_terminal
            && matches!(self.style, Style::Lines { .. })
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
    }

    fn waits(&self) -> MutexGuard<'_, StepsInProgress> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use deployer::host::Timestamp;

    use super::*;
    use deployer::command_line::events::WIDTH;

    fn event(step: &str, state: StepState, message: &str) -> DeployEvent {
        DeployEvent {
            run: "r".into(),
            sequence: 1,
            at: Timestamp::from_millis(0),
            elapsed_ms: 0,
            kind: EventKind::Step,
            step: Some(step.into()),
            state: Some(state),
            message: message.into(),
            progress: None,
            step_elapsed_ms: None,
            url: None,
            steps: vec![],
            error: None,
        }
    }

    fn later(began: Instant, secs: u64) -> Instant {
        began + Duration::from_secs(secs)
    }

    #[test]
    fn where_lines_stay_one_comes_every_twenty_seconds_of_silence() {
        let (mut waits, began) = (StepsInProgress::default(), Instant::now());
        waits.hear(&event("app", StepState::Started, "creating the app"), began);
        waits.hear(&event("app", StepState::Waiting, "its compute is starting"), later(began, 2));
        assert!(waits.due(later(began, 21)).is_empty(), "something was told at 2 s");
        let line = "           … app           22 s, usually 1 to 3 min: its compute is starting";
        assert_eq!(waits.due(later(began, 22)), [line]);
        assert!(waits.due(later(began, 41)).is_empty());
        assert!(waits.due(later(began, 64))[0].contains("1 min 4 s, usually"));
        waits.hear(&event("app", StepState::Done, "it runs"), later(began, 65));
        assert!(waits.due(later(began, 200)).is_empty(), "nothing is waited for");
    }

    #[test]
    fn a_terminal_shows_the_last_step_in_one_line() {
        let (mut waits, began) = (StepsInProgress::default(), Instant::now());
        waits.hear(&event("lakebase", StepState::Waiting, "the database\x1b[2J starts"), began);
        assert_eq!(waits.last_line(later(began, 1)), None);
        waits.hear(&event("app", StepState::Waiting, "its compute is starting"), began);
        let line = waits.last_line(later(began, 5)).expect("a line");
        assert_eq!(line, "           … app           5 s, usually 1 to 3 min: its compute is s (+1 more)");
        waits.hear(&event("app", StepState::Done, "it runs"), later(began, 6));
        let line = waits.last_line(later(began, 7)).expect("a line");
        assert!(line.contains("lakebase") && !line.contains('\x1b'), "{line:?}");
        waits.hear(&event("lakebase", StepState::Progress, &"word ".repeat(60)), later(began, 8));
        assert_eq!(waits.last_line(later(began, 9)).expect("a line").chars().count(), WIDTH);
    }
}

//! A command line as the kernel: `tellr`, the Python package's command.
//!
//! It has no texts of its own. A run that was started with [`CommandRun`] returns with each turn what is to be
//! printed of it; for texts outside of a run there are questions (`command_question`).

use serde::{Deserialize, Serialize};

use super::task::{Outcome, Task};
use crate::command_line::program::PACKAGE;
use crate::command_line::style::Style;
use crate::command_line::{confirmation, ending, failure, flags, looking, report};
use crate::error::{DeployError, Result};
use crate::events::DeployEvent;
use crate::operations::SavedPlan;

/// How a command line prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is about something else")]
pub struct Printing {
    /// Whether to print JSON lines.
    json: bool,
    /// Whether standard output takes colour.
    colour: bool,
    /// Whether standard error takes colour.
    error_colour: bool,
    /// Whether the settings are in a file, so that errors name its keys and not flags.
    is_from_file: bool,
}

impl Printing {
    pub(super) fn style(self) -> Style {
        if self.json { Style::Json } else { Style::Lines { colour: self.colour } }
    }
}

/// The file of a saved plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedFile {
    /// Its path, as it was given.
    pub(super) file: String,
    /// Its content; null if it isn't text.
    text: Option<String>,
}

impl SavedFile {
    pub(super) fn content(&self) -> &[u8] {
        // Refused in the same words as a file that isn't text.
        self.text.as_ref().map_or(b"\xff", |text| text.as_bytes())
    }

    pub(super) fn read(&self) -> Result<SavedPlan> {
        SavedPlan::parse(&self.file, self.content())
    }
}

/// A run of a command line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandRun {
    printing: Printing,
    /// Of a plan: the saved plan that it must not differ from. Of an operation: the one that it follows.
    #[serde(default)]
    saved: Option<SavedFile>,
    /// Of a plan that is saved: the workspace's address.
    #[serde(default)]
    save_for: Option<String>,
}

/// What a command line prints in a turn.
#[derive(Debug, Default, Serialize)]
pub struct Printed {
    /// The line of each event, with its end; empty where nothing is printed.
    pub lines: Vec<String>,
    /// At the end of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

/// The end of a run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It succeeded.
    Done(Done),
    /// It failed.
    Failed(Failed),
}

/// What is printed of a result.
#[derive(Debug, Serialize)]
pub struct Done {
    /// For standard output.
    text: String,
    /// The exit code.
    exit_code: u8,
    /// Of a plan: what is shown before its operation is run.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// Of a plan: what is asked if its operation has to be confirmed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    questions: Vec<confirmation::Question>,
    /// Of a plan that is saved: the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    saved: Option<String>,
}

/// What is printed of an error.
#[derive(Debug, Serialize)]
pub struct Failed {
    /// Its name.
    code: String,
    /// For standard error.
    text: String,
    /// The line for standard output instead, with JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<String>,
    /// The exit code.
    exit_code: u8,
}

impl Failed {
    pub(super) fn new(error: DeployError, printing: Printing) -> Self {
        let error = flags::with_flags(error, printing.is_from_file, PACKAGE, flags::names());
        Self {
            text: Style::Lines { colour: printing.error_colour }.error(&error, PACKAGE),
            line: printing.json.then(|| Style::Json.error(&error, PACKAGE)),
            exit_code: failure::exit_code(&error),
            code: error.code.clone(),
        }
    }
}

impl CommandRun {
    /// Has an operation follow its saved plan.
    pub(super) fn follow(&self, task: &mut Task) -> Result<()> {
        if let (Task::Run(change), Some(saved)) = (task, &self.saved) {
            saved.read()?.followed_by(change);
        }
        Ok(())
    }

    /// Checks a run before its result is returned; the file of a plan that is saved.
    pub(super) fn check(&self, task: &Task, outcome: &Outcome) -> Result<Option<String>> {
        let (Task::Plan(change), Outcome::Planned(plan)) = (task, outcome) else { return Ok(None) };
        if let Some(saved) = &self.saved {
            saved.read()?.check(plan)?;
        }
        let Some(workspace) = &self.save_for else { return Ok(None) };
        Ok(Some(SavedPlan::of(plan, change, workspace)?.text()))
    }

    /// What is printed in a turn.
    pub(super) fn printed(
        &self,
        events: &[DeployEvent],
        ended: Option<&Result<(Outcome, Option<String>)>>,
    ) -> Printed {
        let printing = self.printing;
        let style = printing.style();
        let end = ended.map(|ended| match ended {
            Ok((outcome, saved)) => End::Done(done(outcome, saved.clone(), printing)),
            Err(error) => End::Failed(Failed::new(error.clone(), printing)),
        });
        Printed { lines: events.iter().map(|event| style.event(event)).collect(), end }
    }
}

fn done(outcome: &Outcome, saved: Option<String>, printing: Printing) -> Done {
    let (before, questions) = match outcome {
        Outcome::Planned(plan) => (Some(report::before_run(plan)), confirmation::questions(plan)),
        _ => (None, Vec::new()),
    };
    let exit_code = match outcome {
        Outcome::Checked(found) if !found.ok => failure::FAILURE,
        _ => failure::SUCCESS,
    };
    let text = printing.style().result(outcome, &sentence(outcome, printing.is_from_file));
    Done { text, exit_code, before, questions, saved }
}

fn sentence(outcome: &Outcome, is_from_file: bool) -> String {
    let report = match outcome {
        Outcome::Created(result) => ending::created(result),
        Outcome::Updated(result) => ending::updated(result),
        Outcome::Deleted(result) => ending::deleted(result),
        Outcome::RolledBack(result) => ending::rolled_back(result),
        Outcome::Restored(result) => ending::restored(result, PACKAGE),
        Outcome::Planned(plan) => report::plan(plan),
        Outcome::Stands(status) => report::status(status),
        Outcome::Happened(history) => report::history(history, PACKAGE),
        Outcome::Listed(list) => looking::list(list),
        Outcome::Checked(found) => {
            flags::in_text(&looking::findings(found), is_from_file, PACKAGE, flags::names())
        }
    };
    report.trim_end().to_owned()
}

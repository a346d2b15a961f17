//! What a command line asks without a run: checks of its arguments, and texts.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::command::{Failed, Printing, SavedFile};
use super::protocol::{Fault, Wanted, task_kind};
use super::task::{Operation, Task, TaskKind};
use crate::command_line::opening::{self, Opening};
use crate::command_line::program::PACKAGE;
use crate::command_line::style::Style;
use crate::command_line::{confirmation, ending, events, failure, flags, introduction, log, saved};
use crate::error::{DeployError, ErrorClass, ErrorDetails, Failure, Result};
use crate::operations::Change;

/// What a command line asks.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CommandQuestion {
    /// What is wrong with the arguments; else the app's name, and whether the operation has to be confirmed.
    Check {
        operation: Wanted,
        #[serde(default)]
        plan_of: Option<Operation>,
        arguments: Map<String, Value>,
        #[serde(default)]
        config_yaml: Option<String>,
        #[serde(default)]
        environment: Option<String>,
        /// The saved plan that they have to be those of, and the workspace.
        #[serde(default)]
        saved: Option<(SavedFile, String)>,
    },
    /// The settings of a saved plan of the operation, instead of those that were given.
    Recorded { operation: Operation, saved: SavedFile, arguments: Map<String, Value> },
    /// The pairs of a flag, or a text that says what is wrong with them.
    Pairs { flag: String, texts: Vec<String> },
    /// An error that the command line found itself, in the catalogue's words.
    Refusal { kind: RefusalKind, facts: Facts },
    /// A text.
    Text { kind: TextKind, facts: Facts },
}

/// What a command line itself refuses, or fails with.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RefusalKind {
    /// No workspace or no credential was found: `problem`.
    NoWorkspace,
    /// A value of a flag: `key`, `given`, `expected`.
    InvalidValue,
    /// Data would be lost, and there is no terminal to ask on: `operation`, `app`.
    ConfirmationNeeded,
    /// Another name was typed, or none: `name`, `is_typed`.
    NotConfirmed,
    /// Stopped before anything was changed: `app`.
    Cancelled,
    /// The result is lost: `problem`.
    OutputLost,
    /// There is no such app: `app`.
    AppNotFound,
    /// The workspace shows no address of the app: `app`.
    NoAddress,
    /// The log can't be read with this credential: `app`, `status`, `personal`.
    LogRefused,
    /// The log can't be read: `app`, `compute`, `problem`.
    LogUnreachable,
    /// An error that has its words: `code`, `message`, `cause`, `remedy`, `docs`, `class`.
    Told,
}

/// A text of a command line.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TextKind {
    /// The first line: `host` with `profile`, unless it was printed, and `user`, if known.
    Introduction,
    /// The line of a step that waits: `step`, `waited_ms`, `message`; on a terminal in place, with the
    /// count of `others`.
    Waiting,
    /// A run is asked to stop: `at_safe_point`.
    Stopping,
    /// What `open` did: `url`, `opened`.
    Opened,
    /// `lines` of a log.
    LogLines,
    /// A log is waited for: `problem`.
    LogWaits,
    /// The app's URL answered with another `status` than a log.
    LogAnswered,
    /// A log has ended: `compute`.
    LogEnds,
}

/// The facts of a refusal or a text, by name. Not a type for each: the code that reads types takes space in a
/// module that is downloaded. What is missing is empty.
#[derive(Deserialize)]
pub(super) struct Facts(Map<String, Value>);

impl Facts {
    fn text(&self, name: &str) -> String {
        self.given(name).unwrap_or_default().to_owned()
    }

    fn given(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(Value::as_u64)
    }

    fn is(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    fn status(&self) -> u16 {
        self.number("status").and_then(|status| u16::try_from(status).ok()).unwrap_or_default()
    }

    fn lines(&self) -> impl Iterator<Item = log::Line> {
        let lines = self.0.get("lines").and_then(Value::as_array).into_iter().flatten();
        lines.map(|line| log::Line {
            timestamp: line["timestamp"].as_f64().unwrap_or_default(),
            source: line["source"].as_str().unwrap_or_default().to_owned(),
            message: line["message"].as_str().unwrap_or_default().to_owned(),
        })
    }

    fn refusal(&self, kind: &RefusalKind) -> DeployError {
        let text = |name| self.text(name);
        match kind {
            RefusalKind::NoWorkspace => Failure::NoWorkspace { problem: text("problem") },
            RefusalKind::InvalidValue => {
                Failure::InvalidValue { key: text("key"), given: text("given"), expected: text("expected") }
            }
            RefusalKind::ConfirmationNeeded => {
                Failure::ConfirmationNeeded { operation: text("operation"), app: text("app") }
            }
            RefusalKind::NotConfirmed => {
                Failure::NotConfirmed { name: text("name"), is_typed: self.is("is_typed") }
            }
            RefusalKind::Cancelled => Failure::Cancelled { app: text("app"), stands: Vec::new() },
            RefusalKind::OutputLost => return failure::output_lost(&text("problem"), PACKAGE),
            RefusalKind::AppNotFound => Failure::AppNotFound { app: text("app") },
            RefusalKind::NoAddress => opening::no_address(&text("app")),
            RefusalKind::LogRefused => {
                Failure::LogRefused { app: text("app"), status: self.status(), personal: self.is("personal") }
            }
            RefusalKind::LogUnreachable => Failure::LogUnreachable {
                app: text("app"),
                compute: text("compute"),
                problem: text("problem"),
            },
            RefusalKind::Told => {
                let is_input = self.given("class") == Some("input");
                return ErrorDetails {
                    code: text("code"),
                    class: if is_input { ErrorClass::Input } else { ErrorClass::Deployment },
                    message: text("message"),
                    cause: text("cause"),
                    remedy: text("remedy"),
                    docs: text("docs"),
                    reason: None,
                    step: None,
                    log: Vec::new(),
                    refused: None,
                }
                .into();
            }
        }
        .into()
    }

    fn printed(&self, kind: &TextKind, style: Style) -> String {
        match kind {
            TextKind::Introduction => match (self.given("host"), self.given("user")) {
                (Some(host), user) => introduction::workspace(host, user, self.given("profile")),
                (None, Some(user)) => introduction::user(user),
                (None, None) => String::new(),
            },
            TextKind::Waiting => {
                let waited = Duration::from_millis(self.number("waited_ms").unwrap_or_default());
                let (step, message) = (self.text("step"), self.text("message"));
                match self.number("others").and_then(|others| usize::try_from(others).ok()) {
                    Some(others) => events::waiting_in_place(&step, waited, &message, others),
                    None => events::waiting(&step, waited, &message),
                }
            }
            TextKind::Stopping => ending::stopping(self.is("at_safe_point")),
            TextKind::Opened => Opening { url: &self.text("url"), opened: self.is("opened") }.text(style),
            TextKind::LogLines => self.lines().map(|line| line.text(style)).collect(),
            TextKind::LogWaits => log::waiting(&self.text("problem")),
            TextKind::LogAnswered => log::answered(self.status()),
            TextKind::LogEnds => log::ended(&self.text("compute")),
        }
    }
}

/// The answer to a command line.
pub(super) enum CommandReply {
    Value(Value),
    Failed(Failed),
}

/// Answers a question.
pub(super) fn reply(
    question: CommandQuestion,
    printing: Printing,
) -> std::result::Result<CommandReply, Fault> {
    let answered = match question {
        CommandQuestion::Check { operation, plan_of, arguments, config_yaml, environment, saved } => {
            let kind = task_kind(operation, plan_of)?;
            check(kind, arguments, config_yaml.as_deref(), environment.as_deref(), saved.as_ref())
        }
        CommandQuestion::Recorded { operation, saved: file, mut arguments } => {
            saved::take(operation, &file.file, file.content(), &mut arguments)
                .map(|_| Value::Object(arguments))
        }
        CommandQuestion::Pairs { flag, texts } => Ok(match flags::pairs(&flag, &texts) {
            Ok(pairs) => json!({ "pairs": pairs }),
            Err(problem) => json!({ "problem": problem }),
        }),
        CommandQuestion::Refusal { kind, facts } => Err(facts.refusal(&kind)),
        CommandQuestion::Text { kind, facts } => Ok(Value::String(facts.printed(&kind, printing.style()))),
    };
    Ok(match answered {
        Ok(value) => CommandReply::Value(value),
        Err(error) => CommandReply::Failed(Failed::new(error, printing)),
    })
}

fn check(
    kind: TaskKind,
    arguments: Map<String, Value>,
    file: Option<&str>,
    environment: Option<&str>,
    saved: Option<&(SavedFile, String)>,
) -> Result<Value> {
    let is_delete = matches!(kind, TaskKind::Run(Operation::Delete) | TaskKind::Plan(Operation::Delete));
    if is_delete && file.is_none() && !arguments.contains_key("app_name") {
        return Err(flags::unnamed_delete());
    }
    let task = Task::read(kind, Value::Object(arguments), file, environment)?;
    if let (Task::Run(change) | Task::Plan(change), Some((saved, workspace))) = (&task, saved) {
        saved.read()?.check_given(change, workspace)?;
    }
    Ok(match &task {
        Task::Run(change) => {
            json!({"app_name": change.app_name(), "loses": confirmation::loses(change), "needs_sql": task.needs_sql()})
        }
        Task::Plan(change) => json!({"app_name": Change::app_name(change)}),
        Task::Status(config) | Task::History(config) => json!({"app_name": config.app_name.as_str()}),
        Task::Doctor(_) | Task::List => json!({}),
    })
}

#[cfg(test)]
mod tests {
    use super::super::machine::Machine;
    use super::super::protocol::PROTOCOL;
    use super::*;

    fn ask(asked: &Value) -> Value {
        let printing = json!({"json": false, "colour": false, "error_colour": false, "is_from_file": false});
        let question =
            json!({"protocol": PROTOCOL, "question": "command", "printing": printing, "asked": asked});
        let answer = Machine::default().ask(question.to_string().as_bytes());
        serde_json::from_slice(&answer).expect("every answer is JSON")
    }

    #[test]
    fn arguments_are_checked_before_a_workspace_is_looked_for() {
        let check = |operation: &str, arguments: Value| {
            ask(&json!({"check": {"operation": operation, "arguments": arguments}}))
        };
        let delete = check("delete", json!({"app_name": "tellr"}));
        assert_eq!(delete["value"], json!({"app_name": "tellr", "loses": true, "needs_sql": false}));
        let unnamed = check("delete", json!({}));
        let text = unnamed["failed"]["text"].as_str().expect("a text");
        assert!(text.contains("such as `tellr delete tellr`"), "{text}");
        let wrong = check("create", json!({"app_name": "Tellr"}));
        let failed = &wrong["failed"];
        assert_eq!((&failed["exit_code"], &failed["code"]), (&json!(2), &json!("INVALID_VALUE")));
        let text = failed["text"].as_str().expect("a text");
        assert!(text.contains("`--app-name`") && text.contains("tellr --help"), "{text}");
    }

    #[test]
    fn what_the_command_finds_itself_has_the_catalogues_words() {
        let facts = json!({"operation": "delete", "app": "tellr"});
        let needed = ask(&json!({"refusal": {"kind": "confirmation_needed", "facts": facts}}));
        let text = needed["failed"]["text"].as_str().expect("a text");
        assert!(text.contains("`tellr plan delete`"), "{text}");
        let pairs = ask(&json!({"pairs": {"flag": "extra_env", "texts": ["A"]}}));
        assert!(pairs["value"]["problem"].as_str().expect("it is wrong").starts_with("`--extra-env A`"));
        let saved = json!({"file": "plan.json", "text": null});
        let refused = ask(&json!({"recorded": {"operation": "update", "saved": saved, "arguments": {}}}));
        assert!(refused["failed"]["text"].as_str().expect("a text").contains("it is not text"));
    }

    #[test]
    fn texts_are_those_of_the_native_command() {
        let text = |kind: &str, facts: Value| {
            let answer = ask(&json!({"text": {"kind": kind, "facts": facts}}));
            answer["value"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
        };
        let waiting = json!({"step": "app", "waited_ms": 64_000, "message": "it starts"});
        assert!(text("waiting", waiting).contains("1 min 4 s, usually"));
        let first = json!({"host": "https://x.example", "user": "ada", "profile": "work"});
        assert_eq!(text("introduction", first), "Workspace https://x.example as ada (profile `work`)\n");
        let lines = json!({"lines": [{"timestamp": 1.5, "source": "APP", "message": "a\u{1b}[2J"}]});
        assert_eq!(text("log_lines", lines), "1970-01-01T00:00:01.5Z APP    a\n");
        assert_eq!(text("stopping", json!({"at_safe_point": false})), ending::stopping(false));
    }
}

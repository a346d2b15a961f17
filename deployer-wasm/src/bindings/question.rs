//! Queries that a kernel can send without a run, which the logic answers by itself.
//!
//! A notebook's widget runs the logic in the page, with the kernel as its host. A schema operation reaches
//! the kernel as a typed value, so no SQL text ever comes from a page; the kernel asks this module for the
//! statements, and for the meaning of the returned row. Where a page can't run WebAssembly, its form sends
//! the kernel the queries that it would have sent to its own module.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::form;
use super::machine::{Machine, answer, as_printed, asked, read_tagged};
use super::protocol::{Fault, PROTOCOL, Wanted};
use super::task::{Operation, Task};
use crate::command_line::program::Printing;
use crate::command_line::{confirmation, events, failure, introduction};
use crate::error::{DeployError, Failure};
use crate::schema::{self, SchemaError, SchemaOperation, SchemaOutcome, Script};

/// A query. It changes nothing, and doesn't affect a run in progress.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Question {
    /// The statements of a schema operation.
    Script { operation: SchemaOperation },
    /// The outcome of a schema operation, from the row that its script returned, if any.
    Outcome { operation: SchemaOperation, row: Option<Vec<Option<String>>> },
    /// What is wrong with arguments, or with the text of a file; null if nothing is.
    Validate { operation: Operation, config: Value },
    /// A file as arguments for `create`.
    ParseYaml { file: String, environment: Option<String> },
    /// The names of a file's `environments`.
    Environments { file: String },
    /// Arguments for `create` as a file.
    ToYaml { config: Value },
    /// Of a command line: what is wrong with its arguments; else whether the operation has to be confirmed.
    Check {
        operation: Wanted,
        #[serde(default)]
        plan_of: Option<Operation>,
        arguments: Value,
        config_yaml: Option<String>,
        environment: Option<String>,
        printing: Printing,
    },
    /// Of a command line: an error that it found itself, in the catalogue's words.
    Refusal { refusal: Refusal, printing: Printing },
    /// Of a command line: the first line.
    Introduction { host: Option<String>, user: Option<String>, profile: Option<String> },
    /// Of a command line: the line of a step that waits; with `others` in place, on a terminal.
    Waiting { step: String, waited_ms: u64, message: String, others: Option<usize> },
}

/// What a command line itself refuses, or fails with.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Refusal {
    /// No workspace or no credential was found.
    NoWorkspace { problem: String },
    /// No answer from the workspace.
    Unreachable { problem: String },
    /// A value of a flag.
    InvalidValue { key: String, given: String, expected: String },
    /// An operation that needs the app's name has none.
    Unnamed { operation: Operation },
    /// Data would be lost, and there is no terminal to ask on.
    ConfirmationNeeded { operation: Operation, app: String },
    /// Another name was typed, or none.
    NotConfirmed { name: String, is_typed: bool },
    /// Stopped before anything was changed.
    Cancelled { app: String },
    /// The result is lost.
    OutputLost { problem: String },
    /// An error with its texts.
    Told(DeployError),
}

impl Refusal {
    fn error(self, program: &str) -> DeployError {
        match self {
            Self::NoWorkspace { problem } => Failure::NoWorkspace { problem }.into(),
            Self::Unreachable { problem } => Failure::Unreachable { problem }.into(),
            Self::InvalidValue { key, given, expected } => {
                Failure::InvalidValue { key, given, expected }.into()
            }
            Self::Unnamed { operation } => failure::unnamed(operation).into(),
            Self::ConfirmationNeeded { operation, app } => {
                Failure::ConfirmationNeeded { operation: operation.as_str().to_owned(), app }.into()
            }
            Self::NotConfirmed { name, is_typed } => Failure::NotConfirmed { name, is_typed }.into(),
            Self::Cancelled { app } => Failure::Cancelled { app, stands: Vec::new() }.into(),
            Self::OutputLost { problem } => failure::output_lost(&problem, program),
            Self::Told(error) => error,
        }
    }
}

/// The answer to a query.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Script(Script),
    Outcome(SchemaOutcome),
    SchemaError(SchemaError),
    /// To the other queries: the result, or what is wrong.
    Value(Value),
    Error(DeployError),
    /// To a command line: an error with its text.
    Failed(Failed),
}

/// An error as a command line prints it.
#[derive(Serialize)]
struct Failed {
    error: DeployError,
    text: String,
    exit_code: u8,
}

impl Failed {
    fn new(error: DeployError, printing: &Printing) -> Self {
        let error = as_printed(error, Some(printing));
        let text = failure::failure(&error, &printing.program, printing.error_colour);
        Self { text, exit_code: failure::exit_code(&error), error }
    }
}

#[derive(Serialize)]
struct Answered {
    protocol: u32,
    #[serde(flatten)]
    reply: Reply,
}

impl Machine {
    /// Answers a query.
    pub fn ask(&mut self, input: &[u8]) -> Vec<u8> {
        answer(try_ask(input))
    }
}

fn try_ask(input: &[u8]) -> Result<Answered, Fault> {
    let reply = match read_tagged("ask", "question", input)? {
        Question::Script { operation } => Reply::Script(schema::script(&operation)),
        Question::Outcome { operation, row } => match schema::outcome(&operation, row.as_deref()) {
            Ok(outcome) => Reply::Outcome(outcome),
            Err(error) => Reply::SchemaError(error),
        },
        Question::Validate { operation, config } => match form::validate(operation, config) {
            Some(error) => Reply::Error(error),
            None => Reply::Value(Value::Null),
        },
        Question::ParseYaml { file, environment } => either(form::parse_yaml(&file, environment.as_deref())),
        Question::Environments { file } => either(form::environments(&file).map(Value::from)),
        Question::ToYaml { config } => either(form::to_yaml(config).map(Value::String)),
        Question::Check { operation, plan_of, arguments, config_yaml, environment, printing } => {
            let asked = asked(operation, plan_of)?;
            match Task::read(asked, arguments, config_yaml.as_deref(), environment.as_deref()) {
                Ok(task) => Reply::Value(checked(&task)),
                Err(error) => Reply::Failed(Failed::new(error, &printing)),
            }
        }
        Question::Refusal { refusal, printing } => {
            Reply::Failed(Failed::new(refusal.error(&printing.program), &printing))
        }
        Question::Introduction { host, user, profile } => Reply::Value(Value::String(match (host, user) {
            (Some(host), user) => introduction::workspace(&host, user.as_deref(), profile.as_deref()),
            (None, Some(user)) => introduction::user(&user),
            (None, None) => String::new(),
        })),
        Question::Waiting { step, waited_ms, message, others } => {
            let waited = Duration::from_millis(waited_ms);
            Reply::Value(Value::String(match others {
                Some(others) => events::waiting_in_place(&step, waited, &message, others),
                None => events::waiting(&step, waited, &message),
            }))
        }
    };
    Ok(Answered { protocol: PROTOCOL, reply })
}

/// What a command line has to know of its operation before it is run.
fn checked(task: &Task) -> Value {
    match task {
        Task::Run(change) => json!({"app_name": change.app_name(), "loses": confirmation::loses(change)}),
        Task::Plan(_) | Task::Status(_) => json!({"loses": false}),
    }
}

fn either(outcome: crate::error::Result<Value>) -> Reply {
    match outcome {
        Ok(value) => Reply::Value(value),
        Err(error) => Reply::Error(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::SchemaState;

    fn ask(mut question: Value) -> Value {
        question["protocol"] = PROTOCOL.into();
        let answer = Machine::default().ask(question.to_string().as_bytes());
        serde_json::from_slice(&answer).expect("every answer is JSON")
    }

    #[test]
    fn a_schema_operation_has_statements_and_its_row_a_meaning() {
        let inspect = json!({"operation": "inspect", "app": "tellr", "schema": "app_data", "role": null});
        let script = ask(json!({"question": "script", "operation": inspect}));
        assert_eq!(script["script"]["returns_rows"], true);
        let state = SchemaState { exists: true, tables: 3, ..SchemaState::default() };
        let row = json!([json!(state).to_string()]);
        let answer = ask(json!({"question": "outcome", "operation": inspect, "row": row}));
        assert_eq!(
            (&answer["outcome"]["outcome"], &answer["outcome"]["tables"]),
            (&json!("inspected"), &json!(3))
        );
        let answer = ask(json!({"question": "outcome", "operation": inspect, "row": null}));
        assert_eq!(answer["schema_error"]["kind"], "database");
    }

    #[test]
    fn a_hostile_name_gets_no_statement() {
        let drop = json!({"operation": "drop", "app": "tellr", "schema": "public"});
        let answer = ask(json!({"question": "script", "operation": drop}));
        assert_eq!(answer["refused"]["code"], "PROTOCOL_FAULT");
    }

    #[test]
    fn a_form_is_told_what_is_wrong() {
        let asked = |config| ask(json!({"question": "validate", "operation": "create", "config": config}));
        assert_eq!(asked(json!({"app_name": "slides"}))["value"], Value::Null);
        assert_eq!(asked(json!({"app_name": "Slides"}))["error"]["code"], "INVALID_VALUE");
    }

    #[test]
    fn a_file_and_a_form_turn_into_each_other() {
        let file = ask(json!({"question": "to_yaml", "config": {"app_name": "slides"}}))["value"].clone();
        let form = ask(json!({"question": "parse_yaml", "file": file, "environment": null}));
        assert_eq!(form["value"]["app_name"], "slides");
        let two = "environments: {one: {}, two: {}}";
        assert_eq!(ask(json!({"question": "environments", "file": two}))["value"], json!(["one", "two"]));
        let wrong = ask(json!({"question": "parse_yaml", "file": "a: [", "environment": null}));
        assert_eq!(wrong["error"]["code"], "YAML_SYNTAX");
    }

    #[test]
    fn a_command_line_is_told_what_to_print() {
        let printing = json!({
            "program": "tellr", "colour": false, "error_colour": false, "is_from_file": false,
        });
        let check = |operation: &str, arguments: Value| {
            ask(json!({
                "question": "check", "operation": operation, "arguments": arguments,
                "config_yaml": null, "environment": null, "printing": printing,
            }))
        };
        let delete = check("delete", json!({"app_name": "tellr"}));
        assert_eq!(delete["value"], json!({"app_name": "tellr", "loses": true}));
        let wrong = check("create", json!({"app_name": "Tellr"}));
        assert_eq!(
            (&wrong["failed"]["exit_code"], &wrong["failed"]["error"]["code"]),
            (&json!(2), &json!("INVALID_VALUE"))
        );
        let text = wrong["failed"]["text"].as_str().expect("a text");
        assert!(text.contains("`--app-name`") && text.contains("tellr --help"), "{text}");
        let refusal = json!({"confirmation_needed": {"operation": "delete", "app": "tellr"}});
        let needed = ask(json!({"question": "refusal", "refusal": refusal, "printing": printing}));
        let text = needed["failed"]["text"].as_str().expect("a text");
        assert!(text.contains("`tellr plan delete`"), "{text}");
        let waiting = json!({
            "question": "waiting", "step": "app", "waited_ms": 64_000, "message": "it starts", "others": null,
        });
        assert!(ask(waiting)["value"].as_str().expect("a line").contains("1 min 4 s, usually"));
        let first = json!({"question": "introduction", "host": "https://x.example", "user": "ada", "profile": "work"});
        assert_eq!(ask(first)["value"], "Workspace https://x.example as ada (profile `work`)\n");
    }

    #[test]
    fn what_is_no_question_is_refused() {
        for call in [json!({}), json!({"question": "weather"}), json!({"question": "to_yaml"})] {
            assert_eq!(ask(call)["refused"]["code"], "PROTOCOL_FAULT");
        }
    }
}

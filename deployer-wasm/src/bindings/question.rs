//! Queries that a kernel can send without a run, which the logic answers by itself.
//!
//! A notebook's widget runs the logic in the page, with the kernel as its host. A schema operation reaches
//! the kernel as a typed value, so no SQL text ever comes from a page; the kernel asks this module for the
//! statements, and for the meaning of the returned row. Where a page can't run WebAssembly, its form sends
//! the kernel the queries that it would have sent to its own module.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::command::{Failed, Printing};
use super::command_question::{self, CommandQuestion, CommandReply};
use super::form;
use super::machine::{Machine, answer, read_tagged};
use super::protocol::{Fault, PROTOCOL};
use super::task::Operation;
use crate::error::DeployError;
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
    /// Of a command line.
    Command { printing: Printing, asked: CommandQuestion },
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
    /// To a command line: what it prints of an error.
    Failed(Failed),
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
        Question::Command { printing, asked } => match command_question::reply(asked, printing)? {
            CommandReply::Value(value) => Reply::Value(value),
            CommandReply::Failed(failed) => Reply::Failed(failed),
        },
    };
    Ok(Answered { protocol: PROTOCOL, reply })
}

fn either(outcome: crate::error::Result<Value>) -> Reply {
    match outcome {
        Ok(value) => Reply::Value(value),
        Err(error) => Reply::Error(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
    fn what_is_no_question_is_refused() {
        for call in [json!({}), json!({"question": "weather"}), json!({"question": "to_yaml"})] {
            assert_eq!(ask(call)["refused"]["code"], "PROTOCOL_FAULT");
        }
    }
}

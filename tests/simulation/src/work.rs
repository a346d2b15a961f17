//! What a deployer is told to do.

use std::cell::RefCell;
use std::rc::Rc;

use deployer::config::{
    CreateArguments, DeleteArguments, RestoreArguments, RollbackArguments, UpdateArguments,
};
use deployer::error::DeployError;
use deployer::operations::{self, Change, ResourceChange};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::drive::drive;
use crate::execute::Work;
use crate::process::Process;
use crate::scenario::{DATABASE, SCHEMA};

/// A command: an operation with its arguments as JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// `create`, `update`, `delete`, `rollback` or `restore`.
    pub operation: &'static str,
    /// The arguments.
    pub arguments: Value,
}

impl Command {
    /// A command.
    pub fn new(operation: &'static str, arguments: Value) -> Self {
        Self { operation, arguments }
    }

    /// The operation with checked arguments.
    ///
    /// # Errors
    /// The refusal of an argument.
    pub fn change(&self) -> Result<Change, DeployError> {
        let arguments = self.arguments.clone();
        Ok(match self.operation {
            "create" => Change::Create(Box::new(CreateArguments::from_json(arguments)?.resolve(None, None)?)),
            "update" => Change::Update(Box::new(UpdateArguments::from_json(arguments)?.resolve(None, None)?)),
            "rollback" => {
                Change::Rollback(Box::new(RollbackArguments::from_json(arguments)?.resolve(None, None)?))
            }
            "restore" => {
                Change::Restore(Box::new(RestoreArguments::from_json(arguments)?.resolve(None, None)?))
            }
            _ => Change::Delete(Box::new(DeleteArguments::from_json(arguments)?.resolve(None, None)?)),
        })
    }

    /// The same settings as an `update` that drops nothing, or as a `create`.
    #[must_use]
    pub fn as_operation(&self, operation: &'static str) -> Self {
        let mut arguments = self.arguments.clone();
        if let Value::Object(arguments) = &mut arguments {
            for once in ["reset_database", "to_release", "restore_from", "on_failure"] {
                arguments.remove(once);
            }
            if operation == "update" {
                arguments.remove("lakebase_compute");
            }
            if matches!(self.operation, "rollback" | "restore") {
                arguments.insert("lakebase_name".to_owned(), DATABASE.into());
                arguments.insert("schema_name".to_owned(), SCHEMA.into());
            }
        }
        Self { operation, arguments }
    }

    /// Whether it drops the app's data.
    pub fn drops(&self) -> bool {
        self.arguments["reset_database"] == json!(true)
    }

    /// An argument that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.arguments[name].as_str()
    }
}

/// Applies a command in a process.
pub fn apply(process: &Rc<Process>, command: &Command) -> Work {
    run(process, command, Asked::Apply, |_| {})
}

/// Plans a command in a process; `made` gets the plan.
pub fn plan(process: &Rc<Process>, command: &Command, made: &Rc<RefCell<Option<Planned>>>) -> Work {
    let (of, made) = (Rc::clone(process), Rc::clone(made));
    run(process, command, Asked::Plan, move |plan| match serde_json::from_value(plan) {
        Ok(plan) => *made.borrow_mut() = Some(plan),
        Err(error) => of.violation(format!("a plan can't be read: {error}")),
    })
}

/// What is read of a plan's JSON.
#[derive(Debug, Deserialize)]
pub struct Planned {
    /// Whether the operation would change nothing.
    pub empty: bool,
    /// What happens to each resource.
    pub changes: Vec<ResourceChange>,
    /// The folder of the app's files.
    pub app_file_workspace_path: String,
    /// The generated files.
    pub files: Vec<PlannedFile>,
    /// What will be deleted, in words.
    pub lost: Vec<String>,
    /// The same as data.
    pub losses: Vec<Value>,
    /// Whether an earlier run will be resumed.
    pub resumes: bool,
}

/// A file of a plan.
#[derive(Debug, Deserialize)]
pub struct PlannedFile {
    /// Its path within the app's folder.
    pub name: String,
    /// Its text.
    pub content: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Apply,
    Plan,
}

/// Runs a command in a process, natively or in a module; `with` gets the result.
fn run(process: &Rc<Process>, command: &Command, asked: Asked, with: impl FnOnce(Value) + 'static) -> Work {
    let (process, command) = (Rc::clone(process), command.clone());
    Box::pin(async move {
        let ended = match process.module() {
            Some(module) => {
                let start = match asked {
                    Asked::Apply => json!({"operation": command.operation}),
                    Asked::Plan => json!({"operation": "plan", "plan_of": command.operation}),
                };
                drive(&process, &module, with_arguments(start, command.arguments)).await
            }
            None => natively(&process, &command, asked).await,
        };
        match &ended {
            Ok(result) => process.tell(result.to_string()),
            Err(error) => process.tell(format!("{error:?}")),
        }
        process.ended.replace(Some(ended.map(with)));
    })
}

fn with_arguments(mut start: Value, arguments: Value) -> Value {
    start["arguments"] = arguments;
    start
}

async fn natively(process: &Process, command: &Command, asked: Asked) -> Result<Value, DeployError> {
    let (change, cancellation) = (command.change()?, &process.cancellation);
    if asked == Asked::Plan {
        return Ok(json!(Box::pin(operations::plan(process, &change, cancellation)).await?));
    }
    Ok(match &change {
        Change::Create(config) => json!(Box::pin(operations::create(process, config, cancellation)).await?),
        Change::Update(config) => json!(Box::pin(operations::update(process, config, cancellation)).await?),
        Change::Delete(config) => json!(Box::pin(operations::delete(process, config, cancellation)).await?),
        Change::Rollback(config) => {
            json!(Box::pin(operations::rollback(process, config, cancellation)).await?)
        }
        Change::Restore(config) => json!(Box::pin(operations::restore(process, config, cancellation)).await?),
    })
}

//! What a deployer is told to do.

use std::rc::Rc;

use deployer::config::{
    CreateArguments, DeleteArguments, RestoreArguments, RollbackArguments, UpdateArguments,
};
use deployer::error::DeployError;
use deployer::operations::{self, Change, Plan};
use serde_json::{Value, json};

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
    let (process, change) = (Rc::clone(process), command.change());
    Box::pin(async move {
        let ended = match change {
            Err(error) => Err(error),
            Ok(change) => {
                let cancellation = process.cancellation.clone();
                let told = |result: serde_json::Result<String>| {
                    process.tell(result.unwrap_or_default());
                };
                match &change {
                    Change::Create(config) => Box::pin(operations::create(&*process, config, &cancellation))
                        .await
                        .map(|result| told(serde_json::to_string(&result))),
                    Change::Update(config) => Box::pin(operations::update(&*process, config, &cancellation))
                        .await
                        .map(|result| told(serde_json::to_string(&result))),
                    Change::Delete(config) => Box::pin(operations::delete(&*process, config, &cancellation))
                        .await
                        .map(|result| told(serde_json::to_string(&result))),
                    Change::Rollback(config) => {
                        Box::pin(operations::rollback(&*process, config, &cancellation))
                            .await
                            .map(|result| told(serde_json::to_string(&result)))
                    }
                    Change::Restore(config) => {
                        Box::pin(operations::restore(&*process, config, &cancellation))
                            .await
                            .map(|result| told(serde_json::to_string(&result)))
                    }
                }
            }
        };
        if let Err(error) = &ended {
            process.tell(format!("{error:?}"));
        }
        process.ended.replace(Some(ended));
    })
}

/// Plans a command in a process; `made` gets the plan.
pub fn plan(process: &Rc<Process>, command: &Command, made: &Rc<std::cell::RefCell<Option<Plan>>>) -> Work {
    let (process, change, made) = (Rc::clone(process), command.change(), Rc::clone(made));
    Box::pin(async move {
        let planned = match &change {
            Ok(change) => Box::pin(operations::plan(&*process, change, &process.cancellation)).await,
            Err(error) => Err(error.clone()),
        };
        let ended = planned.map(|plan| {
            process.tell(serde_json::to_string(&plan).unwrap_or_default());
            made.replace(Some(plan));
        });
        process.ended.replace(Some(ended));
    })
}

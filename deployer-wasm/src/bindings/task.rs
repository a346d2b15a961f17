//! Running an operation, given its name and raw arguments.
//!
//! Every interface does the same two things: check the arguments, then run the operation. The kernel and the
//! page differ in how they receive values, so both pass JSON and receive a value that serialises to the
//! specification's dict.

use serde::Serialize;
use serde_json::Value;

use crate::config::{StatusConfig, resolve};
use crate::engine::Cancellation;
use crate::error::Result;
use crate::host::Host;
use crate::operations::{self, Change, CreateResult, DeleteResult, Plan, Status, UpdateResult};

pub use crate::operations::Operation;

/// What to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    /// An operation.
    Run(Operation),
    /// What an operation would do.
    Plan(Operation),
    /// The status of an app.
    Status,
}

/// An operation, plan or status with checked arguments.
#[derive(Debug)]
pub enum Task {
    /// An operation.
    Run(Change),
    /// What an operation would do.
    Plan(Change),
    /// The status of an app.
    Status(Box<StatusConfig>),
}

/// The result of a [`Task`]; serialises as the operation's own result.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// Of `create`.
    Created(CreateResult),
    /// Of `update`.
    Updated(UpdateResult),
    /// Of `delete`.
    Deleted(DeleteResult),
    /// Of a plan.
    Planned(Plan),
    /// Of `status`.
    Stands(Box<Status>),
}

fn change(
    operation: Operation,
    arguments: Value,
    file: Option<&str>,
    environment: Option<&str>,
) -> Result<Change> {
    Ok(match operation {
        Operation::Create => {
            let config = resolve::create(arguments, file, environment)?;
            Change::Create(Box::new(config))
        }
        Operation::Update => {
            let config = resolve::update(arguments, file, environment)?;
            Change::Update(Box::new(config))
        }
        Operation::Delete => {
            let config = resolve::delete(arguments, file, environment)?;
            Change::Delete(Box::new(config))
        }
    })
}

impl Task {
    /// Checks `arguments`, a JSON object. `file` is the text of a configuration file, and `environment` the
    /// caller's environment variable `ENVIRONMENT`.
    ///
    /// # Errors
    /// Of the class `Input`, with the key and what would be right.
    pub fn read(
        asked: TaskKind,
        arguments: Value,
        file: Option<&str>,
        environment: Option<&str>,
    ) -> Result<Self> {
        Ok(match asked {
            TaskKind::Run(operation) => Self::Run(change(operation, arguments, file, environment)?),
            TaskKind::Plan(operation) => Self::Plan(change(operation, arguments, file, environment)?),
            TaskKind::Status => {
                let config = resolve::status(arguments, file, environment)?;
                Self::Status(Box::new(config))
            }
        })
    }

    /// Whether it needs a database connection. Read-only tasks can do without one, and so can a delete that
    /// keeps the schema.
    pub fn needs_sql(&self) -> bool {
        match self {
            Self::Run(Change::Create(_) | Change::Update(_)) => true,
            Self::Run(Change::Delete(config)) => config.reset_database,
            Self::Plan(_) | Self::Status(_) => false,
        }
    }

    /// Runs it.
    ///
    /// # Errors
    /// The catalogue's entry.
    pub async fn run<H: Host>(&self, host: &H, cancellation: &Cancellation) -> Result<Outcome> {
        // Boxed: otherwise every caller's stack frame would hold the state of a whole deployment.
        Ok(match self {
            Self::Run(Change::Create(config)) => {
                Outcome::Created(Box::pin(operations::create(host, config, cancellation)).await?)
            }
            Self::Run(Change::Update(config)) => {
                Outcome::Updated(Box::pin(operations::update(host, config, cancellation)).await?)
            }
            Self::Run(Change::Delete(config)) => {
                Outcome::Deleted(Box::pin(operations::delete(host, config, cancellation)).await?)
            }
            Self::Plan(change) => {
                Outcome::Planned(Box::pin(operations::plan(host, change, cancellation)).await?)
            }
            Self::Status(config) => {
                Outcome::Stands(Box::new(Box::pin(operations::status(host, config, cancellation)).await?))
            }
        })
    }
}

//! Running an operation, given its name and raw arguments.
//!
//! Every interface does the same two things: check the arguments, then run the operation. The kernel and the
//! page differ in how they receive values, so both pass JSON and receive a value that serialises to the
//! specification's dict.

use serde::Serialize;
use serde_json::Value;

use crate::config::{DoctorConfig, StatusConfig, resolve};
use crate::engine::Cancellation;
use crate::error::{Failure, Result};
use crate::host::Host;
use crate::operations::{
    self, AppList, Change, CreateResult, DeleteResult, Findings, History, Plan, RestoreResult,
    RollbackResult, Status, UpdateResult,
};

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
    /// The releases of an app.
    History,
    /// The Tellr apps of the workspace. It takes no arguments.
    List,
    /// Whether all is there that a deployment needs. It takes the arguments of `create`.
    Doctor,
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
    /// The releases of an app.
    History(Box<StatusConfig>),
    /// The Tellr apps of the workspace.
    List,
    /// Whether all is there that a deployment needs.
    Doctor(Box<DoctorConfig>),
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
    /// Of `rollback`.
    RolledBack(RollbackResult),
    /// Of `restore`.
    Restored(RestoreResult),
    /// Of a plan.
    Planned(Plan),
    /// Of `status`.
    Stands(Box<Status>),
    /// Of `history`.
    Happened(Box<History>),
    /// Of `list`.
    Listed(AppList),
    /// Of `doctor`.
    Checked(Findings),
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
        Operation::Rollback => {
            let config = resolve::rollback(arguments, file, environment)?;
            Change::Rollback(Box::new(config))
        }
        Operation::Restore => {
            let config = resolve::restore(arguments, file, environment)?;
            Change::Restore(Box::new(config))
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
            TaskKind::History => {
                let config = resolve::status(arguments, file, environment)?;
                Self::History(Box::new(config))
            }
            TaskKind::List => {
                let unknown = arguments.as_object().and_then(|arguments| arguments.keys().next());
                match unknown {
                    Some(key) => {
                        let (key, known) = (key.clone(), Vec::new());
                        return Err(Failure::UnknownKey { key, known, nearest: None }.into());
                    }
                    None => Self::List,
                }
            }
            TaskKind::Doctor => Self::Doctor(Box::new(DoctorConfig::read(arguments, file, environment)?)),
        })
    }

    /// Whether it needs a database connection. Read-only tasks can do without one, and so can a delete that
    /// keeps the schema.
    pub fn needs_sql(&self) -> bool {
        match self {
            Self::Run(Change::Create(_) | Change::Update(_) | Change::Rollback(_) | Change::Restore(_)) => {
                true
            }
            Self::Run(Change::Delete(config)) => config.reset_database,
            Self::Plan(_) | Self::Status(_) | Self::History(_) | Self::List | Self::Doctor(_) => false,
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
            Self::Run(Change::Rollback(config)) => {
                Outcome::RolledBack(Box::pin(operations::rollback(host, config, cancellation)).await?)
            }
            Self::Run(Change::Restore(config)) => {
                Outcome::Restored(Box::pin(operations::restore(host, config, cancellation)).await?)
            }
            Self::Plan(change) => {
                Outcome::Planned(Box::pin(operations::plan(host, change, cancellation)).await?)
            }
            Self::Status(config) => {
                Outcome::Stands(Box::new(Box::pin(operations::status(host, config, cancellation)).await?))
            }
            Self::History(config) => {
                Outcome::Happened(Box::new(Box::pin(operations::history(host, config, cancellation)).await?))
            }
            // The page's class doesn't offer them, and its module is smaller without.
            #[cfg(all(feature = "browser", not(feature = "kernel"), not(test)))]
            Self::List | Self::Doctor(_) => unreachable!("the page's class has no such method"),
            #[cfg(not(all(feature = "browser", not(feature = "kernel"), not(test))))]
            Self::List => Outcome::Listed(Box::pin(operations::list(host, cancellation)).await?),
            #[cfg(not(all(feature = "browser", not(feature = "kernel"), not(test))))]
            Self::Doctor(config) => {
                Outcome::Checked(Box::pin(operations::findings(host, config, cancellation)).await?)
            }
        })
    }
}

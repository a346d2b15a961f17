//! Waits until a database accepts connections.

use std::time::Duration;

use super::discovery::{Found, instance_at, project_at, writable};
use super::{Lakebase, PATIENCE};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::steps::usual;
use crate::workspace::database::{self, Instance};
use crate::workspace::operation::{self, Operation};
use crate::workspace::postgres::Project;

/// Waits until an existing database accepts connections; never creates one.
///
/// # Errors
/// Why it doesn't; `LAKEBASE_NOT_FOUND` if it doesn't exist.
pub async fn existing<H: Host>(
    step: StepHandle<'_, '_, H>,
    name: &str,
    found: Found,
) -> Result<Done<Lakebase>, StepError> {
    match found {
        Found::Provisioned => {
            let lakebase = settle_instance(&step, name).await?;
            Ok(Done::unchanged(lakebase, format!("using the provisioned database `{name}`")))
        }
        Found::Autoscaling(project) => {
            let lakebase = settle_project(&step, name, &project).await?;
            Ok(Done::unchanged(lakebase, format!("using the autoscaling database `{name}`")))
        }
        Found::Nothing { .. } => Err(Failure::LakebaseNotFound { name: name.to_owned() }.into()),
    }
}

/// Waits for an operation of the project `name`.
pub(super) async fn wait<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
    operation: Operation,
) -> Result<(), StepError> {
    match operation_end(step, operation).await? {
        Ok(()) => Ok(()),
        Err(OperationEnd::Failed(problem)) => {
            Err(Failure::LakebaseFailed { name: name.to_owned(), problem }.into())
        }
        Err(OperationEnd::TimedOut(waited)) => {
            Err(Failure::LakebaseTimeout { name: name.to_owned(), state: "being created".into(), waited }
                .into())
        }
    }
}

/// How an operation failed.
pub(in crate::steps) enum OperationEnd {
    /// It failed, with the platform's message.
    Failed(String),
    /// It didn't end within our time limit.
    TimedOut(Duration),
}

/// Polls an operation to its end.
pub(in crate::steps) async fn operation_end<H: Host>(
    step: &StepHandle<'_, '_, H>,
    mut operation: Operation,
) -> Result<Result<(), OperationEnd>, StepError> {
    let poller = step.poller(PATIENCE);
    loop {
        if let Some(error) = operation.error {
            let code =
                if error.error_code.is_empty() { String::new() } else { format!(" ({})", error.error_code) };
            return Ok(Err(OperationEnd::Failed(format!("{}{code}", error.message))));
        }
        if operation.done || operation.name.is_empty() {
            return Ok(Ok(()));
        }
        if !poller.again(step).await? {
            return Ok(Err(OperationEnd::TimedOut(poller.waited(step))));
        }
        // An operation that no longer exists has ended; the resource itself shows the outcome.
        match step.client().find(operation::get(&operation.name)).await? {
            Some(next) => operation = next,
            None => return Ok(Ok(())),
        }
    }
}

/// Waits for the project's endpoint.
pub(super) async fn settle_project<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
    project: &Project,
) -> Result<Lakebase, StepError> {
    let branch = project.default_branch();
    let poller =
        step.poller(PATIENCE).telling(format!("starting the autoscaling database `{name}`"), usual::PROJECT);
    loop {
        let writable = writable(step.client(), &branch).await?;
        if let Some((endpoint, host)) =
            writable.as_ref().and_then(|endpoint| Some((endpoint, endpoint.ready_host()?)))
        {
            return Ok(project_at(step.client(), name, project, &endpoint.name, host).await?);
        }
        if !poller.again(step).await? {
            let state = writable.and_then(|endpoint| endpoint.status.current_state);
            let state = state.unwrap_or_else(|| "no endpoint yet".into());
            return Err(Failure::LakebaseTimeout {
                name: name.to_owned(),
                state,
                waited: poller.waited(step),
            }
            .into());
        }
    }
}

pub(super) async fn settle_instance<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
) -> Result<Lakebase, StepError> {
    let poller =
        step.poller(PATIENCE).telling(format!("starting the provisioned database `{name}`"), usual::INSTANCE);
    loop {
        let instance: Instance = step.client().send(database::get_instance(name)).await?;
        if let Some(host) = instance.ready_host() {
            return Ok(instance_at(name, host));
        }
        let state = instance.state.unwrap_or_else(|| "UNKNOWN".into());
        match state.as_str() {
            "STOPPED" => {
                return Err(Failure::LakebaseStopped { name: name.to_owned() }.into());
            }
            "DELETING" => {
                let problem = "The instance is being deleted".to_owned();
                return Err(Failure::LakebaseNameReserved { name: name.to_owned(), problem }.into());
            }
            _ => {}
        }
        if !poller.again(step).await? {
            return Err(Failure::LakebaseTimeout {
                name: name.to_owned(),
                state,
                waited: poller.waited(step),
            }
            .into());
        }
    }
}

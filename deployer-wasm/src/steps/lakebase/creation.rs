//! Creates a database if it doesn't exist.

use serde_json::json;

use super::Lakebase;
use super::discovery::Found;
use super::waiting::{existing, settle_instance, settle_project, wait};
use crate::config::Capacity;
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::workspace::postgres::{self, NewProject, Project};
use crate::workspace::{ApiError, ErrorKind, database};

/// Creates the database if needed, given what was `found`.
///
/// # Errors
/// Why that failed.
pub async fn ensure<H: Host>(
    step: StepHandle<'_, '_, H>,
    name: &str,
    capacity: Capacity,
    found: Found,
) -> Result<Done<Lakebase>, StepError> {
    match found {
        Found::Nothing { autoscaling: true } => match create_project(&step, name, capacity).await? {
            Some(project) => {
                let lakebase = settle_project(&step, name, &project).await?;
                Ok(Done::changed(lakebase, format!("created the autoscaling database `{name}`")))
            }
            None => create_instance(&step, name, capacity).await,
        },
        Found::Nothing { autoscaling: false } => create_instance(&step, name, capacity).await,
        found => existing(step, name, found).await,
    }
}

/// Creates a project; `None` if the workspace turns out not to have autoscaling.
async fn create_project<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
    capacity: Capacity,
) -> Result<Option<Project>, StepError> {
    let detail = json!({"kind": "autoscaling", "project": name});
    step.intend(detail.clone()).await?;
    let new = NewProject { id: name, limits: capacity.autoscaling_limits() };
    match step.client().send(postgres::create_project(&new)).await {
        Ok(operation) => {
            step.waiting(format!("creating the autoscaling database `{name}`"));
            wait(step, name, operation).await?;
        }
        // Created by an earlier run, by another user just now, or by us with the answer lost. In each case it
        // can be used if it exists.
        Err(error) if error.is(ErrorKind::AlreadyExists) => {
            if step.client().find(postgres::get_project(name)).await?.is_none() {
                return Err(Failure::LakebaseNameReserved {
                    name: name.to_owned(),
                    problem: error.into_message(),
                }
                .into());
            }
        }
        Err(error) if error.is(ErrorKind::InterfaceMissing) => return Ok(None),
        Err(error) => return Err(refused(name, error).into()),
    }
    let project = step.client().send(postgres::get_project(name)).await?;
    step.did(detail).await?;
    Ok(Some(project))
}

fn refused(name: &str, error: ApiError) -> Failure {
    let name = name.to_owned();
    match error.kind {
        ErrorKind::QuotaExceeded => Failure::LakebaseQuota { name, problem: error.into_message() },
        ErrorKind::Invalid => Failure::LakebaseFailed { name, problem: error.into_problem() },
        _ => error.into_failure(),
    }
}

async fn create_instance<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
    capacity: Capacity,
) -> Result<Done<Lakebase>, StepError> {
    let detail = json!({"kind": "provisioned", "instance": name});
    step.intend(detail.clone()).await?;
    match step.client().send(database::create_instance(name, capacity.as_str())).await {
        Ok(_) => {}
        Err(error) if error.is(ErrorKind::AlreadyExists) => {
            if step.client().find(database::get_instance(name)).await?.is_none() {
                return Err(Failure::LakebaseNameReserved {
                    name: name.to_owned(),
                    problem: error.into_message(),
                }
                .into());
            }
        }
        Err(error) => return Err(refused(name, error).into()),
    }
    step.waiting(format!("creating the provisioned database `{name}`"));
    step.did(detail).await?;
    let lakebase = settle_instance(step, name).await?;
    Ok(Done::changed(lakebase, format!("created the provisioned database `{name}`")))
}

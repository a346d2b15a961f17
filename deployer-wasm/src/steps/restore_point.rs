//! A branch of the database as a restore point, created before anything is dropped.
//!
//! Only autoscaling databases have branches. For a provisioned one there is no restore point; the plan and
//! the result both say so.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::lakebase::{Lakebase, OperationEnd, operation_end};
use crate::decode::decode;
use crate::engine::journal::EntryState;
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::{Host, Timestamp};
use crate::schema::SchemaState;
use crate::workspace::ErrorKind;
use crate::workspace::postgres::{self, Life};

/// How long the platform keeps the branch.
pub const KEPT_DAYS: u64 = 7;
const KEPT: Duration = Duration::from_hours(KEPT_DAYS * 24);
/// The prefix of the branch's name, followed by the time.
pub const PREFIX: &str = "pre-reset-";

/// The prefix of a branch that an app uses after a restore, followed by the time.
pub const RESTORED_PREFIX: &str = "restored-";

/// The time limit for creating the branch.
const READY: Duration = Duration::from_mins(10);

/// A branch from which data can be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RestorePoint {
    /// `projects/…/branches/pre-reset-…`.
    pub branch: String,
    /// When the platform removes it.
    pub expires_at: Timestamp,
}

/// Creates the restore point. `schema` is the result of an inspection: one that holds tables always gets a
/// new branch, even if an earlier one exists. An empty one may have been emptied by an earlier run that did
/// not finish; the journal then still names the branch of that run, which holds the data.
///
/// # Errors
/// `RESTORE_POINT_FAILED`, or the workspace's refusal.
pub async fn make<H: Host>(
    step: StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    schema: &SchemaState,
) -> Result<Done<Option<RestorePoint>>, StepError> {
    let Some((project, source)) = &lakebase.branch else {
        let message =
            format!("`{}` is provisioned and has no branches: dropped data can't be restored", lakebase.name);
        return Ok(Done::unchanged(None, message));
    };
    let now = step.client().workspace_now();
    let path = |id: &str| format!("{project}/branches/{id}");
    let (mut earlier, mut found) = (None, false);
    if let Some(entry) = step.entry().filter(|_| schema.tables == 0) {
        let made: Option<Made> = decode(entry.detail).ok();
        if let Some(made) = made.filter(|made| made.made_at.plus(KEPT) > now) {
            found = step.client().find(postgres::get_branch(&path(&made.branch_id))).await?.is_some();
            // A recorded branch that no longer exists was deleted by a user: its name must not be reused for
            // other data.
            earlier = Some(made).filter(|_| found || entry.state == EntryState::Intended);
        }
    }
    if earlier.is_none() && !schema.exists {
        return Ok(Done::unchanged(None, "the schema doesn't exist yet, so it needs no restore point"));
    }
    let Made { branch_id: id, made_at } =
        earlier.unwrap_or_else(|| Made { branch_id: branch_id(now), made_at: now });
    let branch = path(&id);
    let point = RestorePoint { branch: branch.clone(), expires_at: made_at.plus(KEPT) };
    let detail = json!({"branch_id": id.as_str(), "made_at": made_at.to_string()});
    if !found {
        step.intend(detail.clone()).await?;
        create(&step, &lakebase.name, (project, &id), (source, Life::Secs(KEPT.as_secs()))).await?;
    }
    wait_until_ready(&step, &lakebase.name, &branch).await?;
    if found {
        return Ok(Done::unchanged(Some(point), format!("the restore point `{id}` exists")));
    }
    step.did(detail).await?;
    Ok(Done::changed(Some(point), format!("created the restore point `{id}`, kept for 7 days")))
}

/// The journal's entry for a restore point.
#[derive(Deserialize)]
struct Made {
    branch_id: String,
    made_at: Timestamp,
}

/// A branch with the data of `from` for the app to use: `from` itself, or a new branch of it if it is a restore
/// point, which stays as it is and isn't removed any more. The value is the branch's path.
///
/// # Errors
/// `RESTORE_POINT_FAILED`, or the workspace's refusal.
pub async fn branch_for_app<H: Host>(
    step: StepHandle<'_, '_, H>,
    lakebase: &str,
    (project, from): (&str, &str),
) -> Result<Done<String>, StepError> {
    let path = |id: &str| format!("{project}/branches/{id}");
    if !from.starts_with(PREFIX) {
        wait_until_ready(&step, lakebase, &path(from)).await?;
        return Ok(Done::unchanged(path(from), format!("the branch `{from}` is there")));
    }
    // An earlier run that died may have made it; its journal says so.
    let earlier = step.entry().filter(|entry| entry.detail["from"] == from);
    let earlier = earlier.and_then(|entry| entry.detail["branch_id"].as_str().map(str::to_owned));
    let id = earlier.unwrap_or_else(|| named(RESTORED_PREFIX, step.client().workspace_now()));
    let found = step.client().find(postgres::get_branch(&path(&id))).await?.is_some();
    if !found {
        let detail = json!({"branch_id": id.as_str(), "from": from});
        step.intend(detail.clone()).await?;
        // A branch that others are made from must not be removed under them.
        keep(&step, lakebase, &path(from)).await?;
        create(&step, lakebase, (project, &id), (&path(from), Life::Unlimited)).await?;
        step.did(detail).await?;
    }
    wait_until_ready(&step, lakebase, &path(&id)).await?;
    Ok(Done::changed(path(&id), format!("created the branch `{id}` of `{from}`")))
}

/// Makes a branch stay.
async fn keep<H: Host>(step: &StepHandle<'_, '_, H>, lakebase: &str, branch: &str) -> Result<(), StepError> {
    let poller = step.poller(READY);
    loop {
        match step.client().send(postgres::keep_branch(branch)).await {
            Ok(operation) => {
                return match operation_end(step, operation).await? {
                    Ok(()) => Ok(()),
                    Err(OperationEnd::Failed(problem)) => Err(failed(lakebase, problem)),
                    Err(OperationEnd::TimedOut(_)) => Err(failed(lakebase, "It has not finished".into())),
                };
            }
            Err(error) if error.is(ErrorKind::Busy) => {
                if !poller.again(step).await? {
                    return Err(failed(lakebase, error.into_message()));
                }
            }
            Err(error) if error.is(ErrorKind::Invalid) => return Err(failed(lakebase, error.into_message())),
            Err(error) => return Err(error.into()),
        }
    }
}

async fn create<H: Host>(
    step: &StepHandle<'_, '_, H>,
    lakebase: &str,
    (project, id): (&str, &str),
    (source, life): (&str, Life),
) -> Result<(), StepError> {
    let poller = step.poller(READY);
    loop {
        let asked = step.client().send(postgres::create_branch(project, id, source, life)).await;
        match asked {
            Ok(operation) => {
                return match operation_end(step, operation).await? {
                    Ok(()) => Ok(()),
                    Err(OperationEnd::Failed(problem)) => Err(failed(lakebase, problem)),
                    Err(OperationEnd::TimedOut(_)) => Err(failed(lakebase, "It has not finished".into())),
                };
            }
            // Created by us, with the answer lost.
            Err(error) if error.is(ErrorKind::AlreadyExists) => return Ok(()),
            // The platform allows one change at a time per branch, and another one is in progress.
            Err(error) if error.is(ErrorKind::Busy) => {
                if !poller.again(step).await? {
                    return Err(failed(lakebase, error.into_problem()));
                }
            }
            Err(error) if error.is(ErrorKind::Invalid) || error.is(ErrorKind::QuotaExceeded) => {
                return Err(failed(lakebase, error.into_problem()));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// A branch that is still being created holds nothing yet.
async fn wait_until_ready<H: Host>(
    step: &StepHandle<'_, '_, H>,
    lakebase: &str,
    branch: &str,
) -> Result<(), StepError> {
    let poller = step.poller(READY);
    loop {
        let state = step
            .client()
            .find(postgres::get_branch(branch))
            .await?
            .and_then(|found| found.status.current_state);
        match state.as_deref() {
            Some("READY" | "ARCHIVED") => return Ok(()),
            _ if !poller.again(step).await? => {
                let state = state.unwrap_or_else(|| "not there".into());
                return Err(failed(lakebase, format!("The branch is {state}")));
            }
            _ => {}
        }
    }
}

fn failed(lakebase: &str, problem: String) -> StepError {
    Failure::RestorePointFailed { name: lakebase.to_owned(), problem }.into()
}

/// The name for a time in UTC: `pre-reset-20261123-150000`.
fn branch_id(now: Timestamp) -> String {
    named(PREFIX, now)
}

fn named(prefix: &str, now: Timestamp) -> String {
    let digits: String =
        now.to_string().chars().take_while(|c| *c != '.' && *c != 'Z').filter(char::is_ascii_digit).collect();
    let (date, time) = digits.split_at(digits.len().min(8));
    format!("{prefix}{date}-{time}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_branch_is_named_after_its_moment() {
        assert_eq!(branch_id(Timestamp::parse("2026-11-23T15:04:05Z").unwrap()), "pre-reset-20261123-150405");
        assert_eq!(
            branch_id(Timestamp::parse("2026-11-23T15:04:05.678Z").unwrap()),
            "pre-reset-20261123-150405"
        );
    }
}

//! A branch of the database to go back to, made before anything is dropped.
//!
//! Only autoscaling databases have branches. For a provisioned one there is no restore point,
//! and that is said before it happens and in the result.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::lakebase::{Lakebase, OperationEnd, operation_end};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::{Host, Timestamp};
use crate::workspace::ErrorKind;
use crate::workspace::postgres;

/// How long the platform keeps the branch.
const KEPT: Duration = Duration::from_hours(7 * 24);

/// A branch to go back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestorePoint {
    /// `projects/…/branches/pre-reset-…`.
    pub branch: String,
    /// When the platform removes it.
    pub expires_at: Timestamp,
}

/// Makes the restore point. `resuming`: the run before this one died or failed, so one that it
/// made is used again: after a reset only that one still holds the data.
///
/// # Errors
/// `RESTORE_POINT_FAILED`, or the workspace's refusal.
pub async fn make<H: Host>(
    step: StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    resuming: bool,
) -> Result<Done<Option<RestorePoint>>, StepError> {
    let Some((project, source)) = &lakebase.branch else {
        let message = format!(
            "`{}` is provisioned and has no branches: what is dropped can't be brought back",
            lakebase.name
        );
        return Ok(Done::unchanged(None, message));
    };
    let now = step.client().workspace_now();
    let earlier = step.entry().filter(|_| resuming);
    let earlier =
        earlier.as_ref().and_then(|entry| Some((entry.detail["branch_id"].as_str()?.to_owned(), entry.at)));
    let (id, made_at) = earlier.unwrap_or_else(|| (branch_id(now), now));
    let branch = format!("{project}/branches/{id}");
    let point = RestorePoint { branch: branch.clone(), expires_at: made_at.plus(KEPT) };
    if step.client().find(postgres::get_branch(&branch)).await?.is_some() {
        return Ok(Done::unchanged(Some(point), format!("the restore point `{id}` is there")));
    }
    step.intend(json!({"branch_id": id})).await?;
    let failed = |problem: String| Failure::RestorePointFailed { name: lakebase.name.clone(), problem };
    match step.client().send(postgres::create_branch(project, &id, source, KEPT.as_secs())).await {
        Ok(operation) => match operation_end(&step, operation).await? {
            Ok(()) => {}
            Err(OperationEnd::Failed(problem)) => return Err(failed(problem).into()),
            Err(OperationEnd::Patience(_)) => return Err(failed("It has not ended".into()).into()),
        },
        Err(error) if error.is(ErrorKind::AlreadyExists) => {}
        Err(error) if error.is(ErrorKind::Invalid) || error.is(ErrorKind::QuotaExceeded) => {
            return Err(failed(error.message).into());
        }
        Err(error) => return Err(error.into()),
    }
    step.did(json!({"branch_id": id})).await?;
    Ok(Done::changed(Some(point), format!("made the restore point `{id}`, kept for 7 days")))
}

/// `pre-reset-20261123-150000`, from a moment in UTC.
fn branch_id(now: Timestamp) -> String {
    let digits: String =
        now.to_string().chars().take_while(|c| *c != '.' && *c != 'Z').filter(char::is_ascii_digit).collect();
    let (date, time) = digits.split_at(digits.len().min(8));
    format!("pre-reset-{date}-{time}")
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

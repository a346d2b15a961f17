//! The result of an operation, as the last lines of its run.

use crate::operations::{CreateResult, DeleteResult, RestoreResult, RollbackResult, UpdateResult};
use crate::steps::restore_point::RestorePoint;

/// Of `create`.
#[must_use]
pub fn created(result: &CreateResult) -> String {
    format!("Tellr is running: {}", result.url)
}

/// Of `update`.
#[must_use]
pub fn updated(result: &UpdateResult) -> String {
    with_restore_point(format!("Tellr is updated: {}", result.url), result.restore_point.as_ref())
}

/// Of `delete`.
#[must_use]
pub fn deleted(result: &DeleteResult) -> String {
    with_restore_point(format!("The app `{}` is deleted", result.app_name), result.restore_point.as_ref())
}

/// Of `rollback`.
#[must_use]
pub fn rolled_back(result: &RollbackResult) -> String {
    format!("Release {} of Tellr is running again: {}", result.returned_to, result.url)
}

/// Of `restore`; `program` is the command that undoes it.
#[must_use]
pub fn restored(result: &RestoreResult, program: &str) -> String {
    let before = result.previous_branch.rsplit('/').next().unwrap_or_default();
    format!(
        "Tellr is running with the restored data: {}\nThe data before is kept; to go back to it: \
         `{program} restore {} --from {before}`",
        result.url, result.app_name
    )
}

/// The end of an output: a blank line, and the text.
#[must_use]
pub fn last_lines(text: &str) -> String {
    format!("\n{text}\n")
}

/// Said when a run is asked to stop; `at_safe_point` if it may be changing something.
#[must_use]
pub fn stopping(at_safe_point: bool) -> String {
    let at = if at_safe_point { " at the next safe point" } else { "" };
    format!("Stopping{at}. Press Ctrl-C again to stop immediately\n")
}

fn with_restore_point(sentence: String, point: Option<&RestorePoint>) -> String {
    match point {
        Some(point) => format!(
            "{sentence}\nPrevious data is kept in the branch `{}` until {}",
            point.branch, point.expires_at
        ),
        None => sentence,
    }
}

//! The result of an operation, as the last lines of its run.

use crate::operations::{CreateResult, DeleteResult, UpdateResult};
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

/// The end of an output: a blank line, and the text.
#[must_use]
pub fn last_lines(text: &str) -> String {
    format!("\n{}\n", text.trim_end())
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

//! The operations: short programs that read like the specification's numbered steps.
//!
//! Beside the three that change something, two that only look: what one of them would do
//! ([`Plan`]), and how things stand ([`Status`]).

use serde::{Deserialize, Serialize};

mod create;
mod delete;
mod plan;
mod release;
mod result;
mod session;
mod status;
mod update;

pub use create::create;
pub use delete::delete;
pub use plan::{Plan, PlannedFile};
pub use result::{CreateResult, DeleteResult, UpdateResult};
pub use status::{AppState, LastRun, LockState, Status};
pub use update::update;

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Operation {
    /// From nothing to a running app.
    Create,
    /// Another version, other settings, or an empty database.
    Update,
    /// Away with the app.
    Delete,
}

//! The operations: short programs that read like the specification's numbered steps.
//!
//! Beside the three that change something, two that only look: what one of them would do
//! ([`Plan`]), and how things stand ([`Status`]).

use serde::{Deserialize, Serialize};

mod create;
mod delete;
mod known;
mod plan;
mod release;
mod result;
mod session;
mod status;
mod update;

pub use create::create;
pub use delete::delete;
pub use plan::{Plan, PlannedFile, plan_create, plan_delete, plan_update};
pub use result::{CreateResult, DeleteResult, UpdateResult};
pub use status::{AppState, Status, status};
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

impl Operation {
    /// Its name, as journal and lock have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

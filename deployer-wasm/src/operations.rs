//! The operations: short programs that follow the specification's numbered steps.
//!
//! Three of them change something, two only read: [`Plan`] shows what an operation would do, [`Status`] the
//! state of an app.

use serde::{Deserialize, Serialize};

use crate::config::{CreateConfig, DeleteConfig, UpdateConfig};

mod create;
mod delete;
mod dry_run;
mod folder;
mod inventory;
mod locked_run;
mod losses;
mod plan;
mod preflight;
mod release;
mod result;
mod status;
mod update;

pub use create::create;
pub use delete::delete;
pub use losses::{Loss, PromisedRestorePoint};
pub use plan::{Plan, PlannedFile, plan};
pub use result::{AttachedServices, CreateResult, DeleteResult, UpdateResult};
pub use status::{AppState, Status, status};
pub use update::update;

/// The operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Operation {
    /// Create an app and everything it needs.
    Create,
    /// Change the version or the settings, or empty the database.
    Update,
    /// Delete the app.
    Delete,
}

impl Operation {
    /// Its name, as used in journal and lock.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// An operation with checked arguments.
#[derive(Debug)]
pub enum Change {
    /// Create an app and everything it needs.
    Create(Box<CreateConfig>),
    /// Change the version or the settings, or empty the database.
    Update(Box<UpdateConfig>),
    /// Delete the app.
    Delete(Box<DeleteConfig>),
}

impl Change {
    /// Which of the three it is.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Create(_) => Operation::Create,
            Self::Update(_) => Operation::Update,
            Self::Delete(_) => Operation::Delete,
        }
    }

    /// The app to operate on.
    pub fn app_name(&self) -> &str {
        match self {
            Self::Create(config) => config.app_name.as_str(),
            Self::Update(config) => config.app_name.as_str(),
            Self::Delete(config) => config.app_name.as_str(),
        }
    }
}

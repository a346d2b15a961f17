//! The operations: short programs that read like the specification's numbered steps.
//!
//! Beside the three that change something, two that only look: what one of them would do
//! ([`Plan`]), and how things stand ([`Status`]).

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

/// An operation whose arguments are checked.
#[derive(Debug)]
pub enum Change {
    /// From nothing to a running app.
    Create(Box<CreateConfig>),
    /// Another version, other settings, or an empty database.
    Update(Box<UpdateConfig>),
    /// Away with the app.
    Delete(Box<DeleteConfig>),
}

impl Change {
    /// Which of the three.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Create(_) => Operation::Create,
            Self::Update(_) => Operation::Update,
            Self::Delete(_) => Operation::Delete,
        }
    }

    /// The app it is about.
    pub fn app_name(&self) -> &str {
        match self {
            Self::Create(config) => config.app_name.as_str(),
            Self::Update(config) => config.app_name.as_str(),
            Self::Delete(config) => config.app_name.as_str(),
        }
    }
}

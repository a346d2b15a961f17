//! The operations: short programs that follow the specification's numbered steps.
//!
//! Five of them change something; the others only read: [`Plan`] shows what an operation would do, [`Status`] the
//! state of an app, [`History`] its releases, [`AppList`] the Tellr apps of the workspace, [`Findings`] whether all
//! is there that a deployment needs.

use serde::{Deserialize, Serialize};

use crate::config::{CreateConfig, DeleteConfig, Facts, RestoreConfig, RollbackConfig, UpdateConfig};

mod adoption;
mod bundle;
mod create;
mod delete;
mod dry_run;
mod findings;
mod folder;
mod history;
mod inspected;
mod inventory;
mod list;
mod locked_run;
mod losses;
mod plan;
mod preflight;
mod put_back;
mod release;
mod restore;
mod result;
mod rollback;
mod status;
mod update;

pub use bundle::{Bundle, bundle};
pub use create::create;
pub use delete::delete;
pub use findings::{Finding, Findings, Fixer, Severity, findings};
pub use history::{History, KeptBranch, history};
pub use list::{AppList, Cost, Health, ListedApp, list};
pub use losses::{Loss, PromisedRestorePoint};
pub use plan::{
    Action, FieldChange, FieldValue, Plan, PlannedFile, Reason, ResourceChange, ResourceKind,
    SAVED_LIMIT_BYTES, SavedPlan, plan,
};
pub use restore::restore;
pub use result::{AttachedServices, CreateResult, DeleteResult, RestoreResult, RollbackResult, UpdateResult};
pub use rollback::rollback;
pub use status::{AppState, SharedWith, Status, app_state, status};
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
    /// Deploy an earlier release again.
    Rollback,
    /// Give the app the data of a restore point.
    Restore,
}

impl Operation {
    /// Its name, as used in journal and lock.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Rollback => "rollback",
            Self::Restore => "restore",
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
    /// Deploy an earlier release again.
    Rollback(Box<RollbackConfig>),
    /// Give the app the data of a restore point.
    Restore(Box<RestoreConfig>),
}

impl Change {
    /// Follows a saved plan, which saw `planned`: the run is refused if that has changed.
    pub(crate) fn follow(&mut self, planned: Facts) {
        let of = match self {
            Self::Create(config) => &mut config.planned,
            Self::Update(config) => &mut config.planned,
            Self::Delete(config) => &mut config.planned,
            Self::Rollback(config) => &mut config.planned,
            Self::Restore(config) => &mut config.planned,
        };
        *of = Some(planned);
    }

    /// Which of them it is.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Create(_) => Operation::Create,
            Self::Update(_) => Operation::Update,
            Self::Delete(_) => Operation::Delete,
            Self::Rollback(_) => Operation::Rollback,
            Self::Restore(_) => Operation::Restore,
        }
    }

    /// The app to operate on.
    pub fn app_name(&self) -> &str {
        match self {
            Self::Create(config) => config.app_name.as_str(),
            Self::Update(config) => config.app_name.as_str(),
            Self::Delete(config) => config.app_name.as_str(),
            Self::Rollback(config) => config.app_name.as_str(),
            Self::Restore(config) => config.app_name.as_str(),
        }
    }
}

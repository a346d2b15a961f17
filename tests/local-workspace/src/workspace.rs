//! The state of one workspace, shared by all its services.

use std::path::PathBuf;

use crate::clock::Clock;
use crate::identity::{Identities, Principal, Right};
use crate::ids::Ids;
use crate::problem::Problem;
use crate::settings::SharedSettings;

/// Everything the handlers share.
#[derive(Debug)]
pub struct Workspace {
    /// The numeric workspace id, as `X-Databricks-Org-Id` carries it.
    pub id: u64,
    /// `http://127.0.0.1:<port>`.
    pub host: String,
    /// Where this workspace keeps its files.
    pub dir: PathBuf,
    /// The time.
    pub clock: Clock,
    /// Ids of everything that is made here.
    pub ids: Ids,
    /// What a test may change.
    pub settings: SharedSettings,
    /// Who may call.
    pub identities: Identities,
}

impl Workspace {
    /// Refuses a principal that lacks a right in general or had it taken away.
    pub fn require(&self, principal: &Principal, right: Right) -> Result<(), Problem> {
        if self.settings.allows(principal, right) {
            return Ok(());
        }
        Err(Problem::permission_denied(format!(
            "User {} does not have permission '{}' in this workspace.",
            principal.user_name,
            right.as_str()
        )))
    }
}

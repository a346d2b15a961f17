//! The database: finds it (`discovery`), or creates it (`creation`), and waits until it accepts connections
//! (`waiting`).
//!
//! An existing autoscaling project of the name takes precedence: since March 2026 a new database is a project
//! that is visible through both interfaces, and only a project has branches for restore points. Then an
//! existing provisioned instance; a new database is autoscaling. A provisioned instance is created only if
//! the platform answers that the autoscaling interface *does not exist* in this workspace. A transient error
//! only leads to a retry: the alternative would be a second database.

use std::time::Duration;

use crate::host::{CredentialTarget, LakebaseTarget};
use crate::manifest::LakebaseConnection;
use crate::workspace::apps::Resource;

mod creation;
mod discovery;
mod waiting;

pub use creation::ensure;
pub use discovery::{Found, Interfaces, ahead, attachment, foresee, look, reach, usual_endpoint};
pub use waiting::existing;
pub(super) use waiting::{OperationEnd, operation_end};

/// The default database of every Lakebase, which holds Tellr's schema.
pub const DATABASE: &str = "databricks_postgres";
const AUTOSCALING: &str = "autoscaling";
const PROVISIONED: &str = "provisioned";
/// A new provisioned instance takes about three minutes, a project some seconds.
const PATIENCE: Duration = Duration::from_mins(20);

/// Which of the two kinds an app is known to use, if both have the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A provisioned instance.
    Provisioned,
    /// An autoscaling project.
    Autoscaling,
}

impl Kind {
    /// `autoscaling` or `provisioned`, as in results and in `LAKEBASE_TYPE`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Autoscaling => AUTOSCALING,
            Self::Provisioned => PROVISIONED,
        }
    }
}

/// A database that accepts connections.
#[derive(Debug, Clone)]
pub struct Lakebase {
    /// Its name.
    pub name: String,
    /// The app's database settings.
    pub connection: LakebaseConnection,
    /// The resource that attaches it to the app.
    pub resource: Resource,
    /// The host name of the read-write endpoint.
    pub host: String,
    /// For autoscaling: the project and the branch, as full paths.
    pub branch: Option<(String, String)>,
}

impl Lakebase {
    /// `autoscaling` or `provisioned`, as in results and in `LAKEBASE_TYPE`.
    pub fn kind(&self) -> &'static str {
        if self.branch.is_some() { AUTOSCALING } else { PROVISIONED }
    }

    /// The target of a schema operation of `user`.
    pub fn target(&self, user: &str) -> LakebaseTarget {
        let credential = match &self.connection {
            LakebaseConnection::Provisioned { instance } => CredentialTarget::Instance(instance.clone()),
            LakebaseConnection::Autoscaling { endpoint, .. } => CredentialTarget::Endpoint(endpoint.clone()),
        };
        let (host, database) = (self.host.clone(), DATABASE.to_owned());
        LakebaseTarget { host, database, user: user.to_owned(), credential }
    }
}

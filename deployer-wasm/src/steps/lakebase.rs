//! The database: find it (`discovery`), or create it (`creation`), and wait until one can connect (`waiting`).
//!
//! An existing autoscaling project of the name wins: since March 2026 a new database is a project that
//! answers both interfaces, and only a project has branches to go back to. Then a provisioned instance; a
//! new database is autoscaling. Only the platform's word that the autoscaling interface *does not exist
//! here* leads to creating a provisioned instance. A fault that passes leads nowhere but to trying again:
//! the alternative is a second database.

use std::time::Duration;

use crate::host::{CredentialTarget, LakebaseTarget};
use crate::manifest::LakebaseConnection;
use crate::workspace::apps::Resource;

mod creation;
mod discovery;
mod waiting;

pub use creation::ensure;
pub use discovery::{Found, Interfaces, foresee, look, reach};
pub use waiting::existing;
pub(super) use waiting::{OperationEnd, operation_end};

/// The database every Lakebase comes with, and the one Tellr's schema lives in.
pub const DATABASE: &str = "databricks_postgres";
const AUTOSCALING: &str = "autoscaling";
const PROVISIONED: &str = "provisioned";
/// A new provisioned instance takes some three minutes, a project some seconds.
const PATIENCE: Duration = Duration::from_mins(20);

/// Which of the two kinds an app is known to use, where both have the name.
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

/// A database one can connect to.
#[derive(Debug, Clone)]
pub struct Lakebase {
    /// Its name.
    pub name: String,
    /// What the app is told about it.
    pub connection: LakebaseConnection,
    /// How it is attached to the app.
    pub resource: Resource,
    /// Where the read-write endpoint listens.
    pub host: String,
    /// Autoscaling: the project and the branch, as full paths.
    pub branch: Option<(String, String)>,
}

impl Lakebase {
    /// `autoscaling` or `provisioned`, as in results and in `LAKEBASE_TYPE`.
    pub fn kind(&self) -> &'static str {
        if self.branch.is_some() { AUTOSCALING } else { PROVISIONED }
    }

    /// Where a schema operation of `user` goes.
    pub fn target(&self, user: &str) -> LakebaseTarget {
        let credential = match &self.connection {
            LakebaseConnection::Provisioned { instance } => CredentialTarget::Instance(instance.clone()),
            LakebaseConnection::Autoscaling { endpoint, .. } => CredentialTarget::Endpoint(endpoint.clone()),
        };
        let (host, database) = (self.host.clone(), DATABASE.to_owned());
        LakebaseTarget { host, database, user: user.to_owned(), credential }
    }
}

//! What exists: projects, their branches, and what a branch holds.
//!
//! Plain data and the one rule about time: nothing changes by itself. A branch that expired, an
//! endpoint whose host is not known yet, an operation that is still pending: each is computed from
//! a timestamp when somebody looks. The real work behind it (a server, a copy) was done in the
//! request that asked for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::activity::Activity;
use super::cluster::Cluster;
use super::credentials::{ComputeId, StorageId};
use super::front::Front;
use super::operations::Operation;
use super::sql::RoleAttributes;
use crate::clock::Timestamp;

/// The branch that comes with a project.
pub(crate) const DEFAULT_BRANCH: &str = "production";
/// The endpoint that comes with a branch.
pub(crate) const DEFAULT_ENDPOINT: &str = "primary";
/// The database that comes with a project, and its id in paths.
pub(crate) const DEFAULT_DATABASE: &str = "databricks_postgres";
pub(crate) const DEFAULT_DATABASE_ID: &str = "databricks-postgres";

/// Everything Lakebase in one workspace.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) projects: BTreeMap<String, Project>,
    pub(crate) instances: BTreeMap<String, Instance>,
    /// By full name. They outlive what they were about.
    pub(crate) operations: BTreeMap<String, Operation>,
}

/// An autoscaling project.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) uid: String,
    /// Who created it.
    pub(crate) owner: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// When it was deleted, if it can still be brought back.
    pub(crate) deleted: Option<Timestamp>,
    /// `display_name`, `pg_version`, `history_retention_duration`, `default_endpoint_settings`, …
    pub(crate) settings: Map<String, Value>,
    pub(crate) branches: BTreeMap<String, Branch>,
    /// Where it was created as an instance: what the older interface shows of it, its name among it.
    pub(crate) instance: Option<Map<String, Value>>,
}

/// A branch: one cluster, and how to reach it.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) id: String,
    pub(crate) uid: String,
    pub(crate) source: Option<String>,
    pub(crate) is_protected: bool,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) ready: Timestamp,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) deleted: Option<Timestamp>,
    /// Until then a change is under way and another one is refused.
    pub(crate) busy_until: Timestamp,
    pub(crate) storage: StorageId,
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) endpoints: BTreeMap<String, Endpoint>,
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) databases: BTreeMap<String, Database>,
}

/// A compute of a branch.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) uid: String,
    pub(crate) kind: EndpointKind,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) ready: Timestamp,
    /// From then on its host is told.
    pub(crate) host_known: Timestamp,
    /// `autoscaling_limit_min_cu`, `autoscaling_limit_max_cu`, `suspend_timeout_duration`, …
    pub(crate) settings: Map<String, Value>,
    pub(crate) compute: ComputeId,
    pub(crate) activity: Activity,
    /// Absent while the endpoint is disabled or its branch deleted.
    pub(crate) front: Option<Front>,
}

/// What an endpoint serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndpointKind {
    ReadWrite,
    ReadOnly,
}

/// A Postgres role that the platform knows of.
#[allow(clippy::struct_field_names, reason = "the name on the wire")]
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) postgres_role: String,
    pub(crate) identity_type: String,
    pub(crate) auth_method: String,
    pub(crate) superuser: bool,
    pub(crate) attributes: RoleAttributes,
    pub(crate) created: Timestamp,
}

/// A database that the platform knows of.
#[allow(clippy::struct_field_names, reason = "the name on the wire")]
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pub(crate) id: String,
    pub(crate) postgres_database: String,
    /// Full name of the role that owns it.
    pub(crate) role: String,
    pub(crate) created: Timestamp,
}

/// A provisioned instance.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) name: String,
    pub(crate) uid: String,
    /// Who created it.
    pub(crate) owner: String,
    pub(crate) created: Timestamp,
    /// From then on it is AVAILABLE, unless stopped.
    pub(crate) ready: Timestamp,
    pub(crate) stopped: bool,
    /// `capacity`, `node_count`, `retention_window_in_days`, …
    pub(crate) settings: Map<String, Value>,
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) compute: ComputeId,
    pub(crate) storage: StorageId,
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) front: Option<Front>,
}

impl Project {
    pub(crate) fn name(&self) -> String {
        format!("projects/{}", self.id)
    }
}

impl Branch {
    /// Whether it is gone for everybody but an undelete.
    pub(crate) fn is_gone(&self, now: Timestamp) -> bool {
        self.deleted.is_some() || self.expires.is_some_and(|end| end <= now)
    }

    /// The root branch has no source, and no life without its project.
    pub(crate) fn is_root(&self) -> bool {
        self.source.is_none()
    }
}

impl EndpointKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ReadWrite => "ENDPOINT_TYPE_READ_WRITE",
            Self::ReadOnly => "ENDPOINT_TYPE_READ_ONLY",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::ReadWrite, Self::ReadOnly].into_iter().find(|kind| kind.as_str() == text)
    }
}

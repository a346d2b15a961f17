//! The existing resources: projects, their branches, and the content of branches.
//!
//! Plain data with one rule about time: nothing changes by itself. Whether a branch has expired, an
//! endpoint's host is available, or an operation is pending, is computed from a timestamp when it is
//! requested. The real work behind it (a server, a copy) was done in the request.

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

/// The initial branch of a project.
pub(crate) const DEFAULT_BRANCH: &str = "production";
/// The initial endpoint of a branch.
pub(crate) const DEFAULT_ENDPOINT: &str = "primary";
/// The initial database of a project, and its id in paths.
pub(crate) const DEFAULT_DATABASE: &str = "databricks_postgres";
pub(crate) const DEFAULT_DATABASE_ID: &str = "databricks-postgres";

/// The Lakebase resources of one workspace.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) projects: BTreeMap<String, Project>,
    pub(crate) instances: BTreeMap<String, Instance>,
    /// By full name. Kept after their resources are deleted.
    pub(crate) operations: BTreeMap<String, Operation>,
}

/// An autoscaling project.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) uid: String,
    /// Its creator.
    pub(crate) owner: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// When it was deleted, if it can still be restored.
    pub(crate) deleted: Option<Timestamp>,
    /// `display_name`, `pg_version`, `history_retention_duration`, `default_endpoint_settings`, …
    pub(crate) settings: Map<String, Value>,
    pub(crate) branches: BTreeMap<String, Branch>,
    /// If it was created as an instance: its properties in the older API, including its name.
    pub(crate) instance: Option<Map<String, Value>>,
}

/// A branch: one cluster, and its endpoints.
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
    /// Until then a change is in progress and further ones are refused.
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
    /// The time from which its host is available.
    pub(crate) host_known: Timestamp,
    /// `autoscaling_limit_min_cu`, `autoscaling_limit_max_cu`, `suspend_timeout_duration`, …
    pub(crate) settings: Map<String, Value>,
    pub(crate) compute: ComputeId,
    pub(crate) activity: Activity,
    /// Absent while the endpoint is disabled or its branch deleted.
    pub(crate) front: Option<Front>,
}

/// The type of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndpointKind {
    ReadWrite,
    ReadOnly,
}

/// A Postgres role in the platform's API.
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

/// A database in the platform's API.
#[allow(clippy::struct_field_names, reason = "the name on the wire")]
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pub(crate) id: String,
    pub(crate) postgres_database: String,
    /// Full name of its owner role.
    pub(crate) role: String,
    pub(crate) created: Timestamp,
}

/// A provisioned instance.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) name: String,
    pub(crate) uid: String,
    /// Its creator.
    pub(crate) owner: String,
    pub(crate) created: Timestamp,
    /// The time from which it is AVAILABLE, unless stopped.
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
    /// Whether it was deleted or has expired; only a deleted one can be restored.
    pub(crate) fn is_gone(&self, now: Timestamp) -> bool {
        self.deleted.is_some() || self.expires.is_some_and(|end| end <= now)
    }

    /// The root branch has no source, and exists only with its project.
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

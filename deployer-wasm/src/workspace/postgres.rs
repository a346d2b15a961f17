//! Lakebase autoscaling: `/api/2.0/postgres/*`.
//!
//! Projects hold branches; a branch holds endpoints, roles and databases. Every write returns an
//! [`Operation`]. Values are read from `status`; `spec` may be missing.

use serde::Deserialize;
use serde_json::json;

use super::operation::Operation;
use super::{Call, page, resource_path, segment};
use crate::decode::null_as_default;
use crate::host::{Method, Timestamp};

/// A project.
#[derive(Debug, Clone, Deserialize)]
pub struct Project {
    /// `projects/<id>`.
    pub name: String,
    /// When it was created, as RFC 3339.
    #[serde(default)]
    pub create_time: Option<String>,
    /// When it was deleted; its name stays taken until it is purged.
    #[serde(default)]
    pub delete_time: Option<String>,
    /// The effective values.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: ProjectStatus,
}

/// The effective values of a project.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ProjectStatus {
    /// `projects/<id>/branches/<id>`.
    #[serde(default)]
    pub default_branch: Option<String>,
    /// The user name of the owner.
    #[serde(default)]
    pub owner: Option<String>,
}

impl Project {
    /// The branch that the app uses: the default one, or `production` if the project doesn't name it.
    pub fn default_branch(&self) -> String {
        self.status.default_branch.clone().unwrap_or_else(|| format!("{}/branches/production", self.name))
    }
}

/// The default branch of the project `id`, if it has the name that the platform gives it.
pub fn usual_branch(id: &str) -> String {
    format!("projects/{id}/branches/production")
}

/// A list of endpoints.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Endpoints {
    /// The endpoints of a branch.
    #[serde(default, deserialize_with = "null_as_default")]
    pub endpoints: Vec<Endpoint>,
}
page!(Endpoints, endpoints);

/// An endpoint: the compute that accepts connections.
#[derive(Debug, Clone, Deserialize)]
pub struct Endpoint {
    /// `projects/<id>/branches/<id>/endpoints/<id>`.
    pub name: String,
    /// The effective values.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: EndpointStatus,
}

/// The effective values of an endpoint.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct EndpointStatus {
    /// `ENDPOINT_TYPE_READ_WRITE` or `ENDPOINT_TYPE_READ_ONLY`.
    #[serde(default)]
    pub endpoint_type: Option<String>,
    /// INIT, ACTIVE, IDLE (scaled to zero; resumes on connecting) or DEGRADED.
    #[serde(default)]
    pub current_state: Option<String>,
    /// Missing for a while on a new branch.
    #[serde(default)]
    pub hosts: Option<Hosts>,
    /// The smallest compute, in CU.
    #[serde(default)]
    pub autoscaling_limit_min_cu: Option<f64>,
    /// The largest compute, in CU.
    #[serde(default)]
    pub autoscaling_limit_max_cu: Option<f64>,
}

/// The addresses of an endpoint.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Hosts {
    /// The read-write host.
    #[serde(default)]
    pub host: Option<String>,
}

impl Endpoint {
    /// The host to connect to, once there is one and the compute accepts connections.
    pub fn ready_host(&self) -> Option<&str> {
        let connectable =
            matches!(self.status.current_state.as_deref(), None | Some("ACTIVE" | "IDLE" | "DEGRADED"));
        let host = self.status.hosts.as_ref()?.host.as_deref()?;
        (connectable && !host.is_empty()).then_some(host)
    }

    /// The smallest and the largest compute, in CU.
    pub fn range(&self) -> Option<(f64, f64)> {
        self.status.autoscaling_limit_min_cu.zip(self.status.autoscaling_limit_max_cu)
    }

    /// Whether it accepts writes.
    pub fn is_read_write(&self) -> bool {
        self.status.endpoint_type.as_deref() != Some("ENDPOINT_TYPE_READ_ONLY")
    }
}

/// A list of databases.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Databases {
    /// The databases of a branch.
    #[serde(default, deserialize_with = "null_as_default")]
    pub databases: Vec<Database>,
}
page!(Databases, databases);

/// A database of a branch.
#[derive(Debug, Clone, Deserialize)]
pub struct Database {
    /// `projects/<id>/branches/<id>/databases/<id>`.
    pub name: String,
    /// The effective values.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: DatabaseStatus,
}

/// The effective values of a database.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct DatabaseStatus {
    /// Its name inside Postgres, such as `databricks_postgres`.
    #[serde(default)]
    pub postgres_database: Option<String>,
}

/// The request to create a project.
#[derive(Debug, Clone, PartialEq)]
pub struct NewProject<'a> {
    /// The project's id and display name.
    pub id: &'a str,
    /// Minimum and maximum compute, in CU.
    pub limits: (f64, f64),
}

/// A page of projects.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Projects {
    /// The projects that the caller can see.
    #[serde(default, deserialize_with = "null_as_default")]
    pub projects: Vec<Project>,
}
page!(Projects, projects);

/// Lists the projects, with those that were deleted but not purged.
pub fn list_projects() -> Call<Projects> {
    let mut call: Call<Projects> =
        call(Method::Get, "projects", "read the Lakebase projects".to_owned(), "", "CAN USE");
    "the Lakebase projects".clone_into(&mut call.what);
    call.query("show_deleted", "true")
}

/// Reads a project.
pub fn get_project(id: &str) -> Call<Project> {
    call(
        Method::Get,
        &format!("projects/{}", segment(id)),
        format!("read the Lakebase project `{id}`"),
        id,
        "CAN USE",
    )
}

/// Creates a project with its branch, endpoint and database, on `PostgreSQL` 17.
pub fn create_project(new: &NewProject<'_>) -> Call<Operation> {
    let (min, max) = new.limits;
    call(
        Method::Post,
        "projects",
        format!("create the Lakebase project `{}`", new.id),
        new.id,
        "permission to create Lakebase projects",
    )
    .query("project_id", new.id)
    .body(json!({"spec": json!({
        "display_name": new.id,
        "pg_version": 17,
        "default_endpoint_settings":
            json!({"autoscaling_limit_min_cu": min, "autoscaling_limit_max_cu": max}),
    })}))
}

/// Lists the endpoints of `branch`, a full path.
pub fn list_endpoints(branch: &str) -> Call<Endpoints> {
    let path = format!("{}/endpoints", resource_path(branch));
    call(Method::Get, &path, format!("read the endpoints of `{branch}`"), branch, "CAN USE")
}

/// Lists the databases of `branch`, a full path.
pub fn list_databases(branch: &str) -> Call<Databases> {
    let path = format!("{}/databases", resource_path(branch));
    call(Method::Get, &path, format!("read the databases of `{branch}`"), branch, "CAN USE")
}

/// A list of branches.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Branches {
    /// The branches of a project.
    #[serde(default, deserialize_with = "null_as_default")]
    pub branches: Vec<Branch>,
}
page!(Branches, branches);

/// A branch.
#[derive(Debug, Clone, Deserialize)]
pub struct Branch {
    /// `projects/<id>/branches/<id>`.
    pub name: String,
    /// When it was created.
    #[serde(default)]
    pub create_time: Option<Timestamp>,
    /// The effective values.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: BranchStatus,
}

/// The effective values of a branch.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct BranchStatus {
    /// INIT, READY, IMPORTING, RESETTING, ARCHIVED or DELETED.
    #[serde(default)]
    pub current_state: Option<String>,
    /// Whether it is the project's default branch.
    #[serde(default, rename = "default", deserialize_with = "null_as_default")]
    pub is_default: bool,
    /// When the platform removes it, if it does.
    #[serde(default)]
    pub expire_time: Option<Timestamp>,
    /// The branch that it was made of, as a full path.
    #[serde(default)]
    pub source_branch: Option<String>,
}

/// Lists the branches of `project`, a full path.
pub fn list_branches(project: &str) -> Call<Branches> {
    let path = format!("{}/branches", resource_path(project));
    call(Method::Get, &path, format!("read the branches of `{project}`"), project, "CAN USE")
}

/// Reads a branch, a full path.
pub fn get_branch(name: &str) -> Call<Branch> {
    call(Method::Get, &resource_path(name), format!("read the branch `{name}`"), name, "CAN USE")
}

/// For how long the platform keeps a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// So many seconds.
    Secs(u64),
    /// Until it is deleted.
    Unlimited,
}

/// Creates the branch `id` in `project` from `source` (full paths).
pub fn create_branch(project: &str, id: &str, source: &str, life: Life) -> Call<Operation> {
    let spec = match life {
        Life::Secs(secs) => json!({"source_branch": source, "ttl": format!("{secs}s")}),
        Life::Unlimited => json!({"source_branch": source, "no_expiry": true}),
    };
    let path = format!("{}/branches", resource_path(project));
    call(Method::Post, &path, format!("create the branch `{id}`"), project, "CAN MANAGE")
        .query("branch_id", id)
        .body(json!({"spec": spec}))
}

/// Makes a branch, a full path, stay until it is deleted.
pub fn keep_branch(name: &str) -> Call<Operation> {
    call(Method::Patch, &resource_path(name), format!("keep the branch `{name}`"), name, "CAN MANAGE")
        .query("update_mask", "spec.no_expiry")
        .body(json!({"spec": json!({"no_expiry": true})}))
}

fn call<T>(method: Method, path: &str, doing: String, on: &str, needed: &'static str) -> Call<T> {
    Call::new(
        method,
        format!("/api/2.0/postgres/{path}"),
        doing,
        format!("the Lakebase project `{on}`"),
        needed,
    )
}

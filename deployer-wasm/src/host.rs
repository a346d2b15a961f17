//! The interface between the deploy logic and its environment.
//!
//! The logic runs in a notebook's kernel, in a notebook widget, in a page and natively; each environment has
//! its own way to send requests, wait and read the time. [`Host`] covers these differences and nothing else.
//! By its design **no credential passes through the logic**: a request has a path relative to the workspace
//! and the host adds its own authorisation; a schema operation is typed, and the host mints the database
//! credential itself. So a page that runs the logic never holds a token.
//!
//! Futures are not `Send`: two of the four environments are single-threaded, and natively one thread is
//! enough for a deployment.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::decode::null_as_default;
use crate::events::DeployEvent;
use crate::schema::{SchemaOperation, SchemaOutcome};

mod probe;

pub use probe::Probe;
// Re-exported for implementations of `Host`.
pub use crate::schema::{SchemaError, SchemaErrorKind};
pub use crate::timestamp::Timestamp;

/// What the deploy logic needs from its environment. No credentials pass through it.
#[expect(async_fn_in_trait, reason = "hosts are single-threaded, so the futures need no Send bound")]
pub trait Host {
    /// Sends one request to the workspace and returns its answer, including refusals.
    ///
    /// # Errors
    /// Only when there was no answer: see [`HostErrorKind`].
    async fn request(&self, request: WorkspaceRequest) -> Result<WorkspaceResponse, HostError>;

    /// Runs one schema operation on a Lakebase database. The host mints the database credential
    /// itself and connects with verified TLS.
    ///
    /// # Errors
    /// If no credential was available, the connection failed, or the database refused.
    async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError>;

    /// Called when a schema operation with this credential probably follows. A host that mints the credential
    /// itself can do so now, while the logic waits for other answers; by default, nothing happens. It has no
    /// outcome: the operation mints a credential if there is none.
    async fn prepare(&self, credential: &CredentialTarget) {
        let _ = credential;
    }

    /// Queries the app itself, or a package index, and returns the answer.
    ///
    /// # Errors
    /// If there was no answer, and [`HostErrorKind::Refused`] if this host can't send probes.
    async fn probe(&self, probe: &Probe) -> Result<WorkspaceResponse, HostError>;

    /// Completes after `duration`.
    async fn sleep(&self, duration: Duration);

    /// The current time. The user may change this clock; where two machines have to agree, the workspace's
    /// own `Date` is used instead.
    fn now(&self) -> Timestamp;

    /// The time since an arbitrary start, by a monotonic clock. It may stand still while the machine sleeps,
    /// as on Linux: code that has to detect a sleep also uses [`Host::now`].
    fn elapsed(&self) -> Duration;

    /// Fills `out` with cryptographically secure random bytes.
    fn random(&self, out: &mut [u8]);

    /// Passes an event to the user interface. Must not block.
    fn emit(&self, event: DeployEvent);
}

/// The HTTP methods the deployer uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Method {
    /// Reads.
    Get,
    /// Creates a resource, or triggers an action.
    Post,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        })
    }
}

/// A request to the workspace's REST interface.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct WorkspaceRequest {
    /// The method.
    pub method: Method,
    /// Absolute path within the workspace, such as `/api/2.0/apps/tellr`, already
    /// percent-encoded where needed; never a URL.
    pub path: String,
    /// Query parameters, unencoded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<(String, String)>>"))]
    pub query: Vec<(String, String)>,
    /// The JSON body, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(type = "unknown"))]
    pub body: Option<serde_json::Value>,
    /// The body or the answer holds a secret: it must not be logged, and `Debug` omits it.
    #[serde(default)]
    pub sensitive: bool,
}

impl fmt::Debug for WorkspaceRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("WorkspaceRequest");
        shown.field("method", &self.method).field("path", &self.path);
        if self.sensitive {
            shown.field("body", &"[sensitive]");
        } else {
            shown.field("query", &self.query).field("body", &self.body);
        }
        shown.finish()
    }
}

/// What the workspace answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct WorkspaceResponse {
    /// The HTTP status.
    pub status: u16,
    /// Headers, with lower-case names: at least `date`, `retry-after`, `x-databricks-org-id`, `content-type`,
    /// `location` and `x-request-id` are included where present.
    #[serde(default, deserialize_with = "null_as_default")]
    pub headers: Vec<(String, String)>,
    /// The body as text. All answers the deployer reads are JSON.
    pub body: String,
}

impl WorkspaceResponse {
    /// The value of the header `name` (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for WorkspaceResponse {
    // The body may hold a secret, and a response doesn't know whether it does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkspaceResponse")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Why there was no answer to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HostError {
    /// The kind of failure, which determines whether a retry makes sense.
    pub kind: HostErrorKind,
    /// A message for users; holds no secret.
    pub message: String,
}

/// The kinds of [`HostError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum HostErrorKind {
    /// No connection, or it broke. The request may or may not have had its effect. Can be retried.
    Connection,
    /// No answer in time. The request may or may not have had its effect. Can be retried.
    Timeout,
    /// The host has no usable credential. A retry does not help.
    Credential,
    /// The host does not forward this request. A retry does not help.
    Refused,
    /// The workspace refuses pages of this origin. A retry does not help.
    Origin,
}

/// The database of a schema operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LakebaseTarget {
    /// The host name to connect to; port 5432.
    pub host: String,
    /// The database, `databricks_postgres`.
    pub database: String,
    /// The Postgres role to connect as: the caller's user name.
    pub user: String,
    /// The resource to mint the credential for.
    pub credential: CredentialTarget,
}

/// The resource of a database credential: each of the two kinds of Lakebase has its own call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum CredentialTarget {
    /// Autoscaling: the endpoint's path, `projects/…/branches/…/endpoints/…`.
    Endpoint(String),
    /// Provisioned: the instance's name.
    Instance(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sensitive_request_hides_its_body_when_printed() {
        let request = WorkspaceRequest {
            method: Method::Post,
            path: "/api/2.0/secrets/put".into(),
            query: vec![],
            body: Some(serde_json::json!({"string_value": "marked-secret"})),
            sensitive: true,
        };
        assert!(!format!("{request:?}").contains("marked-secret"));
    }
}

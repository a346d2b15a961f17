//! What the deploy logic needs from the world.
//!
//! The logic runs in a notebook's kernel, in a notebook widget, in a page and natively; each
//! place has its own way to send a request, wait and tell the time. [`Host`] is that difference
//! and nothing else. It is shaped so that **no credential passes through the logic**: a request
//! carries a path relative to the workspace and the host adds its own authorisation; a schema
//! operation is typed, and the host mints the database credential itself. A page that runs the
//! logic therefore never holds a token, whatever the page's script does.
//!
//! Futures are not `Send`: in two of the four places there is one thread, and natively one is
//! plenty for a deployment.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::decode::null_as_default;
use crate::events::DeployEvent;
use crate::schema::{SchemaOperation, SchemaOutcome};

mod probe;

pub use probe::Probe;
// What whoever implements a host needs beside it.
pub use crate::schema::{SchemaError, SchemaErrorKind};
pub use crate::timestamp::Timestamp;

/// What the deploy logic needs from the world. No credentials pass through it.
#[expect(async_fn_in_trait, reason = "hosts are single-threaded, so the futures need no Send bound")]
pub trait Host {
    /// Sends one request to the workspace and returns whatever it answered, refusals included.
    ///
    /// # Errors
    /// Only when there was no answer: see [`HostErrorKind`].
    async fn request(&self, request: WorkspaceRequest) -> Result<WorkspaceResponse, HostError>;

    /// Runs one schema operation on a Lakebase database. The host mints the database credential
    /// itself and connects with verified TLS.
    ///
    /// # Errors
    /// When no credential could be had, no connection was made, or the database refused.
    async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError>;

    /// Asks the app itself, or a package index, and returns whatever it answered.
    ///
    /// # Errors
    /// When there was no answer, and [`HostErrorKind::Refused`] where this host can't ask.
    async fn probe(&self, probe: &Probe) -> Result<WorkspaceResponse, HostError>;

    /// Completes after `duration`.
    async fn sleep(&self, duration: Duration);

    /// The time now. May be set back or forward by whoever owns the machine; where two machines
    /// have to agree, the workspace's own `Date` is used instead.
    fn now(&self) -> Timestamp;

    /// The time since a moment of the host's choosing, by a clock that nobody can set back. It may
    /// stand still while the machine sleeps, as Linux' does: what must notice a sleep looks at
    /// [`Host::now`] too.
    fn elapsed(&self) -> Duration;

    /// Fills `out` with bytes fit for keys.
    fn random(&self, out: &mut [u8]);

    /// Tells what happened. Must not block.
    fn emit(&self, event: DeployEvent);
}

/// The HTTP methods the deployer uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or acts.
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
    /// The body or the answer holds a secret: it must not be logged, and is left out of `Debug`.
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
    /// Headers that matter here, names in lower case: at least `date`, `retry-after`,
    /// `x-databricks-org-id`, `content-type` and `location` are passed on where they are present.
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
    // A body may hold a secret, and what prints a response cannot know.
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
    /// What kind of failure, which decides whether trying again makes sense.
    pub kind: HostErrorKind,
    /// For people; holds no secret.
    pub message: String,
}

/// The kinds of [`HostError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum HostErrorKind {
    /// No connection, or it broke. The request may or may not have had its effect. Worth trying again.
    Connection,
    /// No answer in time. The request may or may not have had its effect. Worth trying again.
    Timeout,
    /// The host has no usable credential. Trying again does not help.
    Credential,
    /// The host does not pass this request on. Trying again does not help.
    Refused,
    /// The workspace answers, and not for pages of this origin. Trying again does not help.
    Origin,
}

/// Which database a schema operation is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LakebaseTarget {
    /// The host name to connect to; port 5432.
    pub host: String,
    /// The database, `databricks_postgres`.
    pub database: String,
    /// The Postgres role to connect as: the deploying person's user name.
    pub user: String,
    /// What to mint the credential for.
    pub credential: CredentialTarget,
}

/// What a database credential is minted for: the two kinds of Lakebase have a call each.
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

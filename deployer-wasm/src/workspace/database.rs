//! Lakebase provisioned: `/api/2.0/database/*`. Being retired by the platform; supported for existing
//! instances and for workspaces without autoscaling.

use serde::Deserialize;
use serde_json::json;

use super::{Call, segment};
use crate::host::Method;

/// An instance.
#[derive(Debug, Clone, Deserialize)]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// AVAILABLE, STARTING, UPDATING, `FAILING_OVER`, STOPPED or DELETING. There is no failed state.
    #[serde(default)]
    pub state: Option<String>,
    /// The host to connect to.
    #[serde(default)]
    pub read_write_dns: Option<String>,
    /// When it was created, as RFC 3339.
    #[serde(default)]
    pub creation_time: Option<String>,
    /// Its size, such as `CU_1`.
    #[serde(default)]
    pub capacity: Option<String>,
}

impl Instance {
    /// Its size in CU.
    pub fn units(&self) -> Option<f64> {
        self.capacity.as_deref()?.strip_prefix("CU_")?.parse().ok()
    }

    /// The host to connect to, once the instance is available.
    pub fn ready_host(&self) -> Option<&str> {
        let host = self.read_write_dns.as_deref()?;
        (self.state.as_deref() == Some("AVAILABLE") && !host.is_empty()).then_some(host)
    }
}

/// Reads an instance.
pub fn get_instance(name: &str) -> Call<Instance> {
    let path = format!("instances/{}", segment(name));
    call(Method::Get, &path, format!("read the Lakebase instance `{name}`"), name, "CAN USE")
}

/// Creates an instance of `capacity`, such as `CU_1`.
pub fn create_instance(name: &str, capacity: &str) -> Call<Instance> {
    call(
        Method::Post,
        "instances",
        format!("create the Lakebase instance `{name}`"),
        name,
        "permission to create Lakebase instances",
    )
    .body(json!({"name": name, "capacity": capacity}))
}

fn call<T>(method: Method, path: &str, doing: String, on: &str, needed: &'static str) -> Call<T> {
    Call::new(
        method,
        format!("/api/2.0/database/{path}"),
        doing,
        format!("the Lakebase instance `{on}`"),
        needed,
    )
}

//! What the app's assistant works with: `/api/2.0/serving-endpoints/*`, `/api/2.0/genie/spaces/*`,
//! `/api/2.0/sql/warehouses/*`.

use serde::Deserialize;
use serde_json::Value;

use super::{Call, segment};
use crate::config::services::ServiceKind;
use crate::host::Method;

/// An endpoint, a space or a warehouse. One type for all: each has some of the fields.
#[derive(Debug, Clone, Deserialize)]
pub struct Service {
    /// Of an endpoint: `{"ready": "READY", …}`. Of a warehouse: `RUNNING`, `STOPPED`, `DELETED` …
    #[serde(default)]
    state: Value,
    /// The caller's permission on an endpoint: `CAN_VIEW`, `CAN_QUERY` or `CAN_MANAGE`.
    #[serde(default)]
    permission_level: Option<String>,
}

impl Service {
    /// The state of an endpoint that can't answer, such as `NOT_READY`.
    pub fn unready(&self) -> Option<&str> {
        self.state["ready"].as_str().filter(|state| *state != "READY")
    }

    /// Whether it is a warehouse that was deleted. The platform starts a stopped one when it is used.
    pub fn is_deleted(&self) -> bool {
        self.state.as_str().is_some_and(|state| state.starts_with("DELET"))
    }

    /// Whether the caller may look at it, but not use it.
    pub fn is_view_only(&self) -> bool {
        self.permission_level.as_deref() == Some("CAN_VIEW")
    }
}

/// The member of a resource, and its fields for the id and the permission that the app needs.
pub(super) const fn member(kind: ServiceKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        ServiceKind::ServingEndpoint => ("serving_endpoint", "name", "CAN_QUERY"),
        ServiceKind::GenieSpace => ("genie_space", "space_id", "CAN_RUN"),
        ServiceKind::SqlWarehouse => ("sql_warehouse", "id", "CAN_USE"),
    }
}

/// The permission that its users need, as people write it.
pub const fn needed(kind: ServiceKind) -> &'static str {
    match kind {
        ServiceKind::ServingEndpoint => "CAN QUERY",
        ServiceKind::GenieSpace => "CAN RUN",
        ServiceKind::SqlWarehouse => "CAN USE",
    }
}

/// Reads one.
pub fn get(kind: ServiceKind, id: &str) -> Call<Service> {
    let list = match kind {
        ServiceKind::ServingEndpoint => "serving-endpoints",
        ServiceKind::GenieSpace => "genie/spaces",
        ServiceKind::SqlWarehouse => "sql/warehouses",
    };
    let what = format!("the {} `{id}`", kind.noun());
    Call::new(
        Method::Get,
        format!("/api/2.0/{list}/{}", segment(id)),
        format!("read {what}"),
        what,
        needed(kind),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::decode::decode;

    #[test]
    fn what_can_be_used_is_told_from_what_can_not() {
        let read = |value| decode::<Service>(value).unwrap();
        let ready = read(json!({"name": "m", "state": {"ready": "READY"}, "permission_level": "CAN_QUERY"}));
        assert!(ready.unready().is_none() && !ready.is_view_only() && !ready.is_deleted());
        let new = read(json!({"state": {"ready": "NOT_READY"}, "permission_level": "CAN_VIEW"}));
        assert_eq!((new.unready(), new.is_view_only()), (Some("NOT_READY"), true));
        for (state, deleted) in
            [("RUNNING", false), ("STOPPED", false), ("DELETING", true), ("DELETED", true)]
        {
            assert_eq!(read(json!({"id": "1", "state": state})).is_deleted(), deleted, "{state}");
        }
        let space = read(json!({"space_id": "1", "title": "Sales"}));
        assert!(space.unready().is_none() && !space.is_deleted() && !space.is_view_only());
    }
}

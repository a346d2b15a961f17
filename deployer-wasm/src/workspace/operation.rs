//! Long-running operations of the `postgres` API.

use serde::Deserialize;

use super::{Call, resource_path};
use crate::decode::null_as_default;
use crate::host::Method;

/// An operation: the answer to creating or deleting a `postgres` resource.
#[derive(Debug, Clone, Deserialize)]
pub struct Operation {
    /// `<resource>/operations/<id>`; absent if the platform finished at once.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// Whether it has ended, successfully or not. Deletes may end without a `response`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub done: bool,
    /// Why it failed, once `done`.
    #[serde(default)]
    pub error: Option<OperationError>,
}

/// Why an operation failed.
#[derive(Debug, Clone, Deserialize)]
pub struct OperationError {
    /// The platform's error code.
    #[serde(default, deserialize_with = "null_as_default")]
    pub error_code: String,
    /// The platform's message.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message: String,
}

/// Reads an operation's current state.
pub fn get(name: &str) -> Call<Operation> {
    Call::new(
        Method::Get,
        format!("/api/2.0/postgres/{}", resource_path(name)),
        "read the progress of the Lakebase operation".into(),
        "the Lakebase project".into(),
        "CAN USE",
    )
}

//! Long-running operations of the `postgres` interface.

use serde::Deserialize;

use super::{Call, resource_path};
use crate::decode::null_as_default;
use crate::host::Method;

/// An operation: what creating or deleting something of `postgres` answers.
#[derive(Debug, Clone, Deserialize)]
pub struct Operation {
    /// `<resource>/operations/<id>`; absent where the platform finished at once.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// Whether it has ended, well or not. Deletes may end without a `response`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub done: bool,
    /// Why it failed, once `done`.
    #[serde(default)]
    pub error: Option<OperationError>,
}

/// Why an operation failed.
#[derive(Debug, Clone, Deserialize)]
pub struct OperationError {
    /// The platform's name for it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub error_code: String,
    /// The platform's words.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message: String,
}

/// Reads an operation again.
pub fn get(name: &str) -> Call<Operation> {
    Call::new(
        Method::Get,
        format!("/api/2.0/postgres/{}", resource_path(name)),
        "read the progress of the Lakebase operation".into(),
        "the Lakebase project".into(),
        "CAN USE",
    )
}

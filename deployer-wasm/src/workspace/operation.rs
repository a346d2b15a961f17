//! Long-running operations of the `postgres` interface.

use super::Call;
use crate::host::Method;
use crate::json::from_json;

/// An operation: what creating or deleting something of `postgres` answers.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `<resource>/operations/<id>`; absent where the platform finished at once.
    pub name: String,
    /// Whether it has ended, well or not. Deletes may end without a `response`.
    pub done: bool,
    /// Why it failed, once `done`.
    pub error: Option<OperationError>,
}
from_json!(Operation { required {} optional { name, done, error } });

/// Why an operation failed.
#[derive(Debug, Clone)]
pub struct OperationError {
    /// The platform's name for it.
    pub error_code: String,
    /// The platform's words.
    pub message: String,
}
from_json!(OperationError { required {} optional { error_code, message } });

/// Reads an operation again.
pub fn get(name: &str) -> Call<Operation> {
    Call::new(
        Method::Get,
        format!("/api/2.0/postgres/{}", super::postgres::resource_path(name)),
        "waiting for Lakebase".into(),
        "the Lakebase project".into(),
        "CAN USE",
    )
}

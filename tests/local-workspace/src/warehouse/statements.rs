//! The statement execution API: `/api/2.0/sql/statements`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::statement::{Order, Statement, StatementState};
use super::text::{Parameter, check_parameters};
use super::{OBJECT_TYPE, Warehouse};
use crate::extract::{Caller, JsonBody};
use crate::identity::Principal;
use crate::problem::Problem;
use crate::workspace::Workspace;

pub(super) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/sql/statements", post(execute))
        .route("/api/2.0/sql/statements/{id}", get(read))
        .route("/api/2.0/sql/statements/{id}/cancel", post(cancel))
        .route("/api/2.0/sql/statements/{id}/result/chunks/{index}", get(chunk))
}

type Shared = State<Arc<Workspace>>;
type Answer = Result<Json<Value>, Problem>;

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    statement: String,
    #[serde(default)]
    warehouse_id: String,
    wait_timeout: Option<String>,
    on_wait_timeout: Option<String>,
    disposition: Option<String>,
    format: Option<String>,
    #[serde(default)]
    parameters: Vec<Parameter>,
    row_limit: Option<usize>,
    catalog: Option<String>,
    schema: Option<String>,
}

impl Request {
    /// How long to wait, and whether to cancel then.
    fn wait(&self) -> Result<(Duration, bool), Problem> {
        let text = self.wait_timeout.as_deref().unwrap_or("10s");
        let seconds = text.strip_suffix('s').and_then(|number| number.parse::<u64>().ok());
        let Some(seconds) = seconds.filter(|seconds| *seconds == 0 || (5..=50).contains(seconds)) else {
            return Err(Problem::invalid_parameter(format!(
                "wait_timeout must be 0 seconds (0s) or between 5 seconds (5s) and 50 seconds (50s), got: {text}"
            )));
        };
        let cancels = match self.on_wait_timeout.as_deref() {
            None | Some("CONTINUE") => false,
            Some("CANCEL") if seconds > 0 => true,
            Some("CANCEL") => {
                return Err(Problem::invalid_parameter(
                    "on_wait_timeout cannot be CANCEL when wait_timeout is 0s.",
                ));
            }
            Some(other) => {
                return Err(Problem::invalid_parameter(format!("on_wait_timeout {other} is not supported.")));
            }
        };
        Ok((Duration::from_secs(seconds), cancels))
    }

    fn check(&self) -> Result<(), Problem> {
        if self.statement.trim().is_empty() {
            return Err(Problem::invalid_parameter("Statement cannot be empty."));
        }
        if !matches!(self.disposition.as_deref(), None | Some("INLINE")) {
            return Err(Problem::invalid_parameter("Only disposition INLINE exists in this workspace."));
        }
        if !matches!(self.format.as_deref(), None | Some("JSON_ARRAY")) {
            return Err(Problem::invalid_parameter(
                "The format field must be JSON_ARRAY when the disposition field is INLINE.",
            ));
        }
        if self.row_limit == Some(0) {
            return Err(Problem::invalid_parameter("row_limit must be at least 1."));
        }
        check_parameters(&self.parameters)
    }
}

async fn execute(
    State(workspace): Shared,
    Caller(caller): Caller,
    JsonBody(request): JsonBody<Request>,
) -> Answer {
    let (timeout, cancels) = request.wait()?;
    request.check()?;
    if request.warehouse_id.is_empty() {
        return Err(Problem::invalid_parameter("warehouse_id is required."));
    }
    if !Warehouse::exists(&request.warehouse_id) {
        return Err(Problem::resource_does_not_exist(format!(
            "SQL warehouse {} does not exist.",
            request.warehouse_id
        )));
    }
    if !workspace.permissions.can(&caller, OBJECT_TYPE, &request.warehouse_id, "CAN_USE") {
        return Err(Problem::permission_denied("You do not have permission to use the SQL Warehouse."));
    }
    let order = Order {
        statement: request.statement,
        parameters: request.parameters,
        row_limit: request.row_limit,
        catalog: request.catalog,
        schema: request.schema,
    };
    let statement = workspace.warehouse.submit(&caller, order);
    if !timeout.is_zero() {
        let in_time = tokio::time::timeout(timeout, ended(&workspace, &statement)).await.is_ok();
        if cancels && !in_time {
            statement.cancel();
        }
    }
    Ok(Json(shown(&workspace, &statement)))
}

/// Waits until the warehouse runs and the statement ended. A virtual clock isn't waited for.
async fn ended(workspace: &Workspace, statement: &Statement) {
    let wait = statement.ready.ms_since(workspace.clock.now());
    if wait > 0 && !workspace.clock.is_virtual() {
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
    statement.ended().await;
}

/// A statement with the first chunk of its result.
pub(crate) fn shown(workspace: &Workspace, statement: &Statement) -> Value {
    let mut shown = json!({"statement_id": statement.id, "status": {}});
    let state = match statement.state() {
        StatementState::Canceled => "CANCELED",
        _ if statement.is_waiting(workspace.clock.now()) => "PENDING",
        StatementState::Running => "RUNNING",
        StatementState::Failed(failure) => {
            shown["status"]["error"] = json!({"error_code": failure.error_code, "message": failure.message});
            shown["status"]["sql_state"] = json!(failure.sql_state);
            "FAILED"
        }
        StatementState::Succeeded(result) => {
            let rows_per_chunk = workspace.settings.get().warehouse.rows_per_chunk;
            let (manifest, first) = result.shown(&statement.id, rows_per_chunk);
            shown["manifest"] = manifest;
            shown["result"] = first;
            "SUCCEEDED"
        }
    };
    shown["status"]["state"] = json!(state);
    shown
}

fn find(workspace: &Workspace, caller: &Principal, id: &str) -> Result<Arc<Statement>, Problem> {
    workspace
        .warehouse
        .statement(caller, id)
        .ok_or_else(|| Problem::not_found(format!("The statement {id} was not found.")))
}

async fn read(State(workspace): Shared, Caller(caller): Caller, Path(id): Path<String>) -> Answer {
    Ok(Json(shown(&workspace, &*find(&workspace, &caller, &id)?)))
}

async fn cancel(State(workspace): Shared, Caller(caller): Caller, Path(id): Path<String>) -> Answer {
    find(&workspace, &caller, &id)?.cancel();
    Ok(Json(json!({})))
}

async fn chunk(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((id, index)): Path<(String, usize)>,
) -> Answer {
    let statement = find(&workspace, &caller, &id)?;
    let StatementState::Succeeded(result) = statement.state() else {
        return Err(Problem::bad_request(format!("The statement {id} has no result.")));
    };
    let rows_per_chunk = workspace.settings.get().warehouse.rows_per_chunk;
    let chunk = result.chunk(&id, index, rows_per_chunk).ok_or_else(|| {
        Problem::invalid_parameter(format!("The result of statement {id} has no chunk {index}."))
    })?;
    Ok(Json(chunk))
}

//! The warehouse itself: `/api/2.0/sql/warehouses`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{OBJECT_TYPE, WAREHOUSE_ID, WAREHOUSE_NAME, Warehouse};
use crate::apps::{Page, page};
use crate::extract::{Caller, Params};
use crate::identity::Principal;
use crate::problem::Problem;
use crate::workspace::Workspace;

pub(super) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/sql/warehouses", get(list))
        .route("/api/2.0/sql/warehouses/{id}", get(read))
        .route("/api/2.0/sql/warehouses/{id}/start", post(start))
        .route("/api/2.0/sql/warehouses/{id}/stop", post(stop))
}

type Shared = State<Arc<Workspace>>;
type Answer = Result<Json<Value>, Problem>;

/// Whether the principal has this level on the warehouse.
fn can(workspace: &Workspace, caller: &Principal, level: &str) -> bool {
    workspace.permissions.can(caller, OBJECT_TYPE, WAREHOUSE_ID, level)
}

fn shown(workspace: &Workspace) -> Value {
    let state = workspace.warehouse.state();
    let path = format!("/sql/1.0/warehouses/{WAREHOUSE_ID}");
    let (hostname, port) = workspace.host.trim_start_matches("http://").split_once(':').unwrap_or_default();
    json!({
        "id": WAREHOUSE_ID,
        "name": WAREHOUSE_NAME,
        "size": "SMALL",
        "cluster_size": "Small",
        "min_num_clusters": 1,
        "max_num_clusters": 1,
        "auto_stop_mins": 10,
        "auto_resume": true,
        "creator_name": "System-User",
        "creator_id": 0,
        "tags": {},
        "spot_instance_policy": "COST_OPTIMIZED",
        "enable_photon": true,
        "channel": {"name": "CHANNEL_NAME_CURRENT"},
        "enable_serverless_compute": true,
        "warehouse_type": "PRO",
        "num_clusters": u8::from(state == "RUNNING"),
        "num_active_sessions": 0,
        "state": state,
        "jdbc_url": format!("jdbc:spark://{hostname}:{port}/default;transportMode=http;httpPath={path};"),
        "odbc_params": {
            "hostname": hostname, "path": path, "protocol": "http", "port": port.parse::<u16>().unwrap_or_default(),
        },
        "health": {"status": "HEALTHY"},
    })
}

async fn list(State(workspace): Shared, Caller(caller): Caller, Params(query): Params<Page>) -> Answer {
    let visible = can(&workspace, &caller, "CAN_VIEW");
    page(&query, "warehouses", visible.then(|| shown(&workspace)).into_iter().collect())
}

fn check(workspace: &Workspace, caller: &Principal, id: &str, level: &str) -> Result<(), Problem> {
    if !Warehouse::exists(id) {
        return Err(Problem::resource_does_not_exist(format!("SQL warehouse {id} does not exist.")));
    }
    if can(workspace, caller, level) {
        return Ok(());
    }
    Err(Problem::permission_denied(format!(
        "User {} does not have {level} permission on SQL warehouse {id}.",
        caller.user_name
    )))
}

async fn read(State(workspace): Shared, Caller(caller): Caller, Path(id): Path<String>) -> Answer {
    check(&workspace, &caller, &id, "CAN_VIEW")?;
    Ok(Json(shown(&workspace)))
}

async fn start(State(workspace): Shared, Caller(caller): Caller, Path(id): Path<String>) -> Answer {
    check(&workspace, &caller, &id, "CAN_USE")?;
    workspace.warehouse.start();
    Ok(Json(json!({})))
}

async fn stop(State(workspace): Shared, Caller(caller): Caller, Path(id): Path<String>) -> Answer {
    check(&workspace, &caller, &id, "CAN_MANAGE")?;
    workspace.warehouse.stop();
    Ok(Json(json!({})))
}

//! Health, version and readiness of the app.

use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;

use super::types::{DatabaseStatus, Health, Ready, Version};
use crate::app::App;
use crate::database::State;

/// The process answers.
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// The version of this build.
pub async fn version() -> Json<Version> {
    Json(Version { name: crate::NAME, version: crate::VERSION, commit: crate::COMMIT })
}

/// The database answers and has the schema that this version needs. Checked on each request, so it recovers
/// without a restart.
pub async fn ready(Shared(app): Shared<App>) -> (StatusCode, Json<Ready>) {
    let found = app.database.state().await;
    let ready = found.state == State::Ok;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let database = DatabaseStatus {
        state: found.state,
        kind: app.database.target().kind(),
        server_version: found.server_version,
        schema: app.database.schema().to_string(),
        migration: found.migration,
        latency_ms: u64::try_from(found.latency.as_millis()).unwrap_or(u64::MAX),
        message: found.message,
    };
    (status, Json(Ready { ready, database }))
}

//! The routes about the state of the app, below `/api`.

use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::types::{DatabaseStatus, Health, Ready, Version};
use crate::database::{self, Database, migrations};

/// Health and version: they need nothing, and both servers have them.
pub fn about<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(version))
}

/// Readiness.
pub fn readiness<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Database: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(ready))
}

/// The process answers
#[utoipa::path(get, path = "/health", tag = "Status", responses((status = 200, body = Health)))]
async fn health() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// The version of this build
#[utoipa::path(get, path = "/version", tag = "Status", responses((status = 200, body = Version)))]
async fn version() -> Json<Version> {
    Json(Version {
        name: crate::NAME,
        version: crate::VERSION,
        commit: crate::COMMIT,
        migration: migrations::NEWEST,
    })
}

/// The database answers and has the schema that this version needs
///
/// Checked on each request, so it recovers without a restart.
#[utoipa::path(get, path = "/ready", tag = "Status",
    responses((status = 200, body = Ready), (status = 503, body = Ready)))]
async fn ready(State(database): State<Database>) -> (StatusCode, Json<Ready>) {
    let found = database.state().await;
    let ready = found.state == database::State::Ok;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let database = DatabaseStatus {
        state: found.state,
        kind: database.target().kind(),
        server_version: found.server_version,
        schema: database.schema().to_string(),
        migration: found.migration,
        works_from: found.works_from,
        latency_ms: u64::try_from(found.latency.as_millis()).unwrap_or(u64::MAX),
        message: found.message,
    };
    (status, Json(Ready { ready, database }))
}

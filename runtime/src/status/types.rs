//! The JSON bodies about the state of the app.

use serde::Serialize;
use utoipa::ToSchema;

use crate::database::State;

/// `GET /api/health`: the process runs and answers. Says nothing about the database.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    pub status: &'static str,
}

/// `GET /api/version`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Version {
    /// `tellr-app`.
    pub name: &'static str,
    /// Such as `0.1.0`.
    pub version: &'static str,
    /// The commit, if it was given to the build; else `null`.
    pub commit: Option<&'static str>,
    /// The newest migration of the database that this build knows.
    pub migration: i32,
}

/// `GET /api/ready`: 200 when `ready`, else 503 with the same body.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Ready {
    /// Whether requests that need the database can be answered.
    pub ready: bool,
    /// The database.
    pub database: DatabaseStatus,
}

/// The database in [`Ready`]. Unknown fields are `null`; `message` is absent if there is no problem.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DatabaseStatus {
    /// `ok`, `down`, `migrating` or `wrong_key`.
    #[schema(value_type = String)]
    pub state: State,
    /// `autoscaling`, `provisioned` or `postgres`.
    pub kind: &'static str,
    /// The server's version, such as `17.2`.
    pub server_version: Option<String>,
    /// The schema of the app's tables.
    pub schema: String,
    /// The newest migration applied.
    pub migration: Option<i32>,
    /// The lowest migration that a program has to know to work with the schema.
    pub works_from: Option<i32>,
    /// How long the database check took, in milliseconds.
    pub latency_ms: u64,
    /// What is wrong and what to do, for users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

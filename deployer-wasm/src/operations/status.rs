//! How things stand: the app, what lies deployed, the last run, and whether one is under way.

use serde::Serialize;
use serde_json::Value;

use super::Operation;
use crate::engine::journal::RunStatus;
use crate::host::Timestamp;

/// How things stand with an app. To know it took only requests that read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Status {
    /// The app that was asked about.
    pub app_name: String,
    /// The folder of its files; absent where the app is somebody else's and doesn't tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_file_workspace_path: Option<String>,
    /// The app; absent where there is none of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<AppState>,
    /// Its database, by what lies deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_name: Option<String>,
    /// `autoscaling` or `provisioned`, by what lies deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_type: Option<String>,
    /// Its schema, by what lies deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_name: Option<String>,
    /// Which app, by what lies deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_package: Option<String>,
    /// Which version, by what lies deployed; absent where it was left to the package index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
    /// The latest run that the journal knows of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<LastRun>,
    /// Who is at work; absent when nobody is, or when whoever was has stopped renewing the lock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<LockState>,
    /// Whether the last run did not finish and nobody is at work: it may be gone on with.
    pub can_resume: bool,
}

/// An app as the platform shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct AppState {
    /// Where it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Who created it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
    /// The state of its compute, such as `ACTIVE`.
    pub compute: String,
    /// The state of its process, such as `RUNNING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The platform's words on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A run that the journal knows of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct LastRun {
    /// Its id.
    pub id: String,
    /// What it did.
    pub operation: Operation,
    /// Who started it.
    pub by: String,
    /// When, by the workspace's clock.
    pub started_at: Timestamp,
    /// How it ended; `running` where it is under way or died.
    pub status: RunStatus,
    /// The arguments to go on with: all of them but a key and a wheel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "CreateArguments | UpdateArguments | DeleteArguments"))]
    pub arguments: Option<Value>,
    /// The file name of the wheel that was deployed, which has to be given again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wheel: Option<String>,
}

/// A lock that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LockState {
    /// Who holds it.
    pub holder: String,
    /// What for.
    pub operation: String,
    /// Since when, by the workspace's clock.
    pub since: Timestamp,
    /// When it ends unless it is renewed.
    pub expires_at: Timestamp,
}

//! The results of the operations: the specification's dicts, with additional fields.

use serde::{Deserialize, Serialize};

use super::losses::Loss;
use crate::engine::StepReport;
use crate::steps::restore_point::RestorePoint;

/// What `create` returns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CreateResult {
    /// The app's URL.
    pub url: String,
    /// The app.
    pub app_name: String,
    /// Its database.
    pub lakebase_name: String,
    /// Its schema.
    pub schema_name: String,
    /// `created`.
    pub status: String,
    /// `autoscaling` or `provisioned`.
    pub lakebase_type: String,
    /// The outcome of each step.
    pub steps: Vec<StepReport>,
}

/// What `update` returns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct UpdateResult {
    /// The app's URL.
    pub url: String,
    /// The app.
    pub app_name: String,
    /// The deployment.
    pub deployment_id: String,
    /// `updated`.
    pub status: String,
    /// Whether the schema was emptied.
    pub database_reset: bool,
    /// `autoscaling` or `provisioned`.
    pub lakebase_type: String,
    /// The restore point, if the schema was emptied and the database has branches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore_point: Option<RestorePoint>,
    /// What was lost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<Loss>>"))]
    pub losses: Vec<Loss>,
    /// The outcome of each step.
    pub steps: Vec<StepReport>,
}

/// What `delete` returns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct DeleteResult {
    /// The app.
    pub app_name: String,
    /// `deleted`.
    pub status: String,
    /// Whether the schema was dropped.
    pub database_reset: bool,
    /// `autoscaling` or `provisioned`, if the database is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lakebase_type: Option<String>,
    /// The restore point, if the schema was dropped and the database has branches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore_point: Option<RestorePoint>,
    /// What was lost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<Loss>>"))]
    pub losses: Vec<Loss>,
    /// The outcome of each step.
    pub steps: Vec<StepReport>,
}

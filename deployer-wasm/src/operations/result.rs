//! The results of the operations: the specification's dicts, with additional fields.

use serde::{Deserialize, Serialize};

use super::losses::Loss;
use crate::config::services::{ServiceKind, Services};
use crate::engine::StepReport;
use crate::steps::restore_point::RestorePoint;

/// What the app's assistant works with, as far as it is attached to the app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct AttachedServices {
    /// The name of the model serving endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serving_endpoint: Option<String>,
    /// The ids of the Genie spaces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
    pub genie_spaces: Vec<String>,
    /// The id of the SQL warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql_warehouse: Option<String>,
}

impl From<&Services> for AttachedServices {
    fn from(services: &Services) -> Self {
        Self {
            serving_endpoint: services.of(ServiceKind::ServingEndpoint).first().cloned(),
            genie_spaces: services.of(ServiceKind::GenieSpace).to_vec(),
            sql_warehouse: services.of(ServiceKind::SqlWarehouse).first().cloned(),
        }
    }
}

impl AttachedServices {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

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
    /// The number of the release that is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub release: Option<u32>,
    /// `autoscaling` or `provisioned`.
    pub lakebase_type: String,
    /// What the assistant works with. Absent if nothing is attached.
    #[serde(default, skip_serializing_if = "AttachedServices::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<AttachedServices>"))]
    pub services: AttachedServices,
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
    /// The number of the release that is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<u32>,
    /// `autoscaling` or `provisioned`.
    pub lakebase_type: String,
    /// The restore point, if the schema was emptied and the database has branches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore_point: Option<RestorePoint>,
    /// What was lost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<Loss>>"))]
    pub losses: Vec<Loss>,
    /// What the assistant works with. Absent if nothing is attached.
    #[serde(default, skip_serializing_if = "AttachedServices::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<AttachedServices>"))]
    pub services: AttachedServices,
    /// The outcome of each step.
    pub steps: Vec<StepReport>,
}

/// What `rollback` returns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct RollbackResult {
    /// The app's URL.
    pub url: String,
    /// The app.
    pub app_name: String,
    /// `rolled_back`.
    pub status: String,
    /// The number of the new release; absent if that couldn't be recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<u32>,
    /// The release whose files and settings it has.
    pub returned_to: u32,
    /// The version of the app's package; absent for the newest one of the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What was not brought back; sentences without a full stop.
    pub stays: Vec<String>,
    /// The deployment.
    pub deployment_id: String,
    /// The outcome of each step.
    pub steps: Vec<StepReport>,
}

/// What `restore` returns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct RestoreResult {
    /// The app's URL.
    pub url: String,
    /// The app.
    pub app_name: String,
    /// `restored`.
    pub status: String,
    /// The number of the new release; absent if that couldn't be recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<u32>,
    /// The branch whose data the app has now, as a full path.
    pub restored_from: String,
    /// The branch that the app uses now, as a full path.
    pub branch: String,
    /// The branch that the app used before, with its data; `restore --from` its id undoes this.
    pub previous_branch: String,
    /// The deployment.
    pub deployment_id: String,
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

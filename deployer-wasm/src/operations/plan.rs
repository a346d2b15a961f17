//! What an operation would do, told before anything happens.

use serde::Serialize;

use super::Operation;
use crate::events::PlannedStep;

/// What an operation would do as things stand. To know it took only requests that read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Plan {
    /// The operation.
    pub operation: Operation,
    /// The app.
    pub app_name: String,
    /// Its database, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_name: Option<String>,
    /// Its schema, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_name: Option<String>,
    /// `autoscaling` or `provisioned`, where the database is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_type: Option<String>,
    /// The folder of the app's files.
    pub app_file_workspace_path: String,
    /// The steps and what each waits for: the same as the run will tell.
    pub steps: Vec<PlannedStep>,
    /// The generated files as they would be written. The key is never in them, and what is not
    /// known yet stands in parentheses.
    pub files: Vec<PlannedFile>,
    /// What is there, what will be made, and what is gone on with; sentences without a full stop.
    pub notes: Vec<String>,
    /// What is gone afterwards.
    pub lost: Vec<String>,
    /// What stays or can be got back, and for how long.
    pub recoverable: Vec<String>,
    /// Whether an earlier run of the same operation did not end, and is gone on with.
    pub resumes: bool,
}

/// A file as it would be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlannedFile {
    /// Its path within the app's folder.
    pub name: String,
    /// Its text.
    pub content: String,
}

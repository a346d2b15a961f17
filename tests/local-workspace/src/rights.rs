//! General permissions of a principal.
//!
//! Coarser than the platform's groups and entitlements, but fine enough to remove exactly the one
//! permission that a test is about.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A general permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Everything on every object.
    WorkspaceAdmin,
    /// See apps.
    ReadApps,
    /// Create apps.
    CreateApps,
    /// Change, deploy, start, stop and delete apps it manages.
    ManageApps,
    /// See databases.
    ReadLakebase,
    /// Mint database credentials.
    UseLakebase,
    /// Create projects and instances.
    CreateLakebase,
    /// Change databases it manages, and attach them to apps.
    ManageLakebase,
    /// Read workspace files it has access to.
    ReadFiles,
    /// Write workspace files where it has access.
    WriteFiles,
    /// Read secrets it has access to.
    ReadSecrets,
    /// Create secret scopes.
    CreateSecretScopes,
    /// Write secrets, and attach them to apps, where it has access.
    ManageSecrets,
    /// Change permissions of objects it manages.
    ManagePermissions,
    /// See and query serving endpoints.
    QueryServing,
}

impl Right {
    const ALL: [Self; 15] = [
        Self::WorkspaceAdmin,
        Self::ReadApps,
        Self::CreateApps,
        Self::ManageApps,
        Self::ReadLakebase,
        Self::UseLakebase,
        Self::CreateLakebase,
        Self::ManageLakebase,
        Self::ReadFiles,
        Self::WriteFiles,
        Self::ReadSecrets,
        Self::CreateSecretScopes,
        Self::ManageSecrets,
        Self::ManagePermissions,
        Self::QueryServing,
    ];

    /// The permissions of a workspace administrator.
    pub fn of_admin() -> BTreeSet<Self> {
        Self::ALL.into_iter().collect()
    }

    /// The permissions of a user who may create apps, but no databases.
    pub fn of_user() -> BTreeSet<Self> {
        Self::ALL
            .into_iter()
            .filter(|right| !matches!(right, Self::WorkspaceAdmin | Self::CreateLakebase))
            .collect()
    }

    /// The permissions of a viewer.
    pub fn of_viewer() -> BTreeSet<Self> {
        [Self::ReadApps, Self::ReadLakebase, Self::ReadFiles, Self::ReadSecrets, Self::QueryServing].into()
    }

    /// The permissions of an app's own service principal.
    pub fn of_app() -> BTreeSet<Self> {
        let mut rights = Self::of_viewer();
        rights.extend([Self::UseLakebase, Self::WriteFiles, Self::ManageSecrets]);
        rights
    }

    /// The name in refusals and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WorkspaceAdmin => "workspace_admin",
            Self::ReadApps => "read_apps",
            Self::CreateApps => "create_apps",
            Self::ManageApps => "manage_apps",
            Self::ReadLakebase => "read_lakebase",
            Self::UseLakebase => "use_lakebase",
            Self::CreateLakebase => "create_lakebase",
            Self::ManageLakebase => "manage_lakebase",
            Self::ReadFiles => "read_files",
            Self::WriteFiles => "write_files",
            Self::ReadSecrets => "read_secrets",
            Self::CreateSecretScopes => "create_secret_scopes",
            Self::ManageSecrets => "manage_secrets",
            Self::ManagePermissions => "manage_permissions",
            Self::QueryServing => "query_serving",
        }
    }
}

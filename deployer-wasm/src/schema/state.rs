//! The state of a schema: its content and its owner.

use serde::{Deserialize, Serialize};

/// The state of a schema.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each asked for by its name")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SchemaState {
    /// The schema exists.
    pub exists: bool,
    /// The role that owns it.
    pub owner: Option<String>,
    /// The app that it records; `None` if it was created before schemas recorded one.
    pub app: Option<String>,
    /// The caller may record an app: only the owner may write a schema's comment.
    pub can_record: bool,
    /// The number of its tables.
    pub tables: u32,
    /// Up to 50 of them, the largest first.
    pub largest: Vec<TableEstimate>,
    /// Whether it has, or recently had, rows encrypted with the app's key: an emptied table counts until the
    /// database has vacuumed it. Erring on this side keeps the key.
    pub encrypted_data: bool,
    /// The given role exists.
    pub role_exists: bool,
    /// The given role may use the schema and create tables in it.
    pub role_granted: bool,
    /// The given role owns a table in it, or the schema itself.
    pub role_owns: bool,
    /// Up to 100 roles other than the caller and the given one that own the schema or a table in it, or may
    /// create tables in it; no superusers.
    pub other_roles: Vec<String>,
    /// An alternative schema name for the app that doesn't exist yet.
    pub free_name: Option<String>,
}

/// A table and its estimated size from the database's statistics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TableEstimate {
    /// Its name.
    pub name: String,
    /// The estimated number of rows; absent if the database has no statistics yet.
    pub rows: Option<u64>,
}

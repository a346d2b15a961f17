//! How a schema stands: what is in it, and whose it is.

use serde::{Deserialize, Serialize};

/// How a schema stands.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each asked for by its name")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SchemaState {
    /// There is such a schema.
    pub exists: bool,
    /// The role it belongs to.
    pub owner: Option<String>,
    /// The app it records as its own; none where it was made before schemas recorded one.
    pub app: Option<String>,
    /// The caller may record an app: the comment of a schema is its owner's to write.
    pub can_record: bool,
    /// How many tables are in it.
    pub tables: u32,
    /// Up to 50 of them, the largest first.
    pub largest: Vec<TableEstimate>,
    /// There are rows that only the app's key can read, or were until lately: a table that was
    /// emptied counts until the database has tidied up. It errs on the side of keeping the key.
    pub encrypted_data: bool,
    /// The role asked for exists.
    pub role_exists: bool,
    /// The role asked for may use the schema and create tables in it.
    pub role_granted: bool,
    /// The role asked for owns a table in it, or the schema itself.
    pub role_owns: bool,
    /// Up to 100 other roles than the caller and the one asked for that own the schema or a table
    /// in it, or may create tables in it; no superusers.
    pub other_roles: Vec<String>,
    /// The name of a schema that the app could have instead: there is none of this name.
    pub free_name: Option<String>,
}

/// A table and what the database's statistics say of its size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TableEstimate {
    /// Its name.
    pub name: String,
    /// About how many rows are in it; absent where the database has not counted yet.
    pub rows: Option<u64>,
}

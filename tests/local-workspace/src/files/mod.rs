//! Workspace files: one tree, in memory, under two names (`/Users/…` and `/Workspace/Users/…`).

mod export;
mod import;
mod notebook;
mod routes;
mod tree;

pub(crate) use routes::routes;
pub use tree::{Files, Kind, Node};

/// The largest file the workspace takes and an app may have: 10 MiB.
pub const MAX_FILE_BYTES: usize = 10_485_760;

//! Workspace files: one tree, in memory, under two names (`/Users/…` and `/Workspace/Users/…`).

mod export;
mod import;
mod notebook;
mod routes;
mod tree;

pub(crate) use routes::routes;
pub use tree::{Files, Kind, Node};

/// The maximum size of a file in the workspace and in an app: 10 MiB.
pub const MAX_FILE_BYTES: usize = 10_485_760;

//! One file per step. Each step inspects first, then acts, then waits, and is idempotent. No step calls
//! another or knows the order in which they run: that is defined in [`crate::operations`].

pub mod app;
mod app_log;
pub mod deployment;
pub mod files;
pub mod key;
pub mod lakebase;
pub mod ownership;
pub mod package;
pub mod permissions;
pub mod removal;
pub mod resources;
pub mod restore_point;
pub mod schema;
pub mod services;
pub mod standstill;
pub mod tags;
pub mod usual;
pub mod verify;

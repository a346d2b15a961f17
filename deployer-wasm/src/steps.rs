//! One file a step. Each looks first, then acts, then waits, and can run twice with the effect of
//! once. No step calls another or knows the order they run in: that is [`crate::operations`].

pub mod app;
mod app_log;
pub mod deployment;
pub mod files;
pub mod key;
pub mod lakebase;
pub mod ownership;
pub mod package;
pub mod removal;
pub mod resources;
pub mod restore_point;
pub mod schema;
pub mod standstill;
pub mod usual;
pub mod verify;

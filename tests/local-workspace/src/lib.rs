//! A Databricks workspace on loopback.
//!
//! It exists so that a deployer can be run against something that behaves like the platform: real
//! PostgreSQL behind Lakebase, real processes behind apps, the platform's answers and refusals in
//! between, and, unlike the platform, a clock, faults and a journal in the hands of the test. It is
//! an independent reading of the platform and shares no type with the deployer; what both got from
//! one place would be wrong in both.
//!
//! [`LocalWorkspace`] runs one inside a test; the command `local-workspace serve` runs one for
//! everybody else.

mod absent;
pub mod apps;
pub mod clock;
mod connection;
mod control;
mod cors;
mod edge;
mod extract;
pub mod faults;
pub mod files;
pub mod identity;
pub mod ids;
pub mod journal;
pub mod lakebase;
pub mod oauth;
pub mod pace;
mod pages;
pub mod permissions;
pub mod platform;
pub mod problem;
mod rights;
pub mod scim;
pub mod scopes;
pub mod scratch;
pub mod secrets;
mod server;
mod serving;
pub mod settings;
mod start;
mod tokens;
pub mod workspace;

pub use start::{LocalWorkspace, Options, StartError};

//! A Databricks workspace on loopback.
//!
//! Deployers can be tested against it as against the platform: it has real PostgreSQL behind Lakebase, real
//! processes behind apps, the platform's answers and refusals, and, unlike the platform, a clock, faults
//! and a journal that the test controls. It is an independent implementation of the platform's behaviour
//! and shares no type with the deployer, since a shared mistake would go unnoticed.
//!
//! [`LocalWorkspace`] runs one inside a test; the command `local-workspace serve` runs one for all other
//! uses.

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
pub mod genie;
pub mod identity;
pub mod ids;
pub mod journal;
pub mod lakebase;
pub mod mlflow;
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
pub mod serving;
pub mod settings;
mod start;
pub mod tags;
mod tokens;
pub mod warehouse;
pub mod workspace;

pub use start::{LocalWorkspace, Options, StartError};

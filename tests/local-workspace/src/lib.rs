//! A Databricks workspace on loopback.

pub mod clock;
pub mod identity;
pub mod ids;
pub mod pace;
pub mod problem;
pub mod settings;
pub mod workspace;

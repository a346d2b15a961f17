//! The state of the app: whether the process answers, which version it is, whether its database is ready.

mod routes;
pub mod types;

pub use routes::{about, readiness};

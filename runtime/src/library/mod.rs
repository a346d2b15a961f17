//! The material for a deck: prompts, styles, profiles. Those without an owner are shared with everybody and
//! edited by the workspace's administrators; the others are seen and edited by their owner only.

mod queries;
mod routes;
pub mod types;
pub mod values;

pub use routes::routes;

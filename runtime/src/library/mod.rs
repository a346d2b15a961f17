//! The material for a deck: prompts, styles, profiles. Those without an owner are shared with everybody and
//! edited by the workspace's administrators; the others are seen and edited by their owner only.

mod files;
mod queries;
mod routes;
mod style_queries;
pub mod types;
pub mod values;

pub use files::{LARGEST_BYTES, routes as file_routes};
pub use routes::routes;

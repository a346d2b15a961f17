//! The material for a deck: prompts, styles, profiles. Readable by every user of the app.

mod queries;
mod routes;
pub mod types;

pub use routes::routes;

//! Sessions: each is the place of one deck. Listed, searched, created, renamed, duplicated, deleted.

mod cursor;
mod queries;
mod routes;
mod search;
pub mod types;

pub use queries::create;
pub use routes::routes;

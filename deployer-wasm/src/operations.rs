//! The operations: short programs that read like the specification's numbered steps.

mod create;
mod delete;
mod release;
mod result;
mod session;
mod update;

pub use create::create;
pub use delete::delete;
pub use result::{CreateResult, DeleteResult, UpdateResult};
pub use update::update;

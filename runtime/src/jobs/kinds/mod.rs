//! The kinds of jobs of the queue's own.

pub mod sweep;

use super::work::Kinds;

/// All of them. A subject adds its own (`main.rs`).
pub fn own() -> Kinds {
    Kinds::new().with(sweep::Sweep::default())
}

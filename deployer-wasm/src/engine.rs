//! How a deployment runs, whatever its steps are.
//!
//! The engine knows no step by name. It runs steps side by side as their inputs become ready
//! ([`graph`]), remembers what is about to happen and what came of it ([`journal`]), keeps two
//! deployers apart ([`lock`]), stops at safe points ([`crate::cancellation`]) and tells what happens
//! ([`narrator`]). [`run`] is the handle to all of these that a step works with.

pub mod graph;
pub mod journal;
pub mod lock;
pub mod narrator;
pub mod run;

pub use crate::cancellation::Cancellation;
pub use graph::{Done, Graph, Output, StepError, StepReport};
pub use run::{Run, StepHandle, Usual};

//! Runs the steps of an operation.
//!
//! The engine knows no step by name. It runs steps concurrently as their inputs become ready ([`graph`]),
//! records each effect before and after it happens ([`journal`]), allows one run per app at a time
//! ([`lock`]), stops at safe points ([`crate::cancellation`]), emits events ([`narrator`]) and keeps the list of what
//! was deployed ([`releases`]). [`run`] is the handle to all of these for a step.

pub mod graph;
pub mod journal;
pub mod lock;
pub mod narrator;
pub mod releases;
pub mod run;

pub use crate::cancellation::Cancellation;
pub use graph::{Done, Graph, Output, StepError, StepReport};
pub use run::{Run, StepHandle, Usual};

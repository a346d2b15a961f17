//! The deployer and a model of the workspace in one process, on a virtual clock, under seeded faults.
//!
//! | module | content |
//! |---|---|
//! | [`model`] | the workspace, in memory |
//! | [`time`], [`execute`] | the virtual clock; processes side by side on it |
//! | [`process`], [`world`] | a deployer's host, through which faults meet it; what the processes share |
//! | [`module`], [`drive`], [`compare`] | the deployer in the modules as built; a run in one; compared with a native run |
//! | [`schedule`], [`scenario`] | faults as data and text; what a seed stands for |
//! | [`simulate`], [`check`], [`releases`], [`shrink`] | one simulation; what must be true at its end, and of releases; the shortest failure |
//! | [`races`], [`configurations`] | the lock under races; a plan after an apply, for generated settings |
//! | [`campaign`] | many simulations on several threads, and their figures |

pub mod campaign;
pub mod check;
pub mod compare;
pub mod configurations;
pub mod drive;
pub mod execute;
pub mod model;
pub mod module;
pub mod process;
pub mod races;
pub mod random;
pub mod releases;
pub mod scenario;
pub mod schedule;
pub mod shrink;
pub mod simulate;
pub mod time;
pub mod work;
pub mod world;

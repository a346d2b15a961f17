//! Scaffolding for the tests across the parts.
//!
//! [`virtual_time`] runs deployers against a local workspace on a clock that only moves when
//! everybody waits, so that a deployment of minutes takes milliseconds and every duration is
//! exact. [`stage`] sets up a workspace and deploys into it.

pub mod stage;
pub mod virtual_time;

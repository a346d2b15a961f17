//! Support code for the end-to-end tests.
//!
//! [`virtual_time`] runs deployers against a local workspace on a clock that only moves when all of them
//! wait, so that a deployment of minutes takes milliseconds and every duration is exact. [`stage`] sets up
//! a workspace and deploys into it; [`kill`] does so with real processes, [`terminal`] on a terminal;
//! [`looking`] runs plans and status; [`browser`] is a client of the deploy page. [`database`] runs SQL
//! without a deployer, [`inventory`] lists the resources afterwards, and [`words`] checks error messages.
//! [`passing_faults`] are the transient faults that a request may meet. [`rivals`] distinguishes the
//! requests of several deployers of one app.

#![expect(clippy::missing_panics_doc, reason = "scaffolding of tests panics where a test is to fail")]

pub mod browser;
pub mod database;
pub mod inventory;
pub mod kill;
pub mod looking;
pub mod originals;
pub mod passing_faults;
pub mod rivals;
pub mod stage;
pub mod terminal;
pub mod virtual_time;
pub mod words;

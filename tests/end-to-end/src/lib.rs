//! Scaffolding for the tests across the parts.
//!
//! [`virtual_time`] runs deployers against a local workspace on a clock that only moves when
//! everybody waits, so that a deployment of minutes takes milliseconds and every duration is
//! exact. [`stage`] sets up a workspace and deploys into it; [`kill`] does so with real processes,
//! [`terminal`] on a terminal;
//! [`looking`] plans and asks how things stand; [`browser`] is a person's in front of the deploy page.
//! [`database`] runs SQL past them, [`inventory`] counts what is there afterwards, and [`words`] looks
//! at what a person is told when it did not go well. [`passing_faults`] are what a request may meet on
//! its way. [`rivals`] tells apart what several deployers did to one app.

#![expect(clippy::missing_panics_doc, reason = "scaffolding of tests panics where a test is to fail")]

pub mod browser;
pub mod database;
pub mod inventory;
pub mod kill;
pub mod looking;
pub mod passing_faults;
pub mod rivals;
pub mod stage;
pub mod terminal;
pub mod virtual_time;
pub mod words;

//! `tellr-app deploy`: the deployer, run natively.
//!
//! The logic is the crate `deployer`; this module is its command line and its native host. Requests are sent
//! by [`crate::workspace`].
//!
//! | module | content |
//! |---|---|
//! | [`command`] | runs an operation and prints its events |
//! | [`operation`] | the operations, as subcommands |
//! | [`flags`] | the flags and their checked values |
//! | [`setting_flags`] | the flags of settings, generated from the deployer's table |
//! | `confirmation` | confirmation before data is deleted |
//! | [`wording`] | adapts texts to the command line: flags, other tools' command names, examples |
//! | `introduction` | the first line: the workspace and the user |
//! | `progress` | the progress display |
//! | `own_wheel` | packs the running program as the app's wheel |
//! | `report` | a plan and a status as text |
//! | [`native_host`] | the deployer's host on this machine |
//! | [`printer`] | prints the event stream as text or as JSON |

pub mod command;
mod confirmation;
pub mod flags;
mod introduction;
pub mod native_host;
pub mod operation;
mod own_wheel;
pub mod printer;
mod progress;
mod report;
pub mod setting_flags;
pub mod wording;

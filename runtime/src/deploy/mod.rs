//! `tellr-app deploy`: the deployer, run natively.
//!
//! The logic is the crate `deployer`; this module is its command line and its native host. Requests are sent
//! by [`crate::workspace`].
//!
//! | module | content |
//! |---|---|
//! | [`command`] | runs an operation and prints its events |
//! | [`operation`] | the operations, as subcommands |
//! | `all` | an operation for several environments and workspaces |
//! | [`flags`] | the flags and their checked values |
//! | [`setting_flags`] | the flags of settings, generated from the deployer's table |
//! | `init` | writes a configuration file |
//! | `export` | writes the app as a bundle |
//! | [`completions`] | completions for a shell |
//! | `connection` | connects to the workspace that the flags select |
//! | `logs` | the log of an app; `log_lines` leaves out lines that are sent again |
//! | `open` | opens an app in the browser |
//! | `confirmation` | confirmation before data is deleted |
//! | [`wording`] | adapts texts to the command line: flags, other tools' command names, examples |
//! | `introduction` | the first line: the workspace and the user |
//! | `progress` | the progress display |
//! | `own_wheel` | packs the running program as the app's wheel |
//! | [`native_host`] | the deployer's host on this machine |
//! | `published` | the table of commands and flags for the Python package's command |
//! | [`printer`] | prints to standard output and standard error |
//!
//! The texts are in [`deployer::command_line`]: the command `tellr` of the Python package prints the same.

mod all;
pub mod command;
pub mod completions;
mod confirmation;
mod connection;
mod export;
pub mod flags;
mod init;
mod introduction;
mod log_lines;
pub mod logs;
pub mod native_host;
mod open;
pub mod operation;
mod own_wheel;
pub mod printer;
mod progress;
#[cfg(test)]
mod published;
pub mod setting_flags;
pub mod wording;

//! `tellr-app deploy`: the deployer, run natively.
//!
//! The logic is the crate `deployer`, and so are the texts (`deployer::command_line`), which the Python
//! package's command prints too; this module is the native command line and its host. Requests are sent by
//! [`crate::workspace`].
//!
//! | module | content |
//! |---|---|
//! | [`command`] | runs an operation and prints its events |
//! | [`operation`] | the operations, as subcommands |
//! | [`flags`] | the flags and their checked values |
//! | [`setting_flags`] | the flags of settings, generated from the deployer's table |
//! | `all` | an operation for several environments or workspaces |
//! | `init` | writes a configuration file |
//! | `export` | writes the app as a Databricks asset bundle |
//! | [`completions`] | completions for a shell |
//! | `confirmation` | confirmation before data is deleted |
//! | [`wording`] | the command line's own words: other tools' command names, examples |
//! | `introduction` | the first line: the workspace and the user |
//! | `progress` | the progress display |
//! | `own_wheel` | packs the running program as the app's wheel |
//! | [`published`] | the commands and flags, as the Python package's command has them |
//! | [`native_host`] | the deployer's host on this machine |
//! | [`printer`] | prints the event stream as text or as JSON |

mod all;
pub mod command;
pub mod completions;
mod confirmation;
mod export;
pub mod flags;
mod init;
mod introduction;
pub mod native_host;
pub mod operation;
mod own_wheel;
pub mod printer;
mod progress;
pub mod published;
pub mod setting_flags;
pub mod wording;

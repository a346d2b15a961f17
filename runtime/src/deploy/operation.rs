//! The operations of `tellr-app deploy`, as its subcommands.

use clap::Subcommand;

use super::flags::{ChangeFlags, Connection, StatusFlags};

/// The deployer's operations.
#[derive(Debug, Subcommand)]
pub enum Operation {
    /// One of the three operations.
    #[command(flatten)]
    Change(ChangeFlags),
    /// Show what an operation would do, without changing anything
    #[command(subcommand)]
    Plan(ChangeFlags),
    /// Show the status of an app: what is deployed, the last run, the run in progress
    Status(Box<StatusFlags>),
}

impl Operation {
    /// The flags for the connection.
    pub(super) fn connection(&self) -> &Connection {
        match self {
            Self::Change(flags) | Self::Plan(flags) => flags.connection(),
            Self::Status(flags) => flags.connection(),
        }
    }

    /// Whether the settings come from a file.
    pub(super) fn is_from_file(&self) -> bool {
        match self {
            Self::Change(flags) | Self::Plan(flags) => flags.is_from_file(),
            Self::Status(flags) => flags.is_from_file(),
        }
    }
}

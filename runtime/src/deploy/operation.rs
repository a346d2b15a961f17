//! The operations of `tellr-app deploy`, as its subcommands.

use clap::Subcommand;
use clap_complete::Shell;

use super::all::AllOperation;
use super::export::Export;
use super::flags::{ChangeFlags, Connection, StatusFlags};
use super::init::InitFlags;

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
    /// Run an operation for each environment of a file, or in several workspaces
    #[command(subcommand)]
    All(AllOperation),
    /// Write a configuration file, with every setting explained
    Init(Box<InitFlags>),
    /// Write the app in the format of another tool
    #[command(subcommand)]
    Export(Export),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

impl Operation {
    /// The flags for the connection; `None` for what connects to no workspace, or to several.
    pub(super) fn connection(&self) -> Option<&Connection> {
        match self {
            Self::Change(flags) | Self::Plan(flags) => Some(flags.connection()),
            Self::Status(flags) => Some(flags.connection()),
            Self::Export(export) => Some(export.connection()),
            Self::All(_) | Self::Init(_) | Self::Completions { .. } => None,
        }
    }

    /// Whether JSON lines are printed.
    pub(super) fn is_json(&self) -> bool {
        match self {
            Self::All(operation) => operation.is_json(),
            operation => operation.connection().is_some_and(|connection| connection.json),
        }
    }

    /// Whether the settings come from a file.
    pub(super) fn is_from_file(&self) -> bool {
        match self {
            Self::Change(flags) | Self::Plan(flags) => flags.is_from_file(),
            Self::Status(flags) => flags.is_from_file(),
            Self::All(operation) => operation.is_from_file(),
            Self::Init(flags) => flags.is_from_file(),
            Self::Export(export) => export.is_from_file(),
            Self::Completions { .. } => false,
        }
    }
}

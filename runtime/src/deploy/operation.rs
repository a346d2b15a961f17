//! The operations of `tellr-app deploy`, as its subcommands.

use clap::Subcommand;

use super::all::AllOperation;
use super::completions::Shell;
use super::export::Export;
use super::flags::{ChangeFlags, DoctorFlags, ListFlags, PlanFlags, StatusFlags};
use super::init::InitFlags;
use super::logs::LogsFlags;

/// The deployer's operations.
#[derive(Debug, Subcommand)]
pub enum Operation {
    /// One of the operations.
    #[command(flatten)]
    Change(ChangeFlags),
    /// Show what an operation would do, without changing anything
    Plan(PlanFlags),
    /// Show the status of an app: what is deployed, the last run, the run in progress
    Status(Box<StatusFlags>),
    /// List the releases of an app, and the restore points of its database
    History(Box<StatusFlags>),
    /// Show the log of an app, and follow it
    Logs(Box<LogsFlags>),
    /// Open an app in the browser
    Open(Box<StatusFlags>),
    /// List the Tellr apps of the workspace: version, health, drift, last run, database, cost
    List(Box<ListFlags>),
    /// Check everything that a deployment needs, and say who can fix what; changes nothing
    Doctor(Box<DoctorFlags>),
    /// Run an operation for each environment of a file, and in several workspaces
    #[command(subcommand)]
    All(AllOperation),
    /// Write a configuration file, with every setting explained
    Init(Box<InitFlags>),
    /// Write the app in the format of another tool
    #[command(subcommand)]
    Export(Export),
    /// Print the completions of this program for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

impl Operation {
    /// Whether JSON lines are printed.
    pub(super) fn is_json(&self) -> bool {
        let connection = match self {
            Self::Change(flags) | Self::Plan(PlanFlags { change: flags, .. }) => flags.connection(),
            Self::Status(flags) | Self::History(flags) | Self::Open(flags) => flags.connection(),
            Self::Logs(flags) => flags.app.connection(),
            Self::List(flags) => &flags.connection,
            Self::Doctor(flags) => flags.connection(),
            Self::All(operation) => return operation.is_json(),
            Self::Export(export) => export.connection(),
            Self::Init(_) | Self::Completions { .. } => return false,
        };
        connection.json
    }

    /// Whether the settings come from a file.
    pub(super) fn is_from_file(&self) -> bool {
        match self {
            Self::Change(flags) | Self::Plan(PlanFlags { change: flags, .. }) => flags.is_from_file(),
            Self::Status(flags) | Self::History(flags) | Self::Open(flags) => flags.is_from_file(),
            Self::Logs(flags) => flags.app.is_from_file(),
            Self::Doctor(flags) => flags.is_from_file(),
            Self::All(operation) => operation.is_from_file(),
            Self::Export(export) => export.is_from_file(),
            Self::List(_) | Self::Init(_) | Self::Completions { .. } => false,
        }
    }
}

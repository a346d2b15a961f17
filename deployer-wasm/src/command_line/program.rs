//! How to print.

use serde::Deserialize;

/// The name of the native command, as the catalogue's texts have it.
pub const NATIVE: &str = "tellr-app deploy";

/// How a command line prints.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printing {
    /// The command that the user runs: `tellr-app deploy` or `tellr`.
    pub program: String,
    /// Whether standard output takes colour.
    pub colour: bool,
    /// Whether standard error takes colour.
    pub error_colour: bool,
    /// Whether the settings are in a file, so that errors name its keys and not flags.
    pub is_from_file: bool,
}

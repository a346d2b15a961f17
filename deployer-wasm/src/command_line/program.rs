//! The names of the two commands.

/// The name of the native command, as the catalogue's texts have it.
pub const NATIVE: &str = "tellr-app deploy";

/// The name of the Python package's command.
pub const PACKAGE: &str = "tellr";

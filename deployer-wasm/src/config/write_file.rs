//! Writing a configuration file.
//!
//! Both shapes of file can be read; only the flat one is written. A file is written to save a form's values,
//! which describe one deployment; the other shape is for several deployments.

use super::resolve::CreateConfig;
use crate::document::{self, Node};

/// The configuration as a flat file that reads as the same configuration, without the two settings that a
/// file never holds: the key and the local wheel.
pub fn to_yaml(config: &CreateConfig) -> String {
    document::write(&to_node(config))
}

/// The same as a value.
pub fn to_node(config: &CreateConfig) -> Node {
    config.settings.flat_file()
}

//! Writing a configuration file.

use super::resolve::CreateConfig;
use crate::document::{self, Node};

/// The configuration as a flat file that reads as the same again, without the parts that a
/// file never holds: the key and the local wheel.
pub fn to_yaml(config: &CreateConfig) -> String {
    document::write(&to_node(config))
}

/// The same as a value.
pub fn to_node(config: &CreateConfig) -> Node {
    config.settings.flat_file()
}

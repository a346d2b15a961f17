//! Writing a configuration file.
//!
//! Both shapes of file are read, and the flat one is written. A file is written where a form's values are saved, and
//! these are one deployment; the other shape is for several side by side, which nothing here holds at once.

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

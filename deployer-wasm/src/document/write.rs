//! Writes values as text, with the library.

use serde::Serialize;

/// A value as a YAML document; a text is quoted where it would otherwise be read as another type.
pub fn write<T: Serialize>(value: &T) -> String {
    // Writing texts, flags, lists and mappings with string keys to a string can't fail.
    serde_yaml::to_string(value).unwrap_or_default()
}

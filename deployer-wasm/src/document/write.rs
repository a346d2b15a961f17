//! From values to text, by the library.

use serde::Serialize;

/// A value as a YAML document; a text reads as that text again, whatever it looks like.
pub fn write<T: Serialize>(value: &T) -> String {
    // Into a text, and of texts, flags, lists and mappings with texts as keys: nothing there can fail.
    serde_yaml::to_string(value).unwrap_or_default()
}

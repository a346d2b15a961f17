//! What a plan shows in place of values that it doesn't know, and of the key.

use crate::config::{FernetKey, KeyStorage};
use crate::manifest::KeySource;
use crate::steps::key::{self, ObservedKey};

/// A placeholder for values that are known only after the database is created.
pub(in crate::operations) const UNKNOWN: &str = "(known after the database is created)";
/// A placeholder for the key.
pub(super) const THE_KEY: &str = "(the encryption key)";

/// The content of a file with the key replaced.
pub(super) fn without_key(content: &[u8], key: Option<&FernetKey>) -> Vec<u8> {
    match (key, std::str::from_utf8(content)) {
        (Some(key), Ok(text)) => text.replace(key.expose(), THE_KEY).into_bytes(),
        _ => content.to_vec(),
    }
}

/// The key, as a plan shows it.
pub(super) fn shown_key(key: &ObservedKey) -> KeySource<'static> {
    match key.storage {
        _ if key.in_database => KeySource::Database,
        KeyStorage::SecretScope => KeySource::Secret { resource: key::RESOURCE },
        KeyStorage::AppYaml => KeySource::Hidden(THE_KEY),
    }
}

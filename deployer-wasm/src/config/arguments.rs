//! Arguments that are neither strings nor flags.

use std::fmt;

use serde::Deserialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A wheel as an interface passes it.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct WheelArgument {
    /// The file's name, without its folder.
    pub file_name: String,
    /// Its bytes in base64.
    pub content: String,
}

impl fmt::Debug for WheelArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WheelArgument").field("file_name", &self.file_name).finish_non_exhaustive()
    }
}

/// A secret that is not checked yet: never printed, overwritten when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SecretText(String);

impl SecretText {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText([hidden])")
    }
}

//! JSON into a patch.

use super::Patch;
use crate::read::{self, ReadError};

/// Reads a patch. Whether it fits a deck is seen when it is applied.
pub fn from_json(json: &str) -> Result<Patch, ReadError> {
    read::typed(&read::parsed(json)?)
}

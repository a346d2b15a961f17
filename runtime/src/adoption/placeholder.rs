//! People of whom only the user name is known yet.

use super::deck::cut;
use crate::sharing::queries::PLACEHOLDER;

/// The id of the placeholder for a user name.
pub(super) fn placeholder(name: &str) -> String {
    /// As long as an id may be.
    const MOST: usize = 255;
    cut(&format!("{PLACEHOLDER}{}", name.trim().to_lowercase()), MOST)
}

//! Why a patch can't be applied.

use crate::problem::Problem;

/// Why a patch can't be applied. The deck is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// What it names isn't in the deck.
    #[error("the deck has no {what} `{id}`; it may have been removed")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Its id or number.
        id: String,
    },
    /// What it names can't be changed so.
    #[error("{0}")]
    Unsuitable(String),
    /// The deck would then be invalid. There is at least one problem; paths are those of the deck
    /// as it would be.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Invalid(Vec<Problem>),
}

impl PatchError {
    pub(super) fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string() }
    }
}

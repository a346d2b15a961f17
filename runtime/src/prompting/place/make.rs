//! What the blocks of one slide are made with.

use super::ids::Ids;
use super::placing::Placing;
use super::truth::Truth;
use crate::prompting::note::Note;

/// Makes the blocks of one slide.
pub(super) struct Make<'a> {
    pub(super) placing: &'a Placing<'a>,
    pub(super) ids: Ids<'a>,
    pub(super) truth: Truth<'a>,
    pub(super) notes: Vec<Note>,
}

/// Characters of a text of each kind; what fits is usually less.
pub(super) const TITLE: usize = 160;
pub(super) const ITEM: usize = 220;
pub(super) const TEXT: usize = 1_200;
pub(super) const NAME: usize = 80;

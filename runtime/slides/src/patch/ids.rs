//! The ids that a patch brings into a deck.

use std::collections::BTreeSet;

use super::Patch;
use crate::block::Block;
use crate::deck::{Deck, Slide};
use crate::id::{BlockId, SlideId};

/// Ids of slides and blocks. Those of one slide or block are few, so looking for them in a deck is quick.
#[derive(Default)]
pub(super) struct Ids {
    slide: Option<SlideId>,
    blocks: BTreeSet<BlockId>,
    /// One of them stands twice in the patch itself.
    repeated: bool,
}

impl Ids {
    /// What the patch brings; nothing for one that only changes what is there.
    pub(super) fn brought_by(patch: &Patch) -> Self {
        let mut ids = Self::default();
        match patch {
            Patch::InsertSlide { slide, .. } | Patch::ReplaceSlide { slide } => ids.add_slide(slide),
            Patch::SetBlock { block } | Patch::InsertBlock { block, .. } => ids.add_block(block),
            _ => {}
        }
        ids
    }

    fn add_slide(&mut self, slide: &Slide) {
        self.slide = Some(slide.id.clone());
        slide.blocks.iter().for_each(|block| self.add_block(block));
    }

    fn add_block(&mut self, block: &Block) {
        self.repeated |= !self.blocks.insert(block.id().clone());
        // No deeper: columns inside columns are refused by the check of the deck.
        if let Block::Columns(columns) = block {
            for block in columns.columns.iter().flat_map(|column| &column.blocks) {
                self.repeated |= !self.blocks.insert(block.id().clone());
            }
        }
    }

    /// Whether one of them stands for several things in a deck that has them. Also when columns stand inside
    /// columns: ids in there are not found.
    pub(super) fn are_ambiguous_in(&self, deck: &Deck) -> bool {
        if self.repeated || deck.slides.iter().any(has_nested_columns) {
            return true;
        }
        let is_slide = |slide: &&Slide| self.slide.as_ref() == Some(&slide.id);
        if self.slide.is_some() && deck.slides.iter().filter(is_slide).count() > 1 {
            return true;
        }
        let mut seen = 0;
        if !self.blocks.is_empty() {
            let all = deck.slides.iter().flat_map(Slide::all_blocks);
            seen = all.filter(|block| self.blocks.contains(block.id())).count();
        }
        seen > self.blocks.len()
    }
}

fn has_nested_columns(slide: &Slide) -> bool {
    let is_columns = |block: &Block| matches!(block, Block::Columns(_));
    slide.blocks.iter().any(|block| match block {
        Block::Columns(columns) => columns.columns.iter().flat_map(|column| &column.blocks).any(is_columns),
        _ => false,
    })
}

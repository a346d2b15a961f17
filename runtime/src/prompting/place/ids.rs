//! Ids of blocks: those of the slide that is rewritten where the type stays, and new ones.

use std::collections::BTreeSet;

use tellr_slides::block::Block;
use tellr_slides::deck::Slide;
use tellr_slides::id::BlockId;

/// Characters of an id's start.
const MOST_PREFIX: usize = 48;

pub(super) struct Ids<'a> {
    prefix: String,
    next: usize,
    taken: BTreeSet<&'a str>,
    /// Blocks of the slide as it was whose ids aren't used again yet, by type.
    kept: Vec<(&'static str, &'a BlockId)>,
}

impl<'a> Ids<'a> {
    pub(super) fn new(prefix: &str, kept: Option<&'a Slide>) -> Self {
        let blocks = kept.map(Slide::all_blocks).unwrap_or_default();
        let is_safe = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let mut prefix: String = prefix.chars().filter(is_safe).take(MOST_PREFIX).collect();
        if prefix.is_empty() {
            prefix.push('b');
        }
        Self {
            prefix,
            next: 0,
            taken: blocks.iter().map(|block| block.id().as_str()).collect(),
            kept: blocks
                .into_iter()
                .filter(|block| !matches!(block, Block::Image(_)))
                .map(|block| (block.kind(), block.id()))
                .collect(),
        }
    }

    /// The id of a block of some type.
    pub(super) fn block(&mut self, kind: &str) -> BlockId {
        self.kept(kind).unwrap_or_else(|| self.fresh())
    }

    /// The id of a block of this type that the slide had, if one is left.
    pub(super) fn kept(&mut self, kind: &str) -> Option<BlockId> {
        let at = self.kept.iter().position(|(one, _)| *one == kind)?;
        Some(self.kept.remove(at).1.clone())
    }

    /// Whether the slide had a block of this type whose id isn't used again yet.
    pub(super) fn has(&self, kind: &str) -> bool {
        self.kept.iter().any(|(one, _)| *one == kind)
    }

    fn fresh(&mut self) -> BlockId {
        loop {
            self.next += 1;
            let id = format!("{}-{}", self.prefix, self.next);
            if !self.taken.contains(id.as_str())
                && let Ok(id) = BlockId::try_from(id)
            {
                return id;
            }
        }
    }
}

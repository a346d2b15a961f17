//! Lists of blocks in a deck, and where a block stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::PatchError;
use crate::block::Block;
use crate::deck::{Deck, Slide};
use crate::id::{BlockId, SlideId};

/// A list of blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Container {
    /// The blocks of a slide.
    Slide(SlideId),
    /// The blocks of a column.
    Column {
        /// The `columns` block.
        block: BlockId,
        /// Which of its columns, from 0.
        index: usize,
    },
}

pub(super) fn slide<'a>(deck: &'a mut Deck, id: &SlideId) -> Result<&'a mut Slide, PatchError> {
    deck.slides.iter_mut().find(|slide| slide.id == *id).ok_or_else(|| PatchError::not_found("slide", id))
}

/// The blocks of a container.
pub(super) fn blocks<'a>(
    deck: &'a mut Deck,
    container: &Container,
) -> Result<&'a mut Vec<Block>, PatchError> {
    match container {
        Container::Slide(id) => Ok(&mut slide(deck, id)?.blocks),
        Container::Column { block: id, index } => match block(deck, id)? {
            Block::Columns(columns) => match columns.columns.get_mut(*index) {
                Some(column) => Ok(&mut column.blocks),
                None => Err(PatchError::not_found("column", index)),
            },
            other => Err(PatchError::Unsuitable(format!("a {} block has no columns", other.kind()))),
        },
    }
}

/// Where a block stands: the list, and its number in there.
pub(super) fn place_of(deck: &Deck, id: &BlockId) -> Result<(Container, usize), PatchError> {
    let position = |blocks: &[Block]| blocks.iter().position(|block| block.id() == id);
    for slide in &deck.slides {
        if let Some(index) = position(&slide.blocks) {
            return Ok((Container::Slide(slide.id.clone()), index));
        }
        for block in &slide.blocks {
            let Block::Columns(columns) = block else { continue };
            for (number, column) in columns.columns.iter().enumerate() {
                if let Some(index) = position(&column.blocks) {
                    return Ok((Container::Column { block: columns.id.clone(), index: number }, index));
                }
            }
        }
    }
    Err(PatchError::not_found("block", id))
}

/// A block, wherever it stands.
pub(super) fn block<'a>(deck: &'a mut Deck, id: &BlockId) -> Result<&'a mut Block, PatchError> {
    // One inside columns is reached over these, which stand on a slide.
    let (container, index) = place_of(deck, id)?;
    match container {
        Container::Slide(on) => Ok(&mut slide(deck, &on)?.blocks[index]),
        column @ Container::Column { .. } => Ok(&mut blocks(deck, &column)?[index]),
    }
}

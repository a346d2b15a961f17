//! How blocks are told to a reader who doesn't see the picture.

#[cfg(feature = "export")]
use std::collections::BTreeMap;

#[cfg(feature = "export")]
use crate::{alt, block::Block, deck::Slide, export::Export, id::BlockId};

/// How a block is told, if not by its own texts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "export"), expect(dead_code, reason = "only files tell blocks otherwise"))]
pub(crate) enum Told {
    /// By these words, in place of what is drawn of it.
    As(String),
    /// By something outside of the picture.
    Elsewhere,
}

/// The charts of a slide in words.
#[cfg(feature = "export")]
pub(crate) fn charts(slide: &Slide, export: &Export<'_>) -> BTreeMap<BlockId, Told> {
    let language = export.deck.language.as_deref();
    let blocks = slide.all_blocks().into_iter().filter_map(|block| match block {
        Block::Chart(chart) => Some((chart.id.clone(), Told::As(alt::chart(chart, language)))),
        _ => None,
    });
    blocks.collect()
}

//! Words in place of what is drawn.

use super::{Told, Words};
use crate::alt;
use crate::block::Block;
use crate::deck::Slide;
use crate::export::Export;

/// The charts of a slide in words.
pub(crate) fn charts(slide: &Slide, export: &Export<'_>) -> Words {
    let language = export.deck.language.as_deref();
    let blocks = slide.all_blocks().into_iter().filter_map(|block| match block {
        Block::Chart(chart) => Some((chart.id.clone(), Told::As(alt::chart(chart, language)))),
        _ => None,
    });
    blocks.collect()
}

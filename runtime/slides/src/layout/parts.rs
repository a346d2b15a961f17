//! What a slide has.

use crate::block::{Block, Heading};
use crate::deck::{Layout, Slide};

/// A slide's blocks: its title, the line that belongs to it, and the others.
pub(super) struct Parts<'a> {
    pub(super) title: Option<&'a Heading>,
    pub(super) subtitle: Option<&'a Heading>,
    pub(super) rest: Vec<&'a Block>,
}

impl<'a> Parts<'a> {
    pub(super) fn of(slide: &'a Slide) -> Self {
        let mut parts = Self { title: None, subtitle: None, rest: Vec::new() };
        let subtitles = slide.blocks.iter().filter(|block| matches!(block, Block::Subtitle(_))).count();
        // Two subtitles of a comparison head its two sides.
        let heads_sides = slide.layout == Layout::Comparison && subtitles > 1;
        for block in &slide.blocks {
            match block {
                Block::Title(heading) if parts.title.is_none() => {
                    parts.title = Some(heading);
                }
                Block::Subtitle(heading) if parts.subtitle.is_none() && !heads_sides => {
                    parts.subtitle = Some(heading);
                }
                _ => parts.rest.push(block),
            }
        }
        parts
    }

    /// Whether some of the blocks need the whole width of a slide.
    pub(super) fn is_wide(&self) -> bool {
        let is_data = |block: &&Block| {
            matches!(
                block,
                Block::Table(_) | Block::Chart(_) | Block::Columns(_) | Block::Steps(_) | Block::Metric(_)
            )
        };
        self.rest.iter().any(is_data)
    }
}

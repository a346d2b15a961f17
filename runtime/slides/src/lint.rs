//! Advice about a deck that is valid but could be better.
//!
//! Each finding names its slide and block, and brings a patch where one repair is clearly right and
//! loses nothing. The thresholds are those of Tellr's guide to how a deck looks and reads.
//!
//! [`findings`] needs no layout; [`of_drawing`] looks at what is drawn: text that doesn't fit, blocks
//! that lie on each other, contrast. That a deck has more families of fonts than its theme's two can't
//! happen: blocks don't choose fonts. For the contrast of a theme see [`crate::theme::Theme::too_faint`].

use crate::block::Block;
use crate::deck::{Deck, Layout, Slide};

mod blocks;
mod chart;
mod drawing;
mod finding;
pub mod guide;
mod words;

pub use drawing::of_drawing;
pub use finding::{Finding, Rule};

use finding::Found;
use guide::MAX_BODY_WORDS;
use words::words;

/// Looks a deck over, slide by slide.
pub fn findings(deck: &Deck) -> Vec<Finding> {
    deck.slides.iter().flat_map(of_slide).collect()
}

/// Looks a slide over.
pub fn of_slide(slide: &Slide) -> Vec<Finding> {
    let mut found = Found { slide, findings: Vec::new() };
    let all = slide.all_blocks();
    // These need no title: a sentence, a quotation, a picture.
    let needs_title = !matches!(slide.layout, Layout::Statement | Layout::Quote | Layout::ImageFull);
    if needs_title && !all.iter().any(|block| matches!(block, Block::Title(_))) {
        found.add(
            Rule::NoTitle,
            None,
            "The slide has no title; say its message in one sentence".to_owned(),
            None,
        );
    }
    let words: usize = all.iter().map(|block| body_words(block)).sum();
    if words > MAX_BODY_WORDS {
        let message = format!(
            "The slide has {words} words besides its title; keep to {MAX_BODY_WORDS} and move detail to the notes"
        );
        found.add(Rule::TooManyWords, None, message, None);
    }
    for block in all {
        match block {
            Block::Title(heading) => blocks::title(heading, &mut found),
            Block::Bullets(one) | Block::Numbered(one) => blocks::list(one, &mut found),
            Block::Table(one) => blocks::table(one, &mut found),
            Block::Chart(one) => chart::chart(one, &mut found),
            Block::Metric(one) => blocks::metric(one, &mut found),
            Block::Image(one) => blocks::image(one, &mut found),
            Block::Steps(one) => blocks::steps(one, &mut found),
            Block::Subtitle(_)
            | Block::Text(_)
            | Block::Quote(_)
            | Block::Callout(_)
            | Block::Columns(_)
            | Block::Divider(_) => {}
        }
    }
    found.findings
}

/// The words of a block that count as a slide's body. Tables and charts are data, and a subtitle is
/// part of the title.
fn body_words(block: &Block) -> usize {
    match block {
        Block::Text(block) => words(&block.text),
        Block::Bullets(list) | Block::Numbered(list) => list.items.iter().map(|item| words(&item.text)).sum(),
        Block::Quote(block) => words(&block.text),
        Block::Callout(block) => words(&block.text),
        Block::Metric(block) => words(&block.label),
        Block::Steps(block) => {
            block.steps.iter().map(|step| words(&step.title) + step.text.as_ref().map_or(0, words)).sum()
        }
        Block::Image(block) => block.caption.as_ref().map_or(0, words),
        Block::Title(_)
        | Block::Subtitle(_)
        | Block::Table(_)
        | Block::Chart(_)
        | Block::Columns(_)
        | Block::Divider(_) => 0,
    }
}

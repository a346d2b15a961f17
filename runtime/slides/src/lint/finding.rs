//! What is found.

use crate::deck::Slide;
use crate::id::{BlockId, SlideId};
use crate::patch::Patch;
use crate::source::Source;

/// What could be better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule found it.
    pub rule: Rule,
    /// On which slide.
    pub slide: SlideId,
    /// In which block; none: the slide as a whole.
    pub block: Option<BlockId>,
    /// What it is and what to do, in words for people.
    pub message: String,
    /// A repair, where one is clear.
    pub fix: Option<Patch>,
}

/// The rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A slide has no title.
    NoTitle,
    /// A title is too long to be read at a glance.
    LongTitle,
    /// A slide has too many words.
    TooManyWords,
    /// A list has too many items.
    LongList,
    /// An item of a list is too long.
    LongItem,
    /// A list has one item.
    SingleItem,
    /// A pie has too many parts to be compared.
    PieParts,
    /// Bars don't start at 0, so their lengths mislead.
    BarAxis,
    /// A line chart has too many lines.
    ManyLines,
    /// Numbers don't say what they count.
    NoUnit,
    /// Numbers don't say where they come from.
    NoSource,
    /// An image has no description.
    NoDescription,
    /// A chart puts the accent on what it doesn't have.
    UnknownHighlight,
    /// A process or timeline has too many steps.
    ManySteps,
    /// Text is smaller than usual, because there is much of it.
    SmallText,
    /// Text ends early, or parts of a block aren't shown.
    Cut,
    /// A block isn't shown at all.
    NotShown,
    /// Two blocks lie on each other.
    Overlap,
    /// Something is drawn beyond the slide's edge.
    Spill,
    /// Text can hardly be told from what is behind it.
    Contrast,
}

/// The findings of a slide so far.
pub(super) struct Found<'a> {
    pub(super) slide: &'a Slide,
    pub(super) findings: Vec<Finding>,
}

impl Found<'_> {
    /// Notes one.
    pub(super) fn add(&mut self, rule: Rule, block: Option<&BlockId>, message: String, fix: Option<Patch>) {
        self.findings.push(Finding {
            rule,
            slide: self.slide.id.clone(),
            block: block.cloned(),
            message,
            fix,
        });
    }

    /// Notes that numbers don't say where they come from, unless the block or the slide does.
    pub(super) fn source(&mut self, block: &BlockId, source: Option<&Source>) {
        if source.is_none() && self.slide.sources.is_empty() {
            let message = "The numbers have no source; say where they come from and from when".to_owned();
            self.add(Rule::NoSource, Some(block), message, None);
        }
    }
}

//! Where a draft becomes a slide.

use tellr_slides::deck::Slide;
use tellr_slides::id::SlideId;
use tellr_slides::theme::Theme;

use crate::prompting::source::SourceTable;

/// Where a draft becomes a slide, and of what.
#[derive(Debug, Clone)]
pub struct Placing<'a> {
    /// The id that the slide gets.
    pub id: SlideId,
    /// What the ids of new blocks start with; unique in the deck.
    pub prefix: &'a str,
    /// How the deck looks: what fits depends on it.
    pub theme: &'a Theme,
    /// The deck's language.
    pub language: Option<&'a str>,
    /// What the person wrote: numbers in it are theirs.
    pub request: &'a str,
    /// The data that may be copied: what was found, and what stands on the slide.
    pub sources: &'a [SourceTable],
    /// The title for a draft without one.
    pub title: &'a str,
    /// Of a slide that is rewritten: the slide as it is.
    pub kept: Option<&'a Slide>,
}

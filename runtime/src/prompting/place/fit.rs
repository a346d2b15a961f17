//! Shortens a slide until nothing on it is cut, hidden, or on top of something else.
//!
//! The layout itself steps sizes down first; what it marks as cut then is shortened here, by a part at a time,
//! and laid out again. Words that are taken off go to the speaker notes. Blocks of words give way to data, as
//! the data is why the slide is there. Each round makes the slide smaller, so it ends.

use tellr_slides::deck::{Deck, FORMAT, Slide};
use tellr_slides::display::DisplayList;
use tellr_slides::id::BlockId;
use tellr_slides::layout::lay_out;
use tellr_slides::lint::{self, Finding, Rule};
use tellr_slides::theme::Theme;

use crate::prompting::note::{self, Note, NoteKind};
use crate::typesetting::with_text;

mod cuts;
mod marks;

use cuts::Cut;

/// Rounds in which parts are shortened; then whole blocks go.
const ROUNDS: usize = 24;
/// A slide has fewer blocks than this.
const MOST_BLOCKS: usize = 60;

/// What is wrong with how a slide is drawn, apart from advice.
pub(in crate::prompting) fn faults(slide: &Slide, list: &DisplayList) -> Vec<Finding> {
    let mut found = lint::of_drawing(slide, list);
    found.retain(|one| matches!(one.rule, Rule::Cut | Rule::NotShown | Rule::Overlap | Rule::Spill));
    found
}

/// What is drawn of a slide.
pub(in crate::prompting) fn drawn(slide: &Slide, theme: &Theme, language: Option<&str>) -> DisplayList {
    let deck = Deck {
        format: FORMAT,
        title: String::new(),
        language: language.map(str::to_owned),
        theme: theme.id.clone(),
        slides: Vec::new(),
    };
    with_text(|text| lay_out(text, theme, &deck, slide, 1))
}

/// The slide, shortened until it fits.
pub(super) fn fitted(
    mut slide: Slide,
    theme: &Theme,
    language: Option<&str>,
    notes: &mut Vec<Note>,
) -> Slide {
    let mut taken: Vec<(BlockId, String)> = Vec::new();
    for round in 0..ROUNDS + MOST_BLOCKS {
        let list = drawn(&slide, theme, language);
        let faults = faults(&slide, &list);
        if faults.is_empty() {
            break;
        }
        let mut cut = Cut { slide: &mut slide, taken: &mut taken, notes };
        let is_smaller = round < ROUNDS && cut.once(&list, &faults);
        if !is_smaller && !cut.drop_least(None) {
            break;
        }
    }
    if !taken.is_empty() {
        note::add(
            notes,
            NoteKind::Shortened,
            "Text that didn't fit was shortened; all of it is in the speaker notes",
        );
        let before = std::mem::take(&mut slide.notes);
        let parts: Vec<String> = [before]
            .into_iter()
            .chain(taken.into_iter().map(|(_, text)| text))
            .filter(|part| !part.is_empty())
            .collect();
        slide.notes = parts.join("\n\n");
    }
    slide
}

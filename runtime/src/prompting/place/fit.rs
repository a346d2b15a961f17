//! Shortens a slide until nothing on it is cut, hidden, or on top of something else.
//!
//! The layout itself steps sizes down first; what it marks as cut then is shortened here, by a part at a time,
//! and laid out again. Words that are taken off go to the speaker notes. Blocks of words give way to data, as
//! the data is why the slide is there. Each round makes the slide smaller, so it ends.

use std::cell::RefCell;
use std::sync::OnceLock;

use tellr_slides::block::Block;
use tellr_slides::deck::{Deck, FORMAT, Slide};
use tellr_slides::display::{Detail, DisplayList, Loss, Mark, Part};
use tellr_slides::fonts::Fonts;
use tellr_slides::id::BlockId;
use tellr_slides::layout::lay_out;
use tellr_slides::lint::{self, Finding, Rule};
use tellr_slides::text_layout::TextLayout;
use tellr_slides::theme::Theme;

use crate::prompting::note::{self, Note, NoteKind};
use crate::prompting::words;

mod cuts;

use cuts::Cut;

/// Rounds in which parts are shortened; then whole blocks go.
const ROUNDS: usize = 24;
/// A slide has fewer blocks than this.
const MOST_BLOCKS: usize = 60;

static FONTS: OnceLock<Fonts> = OnceLock::new();

thread_local! {
    static TEXT: RefCell<TextLayout> = RefCell::new(TextLayout::new(FONTS.get_or_init(Fonts::bundled)));
}

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
    TEXT.with_borrow_mut(|text| lay_out(text, theme, &deck, slide, 1))
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

/// The marks that say that something isn't shown as it was meant, apart from its size.
fn losses(list: &DisplayList) -> impl Iterator<Item = &Mark> {
    list.marks.iter().filter(|mark| !matches!(mark.what, Loss::Smaller { .. }))
}

/// The rows, without the headings, and columns that a table shows.
fn shown_of_table(list: &DisplayList, id: &BlockId) -> Option<(usize, usize)> {
    let frame = list.frames.iter().find(|frame| frame.block == *id)?;
    match &frame.detail {
        Some(Detail::Table(table)) => Some((table.rows.len().saturating_sub(1), table.columns.len())),
        _ => None,
    }
}

/// Whether a block is made of words only.
fn is_words(block: &Block) -> bool {
    matches!(
        block,
        Block::Subtitle(_)
            | Block::Text(_)
            | Block::Bullets(_)
            | Block::Numbered(_)
            | Block::Callout(_)
            | Block::Quote(_)
    )
}

/// The words of a block, for the notes.
fn words_of(block: &Block) -> String {
    let text = match block {
        Block::Title(one) | Block::Subtitle(one) => one.text.plain(),
        Block::Text(one) => one.text.plain(),
        Block::Callout(one) => one.text.plain(),
        Block::Quote(one) => match &one.by {
            Some(by) => format!("{} – {by}", one.text.plain()),
            None => one.text.plain(),
        },
        Block::Bullets(list) | Block::Numbered(list) => {
            list.items.iter().map(|item| format!("- {}", item.text.plain())).collect::<Vec<_>>().join("\n")
        }
        Block::Steps(steps) => {
            let all = steps.steps.iter().map(|step| {
                let text = step.text.as_ref().map(|text| format!(": {}", text.plain())).unwrap_or_default();
                let when = step.when.as_ref().map(|when| format!("{when} ")).unwrap_or_default();
                format!("- {when}{}{text}", step.title.plain())
            });
            all.collect::<Vec<_>>().join("\n")
        }
        Block::Columns(columns) => {
            let all = columns.columns.iter().flat_map(|column| &column.blocks).map(words_of);
            all.collect::<Vec<_>>().join("\n")
        }
        Block::Metric(metric) => {
            format!(
                "{}: {} {}",
                metric.label.plain(),
                metric.value,
                metric.unit.as_deref().unwrap_or_default()
            )
        }
        _ => String::new(),
    };
    words::text(&text, 4_000)
}

/// Whether a mark is about a block as a whole.
fn is_whole(mark: &Mark) -> bool {
    mark.of.part.is_none() && mark.what == Loss::Hidden
}

/// What a mark says of a part.
fn part_of(mark: &Mark) -> Option<Part> {
    mark.of.part
}

//! Limits and rules of a deck that types can't express.
//!
//! The whole deck is checked and each problem reported, up to a limit, so that its author (a person, a
//! model, another program) can fix all of them at once.

use std::collections::BTreeSet;

use crate::block::{Block, Columns, Image, List, Metric, Quote, Steps};
use crate::deck::{Deck, FORMAT, Slide};
use crate::id::BlockId;
use crate::limits::{
    MAX_BLOCKS, MAX_COLUMNS, MAX_DECK_BYTES, MAX_ITEMS, MAX_LANGUAGE, MAX_LEVEL, MAX_NOTES, MAX_SLIDES,
    MAX_SOURCES, MAX_STEPS,
};
use crate::problem::{Place, Problem, Problems};

mod count;
mod data;
mod words;

use count::count;

/// Columns of the grid that a slide is laid out on.
const GRID: u32 = 12;

/// What is wrong with a deck; nothing if it may be kept.
pub fn problems(deck: &Deck) -> Vec<Problem> {
    let mut problems = Problems::default();
    let root = Place::Root;
    if deck.format != FORMAT {
        problems.add(&root.key("format"), format!("a deck is kept in format {FORMAT}"));
    }
    words::line(&deck.title, &root.key("title"), &mut problems);
    if let Some(language) = &deck.language {
        language_tag(language, &root.key("language"), &mut problems);
    }
    let slides = root.key("slides");
    count(deck.slides.len(), 0, MAX_SLIDES, "slides", &slides, &mut problems);
    let mut check = Slides { problems, blocks: BTreeSet::new() };
    let mut ids = BTreeSet::new();
    for (index, slide) in deck.slides.iter().enumerate() {
        let place = slides.index(index);
        if !ids.insert(&slide.id) {
            check.problems.add(&place.key("id"), format!("another slide already has the id `{}`", slide.id));
        }
        check.slide(slide, &place);
    }
    // The title has a limit of its own, and is changed without looking at the rest.
    let title = serde_json::to_string(&deck.title).map_or(0, |title| title.len());
    if !count::fits(deck, MAX_DECK_BYTES.saturating_add(title)) {
        let limit = MAX_DECK_BYTES / 1024 / 1024;
        check.problems.add(&root, format!("the deck is larger than {limit} MiB"));
    }
    check.problems.into_vec()
}

fn language_tag(language: &str, place: &Place<'_>, problems: &mut Problems) {
    let mut parts = language.split('-');
    let is_part = |part: &str, min: usize| {
        (min..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let is_tag = language.len() <= MAX_LANGUAGE
        && parts
            .next()
            .is_some_and(|first| is_part(first, 2) && first.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|part| is_part(part, 1));
    if !is_tag {
        problems.add(place, "a language is a tag such as `en` or `pt-BR`");
    }
}

struct Slides<'a> {
    problems: Problems,
    /// The ids of the blocks so far.
    blocks: BTreeSet<&'a BlockId>,
}

impl<'a> Slides<'a> {
    fn slide(&mut self, slide: &'a Slide, place: &Place<'_>) {
        words::text_of(&slide.notes, MAX_NOTES, &place.key("notes"), &mut self.problems);
        let sources = place.key("sources");
        count(slide.sources.len(), 0, MAX_SOURCES, "sources", &sources, &mut self.problems);
        for (index, source) in slide.sources.iter().enumerate() {
            words::source(source, &sources.index(index), &mut self.problems);
        }
        self.blocks(&slide.blocks, 0, &place.key("blocks"));
    }

    fn blocks(&mut self, blocks: &'a [Block], depth: usize, place: &Place<'_>) {
        count(blocks.len(), 0, MAX_BLOCKS, "blocks", place, &mut self.problems);
        for (index, block) in blocks.iter().enumerate() {
            self.block(block, depth, &place.index(index));
        }
    }

    fn block(&mut self, block: &'a Block, depth: usize, place: &Place<'_>) {
        if !self.blocks.insert(block.id()) {
            self.problems.add(&place.key("id"), format!("another block already has the id `{}`", block.id()));
        }
        let problems = &mut self.problems;
        match block {
            Block::Title(heading) | Block::Subtitle(heading) => {
                words::rich(&heading.text, &place.key("text"), problems);
            }
            Block::Text(text) => words::rich(&text.text, &place.key("text"), problems),
            Block::Bullets(one) | Block::Numbered(one) => list(one, place, problems),
            Block::Table(table) => data::table(table, place, problems),
            Block::Chart(chart) => data::chart(chart, place, problems),
            Block::Image(one) => image(one, place, problems),
            Block::Quote(one) => quote(one, place, problems),
            Block::Metric(one) => metric(one, place, problems),
            Block::Steps(one) => steps(one, place, problems),
            Block::Callout(callout) => words::rich(&callout.text, &place.key("text"), problems),
            Block::Columns(one) => self.columns(one, depth, place),
            Block::Divider(_) => {}
        }
    }

    fn columns(&mut self, columns: &'a Columns, depth: usize, place: &Place<'_>) {
        // Goes no deeper, however deep the deck does.
        if depth == crate::limits::MAX_NESTING {
            self.problems.add(place, "columns can't stand inside columns");
            return;
        }
        let place = place.key("columns");
        count(columns.columns.len(), 2, MAX_COLUMNS, "columns", &place, &mut self.problems);
        let width: u32 = columns.columns.iter().map(|column| u32::from(column.width)).sum();
        if width > GRID {
            self.problems
                .add(&place, format!("the columns are {width} wide together; at most {GRID} is possible"));
        }
        for (index, column) in columns.columns.iter().enumerate() {
            let place = place.index(index);
            if !(1..GRID).contains(&u32::from(column.width)) {
                self.problems.add(&place.key("width"), "a column is 1–11 wide");
            }
            self.blocks(&column.blocks, depth + 1, &place.key("blocks"));
        }
    }
}

fn list(list: &List, place: &Place<'_>, problems: &mut Problems) {
    let place = place.key("items");
    count(list.items.len(), 1, MAX_ITEMS, "items", &place, problems);
    for (index, item) in list.items.iter().enumerate() {
        let place = place.index(index);
        words::rich(&item.text, &place.key("text"), problems);
        if !(1..=MAX_LEVEL).contains(&item.level) {
            problems.add(&place.key("level"), format!("a list has the levels 1–{MAX_LEVEL}"));
        }
    }
}

fn image(image: &Image, place: &Place<'_>, problems: &mut Problems) {
    words::line(&image.alt, &place.key("alt"), problems);
    if let Some(caption) = &image.caption {
        words::rich(caption, &place.key("caption"), problems);
    }
}

fn quote(quote: &Quote, place: &Place<'_>, problems: &mut Problems) {
    words::rich(&quote.text, &place.key("text"), problems);
    words::named(quote.by.as_ref(), &place.key("by"), problems);
}

fn metric(metric: &Metric, place: &Place<'_>, problems: &mut Problems) {
    words::rich(&metric.label, &place.key("label"), problems);
    words::named(metric.unit.as_ref(), &place.key("unit"), problems);
    if let Some(change) = &metric.change {
        words::named(change.unit.as_ref(), &place.key("change").key("unit"), problems);
    }
    if let Some(source) = &metric.source {
        words::source(source, &place.key("source"), problems);
    }
}

fn steps(steps: &Steps, place: &Place<'_>, problems: &mut Problems) {
    let place = place.key("steps");
    count(steps.steps.len(), 1, MAX_STEPS, "steps", &place, problems);
    for (index, step) in steps.steps.iter().enumerate() {
        let place = place.index(index);
        words::rich(&step.title, &place.key("title"), problems);
        words::named(step.when.as_ref(), &place.key("when"), problems);
        if let Some(text) = &step.text {
            words::rich(text, &place.key("text"), problems);
        }
    }
}

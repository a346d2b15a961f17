//! A draft becomes a slide, and a slide a draft.
//!
//! Problem: what a model writes may be too long, name columns that aren't there, ask for a pie of negative
//! numbers, or hold markup and links that must not be followed.
//!
//! Choice: blocks are made one by one, each within its limits; charts and tables copy cells; the layout is
//! adapted to what there is; and then the slide is laid out, and shortened as long as something on it is cut.
//! What is taken off goes to the speaker notes. At the end the slide is checked like any other that is saved.

use tellr_slides::block::{
    Block, Callout, Column, Columns, Heading, Item, List, Paragraphs, Quote, Step, Steps, StepsKind,
};
use tellr_slides::check;
use tellr_slides::deck::{Deck, FORMAT, Layout, Slide};
use tellr_slides::limits::{MAX_NOTES, MAX_SOURCES};
use tellr_slides::source::Source;
use tellr_slides::text::RichText;

use super::draft::{ColumnDraft, SlideDraft, StepDraft};
use super::note::{self, Note, NoteKind};
use super::words;

mod arrange;
mod back;
mod chart;
mod fit;

#[cfg(test)]
pub(super) use fit::{drawn, faults};
mod ids;
mod limit;
mod make;
mod named;
mod own;
mod placing;
mod table;
mod truth;

use ids::Ids;
use make::{ITEM, Make, NAME, TEXT, TITLE};
use named::source_of;
use truth::Truth;

pub use placing::Placing;

impl SlideDraft {
    /// Makes a slide of the draft: always a valid one on which nothing is cut.
    ///
    /// Laying out needs fonts, which each thread unpacks once; call it from threads that stay.
    pub fn into_slide(self, placing: &Placing<'_>) -> (Slide, Vec<Note>) {
        let shown = self.charts.iter().map(|chart| chart.source.as_str());
        let shown: Vec<&str> = shown.chain(self.tables.iter().map(|table| table.source.as_str())).collect();
        let mut make = Make {
            placing,
            ids: Ids::new(placing.prefix, placing.kept),
            truth: Truth::new(placing, &shown),
            notes: self.remarks.clone(),
        };
        let slide = make.slide(&self);
        let Make { mut notes, .. } = make;
        let mut slide = fit::fitted(slide, placing.theme, placing.language, &mut notes);
        bound_notes(&mut slide);
        if !is_valid(&slide, placing) {
            // A mistake of ours. The person gets the words, and nothing breaks.
            note::add(
                &mut notes,
                NoteKind::LeftOut,
                "The slide couldn't be made as planned; its words are in the speaker notes",
            );
            slide = bare(&self, placing);
        }
        (slide, notes)
    }
}

impl Make<'_> {
    fn slide(&mut self, draft: &SlideDraft) -> Slide {
        let mut draft = draft.clone();
        self.complete(&mut draft);
        let mut data = Vec::new();
        for one in &draft.charts {
            data.extend(self.chart(one).map(Block::Chart));
        }
        for one in &draft.tables {
            data.extend(self.table(one).map(Block::Table));
        }
        for one in &draft.metrics {
            data.push(Block::Metric(self.metric(one)));
        }
        let images = self.kept_images();
        let layout = arrange::layout(&draft, &data, &images, self.placing.kept);
        // Two subtitles of a comparison head its sides, so a line under the title would be taken for one.
        if layout == Layout::Comparison && !draft.subtitle.is_empty() {
            draft.text = lines(&std::mem::take(&mut draft.subtitle), &draft.text);
        }
        let mut blocks = Vec::new();
        if let Some(text) = filled(words::rich_within(words::heading(&draft.title), TITLE)) {
            blocks.push(Block::Title(Heading { id: self.ids.block("title"), text }));
        }
        if let Some(text) = filled(words::rich_within(&draft.subtitle, TITLE)) {
            blocks.push(Block::Subtitle(Heading { id: self.ids.block("subtitle"), text }));
        }
        blocks.extend(self.columns(&draft.columns, layout));
        blocks.extend(data);
        blocks.extend(self.steps(&draft.steps));
        blocks.extend(self.quote(&draft));
        let text = self.text(&draft.text);
        let list = self.list(&draft.bullets);
        if layout == Layout::Agenda {
            blocks.extend(list.into_iter().chain(text));
        } else {
            blocks.extend(text.into_iter().chain(list));
        }
        if let Some(text) = filled(words::rich_within(&draft.takeaway, TEXT)) {
            let meaning = draft.takeaway_meaning;
            blocks.push(Block::Callout(Callout { id: self.ids.block("callout"), text, meaning }));
        }
        blocks.extend(images);
        let sources = self.sources_of_texts(&draft, &blocks);
        let kept_notes = self.placing.kept.map(|slide| slide.notes.clone()).unwrap_or_default();
        let notes = if draft.notes.is_empty() { kept_notes } else { draft.notes.clone() };
        Slide {
            id: self.placing.id.clone(),
            layout,
            blocks,
            notes: words::text(&notes, MAX_NOTES / 2),
            sources,
        }
    }

    /// Gives what a slide can't be without, and takes off what its layout can't have.
    fn complete(&mut self, draft: &mut SlideDraft) {
        if draft.title.is_empty() && !matches!(draft.layout.into(), Layout::Quote | Layout::Statement) {
            draft.title = words::line(self.placing.title, TITLE);
        }
        let is_bare = draft.title.is_empty() && draft.text.is_empty() && draft.quote.is_empty();
        if is_bare {
            draft.title = words::line(self.placing.title, TITLE);
        }
        // One point is a sentence.
        if let [only] = &draft.bullets[..] {
            draft.text = lines(&draft.text, words::item(only));
            draft.bullets.clear();
        }
        if let [only] = &draft.columns[..] {
            let only = only.clone();
            if draft.bullets.is_empty() {
                draft.bullets = only.bullets;
                if draft.subtitle.is_empty() {
                    draft.subtitle = only.heading;
                }
            } else {
                draft.bullets.extend(only.bullets);
            }
            draft.columns.clear();
        }
    }

    fn columns(&mut self, drafts: &[ColumnDraft], layout: Layout) -> Vec<Block> {
        if drafts.len() < 2 {
            return Vec::new();
        }
        let heads_sides = layout == Layout::Comparison;
        let holder = (!heads_sides).then(|| self.ids.block("columns"));
        let mut columns: Vec<Vec<Block>> = Vec::new();
        for draft in drafts {
            let mut blocks = Vec::new();
            if let Some(text) = filled(words::rich_within(&draft.heading, NAME)) {
                blocks.push(Block::Subtitle(Heading { id: self.ids.block("subtitle"), text }));
            }
            match &draft.bullets[..] {
                [only] => blocks.extend(self.text(words::item(only))),
                all => blocks.extend(self.list(all)),
            }
            columns.push(blocks);
        }
        match holder {
            None => columns.into_iter().flatten().collect(),
            Some(id) => {
                let width = u8::try_from(12 / columns.len()).unwrap_or(3);
                let columns = columns.into_iter().map(|blocks| Column { width, blocks }).collect();
                vec![Block::Columns(Columns { id, columns })]
            }
        }
    }

    fn text(&mut self, text: &str) -> Option<Block> {
        let text = filled(words::rich_within(text, TEXT))?;
        Some(Block::Text(Paragraphs { id: self.ids.block("text"), text }))
    }

    fn list(&mut self, items: &[String]) -> Option<Block> {
        let items: Vec<Item> = items
            .iter()
            .filter_map(|item| filled(words::rich_within(words::item(item), ITEM)))
            .map(|text| Item { text, level: 1 })
            .collect();
        if items.is_empty() {
            return None;
        }
        // A list that had numbers keeps them.
        Some(match self.ids.kept("numbered") {
            Some(id) if !self.ids.has("bullets") => Block::Numbered(List { id, items }),
            _ => Block::Bullets(List { id: self.ids.block("bullets"), items }),
        })
    }

    fn steps(&mut self, drafts: &[StepDraft]) -> Option<Block> {
        let steps: Vec<Step> = drafts
            .iter()
            .map(|draft| {
                let (title, text) =
                    if draft.title.is_empty() { (&draft.text, "") } else { (&draft.title, &*draft.text) };
                Step {
                    title: words::rich_within(title, NAME),
                    when: Some(words::line(&draft.when, 40)).filter(|when| !when.is_empty()),
                    text: filled(words::rich_within(text, ITEM)),
                }
            })
            .collect();
        if steps.is_empty() {
            return None;
        }
        let has_dates = steps.iter().any(|step| step.when.is_some());
        let id = self.ids.block("steps");
        let before = self.placing.kept.and_then(|slide| {
            slide.all_blocks().into_iter().find_map(|block| match block {
                Block::Steps(steps) if steps.id == id => Some(steps.kind),
                _ => None,
            })
        });
        let kind = match (has_dates, before) {
            (true, _) => StepsKind::Timeline,
            (false, before) => before.unwrap_or(StepsKind::Process),
        };
        Some(Block::Steps(Steps { id, kind, steps }))
    }

    fn quote(&mut self, draft: &SlideDraft) -> Option<Block> {
        let said = draft.quote.trim_matches(|c: char| "\"“”„‟«»‹›‘’ ".contains(c));
        let text = filled(words::rich_within(said, TEXT))?;
        let by = words::line(draft.quote_by.trim_start_matches(['–', '—', '-', ' ']), 120);
        Some(Block::Quote(Quote {
            id: self.ids.block("quote"),
            text,
            by: Some(by).filter(|by| !by.is_empty()),
        }))
    }

    /// The images of a slide that is rewritten.
    fn kept_images(&self) -> Vec<Block> {
        let blocks = self.placing.kept.map(Slide::all_blocks).unwrap_or_default();
        blocks.into_iter().filter(|block| matches!(block, Block::Image(_))).take(4).cloned().collect()
    }

    /// The sources of the numbers in texts, and a mark where one isn't from the data.
    fn sources_of_texts(&mut self, draft: &SlideDraft, blocks: &[Block]) -> Vec<Source> {
        let mark = truth::mark(self.placing.language);
        let kept = self.placing.kept.map(|slide| slide.sources.clone()).unwrap_or_default();
        let mut sources: Vec<Source> = kept.into_iter().filter(|source| source.label != mark.label).collect();
        let named: Vec<&Source> = blocks.iter().filter_map(source_of).collect();
        let mut texts: Vec<&str> = vec![&draft.title, &draft.subtitle, &draft.text, &draft.takeaway];
        texts.extend(draft.bullets.iter().map(String::as_str));
        texts.extend(draft.columns.iter().flat_map(|column| &column.bullets).map(String::as_str));
        texts.extend(draft.steps.iter().map(|step| step.text.as_str()));
        let (found, unknown) = self.truth.of_texts(&texts);
        for source in found {
            if !sources.contains(&source) && !named.contains(&&source) {
                sources.push(source);
            }
        }
        if !unknown.is_empty() {
            let numbers = unknown.join(", ");
            note::add(
                &mut self.notes,
                NoteKind::NotFromData,
                format!("Not from the data, so check it: {numbers}"),
            );
            if !named.contains(&&mark) {
                sources.push(mark);
            }
        }
        sources.truncate(MAX_SOURCES);
        sources
    }
}

/// Two texts over each other.
fn lines(one: &str, two: &str) -> String {
    format!("{one}\n{two}").trim().to_owned()
}

/// A text that says something.
fn filled(text: RichText) -> Option<RichText> {
    (!text.plain().trim().is_empty()).then_some(text)
}

fn bound_notes(slide: &mut Slide) {
    slide.notes = words::text(&slide.notes, MAX_NOTES - 1);
}

fn is_valid(slide: &Slide, placing: &Placing<'_>) -> bool {
    let deck = Deck {
        format: FORMAT,
        title: String::new(),
        language: None,
        theme: placing.theme.id.clone(),
        slides: vec![slide.clone()],
    };
    check::problems(&deck).is_empty()
}

/// A slide with a title, and the words of the draft in its notes.
fn bare(draft: &SlideDraft, placing: &Placing<'_>) -> Slide {
    let title = if draft.title.is_empty() { placing.title } else { &draft.title };
    let title = RichText::from_plain(&words::line(title, NAME));
    let mut ids = Ids::new(placing.prefix, None);
    let mut notes =
        vec![draft.text.clone(), draft.takeaway.clone(), draft.quote.clone(), draft.notes.clone()];
    notes.splice(0..0, draft.bullets.clone());
    let block = Block::Title(Heading { id: ids.block("title"), text: title });
    let mut slide = Slide {
        id: placing.id.clone(),
        layout: Layout::TitleAndText,
        blocks: vec![block],
        notes: notes.join("\n"),
        sources: Vec::new(),
    };
    bound_notes(&mut slide);
    slide
}

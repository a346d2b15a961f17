//! One round of shortening.

use tellr_slides::block::{Block, Step};
use tellr_slides::deck::Slide;
use tellr_slides::display::{DisplayList, Loss, Part, StepField};
use tellr_slides::id::BlockId;
use tellr_slides::lint::Finding;
use tellr_slides::table::{Cell, Table};
use tellr_slides::text::RichText;

use super::marks::{is_whole, is_words, losses, part_of, shown_of_table, words_of};
use crate::prompting::note::{self, Note, NoteKind};
use crate::prompting::words;

/// A text isn't cut to fewer characters than this; it goes.
const LEAST: usize = 12;
/// Names of a chart that takes more room than there is.
const NAME: usize = 24;

/// What a slide is shortened with.
pub(super) struct Cut<'a> {
    pub(super) slide: &'a mut Slide,
    /// Words that were taken off, as the block had them at first.
    pub(super) taken: &'a mut Vec<(BlockId, String)>,
    pub(super) notes: &'a mut Vec<Note>,
}

impl Cut<'_> {
    /// Shortens what is marked; false if nothing became smaller.
    pub(super) fn once(&mut self, list: &DisplayList, faults: &[Finding]) -> bool {
        let mut is_smaller = false;
        let mut hidden = Vec::new();
        for mark in losses(list) {
            if is_whole(mark) {
                hidden.push(mark.of.block.clone());
                continue;
            }
            // Words under cards take the room of the numbers on them.
            let is_card = self.slide.blocks.iter().any(|one| is_metric(one) && *one.id() == mark.of.block);
            if is_card && self.words_under_cards() {
                return true;
            }
            is_smaller |= self.part(&mark.of.block, part_of(mark), mark.what, list);
        }
        // Blocks that don't fit: one goes, and the others are looked at again.
        if let Some(first) = hidden.first() {
            is_smaller |= self.hidden(first);
        }
        if !is_smaller {
            let named = faults.iter().find_map(|fault| fault.block.as_ref());
            is_smaller = named.is_some_and(|block| self.smaller_names(block));
        }
        is_smaller
    }

    /// Takes off the last block of words that stands after figures.
    fn words_under_cards(&mut self) -> bool {
        let Some(first) = self.slide.blocks.iter().position(is_metric) else { return false };
        let is_under = |(at, block): (usize, &Block)| (at > first && is_words(block)).then_some(at);
        let Some(at) = self.slide.blocks.iter().enumerate().filter_map(is_under).next_back() else {
            return false;
        };
        let block = self.slide.blocks.remove(at);
        self.gone(&block);
        true
    }

    /// Takes off the block that matters least: words before data, the last first. `keep` is the last choice.
    pub(super) fn drop_least(&mut self, keep: Option<&BlockId>) -> bool {
        let blocks = &self.slide.blocks;
        let is_kept = |block: &Block| keep == Some(block.id());
        let last =
            |is: &dyn Fn(&Block) -> bool| blocks.iter().rposition(|block| !is_kept(block) && is(block));
        let title = |block: &Block| matches!(block, Block::Title(_));
        let image = |block: &Block| matches!(block, Block::Image(_));
        let at = last(&|block| is_words(block))
            .or_else(|| last(&|block| !title(block) && !image(block)))
            .or_else(|| keep.and_then(|keep| blocks.iter().position(|block| block.id() == keep)))
            .or_else(|| last(&image))
            .or_else(|| last(&title));
        let Some(at) = at else { return false };
        let block = self.slide.blocks.remove(at);
        self.gone(&block);
        true
    }

    /// Notes a block that was taken off.
    fn gone(&mut self, block: &Block) {
        let what = match block {
            Block::Chart(_) => "a chart",
            Block::Table(_) => "a table",
            Block::Image(_) => "an image",
            Block::Metric(_) => "a figure",
            _ => "",
        };
        if !what.is_empty() {
            note::add(
                self.notes,
                NoteKind::LeftOut,
                format!("There was no room for {what}; it was left out"),
            );
        }
        self.take(block.id(), words_of(block));
    }

    fn take(&mut self, block: &BlockId, text: String) {
        let is_there = self.taken.iter().any(|(one, _)| one == block);
        if !text.is_empty() && !is_there {
            self.taken.push((block.clone(), text));
        }
    }

    /// Makes room for a block that isn't shown.
    fn hidden(&mut self, id: &BlockId) -> bool {
        let Some(at) = self.slide.blocks.iter().position(|block| block.id() == id) else {
            return self.hidden_within(id);
        };
        let block = &self.slide.blocks[at];
        if is_words(block) && !matches!(block, Block::Quote(_)) {
            let block = self.slide.blocks.remove(at);
            self.gone(&block);
            return true;
        }
        let id = id.clone();
        self.drop_least(Some(&id))
    }

    /// Of a block in a column that isn't shown.
    fn hidden_within(&mut self, id: &BlockId) -> bool {
        let mut gone = None;
        for block in &mut self.slide.blocks {
            let Block::Columns(columns) = block else { continue };
            for column in &mut columns.columns {
                if let Some(at) = column.blocks.iter().position(|block| block.id() == id) {
                    gone = Some(column.blocks.remove(at));
                }
            }
        }
        let Some(block) = gone else { return false };
        self.gone(&block);
        true
    }

    /// Shortens a part of a block.
    fn part(&mut self, id: &BlockId, part: Option<Part>, what: Loss, list: &DisplayList) -> bool {
        let mut taken = Vec::new();
        let mut goes = false;
        let mut notes = Vec::new();
        let Some(block) = find(&mut self.slide.blocks, id) else { return false };
        let whole = words_of(block);
        let is_smaller = match block {
            Block::Title(one) | Block::Subtitle(one) => {
                taken.push(whole);
                goes = !shorten(&mut one.text, 0.85);
                true
            }
            Block::Text(one) => {
                taken.push(whole);
                goes = !shorten(&mut one.text, 0.8);
                true
            }
            Block::Callout(one) => {
                taken.push(whole);
                goes = !shorten(&mut one.text, 0.8);
                true
            }
            Block::Quote(one) => {
                taken.push(whole);
                if part == Some(Part::By) {
                    one.by =
                        one.by.take().filter(|by| by.chars().count() > LEAST).map(|by| shorter(&by, 0.7));
                } else {
                    goes = !shorten(&mut one.text, 0.85);
                }
                true
            }
            Block::Bullets(one) | Block::Numbered(one) => {
                taken.push(whole);
                match (part, what) {
                    (Some(Part::Item { index }), _) if index < one.items.len() => {
                        if !shorten(&mut one.items[index].text, 0.75) {
                            one.items.remove(index);
                        }
                    }
                    (_, Loss::Left { count }) => {
                        let count = usize::try_from(count).unwrap_or(1).max(1);
                        one.items.truncate(one.items.len().saturating_sub(count));
                    }
                    _ => {
                        one.items.pop();
                    }
                }
                goes = one.items.is_empty();
                true
            }
            Block::Steps(one) => {
                taken.push(whole);
                let is_smaller = step(&mut one.steps, part, what);
                goes = one.steps.is_empty();
                is_smaller
            }
            Block::Metric(one) => match part {
                Some(Part::Label) if one.label.plain().chars().count() > LEAST => {
                    shorten(&mut one.label, 0.8)
                }
                Some(Part::Change) => one.change.take().is_some(),
                Some(Part::Value) if one.unit.is_some() => {
                    let unit = one.unit.take().unwrap_or_default();
                    one.unit = (unit.chars().count() > 4).then(|| unit.chars().take(4).collect());
                    true
                }
                _ if one.change.is_some() => one.change.take().is_some(),
                _ => {
                    goes = true;
                    true
                }
            },
            Block::Table(one) => {
                let is_smaller = table(one, part, list, &mut notes);
                goes = one.rows.is_empty();
                is_smaller
            }
            Block::Image(one) => one.caption.take().map(|caption| taken.push(caption.plain())).is_some(),
            Block::Chart(_) | Block::Columns(_) | Block::Divider(_) => false,
        };
        for text in taken {
            self.take(id, text);
        }
        for one in notes {
            note::add(self.notes, NoteKind::LeftOut, one);
        }
        if goes {
            return self.remove(id);
        }
        is_smaller
    }

    /// Takes off a block. A title isn't left out but cut short, as a slide without one says nothing.
    fn remove(&mut self, id: &BlockId) -> bool {
        if let Some(Block::Title(title)) = find(&mut self.slide.blocks, id) {
            let plain = title.text.plain();
            let most = plain.chars().count().saturating_sub(1) / 2;
            if most > 0 {
                title.text = RichText::from_plain(&plain.chars().take(most).collect::<String>());
                return true;
            }
        }
        match self.slide.blocks.iter().position(|block| block.id() == id) {
            Some(at) => {
                let block = self.slide.blocks.remove(at);
                self.gone(&block);
                true
            }
            None => self.hidden_within(id),
        }
    }

    /// Shortens the names on a chart.
    fn smaller_names(&mut self, id: &BlockId) -> bool {
        let Some(Block::Chart(chart)) = find(&mut self.slide.blocks, id) else { return false };
        let mut is_smaller = false;
        let names = chart.series.iter_mut().map(|series| &mut series.name).chain(&mut chart.categories);
        for name in names {
            if name.chars().count() > NAME {
                let short = words::cut(name, NAME);
                if chart.highlight.as_ref() == Some(name) {
                    chart.highlight = Some(short.clone());
                }
                *name = short;
                is_smaller = true;
            }
        }
        is_smaller
    }
}

fn is_metric(block: &Block) -> bool {
    matches!(block, Block::Metric(_))
}

fn find<'a>(blocks: &'a mut [Block], id: &BlockId) -> Option<&'a mut Block> {
    for block in blocks {
        if block.id() == id {
            return Some(block);
        }
        if let Block::Columns(columns) = block {
            let inner = columns.columns.iter_mut().flat_map(|column| &mut column.blocks);
            if let Some(found) = inner.into_iter().find(|block| block.id() == id) {
                return Some(found);
            }
        }
    }
    None
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a length of a text"
)]
fn part_of_length(length: usize, part: f64) -> usize {
    (length as f64 * part) as usize
}

fn shorter(text: &str, part: f64) -> String {
    words::cut(text, part_of_length(text.chars().count(), part))
}

/// Shortens a text to a part of its length; false if too little would be left.
fn shorten(text: &mut RichText, part: f64) -> bool {
    let length = text.plain().chars().count();
    let most = part_of_length(length, part);
    if most < LEAST.min(length) {
        return false;
    }
    *text = words::shortened(text, most);
    true
}

fn step(steps: &mut Vec<Step>, part: Option<Part>, what: Loss) -> bool {
    match (part, what) {
        (Some(Part::Step { index, field: Some(field) }), _) if index < steps.len() => {
            let one = &mut steps[index];
            match field {
                StepField::Text => {
                    let is_kept =
                        what == Loss::Cut && one.text.as_mut().is_some_and(|text| shorten(text, 0.75));
                    if !is_kept {
                        one.text = None;
                    }
                }
                StepField::When => {
                    one.when = one
                        .when
                        .take()
                        .filter(|when| when.chars().count() > LEAST)
                        .map(|when| shorter(&when, 0.6));
                }
                StepField::Title => {
                    if one.text.take().is_none() && !shorten(&mut one.title, 0.75) {
                        steps.remove(index);
                    }
                }
            }
            true
        }
        (_, Loss::Left { count }) => {
            let count = usize::try_from(count).unwrap_or(1).max(1);
            steps.truncate(steps.len().saturating_sub(count));
            true
        }
        _ => steps.pop().is_some(),
    }
}

fn table(table: &mut Table, part: Option<Part>, list: &DisplayList, notes: &mut Vec<String>) -> bool {
    match part {
        Some(Part::Heading { column }) if column < table.columns.len() => {
            let heading = &mut table.columns[column];
            if heading.title.plain().chars().count() > LEAST && shorten(&mut heading.title, 0.75) {
                return true;
            }
            fewer_columns(table, notes)
        }
        Some(Part::Cell { row, column }) => {
            let cell = table.rows.get_mut(row).and_then(|row| row.get_mut(column));
            if let Some(Cell::Text(text)) = cell
                && text.plain().chars().count() > LEAST
                && shorten(text, 0.7)
            {
                return true;
            }
            fewer_columns(table, notes)
        }
        _ => {
            let Some((rows, columns)) = shown_of_table(list, &table.id) else { return false };
            let all = [table.rows.len(), table.columns.len()];
            table.rows.truncate(rows);
            table.columns.truncate(columns.max(1));
            for row in &mut table.rows {
                row.truncate(columns.max(1));
            }
            if rows < all[0] {
                notes.push(format!("A table shows the first {rows} of {} rows that were found", all[0]));
            }
            if columns < all[1] {
                notes.push(format!("A table shows the first {columns} of {} columns", all[1]));
            }
            rows < all[0] || columns < all[1]
        }
    }
}

/// Takes off the last column.
fn fewer_columns(table: &mut Table, notes: &mut Vec<String>) -> bool {
    if table.columns.len() < 2 {
        return table.rows.pop().is_some();
    }
    table.columns.pop();
    for row in &mut table.rows {
        row.pop();
    }
    notes.push("A table was too wide; its last columns were left out".to_owned());
    true
}

//! Advice about single blocks.

use super::finding::{Found, Rule};
use super::guide::{MAX_ITEM_WORDS, MAX_LIST_ITEMS, MAX_PROCESS_STEPS, MAX_TIMELINE_STEPS, MAX_TITLE_WORDS};
use super::words::words;
use crate::block::{Block, Heading, Image, List, Metric, Paragraphs, Steps, StepsKind};
use crate::patch::Patch;
use crate::table::{Cell, Table};

pub(super) fn title(title: &Heading, found: &mut Found<'_>) {
    let count = words(&title.text);
    if count > MAX_TITLE_WORDS {
        let message = format!("The title has {count} words; say it in {MAX_TITLE_WORDS}");
        found.add(Rule::LongTitle, Some(&title.id), message, None);
    }
}

pub(super) fn list(list: &List, found: &mut Found<'_>) {
    if let [item] = &list.items[..] {
        let text = Block::Text(Paragraphs { id: list.id.clone(), text: item.text.clone() });
        let message = "A list with one item is a sentence; write it as text".to_owned();
        found.add(Rule::SingleItem, Some(&list.id), message, Some(Patch::SetBlock { block: text }));
    }
    let count = list.items.len();
    if count > MAX_LIST_ITEMS {
        let message = format!("The list has {count} items; keep to {MAX_LIST_ITEMS}, or use a second slide");
        found.add(Rule::LongList, Some(&list.id), message, None);
    }
    let long = list.items.iter().filter(|item| words(&item.text) > MAX_ITEM_WORDS).count();
    if long > 0 {
        let items = if long == 1 { "1 item has".to_owned() } else { format!("{long} items have") };
        let message = format!("{items} more than {MAX_ITEM_WORDS} words; shorten them");
        found.add(Rule::LongItem, Some(&list.id), message, None);
    }
}

pub(super) fn table(table: &Table, found: &mut Found<'_>) {
    let is_number = |cell: &Cell| matches!(cell, Cell::Number(_));
    for (index, column) in table.columns.iter().enumerate() {
        let has_numbers = table.rows.iter().any(|row| row.get(index).is_some_and(is_number));
        if has_numbers && column.unit.is_none() {
            let title = column.title.plain();
            let message = format!("The numbers of column {} (“{title}”) have no unit", index + 1);
            found.add(Rule::NoUnit, Some(&table.id), message, None);
        }
    }
    if table.rows.iter().flatten().any(is_number) {
        found.source(&table.id, table.source.as_ref());
    }
}

pub(super) fn metric(metric: &Metric, found: &mut Found<'_>) {
    if metric.unit.is_none() {
        found.add(Rule::NoUnit, Some(&metric.id), "The number has no unit".to_owned(), None);
    }
    found.source(&metric.id, metric.source.as_ref());
}

pub(super) fn image(image: &Image, found: &mut Found<'_>) {
    if image.alt.trim().is_empty() {
        let message = "The image has no description; add one unless it is decoration".to_owned();
        found.add(Rule::NoDescription, Some(&image.id), message, None);
    }
}

pub(super) fn steps(steps: &Steps, found: &mut Found<'_>) {
    let (what, max) = match steps.kind {
        StepsKind::Process => ("process", MAX_PROCESS_STEPS),
        StepsKind::Timeline => ("timeline", MAX_TIMELINE_STEPS),
    };
    let count = steps.steps.len();
    if count > max {
        let message = format!("The {what} has {count} steps; keep to {max}");
        found.add(Rule::ManySteps, Some(&steps.id), message, None);
    }
}

//! What is marked on a drawn slide, and the words of its blocks.

use tellr_slides::block::Block;
use tellr_slides::display::{Detail, DisplayList, Loss, Mark, Part};
use tellr_slides::id::BlockId;

use crate::prompting::words;

/// The marks that say that something isn't shown as it was meant, apart from its size.
pub(super) fn losses(list: &DisplayList) -> impl Iterator<Item = &Mark> {
    list.marks.iter().filter(|mark| !matches!(mark.what, Loss::Smaller { .. }))
}

/// The rows, without the headings, and columns that a table shows.
pub(super) fn shown_of_table(list: &DisplayList, id: &BlockId) -> Option<(usize, usize)> {
    let frame = list.frames.iter().find(|frame| frame.block == *id)?;
    match &frame.detail {
        Some(Detail::Table(table)) => Some((table.rows.len().saturating_sub(1), table.columns.len())),
        _ => None,
    }
}

/// Whether a block is made of words only.
pub(super) fn is_words(block: &Block) -> bool {
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
pub(super) fn words_of(block: &Block) -> String {
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
pub(super) fn is_whole(mark: &Mark) -> bool {
    mark.of.part.is_none() && mark.what == Loss::Hidden
}

/// What a mark says of a part.
pub(super) fn part_of(mark: &Mark) -> Option<Part> {
    mark.of.part
}

//! The layout that suits what a slide has.

use tellr_slides::block::Block;
use tellr_slides::deck::{Layout, Slide};

use crate::prompting::draft::SlideDraft;

/// What there is of each.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
struct Has {
    charts: usize,
    tables: usize,
    metrics: usize,
    steps: bool,
    columns: usize,
    headed_sides: bool,
    quote: bool,
    words: bool,
    list: bool,
}

/// The layout that was asked for if the content suits it; else the nearest one that it suits.
pub(super) fn layout(draft: &SlideDraft, data: &[Block], images: &[Block], kept: Option<&Slide>) -> Layout {
    let count = |is: fn(&Block) -> bool| data.iter().filter(|block| is(block)).count();
    let has = Has {
        charts: count(|block| matches!(block, Block::Chart(_))),
        tables: count(|block| matches!(block, Block::Table(_))),
        metrics: count(|block| matches!(block, Block::Metric(_))),
        steps: !draft.steps.is_empty(),
        columns: draft.columns.len(),
        headed_sides: draft.columns.len() == 2
            && draft.columns.iter().all(|column| !column.heading.is_empty()),
        quote: !draft.quote.is_empty(),
        words: !draft.text.is_empty() || !draft.bullets.is_empty() || !draft.takeaway.is_empty(),
        list: !draft.bullets.is_empty(),
    };
    let wanted: Layout = draft.layout.into();
    // A slide with an image keeps the place for it, where nothing else needs it.
    if let (1, Some(kept)) = (images.len(), kept) {
        let is_image = matches!(kept.layout, Layout::ImageHalf | Layout::ImageFull);
        if is_image && data.is_empty() && !has.steps && has.columns == 0 && !has.quote {
            return kept.layout;
        }
    }
    let pictures = has.charts + has.tables;
    let body = pictures + has.metrics + usize::from(has.steps) + has.columns;
    match wanted {
        Layout::Cover | Layout::Section | Layout::TitleAndText if body == 0 && !has.quote => wanted,
        Layout::Closing if pictures == 0 && !has.quote && has.columns == 0 => wanted,
        Layout::Agenda if has.list && body == 0 && !has.quote => wanted,
        Layout::Statement if body == 0 && !has.list && !has.quote => wanted,
        Layout::Quote if has.quote && body == 0 => wanted,
        Layout::Metrics if has.metrics > 0 && pictures == 0 => wanted,
        Layout::Table if has.tables > 0 && has.charts == 0 => wanted,
        Layout::Steps if has.steps && pictures == 0 => wanted,
        Layout::Comparison if has.headed_sides && pictures == 0 => wanted,
        Layout::TwoColumns if has.columns > 1 && pictures == 0 => wanted,
        Layout::Chart if has.charts == 1 && has.tables == 0 && !has.words => wanted,
        Layout::ChartAndTakeaway if pictures == 1 && has.words => wanted,
        Layout::TwoCharts if pictures == 2 => wanted,
        _ => fitting(&has),
    }
}

fn fitting(has: &Has) -> Layout {
    let pictures = has.charts + has.tables;
    if pictures > 1 {
        Layout::TwoCharts
    } else if has.charts == 1 {
        if has.words { Layout::ChartAndTakeaway } else { Layout::Chart }
    } else if has.tables == 1 {
        Layout::Table
    } else if has.metrics > 0 {
        Layout::Metrics
    } else if has.steps {
        Layout::Steps
    } else if has.headed_sides {
        Layout::Comparison
    } else if has.columns > 1 {
        Layout::TwoColumns
    } else if has.quote {
        Layout::Quote
    } else {
        Layout::TitleAndText
    }
}

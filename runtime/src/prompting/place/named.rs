//! What blocks name: sources, units, what is highlighted.

use tellr_slides::block::Block;
use tellr_slides::chart::Series;
use tellr_slides::source::Source;

use crate::prompting::words;

/// The source that a block names.
pub(super) fn source_of(block: &Block) -> Option<&Source> {
    match block {
        Block::Chart(chart) => chart.source.as_ref(),
        Block::Table(table) => table.source.as_ref(),
        Block::Metric(metric) => metric.source.as_ref(),
        _ => None,
    }
}

/// A unit, if there is one.
pub(super) fn unit(text: &str) -> Option<String> {
    Some(words::line(text, 24)).filter(|unit| !unit.is_empty())
}

/// The category or the id of the series that is meant.
pub(super) fn highlighted(wanted: &str, categories: &[String], series: &[Series]) -> Option<String> {
    let folded = words::folded(wanted);
    if folded.is_empty() {
        return None;
    }
    if let Some(category) = categories.iter().find(|category| words::folded(category) == folded) {
        return Some(category.clone());
    }
    series.iter().find(|one| words::folded(&one.name) == folded).map(|one| one.id.to_string())
}

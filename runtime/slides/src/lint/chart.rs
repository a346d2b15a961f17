//! Advice about charts.

use super::finding::{Found, Rule};
use super::guide::{MAX_LINES, MAX_PIE_PARTS};
use crate::chart::{Axis, Chart, ChartKind};
use crate::number::Decimal;
use crate::patch::{Field, Patch};

pub(super) fn chart(chart: &Chart, found: &mut Found<'_>) {
    let set = |field| Some(Patch::SetField { block: chart.id.clone(), field });
    let parts = chart.categories.len();
    if chart.kind == ChartKind::Pie && parts > MAX_PIE_PARTS {
        let message =
            format!("A pie of {parts} parts is hard to compare; show more than {MAX_PIE_PARTS} as bars");
        found.add(Rule::PieParts, Some(&chart.id), message, set(Field::ChartKind(ChartKind::Bar)));
    }
    let measures_from_zero = matches!(chart.kind, ChartKind::Bar | ChartKind::StackedBar | ChartKind::Area);
    if measures_from_zero && let Some(axis) = chart.axis.and_then(with_zero) {
        let message = "The axis leaves out 0, so lengths mislead; let it include 0".to_owned();
        found.add(Rule::BarAxis, Some(&chart.id), message, set(Field::Axis(Some(axis))));
    }
    let lines = chart.series.len();
    if chart.kind == ChartKind::Line && lines > MAX_LINES {
        let message = format!("{lines} lines are hard to follow; keep to {MAX_LINES}");
        found.add(Rule::ManyLines, Some(&chart.id), message, None);
    }
    if let Some(highlight) = &chart.highlight
        && !chart.series.iter().any(|series| series.id.as_str() == highlight)
        && !chart.categories.contains(highlight)
    {
        let message = format!("The chart has no series or category `{highlight}` to put the accent on");
        found.add(Rule::UnknownHighlight, Some(&chart.id), message, set(Field::Highlight(None)));
    }
    if chart.series.iter().any(|series| series.values.iter().any(Option::is_some)) {
        if chart.unit.is_none() {
            found.add(Rule::NoUnit, Some(&chart.id), "The chart's values have no unit".to_owned(), None);
        }
        found.source(&chart.id, chart.source.as_ref());
    }
}

/// The axis with 0 on it; none if it is there already.
fn with_zero(axis: Axis) -> Option<Axis> {
    let zero = Some(Decimal::ZERO);
    match axis {
        Axis { min: Some(min), max } if min > Decimal::ZERO => Some(Axis { min: zero, max }),
        Axis { min, max: Some(max) } if max < Decimal::ZERO => Some(Axis { min, max: zero }),
        _ => None,
    }
}

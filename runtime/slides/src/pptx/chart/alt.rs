//! What a chart shows, in a sentence: for people who hear slides.

use crate::chart::{Chart, ChartKind};
use crate::layout::chart::numbers::Numbers;
use crate::layout::locale::Locale;
use crate::number::Decimal;

/// Series and categories that are named; of more, only their number is said.
const NAMED: usize = 4;

/// As in `Line chart of EMEA and Americas for 7 categories, Q1 25 to Q3 26. Values from € 2.3 M to € 3.4 M.`
/// Numbers are written as in the deck's language.
pub(in crate::pptx) fn alt(chart: &Chart, language: Option<&str>) -> String {
    let kind = match chart.kind {
        ChartKind::Bar => "Bar chart",
        ChartKind::StackedBar => "Stacked bar chart",
        ChartKind::Line => "Line chart",
        ChartKind::Area => "Stacked area chart",
        ChartKind::Pie => "Pie chart",
        ChartKind::Scatter => "Scatter chart",
    };
    let mut sentence = kind.to_owned();
    let names: Vec<&str> =
        chart.series.iter().map(|series| series.name.trim()).filter(|name| !name.is_empty()).collect();
    if !names.is_empty() && names.len() <= NAMED {
        sentence.push_str(&format!(" of {}", list(&names)));
    } else if chart.series.len() > 1 {
        sentence.push_str(&format!(" of {} series", chart.series.len()));
    }
    match &chart.categories[..] {
        [] => {
            let points = chart.series.iter().flat_map(|series| series.values.iter().flatten()).count();
            sentence.push_str(&format!(", {points} {}", if points == 1 { "point" } else { "points" }));
        }
        few if few.len() <= NAMED => {
            let names: Vec<&str> = few.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
            if !names.is_empty() {
                sentence.push_str(&format!(" for {}", list(&names)));
            }
        }
        [first, .., last] => {
            sentence.push_str(&format!(" for {} categories, {first} to {last}", chart.categories.len()));
        }
        [_] => {}
    }
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    let values: Vec<f64> = chart
        .series
        .iter()
        .flat_map(|series| &series.values)
        .flatten()
        .copied()
        .map(Decimal::as_f64)
        .collect();
    let lowest = values.iter().copied().reduce(f64::min);
    let highest = values.iter().copied().reduce(f64::max);
    if let (Some(lowest), Some(highest)) = (lowest, highest) {
        let numbers = Numbers::new(&values, chart.unit.as_deref());
        let [lowest, highest] = [lowest, highest].map(|value| numbers.full(Locale::of(language), value));
        if lowest == highest {
            sentence.push_str(&format!(" All values are {lowest}"));
        } else {
            sentence.push_str(&format!(" Values from {lowest} to {highest}"));
        }
        // As in `3 Mio.`
        if !sentence.ends_with('.') {
            sentence.push('.');
        }
    }
    let missing =
        chart.series.iter().flat_map(|series| &series.values).filter(|value| value.is_none()).count();
    match missing {
        0 => {}
        1 => sentence.push_str(" One value is missing."),
        _ => sentence.push_str(&format!(" {missing} values are missing.")),
    }
    sentence
}

fn list(names: &[&str]) -> String {
    match names {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => names.concat(),
    }
}

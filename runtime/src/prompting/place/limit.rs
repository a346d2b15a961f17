//! What of a chart can be read on a slide, and the kinds that its numbers allow.

use tellr_slides::chart::{Chart, ChartKind};
use tellr_slides::lint::guide::{MAX_LINES, MAX_PIE_PARTS};
use tellr_slides::number::Decimal;

use crate::prompting::note::{self, Note, NoteKind};

/// Bars that can be read; in time, they are narrower and in order.
const BARS: usize = 12;
const BARS_IN_TIME: usize = 24;
/// Points of a line, and of a scatter chart.
const POINTS: usize = 60;
const DOTS: usize = 200;
const SERIES: usize = 6;

/// The chart, changed so that it can be read and is true to its kind; none without a number.
pub(super) fn limited(mut chart: Chart, is_time: bool, notes: &mut Vec<Note>) -> Option<Chart> {
    chart.series.retain(|series| series.values.iter().any(Option::is_some));
    if chart.series.is_empty() {
        note::add(notes, NoteKind::LeftOut, "A chart was left out: it has no numbers");
        return None;
    }
    if chart.kind == ChartKind::Pie {
        pie(&mut chart, notes);
    }
    let has_negative =
        chart.series.iter().flat_map(|one| one.values.iter().flatten()).any(|one| *one < Decimal::ZERO);
    let points = chart.categories.len();
    let other = match chart.kind {
        ChartKind::Area if has_negative => {
            Some((ChartKind::Line, "Areas can't be negative; the chart shows lines"))
        }
        ChartKind::Line | ChartKind::Area if points == 1 => {
            Some((ChartKind::Bar, "A line needs two points; the chart shows bars"))
        }
        ChartKind::Bar if is_time && points > BARS_IN_TIME => {
            Some((ChartKind::Line, "So many points in time are easier to read as a line"))
        }
        _ => None,
    };
    if let Some((kind, text)) = other {
        chart.kind = kind;
        note::add(notes, NoteKind::Changed, text);
    }
    fewer_series(&mut chart, notes);
    fewer_points(&mut chart, is_time, notes);
    let is_there = |wanted: &String| {
        chart.categories.contains(wanted) || chart.series.iter().any(|series| series.id.as_str() == wanted)
    };
    chart.highlight = chart.highlight.take().filter(is_there);
    Some(chart)
}

/// A pie that can't be one becomes bars.
fn pie(chart: &mut Chart, notes: &mut Vec<Note>) {
    let values: Vec<Decimal> = chart.series[0].values.iter().flatten().copied().collect();
    let why = if chart.series.len() > 1 {
        Some("A pie has one row of numbers; the chart shows bars")
    } else if values.iter().any(|value| *value < Decimal::ZERO) {
        Some("A pie has no negative parts; the chart shows bars")
    } else if values.iter().all(|value| *value == Decimal::ZERO) {
        Some("A pie needs parts above 0; the chart shows bars")
    } else if chart.categories.len() > MAX_PIE_PARTS {
        Some("A pie of so many parts is hard to read; the chart shows bars")
    } else {
        None
    };
    if let Some(why) = why {
        chart.kind = ChartKind::Bar;
        note::add(notes, NoteKind::Changed, why);
    }
}

fn size(values: impl Iterator<Item = Decimal>) -> f64 {
    values.map(|value| value.as_f64().abs()).sum()
}

/// The places of the largest, in their order.
fn largest(sizes: &[f64], most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|one, two| sizes[*two].total_cmp(&sizes[*one]).then(one.cmp(two)));
    order.truncate(most);
    order.sort_unstable();
    order
}

fn fewer_series(chart: &mut Chart, notes: &mut Vec<Note>) {
    let most = if chart.kind == ChartKind::Line { MAX_LINES } else { SERIES };
    let all = chart.series.len();
    if all <= most {
        return;
    }
    let mut sizes: Vec<f64> =
        chart.series.iter().map(|one| size(one.values.iter().flatten().copied())).collect();
    // What the title talks about stays.
    if let Some(at) = chart.series.iter().position(|one| Some(one.id.as_str()) == chart.highlight.as_deref())
    {
        sizes[at] = f64::INFINITY;
    }
    let kept = largest(&sizes, most);
    let mut at = 0;
    chart.series.retain(|_| {
        at += 1;
        kept.contains(&(at - 1))
    });
    note::add(notes, NoteKind::LeftOut, format!("A chart shows the {most} largest of {all} rows of numbers"));
}

fn fewer_points(chart: &mut Chart, is_time: bool, notes: &mut Vec<Note>) {
    if chart.kind == ChartKind::Scatter {
        let all = chart.series.iter().map(|one| one.values.len()).max().unwrap_or_default();
        if all > DOTS {
            for one in &mut chart.series {
                one.values.truncate(DOTS);
                one.x.truncate(DOTS);
            }
            note::add(notes, NoteKind::LeftOut, format!("A chart shows the first {DOTS} of {all} points"));
        }
        return;
    }
    let is_line = matches!(chart.kind, ChartKind::Line | ChartKind::Area);
    let most = if is_line {
        POINTS
    } else if is_time {
        BARS_IN_TIME
    } else {
        BARS
    };
    let all = chart.categories.len();
    if all <= most {
        return;
    }
    let kept: Vec<usize> = if is_line || is_time {
        note::add(notes, NoteKind::LeftOut, format!("A chart shows the last {most} of {all} points"));
        (all - most..all).collect()
    } else {
        let mut sizes: Vec<f64> = (0..all)
            .map(|at| size(chart.series.iter().filter_map(|one| one.values.get(at).copied().flatten())))
            .collect();
        if let Some(at) = chart.categories.iter().position(|one| Some(one) == chart.highlight.as_ref()) {
            sizes[at] = f64::INFINITY;
        }
        note::add(notes, NoteKind::LeftOut, format!("A chart shows the {most} largest of {all} categories"));
        largest(&sizes, most)
    };
    chart.categories = kept.iter().filter_map(|at| chart.categories.get(*at).cloned()).collect();
    for one in &mut chart.series {
        one.values = kept.iter().map(|at| one.values.get(*at).copied().flatten()).collect();
    }
}

//! Lines, and areas on top of each other.

use super::axis::{GAP, categories, horizontal_grid, line_height, setting, title, value_labels, zero_across};
use super::context::Context;
use super::legend;
use super::scale::{From, part, scale};
use crate::display::{
    Align, AxisScale, ChartFrame, Part, Path, PathShape, Place, Rect, Segment, Shape, Stroke,
};
use crate::layout::canvas::{Canvas, count};
use crate::theme::Color;

const WIDTH: f64 = 3.0;
/// With fewer points each is seen as one.
const DOTS_BELOW: usize = 8;
const DOT: f64 = 4.5;
/// Lines that have their names at their ends; more have a legend.
const NAMED: usize = 6;
/// Between the end of a line and its name.
const BEFORE_NAME: f64 = 12.0;

struct Plot {
    bounds: Rect,
    values: AxisScale,
    points: Vec<f64>,
    has_legend: bool,
    /// The left edge of names.
    names: f64,
}

/// Prepares the plot and draws what is around it.
fn frame(canvas: &mut Canvas<'_>, context: &Context<'_>, bounds: Rect, values: AxisScale) -> Plot {
    let series = &context.chart.series;
    let style = canvas.bold(canvas.tone.text);
    let named: Vec<&str> = series.iter().map(|series| series.name.trim()).collect();
    let widest = named.iter().map(|name| canvas.width(name, style, context.label)).fold(0.0, f64::max);
    let has_names = series.len() > 1 || context.colors.series.is_some();
    let fits = widest <= bounds.width * 0.28
        && named.len() <= NAMED
        && line_height(context) * count(named.len()) <= bounds.height * 0.7;
    let has_legend = series.len() > 1 && !fits;
    let beside = if has_names && !has_legend { widest + BEFORE_NAME + 4.0 } else { DOT + 4.0 };

    let mut top = if has_legend { legend::draw(canvas, context, bounds) } else { 0.0 };
    top += title(canvas, context, bounds.below(top));
    let inner = bounds.below(top);
    let (labels, widest_value) = value_labels(canvas, context, values);
    let left = widest_value + GAP;
    let head = line_height(context) / 2.0;
    let foot = GAP + line_height(context);
    let plot =
        Rect::new(inner.x + left, inner.y + head, inner.width - left - beside, inner.height - head - foot);
    horizontal_grid(canvas, context, plot, values, &labels, inner.x);
    let number = context.chart.categories.len();
    let side = side(plot);
    let step = if number > 1 { (plot.width - 2.0 * side) / count(number - 1) } else { 0.0 };
    let start = if number > 1 { plot.x + side } else { plot.center_x() };
    let points: Vec<f64> = (0..number).map(|index| start + step * count(index)).collect();
    let within = Rect { x: inner.x, width: plot.right() + beside - inner.x, ..inner };
    categories(canvas, context, &points, plot.bottom() + GAP, within, 1);
    Plot { bounds: plot, values, points, has_legend, names: plot.right() + BEFORE_NAME - side }
}

/// A little room at both sides, so that the first point isn't on the axis.
pub(crate) fn side(plot: Rect) -> f64 {
    (plot.width * 0.02).min(16.0)
}

fn y(plot: &Plot, value: f64) -> f64 {
    plot.bounds.bottom() - part(plot.values, value) * plot.bounds.height
}

fn finished(context: &Context<'_>, plot: &Plot) -> ChartFrame {
    ChartFrame { values: Some(plot.values), has_legend: plot.has_legend, ..context.frame(plot.bounds) }
}

pub(super) fn draw(canvas: &mut Canvas<'_>, context: &Context<'_>, bounds: Rect) -> ChartFrame {
    let all = context.values.iter().flatten().flatten().copied();
    let (low, high) =
        all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let values = scale(low, high, From::Data, context.chart.axis);
    let plot = frame(canvas, context, bounds, values);
    if values.min <= 0.0 && values.max >= 0.0 {
        zero_across(canvas, context, plot.bounds, values);
    }
    // What the title talks about is drawn over the others.
    let mut order: Vec<usize> = (0..context.values.len()).collect();
    order.sort_by_key(|series| context.colors.series == Some(*series));
    let mut ends: Vec<End> = Vec::new();
    for series in order {
        let color = context.colors.of(series, None);
        let runs = runs(&plot.points, &context.values[series], |value| y(&plot, value));
        let of = Place::part(&context.chart.id, Part::Data { series, index: None });
        let mut path = Path::default();
        for run in runs.iter().filter(|run| run.len() > 1) {
            let points: Vec<[f64; 2]> = run.iter().map(|(_, point)| *point).collect();
            path.segments.extend(Path::polyline(&points, false).segments);
        }
        if !path.segments.is_empty() {
            let stroke = Stroke { color, width: WIDTH, dash: Vec::new() };
            let shape = PathShape { path, fill: None, stroke: Some(stroke), opacity: 1.0 };
            canvas.push(Some(&of), Shape::Path(shape));
        }
        let is_few = plot.points.len() < DOTS_BELOW;
        for run in &runs {
            for (index, point) in run {
                let is_meant = context.colors.category == Some(*index);
                if !is_few && run.len() > 1 && !is_meant {
                    continue;
                }
                let of = Place::part(&context.chart.id, Part::Data { series, index: Some(*index) });
                let color = if is_meant { context.colors.accent } else { color };
                canvas.dot(Some(&of), *point, if is_meant { DOT + 1.5 } else { DOT }, color);
            }
        }
        if let Some((_, point)) = runs.last().and_then(|run| run.last()) {
            ends.push(End { series, y: point[1], color });
        }
    }
    if !plot.has_legend && (context.chart.series.len() > 1 || context.colors.series.is_some()) {
        names(canvas, context, &plot, ends, bounds);
    }
    finished(context, &plot)
}

/// Where a line ends, and its colour.
struct End {
    series: usize,
    y: f64,
    color: Color,
}

/// Names beside the ends of lines, moved apart where they would run into each other.
fn names(canvas: &mut Canvas<'_>, context: &Context<'_>, plot: &Plot, mut ends: Vec<End>, bounds: Rect) {
    ends.sort_by(|one, two| one.y.total_cmp(&two.y).then(one.series.cmp(&two.series)));
    let height = line_height(context);
    let mut free = plot.bounds.y - height / 2.0;
    let mut tops: Vec<f64> = Vec::with_capacity(ends.len());
    for end in &ends {
        let top = (end.y - height / 2.0).max(free);
        tops.push(top);
        free = top + height;
    }
    // Too far down: back up from the end.
    let mut limit = plot.bounds.bottom() + height / 2.0;
    for top in tops.iter_mut().rev() {
        *top = top.min(limit - height);
        limit = *top;
    }
    for (end, top) in ends.iter().zip(tops) {
        let of = Place::part(&context.chart.id, Part::Data { series: end.series, index: None });
        let tone = canvas.tone;
        let contrast = end.color.contrast(tone.background).min(end.color.contrast(tone.surface));
        let color = if contrast >= 4.5 { end.color } else { canvas.tone.text };
        let is_quiet = context.colors.series.is_some_and(|series| series != end.series);
        let style = if is_quiet { canvas.body(canvas.tone.muted) } else { canvas.bold(color) };
        let room = Rect::new(plot.names, top.max(bounds.y), bounds.right() - plot.names, height);
        canvas.label(
            Some(&of),
            context.chart.series[end.series].name.trim(),
            style,
            room,
            setting(context, Align::Left),
        );
    }
}

/// The points of a series that follow each other without a gap.
fn runs(points: &[f64], values: &[Option<f64>], y: impl Fn(f64) -> f64) -> Vec<Vec<(usize, [f64; 2])>> {
    let mut runs: Vec<Vec<(usize, [f64; 2])>> = vec![Vec::new()];
    for (index, (x, value)) in points.iter().zip(values).enumerate() {
        match value {
            Some(value) => {
                if let Some(run) = runs.last_mut() {
                    run.push((index, [*x, y(*value)]));
                }
            }
            None => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

pub(super) fn draw_areas(canvas: &mut Canvas<'_>, context: &Context<'_>, bounds: Rect) -> ChartFrame {
    let number = context.chart.categories.len();
    // The upper edge of each series, where all of them have a value; elsewhere the whole isn't known.
    let known: Vec<bool> = (0..number)
        .map(|index| context.values.iter().all(|values| values.get(index).copied().flatten().is_some()))
        .collect();
    let mut edges: Vec<Vec<f64>> = vec![vec![0.0; number]];
    for values in &context.values {
        let below = &edges[edges.len() - 1];
        let edge = below.iter().zip(values).map(|(below, value)| below + value.unwrap_or(0.0)).collect();
        edges.push(edge);
    }
    let ends = edges
        .iter()
        .flat_map(|edge| edge.iter().zip(&known).filter(|(_, known)| **known).map(|(end, _)| *end));
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
    let values = scale(low, high, From::Zero, context.chart.axis);
    let plot = frame(canvas, context, bounds, values);
    let mut names_at = Vec::new();
    for series in 0..context.values.len() {
        let color = context.colors.of(series, None);
        let of = Place::part(&context.chart.id, Part::Data { series, index: None });
        let mut path = Path::default();
        let mut start = 0;
        while start < number {
            if !known[start] {
                start += 1;
                continue;
            }
            let end = (start..number).find(|index| !known[*index]).unwrap_or(number);
            let upper = (start..end).map(|index| [plot.points[index], y(&plot, edges[series + 1][index])]);
            let lower = (start..end).rev().map(|index| [plot.points[index], y(&plot, edges[series][index])]);
            let points: Vec<[f64; 2]> = upper.chain(lower).collect();
            path.segments.extend(Path::polyline(&points, true).segments);
            start = end;
        }
        if path.segments.iter().any(|segment| matches!(segment, Segment::Line(_))) {
            let stroke = Stroke { color: canvas.tone.background, width: 1.5, dash: Vec::new() };
            let shape = PathShape { path, fill: Some(color), stroke: Some(stroke), opacity: 1.0 };
            canvas.push(Some(&of), Shape::Path(shape));
        }
        if let Some(last) = (0..number).rev().find(|index| known[*index]) {
            let middle = f64::midpoint(edges[series][last], edges[series + 1][last]);
            names_at.push(End { series, y: y(&plot, middle), color });
        }
    }
    zero_across(canvas, context, plot.bounds, values);
    if !plot.has_legend && (context.chart.series.len() > 1 || context.colors.series.is_some()) {
        names(canvas, context, &plot, names_at, bounds);
    }
    finished(context, &plot)
}

//! Grid lines, and the labels beside and under a plot.

use super::context::Context;
use super::scale::{part, ticks};
use crate::display::{Align, AxisScale, Part, Place, Rect};
use crate::layout::canvas::{Canvas, Setting, count};
use crate::layout::tone::mix;
use crate::text_layout::Style;

/// How much of the text's colour grid lines have.
const GRID: f64 = 0.14;
/// How much the line at 0 has.
const ZERO: f64 = 0.55;
/// Between labels and the plot.
pub(super) const GAP: f64 = 8.0;
/// The least room between two labels.
const BETWEEN: f64 = 12.0;

pub(super) fn of(context: &Context<'_>) -> Place {
    Place::part(&context.chart.id, Part::Axis)
}

pub(super) fn setting(context: &Context<'_>, align: Align) -> Setting {
    Setting::label(context.label, align)
}

/// The height of a line of labels.
pub(super) fn line_height(context: &Context<'_>) -> f64 {
    setting(context, Align::Left).pitch()
}

pub(super) fn label_style(canvas: &Canvas<'_>) -> Style {
    canvas.body(canvas.tone.muted)
}

/// What is counted, above the plot; gives its height.
pub(super) fn title(canvas: &mut Canvas<'_>, context: &Context<'_>, bounds: Rect) -> f64 {
    if context.numbers.title.is_empty() {
        return 0.0;
    }
    let style = label_style(canvas);
    canvas.label(Some(&of(context)), &context.numbers.title, style, bounds, setting(context, Align::Left));
    line_height(context) + GAP
}

/// The texts at the grid lines, and the width of the widest.
pub(super) fn value_labels(
    canvas: &mut Canvas<'_>,
    context: &Context<'_>,
    scale: AxisScale,
) -> (Vec<(f64, String)>, f64) {
    let locale = canvas.locale;
    let labels: Vec<(f64, String)> = ticks(scale)
        .into_iter()
        .map(|value| (value, context.numbers.at_grid(locale, value, scale.step)))
        .collect();
    let style = label_style(canvas);
    let widest =
        labels.iter().map(|(_, text)| canvas.width(text, style, context.label)).fold(0.0, f64::max).ceil();
    (labels, widest)
}

/// Lines across the plot, with labels to its left.
pub(super) fn horizontal_grid(
    canvas: &mut Canvas<'_>,
    context: &Context<'_>,
    plot: Rect,
    scale: AxisScale,
    labels: &[(f64, String)],
    left: f64,
) {
    let of = of(context);
    let tone = canvas.tone;
    let style = label_style(canvas);
    for (value, text) in labels {
        let y = plot.bottom() - part(scale, *value) * plot.height;
        canvas.line(Some(&of), [plot.x, y], [plot.right(), y], mix(tone.background, tone.text, GRID), 1.0);
        let room = Rect::new(left, y - line_height(context) / 2.0, plot.x - GAP - left, line_height(context));
        canvas.label(Some(&of), text, style, room, setting(context, Align::Right));
    }
}

/// Lines down the plot, with labels under it.
pub(super) fn vertical_grid(
    canvas: &mut Canvas<'_>,
    context: &Context<'_>,
    plot: Rect,
    scale: AxisScale,
    labels: &[(f64, String)],
    within: Rect,
) {
    let of = of(context);
    let tone = canvas.tone;
    let style = label_style(canvas);
    let mut end = f64::NEG_INFINITY;
    for (value, text) in labels {
        let x = plot.x + part(scale, *value) * plot.width;
        canvas.line(Some(&of), [x, plot.y], [x, plot.bottom()], mix(tone.background, tone.text, GRID), 1.0);
        let width = canvas.width(text, style, context.label) + 0.1;
        let start = centered(x, width, within);
        if start < end + BETWEEN {
            continue;
        }
        end = start + width;
        let room = Rect::new(start, plot.bottom() + GAP, width, line_height(context));
        canvas.label(Some(&of), text, style, room, setting(context, Align::Left));
    }
}

/// The line at 0, or at the end of the axis that is nearest to it.
pub(super) fn zero_across(canvas: &mut Canvas<'_>, context: &Context<'_>, plot: Rect, scale: AxisScale) {
    let tone = canvas.tone;
    let y = plot.bottom() - part(scale, 0.0) * plot.height;
    let color = mix(tone.background, tone.text, ZERO);
    canvas.line(Some(&of(context)), [plot.x, y], [plot.right(), y], color, 1.5);
}

/// The same for bars that lie.
pub(super) fn zero_down(canvas: &mut Canvas<'_>, context: &Context<'_>, plot: Rect, scale: AxisScale) {
    let tone = canvas.tone;
    let x = plot.x + part(scale, 0.0) * plot.width;
    let color = mix(tone.background, tone.text, ZERO);
    canvas.line(Some(&of(context)), [x, plot.y], [x, plot.bottom()], color, 1.5);
}

/// The left edge of something in the middle of `x` that stays within a rectangle.
pub(super) fn centered(x: f64, width: f64, within: Rect) -> f64 {
    (x - width / 2.0).min(within.right() - width).max(within.x)
}

/// Labels under points along the plot, as many as don't run into each other: all, or every second,
/// fifth, tenth… of them. Each has at most `lines` lines.
pub(super) fn categories(
    canvas: &mut Canvas<'_>,
    context: &Context<'_>,
    points: &[f64],
    y: f64,
    within: Rect,
    lines: usize,
) {
    let names = &context.chart.categories;
    let style = label_style(canvas);
    let of = of(context);
    let spacing = match points {
        [first, .., last] => (last - first) / count(points.len() - 1),
        _ => within.width,
    };
    if lines > 1 {
        let width = (spacing - BETWEEN / 2.0).max(8.0);
        for (name, x) in names.iter().zip(points) {
            let shaped = canvas.text.shape_plain(name, style);
            let room = Rect::new(centered(*x, width, within), y, width, line_height(context) * count(lines));
            canvas.put(Some(&of), &[&shaped], room, setting(context, Align::Center));
        }
        return;
    }
    // Of very many names only those are measured that could be shown.
    let fewest = (60.0 / spacing.max(0.01)).floor().max(1.0);
    let strides = [1, 2, 3, 4, 5, 6, 10, 12, 20, 25, 50, 100, 200, 500, 1000];
    for stride in strides.into_iter().filter(|stride| count(*stride) >= fewest / 3.0) {
        let room = spacing * count(stride) - BETWEEN;
        let shown: Vec<(f64, f64, &str)> = names
            .iter()
            .zip(points)
            .step_by(stride)
            .map(|(name, x)| (*x, canvas.width(name, style, context.label) + 0.1, name.as_str()))
            .collect();
        let is_last = shown.len() <= 2;
        if !is_last && shown.iter().any(|(_, width, _)| *width > room) {
            continue;
        }
        let most = if is_last { within.width / count(shown.len().max(1)) - BETWEEN } else { f64::MAX };
        for (x, width, name) in shown {
            let width = width.min(most.max(8.0));
            let room = Rect::new(centered(x, width, within), y, width, line_height(context));
            canvas.label(Some(&of), name, style, room, setting(context, Align::Center));
        }
        return;
    }
}

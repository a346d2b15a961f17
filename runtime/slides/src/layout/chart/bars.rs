//! Bars: beside or on top of each other, standing or lying.

use super::axis::{
    GAP, categories, horizontal_grid, line_height, setting, title, value_labels, vertical_grid, zero_across,
    zero_down,
};
use super::context::{Context, on};
use super::legend;
use super::scale::{From, part, scale};
use crate::chart::ChartKind;
use crate::display::{Align, AxisScale, ChartFrame, Part, Path, Place, Rect, Segment};
use crate::layout::canvas::{Canvas, count, whole};
use crate::theme::Color;

/// The gap between groups of bars, in bars.
const GAP_BARS: f64 = 0.4;
/// Bars aren't wider than this: few bars on a wide slide would be blocks.
const WIDEST: f64 = 112.0;
const WIDEST_LYING: f64 = 44.0;
/// Up to so many values each has its label.
const LABELLED: usize = 8;
/// Categories that stand; more lie, unless they are points in time.
const STANDING: usize = 7;
/// Bars that are elements of their own; more are one shape a series.
const SINGLE: usize = 240;

struct Bar {
    series: usize,
    category: usize,
    /// From 0 or the bar below, to its end.
    from: f64,
    to: f64,
    /// Where in its group, of how many.
    lane: (usize, usize),
}

pub(super) fn draw(canvas: &mut Canvas<'_>, context: &Context<'_>, bounds: Rect) -> ChartFrame {
    let is_stacked = context.chart.kind == ChartKind::StackedBar;
    let bars = bars(context, is_stacked);
    let ends = bars.iter().flat_map(|bar| [bar.from, bar.to]);
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
    let mut values = scale(low, high, From::Zero, context.chart.axis);
    let has_value_labels = bars.len() <= LABELLED;
    if has_value_labels && !is_stacked && context.chart.axis.is_none() && high > low {
        // Without grid lines, the longest bar takes the whole height.
        (values.min, values.max) = (low, high);
    }
    let is_time = context.chart.categories.iter().all(|name| is_time(name));
    let is_horizontal = !is_time && lies(canvas, context, bounds);

    let mut top = 0.0;
    let has_legend = context.chart.series.len() > 1;
    if has_legend {
        top += legend::draw(canvas, context, bounds);
    }
    // Beside a legend, and where each number has its unit, the unit needs no line of its own.
    if !has_value_labels || is_stacked {
        top += title(canvas, context, bounds.below(top));
    }
    let inner = bounds.below(top);
    let order = order(context, is_horizontal && !is_time);
    let look = Look { values, has_value_labels, is_stacked, order: &order };
    let plot = if is_horizontal {
        lying(canvas, context, &bars, &look, inner)
    } else {
        standing(canvas, context, &bars, &look, inner)
    };
    ChartFrame {
        is_horizontal,
        values: Some(values),
        has_value_labels,
        has_legend,
        order,
        ..context.frame(plot)
    }
}

struct Look<'a> {
    values: AxisScale,
    has_value_labels: bool,
    is_stacked: bool,
    order: &'a [usize],
}

fn bars(context: &Context<'_>, is_stacked: bool) -> Vec<Bar> {
    let mut bars = Vec::new();
    for category in 0..context.chart.categories.len() {
        let (mut above, mut below) = (0.0, 0.0);
        for (series, values) in context.values.iter().enumerate() {
            let Some(Some(value)) = values.get(category).copied() else { continue };
            if is_stacked {
                let end: &mut f64 = if value < 0.0 { &mut below } else { &mut above };
                bars.push(Bar { series, category, from: *end, to: *end + value, lane: (0, 1) });
                *end += value;
            } else {
                let lane = (series, context.values.len());
                bars.push(Bar { series, category, from: 0.0, to: value, lane });
            }
        }
    }
    bars
}

/// Bars lie when their names don't fit under them.
fn lies(canvas: &mut Canvas<'_>, context: &Context<'_>, bounds: Rect) -> bool {
    let names = &context.chart.categories;
    if names.len() > 24 {
        return false;
    }
    if names.len() > STANDING && bounds.height >= 20.0 * count(names.len()) {
        return true;
    }
    let slot = (bounds.width - 48.0) / count(names.len().max(1)) - 12.0;
    let style = super::axis::label_style(canvas);
    names.iter().any(|name| {
        let shaped = canvas.text.shape_plain(name, style);
        shaped.narrowest(context.label) > slot || shaped.count(slot, context.label) > 2
    })
}

/// Whether a category is a point in time, or a number: such have an order of their own.
fn is_time(name: &str) -> bool {
    const MONTHS: [&str; 24] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mär", "mai",
        "okt", "dez", "fév", "avr", "juin", "juil", "aoû", "déc", "mon", "tue",
    ];
    let name = name.trim().to_lowercase();
    let starts_with_number = name.starts_with(|character: char| character.is_ascii_digit());
    let mut characters = name.chars();
    let is_period = matches!(characters.next(), Some('q' | 'h' | 'w' | 't'))
        && characters.next().is_some_and(|character| character.is_ascii_digit());
    starts_with_number
        || is_period
        || name.starts_with("fy")
        || MONTHS.iter().any(|month| {
            name.starts_with(month)
                && name.chars().nth(month.chars().count()).is_none_or(|c| {
                    !c.is_alphabetic() || name.chars().count() <= 9 && month.len() == 3 && is_month(&name)
                })
        })
        || ["wed", "thu", "fri", "sat", "sun"].contains(&name.as_str())
}

fn is_month(name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    NAMES.contains(&name)
}

/// The largest first, where the order has no meaning of its own.
fn order(context: &Context<'_>, may_be_sorted: bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..context.chart.categories.len()).collect();
    if may_be_sorted && let [values] = &context.values[..] {
        let value = |index: &usize| values.get(*index).copied().flatten().unwrap_or(f64::NEG_INFINITY);
        order.sort_by(|one, two| value(two).total_cmp(&value(one)));
    }
    order
}

fn place_of(order: &[usize], category: usize) -> usize {
    order.iter().position(|index| *index == category).unwrap_or(category)
}

fn standing(
    canvas: &mut Canvas<'_>,
    context: &Context<'_>,
    bars: &[Bar],
    look: &Look<'_>,
    inner: Rect,
) -> Rect {
    let (labels, widest) = value_labels(canvas, context, look.values);
    let has_grid = !look.has_value_labels || look.is_stacked;
    let left = if has_grid { widest + GAP } else { 0.0 };
    let names = &context.chart.categories;
    let slot = (inner.width - left) / count(names.len().max(1));
    let style = super::axis::label_style(canvas);
    let few = names.len() <= 24;
    let takes_two = few
        && names.iter().any(|name| canvas.text.shape_plain(name, style).widest(context.label) > slot - 6.0);
    let wraps = takes_two
        && names
            .iter()
            .all(|name| canvas.text.shape_plain(name, style).narrowest(context.label) <= slot - 6.0);
    let lines = if wraps { 2 } else { 1 };
    let foot = GAP + line_height(context) * count(lines);
    // Room for a label at the end of the tallest bar, and of the deepest; an axis may start above it.
    let has_negative = bars.iter().any(|bar| bar.to < 0.0);
    let head = if look.has_value_labels { line_height(context) + 4.0 } else { line_height(context) / 2.0 };
    let deep = if look.has_value_labels && has_negative { line_height(context) + 4.0 } else { 0.0 };
    let plot =
        Rect::new(inner.x + left, inner.y + head, inner.width - left, inner.height - head - foot - deep);
    if has_grid {
        horizontal_grid(canvas, context, plot, look.values, &labels, inner.x);
    }
    let lanes = bars.first().map_or(1, |bar| bar.lane.1);
    let width = (slot / (count(lanes) + GAP_BARS)).clamp(0.2, WIDEST);
    let y = |value: f64| plot.bottom() - part(look.values, value) * plot.height;
    let rects: Vec<Rect> = bars
        .iter()
        .map(|bar| {
            let place = count(place_of(look.order, bar.category));
            let middle = plot.x + slot * (place + 0.5);
            let x = middle + width * (count(bar.lane.0) - count(lanes) / 2.0);
            let (one, two) = (y(bar.from), y(bar.to));
            let thin = if lanes > 1 && width > 8.0 { 2.0 } else { 0.0 };
            Rect::new(x, one.min(two), width - thin, (one - two).abs())
        })
        .collect();
    draw_bars(canvas, context, bars, &rects);
    zero_across(canvas, context, plot, look.values);
    if look.has_value_labels {
        for (bar, rect) in bars.iter().zip(&rects) {
            let height = line_height(context);
            let room = (slot / count(lanes) - 4.0).max(rect.width);
            let x = rect.center_x() - room / 2.0;
            if look.is_stacked {
                let room = Rect::new(rect.x, rect.center_y() - height / 2.0, rect.width, height);
                inside(canvas, context, bar, *rect, room);
            } else {
                let above = Rect::new(x, rect.y - height - 4.0, room, height);
                let below = Rect::new(x, rect.bottom() + 4.0, room, height);
                value(canvas, context, bar, if bar.to < 0.0 { below } else { above }, Align::Center);
            }
        }
    }
    let points: Vec<f64> = (0..names.len()).map(|index| plot.x + slot * (count(index) + 0.5)).collect();
    let within = Rect { x: inner.x, width: inner.width, ..plot };
    categories(canvas, context, &points, plot.bottom() + deep + GAP, within, lines);
    plot
}

fn lying(canvas: &mut Canvas<'_>, context: &Context<'_>, bars: &[Bar], look: &Look<'_>, inner: Rect) -> Rect {
    let names = &context.chart.categories;
    let style = canvas.body(canvas.tone.text);
    let widest = names.iter().map(|name| canvas.width(name, style, context.label)).fold(0.0, f64::max) + 0.1;
    let left = widest.min(inner.width * 0.36) + 12.0;
    let has_grid = !look.has_value_labels || look.is_stacked;
    let locale = canvas.locale;
    let values: Vec<String> =
        bars.iter().map(|bar| context.numbers.full(locale, bar.to - bar.from)).collect();
    let bold = canvas.bold(canvas.tone.text);
    let value_width = if look.has_value_labels && !look.is_stacked {
        values.iter().map(|text| canvas.width(text, bold, context.label)).fold(0.0, f64::max) + 12.0
    } else {
        24.0
    };
    let has_negative = bars.iter().any(|bar| bar.to < 0.0);
    let before = if has_negative && look.has_value_labels { value_width } else { 0.0 };
    let foot = if has_grid { GAP + line_height(context) } else { 0.0 };
    let plot = Rect::new(
        inner.x + left + before,
        inner.y,
        inner.width - left - before - value_width,
        inner.height - foot,
    );
    let slot = plot.height / count(names.len().max(1));
    let lanes = bars.first().map_or(1, |bar| bar.lane.1);
    let width = (slot / (count(lanes) + GAP_BARS)).clamp(0.2, WIDEST_LYING);
    // Few bars stay together instead of spreading over the height.
    let slot = slot.min(width * count(lanes) + 40.0);
    let plot = Rect { height: slot * count(names.len()), ..plot };
    if has_grid {
        let (labels, _) = value_labels(canvas, context, look.values);
        vertical_grid(
            canvas,
            context,
            plot,
            look.values,
            &labels,
            Rect { x: plot.x - 8.0, width: plot.width + 32.0, ..plot },
        );
    }
    let x = |value: f64| plot.x + part(look.values, value) * plot.width;
    let rects: Vec<Rect> = bars
        .iter()
        .map(|bar| {
            let middle = plot.y + slot * (count(place_of(look.order, bar.category)) + 0.5);
            let y = middle + width * (count(bar.lane.0) - count(lanes) / 2.0);
            let (one, two) = (x(bar.from), x(bar.to));
            let thin = if lanes > 1 && width > 8.0 { 2.0 } else { 0.0 };
            Rect::new(one.min(two), y, (one - two).abs(), width - thin)
        })
        .collect();
    draw_bars(canvas, context, bars, &rects);
    zero_down(canvas, context, plot, look.values);
    for (bar, rect) in bars.iter().zip(&rects) {
        let height = line_height(context);
        let y = rect.center_y() - height / 2.0;
        if !look.has_value_labels {
            continue;
        }
        if look.is_stacked {
            inside(canvas, context, bar, *rect, Rect::new(rect.x, y, rect.width, height));
        } else if bar.to < 0.0 {
            let room = Rect::new(rect.x - value_width, y, value_width - 8.0, height);
            value(canvas, context, bar, room, Align::Right);
        } else {
            let room = Rect::new(rect.right() + 8.0, y, value_width - 8.0, height);
            value(canvas, context, bar, room, Align::Left);
        }
    }
    let every = whole((line_height(context) / slot).ceil()).max(1);
    for (index, category) in look.order.iter().enumerate().step_by(every) {
        let y = plot.y + slot * (count(index) + 0.5) - line_height(context) / 2.0;
        let y = y.min(plot.bottom() - line_height(context)).max(inner.y);
        let room = Rect::new(inner.x, y, left - 12.0, line_height(context));
        let is_meant = context.colors.category == Some(*category);
        let style = if is_meant { bold } else { style };
        canvas.label(
            Some(&super::axis::of(context)),
            &names[*category],
            style,
            room,
            setting(context, Align::Right),
        );
    }
    plot
}

fn place(context: &Context<'_>, bar: &Bar) -> Place {
    Place::part(&context.chart.id, Part::Data { series: bar.series, index: Some(bar.category) })
}

fn draw_bars(canvas: &mut Canvas<'_>, context: &Context<'_>, bars: &[Bar], rects: &[Rect]) {
    let color = |bar: &Bar| context.colors.of(bar.series, Some(bar.category));
    if bars.len() <= SINGLE {
        for (bar, rect) in bars.iter().zip(rects) {
            canvas.fill(Some(&place(context, bar)), *rect, color(bar), 0.0);
        }
        return;
    }
    let mut shapes: Vec<(usize, Color, Path)> = Vec::new();
    for (bar, rect) in bars.iter().zip(rects) {
        let color = color(bar);
        let found = shapes.iter().position(|(series, other, _)| (*series, *other) == (bar.series, color));
        let at = found.unwrap_or_else(|| {
            shapes.push((bar.series, color, Path::default()));
            shapes.len() - 1
        });
        let corners = [
            Segment::Move([rect.x, rect.y]),
            Segment::Line([rect.right(), rect.y]),
            Segment::Line([rect.right(), rect.bottom()]),
            Segment::Line([rect.x, rect.bottom()]),
            Segment::Close,
        ];
        shapes[at].2.segments.extend(corners);
    }
    for (series, color, path) in shapes {
        let of = Place::part(&context.chart.id, Part::Data { series, index: None });
        canvas.path(Some(&of), path, color);
    }
}

/// A value at the end of its bar.
fn value(canvas: &mut Canvas<'_>, context: &Context<'_>, bar: &Bar, room: Rect, align: Align) {
    let text = context.numbers.full(canvas.locale, bar.to);
    let is_meant = context.colors.is_highlighted(bar.series, bar.category);
    let nothing = context.colors.series.is_none() && context.colors.category.is_none();
    let tone = canvas.tone;
    let style = if is_meant || nothing { canvas.bold(tone.text) } else { canvas.body(tone.muted) };
    let short = context.numbers.short(canvas.locale, bar.to);
    let text = if canvas.width(&text, style, context.label) <= room.width { text } else { short };
    if canvas.width(&text, style, context.label) <= room.width + 0.5 {
        let room = Rect { width: room.width + 0.5, ..room };
        canvas.label(Some(&place(context, bar)), &text, style, room, setting(context, align));
    }
}

/// A value in its bar, if it fits there.
fn inside(canvas: &mut Canvas<'_>, context: &Context<'_>, bar: &Bar, rect: Rect, room: Rect) {
    let text = context.numbers.short(canvas.locale, bar.to - bar.from);
    let fill = context.colors.of(bar.series, Some(bar.category));
    let style = canvas.bold(on(fill, canvas.tone));
    if canvas.width(&text, style, context.label) + 6.0 <= rect.width
        && line_height(context) + 2.0 <= rect.height
    {
        canvas.label(Some(&place(context, bar)), &text, style, room, setting(context, Align::Center));
    }
}

//! Pies: from twelve o'clock on, the largest part first, with the names beside.

use super::context::Context;
use crate::display::{Align, ChartFrame, Part, Path, PathShape, Place, Rect, Segment, Shape, Stroke};
use crate::layout::canvas::{Canvas, Setting, count, whole};
use crate::theme::Color;

/// A slice is made of curves of no more than this: a quarter turn.
const MOST: f64 = std::f64::consts::FRAC_PI_2;
/// The largest pie: a larger one says nothing more.
const WIDEST: f64 = 400.0;
const ROW: f64 = 40.0;
const SWATCH: f64 = 14.0;

pub(super) fn draw(canvas: &mut Canvas<'_>, context: &Context<'_>, bounds: Rect) -> ChartFrame {
    let values = &context.values[0];
    // Negative parts are refused when a deck is read.
    let mut order: Vec<usize> =
        (0..values.len()).filter(|index| values[*index].is_some_and(|value| value > 0.0)).collect();
    let value = |index: usize| values[index].unwrap_or(0.0);
    order.sort_by(|one, two| value(*two).total_cmp(&value(*one)).then(one.cmp(two)));
    let total: f64 = order.iter().map(|index| value(*index)).sum();
    let side = bounds.height.min(bounds.width * 0.5).min(WIDEST);
    let gap = 56.0_f64.min(bounds.width * 0.06);
    // The pie and its names are one group, in the middle of a wide place.
    let names_width = (bounds.width - side - gap).min(460.0);
    let x = bounds.x + (bounds.width - side - gap - names_width) / 2.0;
    let plot = Rect::new(x, bounds.y + (bounds.height - side) / 2.0, side, side);
    let mut angle = 0.0;
    for (place, index) in order.iter().enumerate() {
        let turn = value(*index) / total * 2.0 * std::f64::consts::PI;
        let of = Place::part(&context.chart.id, Part::Data { series: 0, index: Some(*index) });
        let color = context.colors.of_part(place, *index);
        let stroke =
            (order.len() > 1).then(|| Stroke { color: canvas.tone.background, width: 2.0, dash: Vec::new() });
        let path = slice(plot, angle, turn);
        canvas.push(Some(&of), Shape::Path(PathShape { path, fill: Some(color), stroke, opacity: 1.0 }));
        angle += turn;
    }
    let names = Rect::new(plot.right() + gap, bounds.y, names_width, bounds.height);
    let colors: Vec<Color> =
        order.iter().enumerate().map(|(place, index)| context.colors.of_part(place, *index)).collect();
    legend(canvas, context, names, &order, &colors, total);
    ChartFrame { has_value_labels: true, has_legend: true, order, ..context.frame(plot) }
}

/// A slice from an angle on, clockwise from twelve o'clock.
fn slice(plot: Rect, start: f64, turn: f64) -> Path {
    let radius = plot.width / 2.0;
    let point = |angle: f64, distance: f64| {
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        [plot.center_x() + distance * sin, plot.center_y() - distance * cos]
    };
    let center = [plot.center_x(), plot.center_y()];
    let mut segments = vec![Segment::Move(center), Segment::Line(point(start, radius))];
    let curves = (turn / MOST).ceil().max(1.0);
    let part = turn / curves;
    // The control points of a curve that is as good as the arc.
    let reach = radius * 4.0 / 3.0 * libm::tan(part / 4.0);
    let mut angle = start;
    for _ in 0..whole(curves) {
        let end = angle + part;
        let (one, two) = (point(angle, radius), point(end, radius));
        let along = |angle: f64| [libm::cos(angle) * reach, libm::sin(angle) * reach];
        let (before, after) = (along(angle), along(end));
        segments.push(Segment::Curve([
            [one[0] + before[0], one[1] + before[1]],
            [two[0] - after[0], two[1] - after[1]],
            two,
        ]));
        angle = end;
    }
    segments.push(Segment::Close);
    Path { segments }
}

fn legend(
    canvas: &mut Canvas<'_>,
    context: &Context<'_>,
    bounds: Rect,
    order: &[usize],
    colors: &[Color],
    total: f64,
) {
    let row = (bounds.height / count(order.len().max(1))).min(ROW);
    let size = if row >= 26.0 { 16.0 } else { 14.0 };
    let setting = Setting::label(size, Align::Left);
    let shown = if row < setting.pitch() { whole(bounds.height / setting.pitch()) } else { order.len() };
    let row = row.max(setting.pitch());
    let top = bounds.y + (bounds.height - row * count(shown)) / 2.0;
    let tone = canvas.tone;
    let locale = canvas.locale;
    let bold = canvas.bold(tone.text);
    let texts: Vec<String> = order
        .iter()
        .take(shown)
        .map(|index| {
            let value = context.values[0][*index].unwrap_or(0.0);
            let share = locale.number(value / total * 100.0, 0);
            if context.chart.unit.as_deref() == Some("%") {
                context.numbers.full(locale, value)
            } else {
                format!("{share} %")
            }
        })
        .collect();
    let value_width = texts.iter().map(|text| canvas.width(text, bold, size)).fold(0.0, f64::max) + 0.1;
    for (place, ((index, text), color)) in order.iter().zip(&texts).zip(colors).enumerate() {
        let of = Place::part(&context.chart.id, Part::Data { series: 0, index: Some(*index) });
        let y = top + row * count(place);
        let text_y = y + (row - setting.pitch()) / 2.0;
        canvas.fill(Some(&of), Rect::new(bounds.x, y + (row - SWATCH) / 2.0, SWATCH, SWATCH), *color, 2.0);
        let value_room = Rect::new(bounds.x + SWATCH + 12.0, text_y, value_width, setting.pitch());
        canvas.label(Some(&of), text, bold, value_room, Setting { align: Align::Right, ..setting });
        let start = value_room.right() + 14.0;
        let room = Rect::new(start, text_y, bounds.right() - start, setting.pitch());
        let is_meant = context.colors.category == Some(*index);
        let style = if is_meant { bold } else { canvas.body(tone.text) };
        if let Some(name) = context.chart.categories.get(*index) {
            canvas.label(Some(&of), name, style, room, setting);
        }
    }
}

//! Points with two values each.

use super::axis::{GAP, horizontal_grid, line_height, title, value_labels, vertical_grid};
use super::context::Context;
use super::legend;
use super::numbers::Numbers;
use super::scale::{From, part, scale, ticks};
use crate::display::{ChartFrame, Ellipse, Part, Place, Rect, Shape};
use crate::layout::canvas::Canvas;

const DOT: f64 = 6.0;
/// With many points they are smaller.
const MANY: usize = 60;
/// Points that lie on each other are seen as more.
const OPACITY: f64 = 0.8;

pub(super) fn draw(canvas: &mut Canvas<'_>, context: &Context<'_>, bounds: Rect) -> ChartFrame {
    let mut points: Vec<(usize, usize, f64, f64)> = Vec::new();
    for (series, (own, values)) in context.chart.series.iter().zip(&context.values).enumerate() {
        for (index, (x, value)) in own.x.iter().zip(values).enumerate() {
            if let Some(value) = value {
                points.push((series, index, x.as_f64(), *value));
            }
        }
    }
    let range = |of: fn(&(usize, usize, f64, f64)) -> f64| {
        points
            .iter()
            .map(of)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    let ((low_x, high_x), (low, high)) = (range(|point| point.2), range(|point| point.3));
    let values = scale(low, high, From::Data, context.chart.axis);
    let x = scale(low_x, high_x, From::Data, None);
    let has_legend = context.chart.series.len() > 1;
    let mut top = if has_legend { legend::draw(canvas, context, bounds) } else { 0.0 };
    top += title(canvas, context, bounds.below(top));
    let inner = bounds.below(top);
    let (labels, widest) = value_labels(canvas, context, values);
    let left = widest + GAP;
    let head = line_height(context) / 2.0;
    let foot = GAP + line_height(context);
    let plot =
        Rect::new(inner.x + left, inner.y + head, inner.width - left - DOT, inner.height - head - foot);
    horizontal_grid(canvas, context, plot, values, &labels, inner.x);
    let xs: Vec<f64> = points.iter().map(|point| point.2).collect();
    let numbers = Numbers::new(&xs, None);
    let locale = canvas.locale;
    let x_labels: Vec<(f64, String)> =
        ticks(x).into_iter().map(|value| (value, numbers.at_grid(locale, value, x.step))).collect();
    vertical_grid(canvas, context, plot, x, &x_labels, Rect { x: inner.x, width: inner.width, ..plot });
    let radius = if points.len() > MANY { DOT * 0.6 } else { DOT };
    for (series, index, at, value) in points {
        let of = Place::part(&context.chart.id, Part::Data { series, index: Some(index) });
        // A point at the edge isn't cut by it.
        let at = (plot.x + part(x, at) * plot.width)
            .clamp(plot.x + radius, (plot.right() - radius).max(plot.x + radius));
        let y = (plot.bottom() - part(values, value) * plot.height)
            .clamp(plot.y + radius, (plot.bottom() - radius).max(plot.y + radius));
        let shape = Ellipse {
            bounds: Rect::new(at - radius, y - radius, 2.0 * radius, 2.0 * radius),
            fill: Some(context.colors.of(series, None)),
            stroke: None,
            opacity: OPACITY,
        };
        canvas.push(Some(&of), Shape::Ellipse(shape));
    }
    ChartFrame { values: Some(values), x: Some(x), has_legend, ..context.frame(plot) }
}

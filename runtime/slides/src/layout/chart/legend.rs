//! The names of series above a chart, in the order of the data.

use super::context::Context;
use crate::display::{Align, Part, Place, Rect};
use crate::layout::canvas::{Canvas, Setting};

const ROW: f64 = 26.0;
const SWATCH: f64 = 12.0;
const AFTER_SWATCH: f64 = 8.0;
const BETWEEN: f64 = 24.0;
const MOST_ROWS: f64 = 2.0;

/// Draws the legend; gives its height.
pub(super) fn draw(canvas: &mut Canvas<'_>, context: &Context<'_>, bounds: Rect) -> f64 {
    let setting = Setting::label(context.label, Align::Left);
    let style = canvas.body(canvas.tone.text);
    let (mut x, mut y) = (bounds.x, bounds.y);
    for (index, series) in context.chart.series.iter().enumerate() {
        let name = if series.name.trim().is_empty() { "–" } else { series.name.trim() };
        let width = canvas.width(name, style, context.label).min(bounds.width * 0.4) + 0.1;
        let needed = SWATCH + AFTER_SWATCH + width;
        if x > bounds.x && x + needed > bounds.right() {
            x = bounds.x;
            y += ROW;
        }
        if y - bounds.y >= MOST_ROWS * ROW {
            return MOST_ROWS * ROW + 6.0;
        }
        let of = Place::part(&context.chart.id, Part::Data { series: index, index: None });
        let color = context.colors.of(index, None);
        canvas.fill(Some(&of), Rect::new(x, y + 3.0, SWATCH, SWATCH), color, 2.0);
        let room = Rect::new(x + SWATCH + AFTER_SWATCH, y, width, setting.pitch());
        canvas.label(Some(&of), name, style, room, setting);
        x += needed + BETWEEN;
    }
    y - bounds.y + ROW + 6.0
}

//! The legend, where the names of series, or the parts of a pie, are drawn.

use std::fmt::Write as _;

use super::look::TextLook;
use super::number::part;
use super::view::View;
use crate::chart::ChartKind;
use crate::display::{Rect, Text};

/// Room around the names: other programs set words a little wider.
const SLACK: f64 = 1.06;
const BESIDE: f64 = 16.0;
/// A square of a legend with the room around it.
const SWATCH: f64 = 30.0;

pub(super) fn write(view: &View<'_>) -> String {
    if !view.frame.has_legend {
        return String::new();
    }
    let is_pie = view.chart.kind == ChartKind::Pie;
    let entries = if is_pie { view.order.clone() } else { view.series() };
    let name = |entry: &usize| -> Option<&Text> {
        if is_pie {
            view.drawn.labels.get(&(0, *entry))?.last().copied()
        } else {
            view.drawn.names.get(entry).copied()
        }
    };
    let shown: Vec<(Rect, &Text)> = entries
        .iter()
        .filter_map(|entry| Some((view.drawn.swatches.get(entry)?.bounds, name(entry)?)))
        .collect();
    let Some((first, text)) = shown.first() else { return String::new() };
    let usual = TextLook::of(text).map_or_else(|| view.label(), |look| TextLook { is_bold: false, ..look });
    let mut xml = format!("<c:legend><c:legendPos val=\"{}\"/>", if is_pie { "r" } else { "t" });
    for (place, entry) in entries.iter().enumerate() {
        match name(entry).filter(|_| view.drawn.swatches.contains_key(entry)) {
            None => {
                let _ = write!(
                    xml,
                    "<c:legendEntry><c:idx val=\"{place}\"/><c:delete val=\"1\"/></c:legendEntry>"
                );
            }
            Some(text) => {
                if let Some(look) = TextLook::of(text).filter(|look| *look != usual) {
                    let look = look.element();
                    let _ = write!(xml, "<c:legendEntry><c:idx val=\"{place}\"/>{look}</c:legendEntry>");
                }
            }
        }
    }
    let top = shown.iter().map(|(_, text)| text.bounds.y).fold(f64::INFINITY, f64::min);
    let bottom = shown.iter().map(|(_, text)| text.bounds.bottom()).fold(0.0, f64::max);
    let ends = shown.iter().flat_map(|(_, text)| text.lines.iter().map(|line| line.x + line.width));
    let right = ends.fold(first.right(), f64::max);
    let left = first.x.min(shown.iter().map(|(swatch, _)| swatch.x).fold(f64::INFINITY, f64::min));
    let across = if is_pie {
        // Without the numbers that we write before the names: a wider legend would have two columns.
        let widest = shown.iter().flat_map(|(_, text)| text.lines.iter().map(|line| line.width));
        SWATCH + widest.fold(0.0, f64::max) * SLACK
    } else {
        (right - left) * SLACK + BESIDE
    };
    let width = across.min(view.bounds.right() - left);
    let place = Rect::new(left, top, width, bottom - top);
    let [x, y, width, height] = view.parts(place).map(part);
    let _ = write!(
        xml,
        "<c:layout><c:manualLayout><c:xMode val=\"edge\"/><c:yMode val=\"edge\"/><c:x val=\"{x}\"/><c:y val=\"{y}\"/>\
         <c:w val=\"{width}\"/><c:h val=\"{height}\"/></c:manualLayout></c:layout><c:overlay val=\"1\"/>{}</c:legend>",
        usual.element()
    );
    xml
}

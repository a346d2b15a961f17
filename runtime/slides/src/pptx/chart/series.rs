//! The series of a chart, each kind in its element.

use std::fmt::Write as _;

use super::axes::{KEYS, VALUES};
use super::drawn::{Mark, most};
use super::look::{fill, line, shape};
use super::view::View;
use super::{data, labels};
use crate::chart::ChartKind;
use crate::display::Stroke;
use crate::theme::Color;

/// The widest gap between bars, in parts of a bar: what the format allows.
const WIDEST_GAP: f64 = 500.0;

/// The chart of the plot area.
pub(super) fn write(view: &View<'_>) -> String {
    let mut series = String::new();
    for (order, index) in view.series().into_iter().enumerate() {
        let _ = write!(series, "<c:ser><c:idx val=\"{index}\"/><c:order val=\"{order}\"/>");
        series.push_str(&data::name(view, index));
        series.push_str(&match view.chart.kind {
            ChartKind::Bar | ChartKind::StackedBar => bars(view, index),
            ChartKind::Line => lines(view, index),
            ChartKind::Area => areas(view, index),
            ChartKind::Pie => slices(view),
            ChartKind::Scatter => dots(view, index),
        });
        series.push_str("</c:ser>");
    }
    let axes = format!("<c:axId val=\"{KEYS}\"/><c:axId val=\"{VALUES}\"/>");
    match view.chart.kind {
        ChartKind::Bar | ChartKind::StackedBar => {
            let direction = if view.frame.is_horizontal { "bar" } else { "col" };
            let grouping = if view.is_stacked() { "stacked" } else { "clustered" };
            let (gap, overlap) = gaps(view);
            format!(
                "<c:barChart><c:barDir val=\"{direction}\"/><c:grouping val=\"{grouping}\"/><c:varyColors val=\"0\"/>\
                 {series}<c:gapWidth val=\"{gap}\"/><c:overlap val=\"{overlap}\"/>{axes}</c:barChart>"
            )
        }
        ChartKind::Line => format!(
            "<c:lineChart><c:grouping val=\"standard\"/><c:varyColors val=\"0\"/>{series}<c:marker val=\"1\"/>{axes}</c:lineChart>"
        ),
        ChartKind::Area => format!(
            "<c:areaChart><c:grouping val=\"stacked\"/><c:varyColors val=\"0\"/>{series}{axes}</c:areaChart>"
        ),
        ChartKind::Pie => {
            format!("<c:pieChart><c:varyColors val=\"1\"/>{series}<c:firstSliceAng val=\"0\"/></c:pieChart>")
        }
        ChartKind::Scatter => format!(
            "<c:scatterChart><c:scatterStyle val=\"lineMarker\"/><c:varyColors val=\"0\"/>{series}{axes}</c:scatterChart>"
        ),
    }
}

/// The gap between groups of bars and how far bars are over each other, both in percent of a bar.
#[expect(clippy::cast_possible_truncation, reason = "at most 500")]
fn gaps(view: &View<'_>) -> (i64, i64) {
    let is_stacked = view.is_stacked();
    let lying = view.frame.is_horizontal;
    let across = |mark: &Mark| if lying { mark.bounds.height } else { mark.bounds.width };
    let plot = view.frame.plot;
    let groups = count(view.order.len().max(1));
    let slot = if lying { plot.height } else { plot.width } / groups;
    let bar = most(view.drawn.marks.values().map(across)).unwrap_or(slot / 1.4).max(0.1);
    let lanes = if is_stacked { 1 } else { view.chart.series.len().max(1) };
    // Bars beside each other have two pixels between them; very thin ones have none.
    let between = if lanes > 1 && bar > 6.0 { 2.0 } else { 0.0 };
    let group = count(lanes) * bar + count(lanes - 1) * between;
    let gap = ((slot - group) / bar * 100.0).round().clamp(0.0, WIDEST_GAP) as i64;
    let overlap = if is_stacked { 100 } else { -((between / bar * 100.0).round().min(100.0) as i64) };
    (gap, overlap)
}

fn bars(view: &View<'_>, series: usize) -> String {
    let color = view.drawn.color(series);
    let mut xml = look(color, None);
    xml.push_str("<c:invertIfNegative val=\"0\"/>");
    for (place, category) in view.order.iter().enumerate() {
        let own = view.drawn.marks.get(&(series, *category)).map(|mark| mark.color);
        if let Some(own) = own.filter(|own| Some(*own) != color) {
            let _ = write!(
                xml,
                "<c:dPt><c:idx val=\"{place}\"/><c:invertIfNegative val=\"0\"/><c:bubble3D val=\"0\"/>{}</c:dPt>",
                shape(own, 1.0, None)
            );
        }
    }
    xml.push_str(&labels::write(view, series));
    xml.push_str(&data::points(view, series));
    xml
}

fn look(color: Option<Color>, stroke: Option<&Stroke>) -> String {
    color.map_or(String::new(), |color| shape(color, 1.0, stroke))
}

fn lines(view: &View<'_>, series: usize) -> String {
    let stroke = view.drawn.paths.get(&series).and_then(|(_, stroke)| *stroke);
    let own = format!("<c:spPr>{}</c:spPr>", line(stroke));
    let mut xml = own.clone();
    let marks: Vec<Option<&Mark>> =
        view.order.iter().map(|point| view.drawn.marks.get(&(series, *point))).collect();
    let with_value = view.order.iter().filter(|point| view.value(series, **point).is_some()).count();
    // All points have dots, or only some: what is highlighted, or stands alone.
    let usual = most(marks.iter().flatten().map(|mark| (mark.color, mark.bounds.width)));
    let usual = usual.filter(|_| marks.iter().flatten().count() == with_value);
    xml.push_str(&marker(usual));
    for (place, mark) in marks.iter().enumerate() {
        if let Some(mark) = mark
            && usual != Some((mark.color, mark.bounds.width))
        {
            let dot = marker(Some((mark.color, mark.bounds.width)));
            let _ = write!(xml, "<c:dPt><c:idx val=\"{place}\"/>{dot}<c:bubble3D val=\"0\"/>{own}</c:dPt>");
        }
    }
    xml.push_str(&labels::write(view, series));
    xml.push_str(&data::points(view, series));
    xml.push_str("<c:smooth val=\"0\"/>");
    xml
}

/// A dot of a colour and width in pixels; none: there is none.
fn marker(dot: Option<(Color, f64)>) -> String {
    dot.map_or_else(
        || "<c:marker><c:symbol val=\"none\"/></c:marker>".to_owned(),
        |(color, width)| round_marker(color, width, 1.0),
    )
}

#[expect(clippy::cast_possible_truncation, reason = "2 to 72")]
fn round_marker(color: Color, width: f64, opacity: f64) -> String {
    let points = (width * 0.75).round().clamp(2.0, 72.0) as i64;
    format!(
        "<c:marker><c:symbol val=\"circle\"/><c:size val=\"{points}\"/><c:spPr>{}{}</c:spPr></c:marker>",
        fill(color, opacity),
        line(None)
    )
}

fn areas(view: &View<'_>, series: usize) -> String {
    let stroke = view.drawn.paths.get(&series).and_then(|(_, stroke)| *stroke);
    let mut xml = look(view.drawn.color(series), stroke);
    xml.push_str(&labels::write(view, series));
    xml.push_str(&data::points(view, series));
    xml
}

fn slices(view: &View<'_>) -> String {
    let mut xml = String::new();
    let background = Stroke { color: view.ground, width: 2.0, dash: Vec::new() };
    let stroke = (view.drawn.marks.len() > 1).then_some(&background);
    for (place, category) in view.order.iter().enumerate() {
        if let Some(mark) = view.drawn.marks.get(&(0, *category)) {
            let look = shape(mark.color, 1.0, stroke);
            let _ = write!(xml, "<c:dPt><c:idx val=\"{place}\"/><c:bubble3D val=\"0\"/>{look}</c:dPt>");
        }
    }
    xml.push_str(&labels::write(view, 0));
    xml.push_str(&data::points(view, 0));
    xml
}

fn dots(view: &View<'_>, series: usize) -> String {
    let mut xml = format!("<c:spPr>{}</c:spPr>", line(None));
    let mark = view.drawn.marks.range((series, 0)..=(series, usize::MAX)).map(|(_, mark)| mark).next();
    let color = view.drawn.color(series);
    xml.push_str(&match (mark, color) {
        (Some(mark), _) => round_marker(mark.color, mark.bounds.width, mark.opacity),
        (None, Some(color)) => round_marker(color, 8.0, 1.0),
        (None, None) => marker(None),
    });
    xml.push_str(&labels::write(view, series));
    xml.push_str(&data::points(view, series));
    xml.push_str("<c:smooth val=\"0\"/>");
    xml
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

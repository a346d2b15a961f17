//! Labels of values, and names of series beside their data.
//!
//! A series has the look that most of its labels have; a label that looks different, or isn't drawn, says so itself.

use std::fmt::Write as _;

use super::drawn::most;
use super::look::TextLook;
use super::number::part;
use super::view::View;
use crate::chart::ChartKind;
use crate::display::Text;
use crate::theme::Color;
use crate::xml::escape;

/// What a label says, in this order: a value, the name of the series, a part of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Value,
    Series,
    Percent,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Label {
    look: TextLook,
    says: Says,
    has_unit: bool,
    /// Where it is at its mark; none where a kind of charts has only one place.
    position: Option<&'static str>,
}

/// The labels of a series.
pub(super) fn write(view: &View<'_>, series: usize) -> String {
    match view.chart.kind {
        ChartKind::Pie => slices(view),
        ChartKind::Bar | ChartKind::StackedBar => bars(view, series),
        ChartKind::Line | ChartKind::Area => end(view, series),
        ChartKind::Scatter => String::new(),
    }
}

fn bars(view: &View<'_>, series: usize) -> String {
    let position = if view.is_stacked() { "ctr" } else { "outEnd" };
    let label = |category: &usize| {
        let text = view.drawn.labels.get(&(series, *category))?.first()?;
        let look = TextLook::of(text)?;
        Some(Label { look, says: Says::Value, has_unit: view.has_unit(text), position: Some(position) })
    };
    let labels: Vec<Option<Label>> = view.order.iter().map(label).collect();
    group(view, &labels, |place| view.value(series, view.order[place]).is_some())
}

/// Less of a pie has its label outside, and still less has none: it would be on the one before.
const INSIDE: f64 = 0.06;
const LABELLED: f64 = 0.015;

fn slices(view: &View<'_>) -> String {
    let value = |category: &usize| view.value(0, *category).map_or(0.0, crate::number::Decimal::as_f64);
    let total: f64 = view.order.iter().map(value).sum();
    let is_percent = view.chart.unit.as_deref().map(str::trim) == Some("%");
    let label = |category: &usize| {
        let share = value(category) / total;
        let mark = view.drawn.marks.get(&(0, *category))?;
        let text = view.drawn.labels.get(&(0, *category)).and_then(|texts| texts.first());
        let look = text.and_then(|text| TextLook::of(text)).unwrap_or_else(|| view.label());
        let (color, position) =
            if share >= INSIDE { (on(view, mark.color), "inEnd") } else { (look.color, "outEnd") };
        let says = if is_percent { Says::Value } else { Says::Percent };
        let look = TextLook { color, ..look };
        (share >= LABELLED).then_some(Label { look, says, has_unit: true, position: Some(position) })
    };
    let labels: Vec<Option<Label>> = view.order.iter().map(label).collect();
    group(view, &labels, |_| true)
}

/// Black, white or a colour of the theme: what is read best on a filled shape.
fn on(view: &View<'_>, fill: Color) -> Color {
    const WHITE: Color = Color { rgb: [255; 3] };
    let [one, two] = view.words;
    let dark = if one.luminance() < two.luminance() { one } else { two };
    if WHITE.contrast(fill) >= dark.contrast(fill) { WHITE } else { dark }
}

fn group(view: &View<'_>, labels: &[Option<Label>], has_value: impl Fn(usize) -> bool) -> String {
    let Some(usual) = most(labels.iter().flatten().copied()) else { return none("") };
    let mut xml = "<c:dLbls>".to_owned();
    for (place, label) in labels.iter().enumerate() {
        match label {
            Some(label) if *label == usual => {}
            Some(label) => {
                let _ = write!(xml, "<c:dLbl><c:idx val=\"{place}\"/>{}</c:dLbl>", shown(view, *label));
            }
            None if has_value(place) => {
                let _ = write!(xml, "<c:dLbl><c:idx val=\"{place}\"/><c:delete val=\"1\"/></c:dLbl>");
            }
            None => {}
        }
    }
    let leader = if view.chart.kind == ChartKind::Pie { "<c:showLeaderLines val=\"0\"/>" } else { "" };
    let _ = write!(xml, "{}{leader}</c:dLbls>", shown(view, usual));
    xml
}

/// No labels but those of some points.
fn none(some: &str) -> String {
    // A label that was moved gets no line to its point.
    format!(
        "<c:dLbls>{some}<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{}<c:extLst>\
         <c:ext uri=\"{{CE6537A1-D6FC-4f65-9D91-7224C49458BB}}\" \
         xmlns:c15=\"http://schemas.microsoft.com/office/drawing/2012/chart\"><c15:showLeaderLines val=\"0\"/>\
         </c:ext></c:extLst></c:dLbls>",
        shows(None)
    )
}

fn shown(view: &View<'_>, label: Label) -> String {
    let mut format = String::new();
    match (label.says, label.has_unit) {
        (Says::Percent, _) => escape("0\" \"%", &mut format),
        (_, true) => escape(&view.formats.full(), &mut format),
        (_, false) => escape(&view.formats.short(), &mut format),
    }
    let position = label.position.map(|position| format!("<c:dLblPos val=\"{position}\"/>"));
    format!(
        "<c:numFmt formatCode=\"{format}\" sourceLinked=\"0\"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{}{}{}",
        label.look.one_line(),
        position.unwrap_or_default(),
        shows(Some(label.says)),
    )
}

fn shows(says: Option<Says>) -> String {
    let is = |one: Says| u8::from(says == Some(one));
    format!(
        "<c:showLegendKey val=\"0\"/><c:showVal val=\"{}\"/><c:showCatName val=\"0\"/><c:showSerName val=\"{}\"/>\
         <c:showPercent val=\"{}\"/><c:showBubbleSize val=\"0\"/>",
        is(Says::Value),
        is(Says::Series),
        is(Says::Percent),
    )
}

/// The name of a series at its last point, moved as far as it is drawn from there.
fn end(view: &View<'_>, series: usize) -> String {
    if view.frame.has_legend {
        return none("");
    }
    let Some(text) = view.drawn.names.get(&series) else { return none("") };
    let Some(look) = TextLook::of(text) else { return none("") };
    let Some((place, point)) = last(view, series) else { return none("") };
    let is_area = view.chart.kind == ChartKind::Area;
    let position = (!is_area).then_some("r");
    let label = Label { look, says: Says::Series, has_unit: false, position };
    let middle = text.bounds.center_y();
    let (across, down) = if is_area {
        // Labels of areas are in the middle of their points.
        (center(text) - point[0], middle - point[1])
    } else {
        (0.0, middle - point[1])
    };
    let layout = if across.abs() < 1.0 && down.abs() < 1.0 {
        String::new()
    } else {
        format!(
            "<c:layout><c:manualLayout><c:x val=\"{}\"/><c:y val=\"{}\"/></c:manualLayout></c:layout>",
            part(across / view.bounds.width.max(1.0)),
            part(down / view.bounds.height.max(1.0)),
        )
    };
    none(&format!("<c:dLbl><c:idx val=\"{place}\"/>{layout}{}</c:dLbl>", shown(view, label)))
}

fn center(text: &Text) -> f64 {
    text.lines.first().map_or(text.bounds.center_x(), |line| line.x + line.width / 2.0)
}

/// Where a series ends: the number of its last point, and its place; of an area, the middle of its height there.
fn last(view: &View<'_>, series: usize) -> Option<(usize, [f64; 2])> {
    let is_known = |point: &usize| {
        if view.chart.kind == ChartKind::Area {
            (0..view.chart.series.len()).all(|one| view.value(one, *point).is_some())
        } else {
            view.value(series, *point).is_some()
        }
    };
    let place = view.order.iter().rposition(is_known)?;
    let point = view.order[place];
    let value = |one: usize| view.value(one, point).map_or(0.0, crate::number::Decimal::as_f64);
    let value = if view.chart.kind == ChartKind::Area {
        (0..series).map(value).sum::<f64>() + value(series) / 2.0
    } else {
        value(series)
    };
    let scale = view.frame.values?;
    let plot = view.plot();
    let up = ((value - scale.min) / (scale.max - scale.min)).clamp(0.0, 1.0);
    let along = if view.order.len() > 1 { count(place) / count(view.order.len() - 1) } else { 0.5 };
    Some((place, [plot.x + along * plot.width, plot.bottom() - up * plot.height]))
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

//! The axes: their ends and steps, grid lines, labels, and what is counted.

use super::format::Formats;
use super::look::{TextLook, line, words};
use super::number::{part, plain};
use super::view::View;
use crate::chart::ChartKind;
use crate::display::{AxisScale, Rect};
use crate::xml::escape;

/// The axis of the categories, or of a scatter chart's `x`. Numbers of axes are positive: some readers take no others.
pub(super) const KEYS: u32 = 111_111_111;
/// The axis of the values.
pub(super) const VALUES: u32 = 222_222_222;

/// The place of the plot, and the scale of its values. Where labels are under bars below 0, the plot grows
/// by their height, so that the names of the categories are under them and not on them.
pub(super) fn plot(view: &View<'_>) -> (Rect, Option<AxisScale>) {
    let plot = view.plot();
    let Some(scale) = view.frame.values else { return (plot, None) };
    if view.has_grid() {
        return (plot, Some(scale));
    }
    let lines = || {
        view.drawn.labels.values().flatten().flat_map(|text| text.lines.iter().map(move |line| (text, line)))
    };
    let range = scale.max - scale.min;
    if view.frame.is_horizontal {
        let more = lines().map(|(_, line)| plot.x - line.x + 8.0).fold(0.0, f64::max);
        let more = if more > 8.0 { more } else { 0.0 };
        let wider = Rect { x: plot.x - more, width: plot.width + more, ..plot };
        (wider, Some(AxisScale { min: scale.min - range * more / plot.width.max(1.0), ..scale }))
    } else {
        let more = lines().map(|(text, _)| text.bounds.bottom() - plot.bottom()).fold(0.0, f64::max);
        let higher = Rect { height: plot.height + more, ..plot };
        (higher, Some(AxisScale { min: scale.min - range * more / plot.height.max(1.0), ..scale }))
    }
}

/// Both axes of a chart; a pie has none.
pub(super) fn write(view: &View<'_>, scale: Option<AxisScale>) -> String {
    let Some(scale) = scale else { return String::new() };
    if view.chart.kind == ChartKind::Scatter {
        let x = view.frame.x.unwrap_or(scale);
        let across =
            Values { id: KEYS, position: "b", scale: x, formats: view.x_formats(), title: String::new() };
        let up = Values { id: VALUES, position: "l", scale, formats: view.formats, title: title(view) };
        return format!("{}{}", across.write(view, KEYS), up.write(view, KEYS));
    }
    let position = if view.frame.is_horizontal { "b" } else { "l" };
    let values = Values { id: VALUES, position, scale, formats: view.formats, title: title(view) };
    format!("{}{}", categories(view), values.write(view, KEYS))
}

fn categories(view: &View<'_>) -> String {
    let (orientation, position) = if view.frame.is_horizontal { ("maxMin", "l") } else { ("minMax", "b") };
    let mut texts: Box<dyn Iterator<Item = _>> =
        if view.frame.is_horizontal { Box::new(view.left()) } else { Box::new(view.under()) };
    let look = texts.find_map(TextLook::of).unwrap_or_else(|| view.label());
    let stride = view.stride();
    format!(
        "<c:catAx><c:axId val=\"{KEYS}\"/><c:scaling><c:orientation val=\"{orientation}\"/></c:scaling>\
         <c:delete val=\"0\"/><c:axPos val=\"{position}\"/><c:numFmt formatCode=\"General\" sourceLinked=\"0\"/>\
         <c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"low\"/>\
         <c:spPr><a:noFill/>{}</c:spPr>{}<c:crossAx val=\"{VALUES}\"/><c:crosses val=\"autoZero\"/>\
         <c:auto val=\"0\"/><c:lblAlgn val=\"ctr\"/><c:lblOffset val=\"100\"/>\
         <c:tickLblSkip val=\"{stride}\"/><c:tickMarkSkip val=\"1\"/><c:noMultiLvlLbl val=\"1\"/></c:catAx>",
        line(view.drawn.zero),
        if stride > 1 { look.unbroken() } else { look.element() },
    )
}

struct Values<'a> {
    id: u32,
    position: &'static str,
    scale: AxisScale,
    formats: Formats<'a>,
    title: String,
}

impl Values<'_> {
    fn write(self, view: &View<'_>, keys: u32) -> String {
        let Self { id, position, scale, .. } = self;
        let is_scatter = view.chart.kind == ChartKind::Scatter;
        let other = if id == keys { VALUES } else { keys };
        let grid = if view.has_grid() && view.drawn.grid.is_some() {
            format!("<c:majorGridlines><c:spPr>{}</c:spPr></c:majorGridlines>", line(view.drawn.grid))
        } else {
            String::new()
        };
        // Where the first category is at the top, the end of the axis is at the bottom.
        let (crosses, labels) = match (is_scatter, view.frame.is_horizontal) {
            (true, _) => ("min", "low"),
            (false, true) => ("max", "nextTo"),
            (false, false) => ("autoZero", "low"),
        };
        let between = if view.is_edge_to_edge() || is_scatter { "midCat" } else { "between" };
        let mut format = String::new();
        escape(&self.formats.at_grid(scale), &mut format);
        format!(
            "<c:valAx><c:axId val=\"{id}\"/><c:scaling><c:orientation val=\"minMax\"/><c:max val=\"{}\"/>\
             <c:min val=\"{}\"/></c:scaling><c:delete val=\"{}\"/><c:axPos val=\"{position}\"/>{grid}{}\
             <c:numFmt formatCode=\"{format}\" sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/>\
             <c:minorTickMark val=\"none\"/><c:tickLblPos val=\"{labels}\"/><c:spPr><a:noFill/>{}</c:spPr>{}\
             <c:crossAx val=\"{other}\"/><c:crosses val=\"{crosses}\"/><c:crossBetween val=\"{between}\"/>\
             <c:majorUnit val=\"{}\"/></c:valAx>",
            plain(scale.max),
            plain(scale.min),
            u8::from(!view.has_grid()),
            self.title,
            line(None),
            view.label().element(),
            plain(scale.step),
        )
    }
}

/// What is counted, above the plot.
fn title(view: &View<'_>) -> String {
    let Some(text) = view.title() else { return String::new() };
    let look = TextLook::of(text).unwrap_or_else(|| view.label());
    let [x, y, ..] = view.parts(text.bounds).map(part);
    let mut words_of_it = String::new();
    escape(&words(text), &mut words_of_it);
    format!(
        "<c:title><c:tx><c:rich><a:bodyPr rot=\"0\" vert=\"horz\" wrap=\"none\" lIns=\"0\" tIns=\"0\" rIns=\"0\" \
         bIns=\"0\"/><a:lstStyle/><a:p><a:pPr>{}</a:pPr><a:r>{}<a:t>{words_of_it}</a:t></a:r></a:p></c:rich></c:tx>\
         <c:layout><c:manualLayout><c:xMode val=\"edge\"/><c:yMode val=\"edge\"/><c:x val=\"{x}\"/>\
         <c:y val=\"{y}\"/></c:manualLayout></c:layout><c:overlay val=\"1\"/></c:title>",
        look.properties("a:defRPr"),
        look.properties("a:rPr"),
    )
}

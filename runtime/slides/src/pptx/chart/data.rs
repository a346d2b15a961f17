//! The data of a series: where it is in the workbook, and a copy of it, which is drawn until the workbook is
//! opened.

use std::fmt::Write as _;

use super::view::View;
use crate::chart::ChartKind;
use crate::pptx::workbook::Sheet;
use crate::xml::escape;

/// The name of a series.
pub(super) fn name(view: &View<'_>, series: usize) -> String {
    // Without a point, a series without a name would be called by its number.
    let mut xml = format!(
        "<c:tx><c:strRef><c:f>{}</c:f><c:strCache><c:ptCount val=\"1\"/><c:pt idx=\"0\"><c:v>",
        view.sheet.name(series)
    );
    escape(&view.chart.series[series].name, &mut xml);
    xml.push_str("</c:v></c:pt></c:strCache></c:strRef></c:tx>");
    xml
}

/// The categories and values of a series, or its `x` and values.
pub(super) fn points(view: &View<'_>, series: usize) -> String {
    let points = view.points(series);
    let one = &view.chart.series[series];
    let is_scatter = view.chart.kind == ChartKind::Scatter;
    let (keys, values) = if is_scatter { ("c:xVal", "c:yVal") } else { ("c:cat", "c:val") };
    let cells = |column| Sheet::cells(column, points.len());
    let mut xml = format!("<{keys}>");
    if is_scatter {
        let _ = write!(xml, "<c:numRef><c:f>{}</c:f>", cells(view.sheet.keys(series)));
        let x = points.iter().map(|point| one.x.get(*point));
        numbers(&mut xml, x.map(|x| x.map(ToString::to_string)));
        xml.push_str("</c:numRef>");
    } else {
        let _ = write!(xml, "<c:strRef><c:f>{}</c:f>", cells(view.sheet.keys(series)));
        let names: Vec<&str> = points.iter().filter_map(|point| view.category(*point)).collect();
        strings(&mut xml, &names);
        xml.push_str("</c:strRef>");
    }
    let _ = write!(xml, "</{keys}><{values}><c:numRef><c:f>{}</c:f>", cells(view.sheet.values(series)));
    numbers(&mut xml, points.iter().map(|point| view.value(series, *point).map(|value| value.to_string())));
    let _ = write!(xml, "</c:numRef></{values}>");
    xml
}

fn strings(xml: &mut String, all: &[&str]) {
    let _ = write!(xml, "<c:strCache><c:ptCount val=\"{}\"/>", all.len());
    // An empty cell has no point.
    for (number, text) in all.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        let _ = write!(xml, "<c:pt idx=\"{number}\"><c:v>");
        escape(text, xml);
        xml.push_str("</c:v></c:pt>");
    }
    xml.push_str("</c:strCache>");
}

/// What is missing has no point, and is drawn as a gap.
fn numbers(xml: &mut String, all: impl ExactSizeIterator<Item = Option<String>>) {
    let _ = write!(xml, "<c:numCache><c:formatCode>General</c:formatCode><c:ptCount val=\"{}\"/>", all.len());
    for (number, value) in all.enumerate() {
        if let Some(value) = value {
            let _ = write!(xml, "<c:pt idx=\"{number}\"><c:v>{value}</c:v></c:pt>");
        }
    }
    xml.push_str("</c:numCache>");
}

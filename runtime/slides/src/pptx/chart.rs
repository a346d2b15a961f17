//! A chart as PowerPoint keeps it: `DrawingML` with an embedded workbook, so that its data can be edited.
//!
//! PowerPoint places and scales charts by rules of its own. So what we have decided is written out: the place of the
//! plot, the ends and steps of the axes, gaps of bars, colours, formats and places of labels. Data is never
//! changed for it; the rows of the workbook are in the order in which the categories are drawn.
//!
//! Not everything that we draw has a counterpart. Areas with a gap go down to 0 there; a single bar is wider where
//! its gap would be more than five bars; a pie has its numbers on its parts, its legend having names only.

mod axes;
mod data;
mod drawn;
mod format;
mod labels;
mod legend;
mod look;
mod number;
mod series;
mod view;

use std::fmt::Write as _;

use super::part::emu;
use crate::chart::Chart;
use crate::display::{ChartFrame, DisplayList, Rect};
use crate::theme::Theme;
use crate::xml::escape;
use number::part;
use view::View;

const CHART: &str = "http://schemas.openxmlformats.org/drawingml/2006/chart";
const MAIN: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The files of a chart.
pub(super) struct ChartParts {
    /// The chart. It refers to its workbook as `rId1`.
    pub(super) xml: String,
    pub(super) workbook: Vec<u8>,
}

/// Writes a chart.
pub(super) fn parts(
    chart: &Chart,
    frame: &ChartFrame,
    list: &DisplayList,
    theme: &Theme,
    language: Option<&str>,
) -> ChartParts {
    let view = View::new(chart, frame, list, theme, language);
    let (plot, scale) = axes::plot(&view);
    let [x, y, width, height] = view.parts(plot).map(part);
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <c:chartSpace xmlns:c=\"{CHART}\" xmlns:a=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><c:date1904 val=\"0\"/>\
         <c:roundedCorners val=\"0\"/><c:chart><c:autoTitleDeleted val=\"1\"/><c:plotArea><c:layout>\
         <c:manualLayout><c:layoutTarget val=\"inner\"/><c:xMode val=\"edge\"/><c:yMode val=\"edge\"/>\
         <c:x val=\"{x}\"/><c:y val=\"{y}\"/><c:w val=\"{width}\"/><c:h val=\"{height}\"/></c:manualLayout>\
         </c:layout>{}{}<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:plotArea>{}\
         <c:plotVisOnly val=\"1\"/><c:dispBlanksAs val=\"gap\"/></c:chart><c:spPr><a:noFill/><a:ln><a:noFill/>\
         </a:ln></c:spPr>{}<c:externalData r:id=\"rId1\"><c:autoUpdate val=\"0\"/></c:externalData></c:chartSpace>",
        series::write(&view),
        axes::write(&view, scale),
        legend::write(&view),
        view.label().element(),
    );
    ChartParts { xml, workbook: view.sheet.file() }
}

/// The place of a chart on its slide. `relationship` is the slide's to the chart.
pub(super) fn frame(name: &str, alt: &str, bounds: Rect, relationship: &str, shape_id: u32) -> String {
    let mut xml = format!("<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{shape_id}\" name=\"");
    escape(name, &mut xml);
    xml.push_str("\" descr=\"");
    escape(alt, &mut xml);
    let [x, y, width, height] = [bounds.x, bounds.y, bounds.width, bounds.height].map(emu);
    let _ = write!(
        xml,
        "\"/><p:cNvGraphicFramePr><a:graphicFrameLocks noGrp=\"1\"/></p:cNvGraphicFramePr><p:nvPr/>\
         </p:nvGraphicFramePr><p:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></p:xfrm>\
         <a:graphic><a:graphicData uri=\"{CHART}\"><c:chart xmlns:c=\"{CHART}\" xmlns:r=\"{OFFICE}\" \
         r:id=\"{relationship}\"/></a:graphicData></a:graphic></p:graphicFrame>"
    );
    xml
}

#[cfg(test)]
mod tests;

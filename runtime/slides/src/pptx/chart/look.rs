//! How text and lines of a chart look, as `DrawingML`.

use crate::display::{Run, Stroke, Text};
use crate::pptx::part::{emu, hundredths_of_a_point};
use crate::theme::Color;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TextLook {
    /// In pixels.
    pub(super) size: f64,
    pub(super) is_bold: bool,
    pub(super) color: Color,
}

impl TextLook {
    /// Of a text that is drawn, if there is a run in it.
    pub(super) fn of(text: &Text) -> Option<Self> {
        let run = first_run(text)?;
        Some(Self { size: run.size, is_bold: run.font.is_bold, color: run.color })
    }

    /// As the element `name`: `a:defRPr` of a paragraph, `a:rPr` of a run. The fonts are the theme's for text.
    pub(super) fn properties(self, name: &str) -> String {
        format!(
            "<{name} sz=\"{}\" b=\"{}\" i=\"0\" u=\"none\">{}<a:latin typeface=\"+mn-lt\"/>\
             <a:ea typeface=\"+mn-ea\"/><a:cs typeface=\"+mn-cs\"/></{name}>",
            hundredths_of_a_point(self.size),
            u8::from(self.is_bold),
            fill(self.color, 1.0),
        )
    }

    /// As `c:txPr` of an axis or legend: horizontal, also where there is little room.
    pub(super) fn element(self) -> String {
        self.in_body("rot=\"0\" vert=\"horz\"")
    }

    /// As `c:txPr` of an axis that shows only some of its labels. LibreOffice leaves labels out only where they may not
    /// be broken into lines, which it takes from any turn, however small.
    pub(super) fn unbroken(self) -> String {
        self.in_body("rot=\"1\" vert=\"horz\"")
    }

    /// As `c:txPr` of a label at data: in one line.
    pub(super) fn one_line(self) -> String {
        self.in_body("rot=\"0\" vert=\"horz\" wrap=\"none\"")
    }

    fn in_body(self, body: &str) -> String {
        format!(
            "<c:txPr><a:bodyPr {body}/><a:lstStyle/><a:p><a:pPr>{}</a:pPr><a:endParaRPr lang=\"en-US\"/></a:p>\
             </c:txPr>",
            self.properties("a:defRPr")
        )
    }
}

fn first_run(text: &Text) -> Option<&Run> {
    text.lines.iter().find_map(|line| line.runs.first())
}

/// What a text says.
pub(super) fn words(text: &Text) -> String {
    text.lines.iter().flat_map(|line| &line.runs).map(|run| run.text.as_str()).collect()
}

/// A colour, from 0 (not seen) to 1.
pub(super) fn fill(color: Color, opacity: f64) -> String {
    let [red, green, blue] = color.rgb;
    let hex = format!("{red:02X}{green:02X}{blue:02X}");
    if opacity >= 1.0 {
        return format!("<a:solidFill><a:srgbClr val=\"{hex}\"/></a:solidFill>");
    }
    #[expect(clippy::cast_possible_truncation, reason = "a part of 100,000")]
    let alpha = (opacity.clamp(0.0, 1.0) * 100_000.0).round() as i64;
    format!("<a:solidFill><a:srgbClr val=\"{hex}\"><a:alpha val=\"{alpha}\"/></a:srgbClr></a:solidFill>")
}

/// An outline; none: none is drawn.
pub(super) fn line(stroke: Option<&Stroke>) -> String {
    match stroke {
        Some(stroke) => format!(
            "<a:ln w=\"{}\" cap=\"flat\">{}<a:round/></a:ln>",
            emu(stroke.width),
            fill(stroke.color, 1.0)
        ),
        None => "<a:ln><a:noFill/></a:ln>".to_owned(),
    }
}

/// The look of a filled shape.
pub(super) fn shape(color: Color, opacity: f64, stroke: Option<&Stroke>) -> String {
    format!("<c:spPr>{}{}</c:spPr>", fill(color, opacity), line(stroke))
}

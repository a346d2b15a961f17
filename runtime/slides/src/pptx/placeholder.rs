//! Placeholders of masters and layouts: where a person goes on who makes a new slide.

use std::fmt::Write as _;

use super::markup::{Spoken, escaped, named, xfrm};
use super::paint::Paint;
use super::part::{Part, hundredths_of_a_point};
use crate::display::{Align, Rect, Text};
use crate::theme::Color;

/// The number by which slides refer to their page number.
pub(super) const NUMBER: u32 = 12;

/// A placeholder.
#[derive(Debug, Clone)]
pub(super) struct Placeholder {
    /// Its kind, as in `title`; none: any content.
    pub(super) kind: Option<&'static str>,
    /// Its number in the layout; a title has none.
    pub(super) index: Option<u32>,
    /// What it is called in the list of shapes.
    pub(super) name: &'static str,
    /// What it says while it is empty.
    pub(super) prompt: &'static str,
    /// Where it is.
    pub(super) bounds: Rect,
    /// How its text looks; none: as the master's.
    pub(super) look: Option<Look>,
}

/// How the text of a placeholder looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub(super) size: f64,
    pub(super) line_height: f64,
    pub(super) align: Align,
    pub(super) color: Color,
    pub(super) is_bold: bool,
    /// Whether its family is that of titles.
    pub(super) is_heading: bool,
}

impl Look {
    /// As a text's first run looks.
    pub(super) fn of(text: &Text, is_heading: bool) -> Option<Self> {
        let run = text.lines.iter().flat_map(|line| &line.runs).next()?;
        Some(Self {
            size: text.size,
            line_height: text.line_height,
            align: text.align,
            color: run.color,
            is_bold: run.font.is_bold,
            is_heading,
        })
    }

    /// As a paragraph without a bullet, in an element of a list style.
    pub(super) fn paragraph(self, element: &str, paint: &Paint) -> String {
        let align = match self.align {
            Align::Left => "l",
            Align::Center => "ctr",
            Align::Right => "r",
        };
        let family = if self.is_heading { "+mj" } else { "+mn" };
        format!(
            r#"<a:{element} marL="0" indent="0" algn="{align}"><a:lnSpc><a:spcPct val="{:.0}"/></a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/><a:defRPr sz="{}" b="{}">{}<a:latin typeface="{family}-lt"/><a:ea typeface="{family}-ea"/><a:cs typeface="{family}-cs"/></a:defRPr></a:{element}>"#,
            self.line_height * 100_000.0,
            hundredths_of_a_point(self.size),
            u8::from(self.is_bold),
            paint.fill(Some(self.color), 1.0)
        )
    }
}

/// Writes it. Its text stands at its upper edge, without room at its sides, as all of ours.
pub(super) fn write(placeholder: &Placeholder, paint: &Paint, part: &mut Part, out: &mut String) {
    let named = named(part.shape_id(), placeholder.name, Spoken::Text);
    let mut ph = String::new();
    if let Some(kind) = placeholder.kind {
        let _ = write!(ph, r#" type="{kind}""#);
    }
    if let Some(index) = placeholder.index {
        let _ = write!(ph, r#" idx="{index}""#);
    }
    let look = placeholder.look.map(|look| look.paragraph("lvl1pPr", paint)).unwrap_or_default();
    let is_number = placeholder.kind == Some("sldNum");
    if !is_number {
        ph.push_str(r#" hasCustomPrompt="1""#);
    }
    let words = if is_number {
        r#"<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="en-US"/><a:t>‹#›</a:t></a:fld>"#
            .to_owned()
    } else {
        format!(r#"<a:r><a:rPr lang="en-US"/><a:t>{}</a:t></a:r>"#, escaped(placeholder.prompt))
    };
    let _ = write!(
        out,
        r#"<p:sp><p:nvSpPr>{named}<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph{ph}/></p:nvPr></p:nvSpPr><p:spPr>{}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"><a:normAutofit/></a:bodyPr><a:lstStyle>{look}</a:lstStyle><a:p>{words}</a:p></p:txBody></p:sp>"#,
        xfrm(placeholder.bounds)
    );
}

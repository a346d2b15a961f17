//! Placeholders of masters and layouts: where a person goes on who makes a new slide.

use std::fmt::Write as _;

use super::markup::{Spoken, escaped, named, xfrm};
use super::paint::Paint;
use super::part::{Part, emu, hundredths_of_a_point};
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
    /// What it says while it is empty, one line for each level of text.
    pub(super) prompts: &'static [&'static str],
    /// Whether that is said in place of what the program would say, as layouts do and a master doesn't.
    pub(super) is_prompt_own: bool,
    /// Where it is.
    pub(super) bounds: Rect,
    /// How its text looks, by level; none: as the master's.
    pub(super) looks: Vec<Look>,
    /// What it is filled with.
    pub(super) fill: Option<Color>,
    /// The room at its left, upper, right and lower side.
    pub(super) insets: [f64; 4],
}

impl Placeholder {
    /// One that looks as the master's: without a ground, its text at its upper edge.
    pub(super) fn new(
        kind: Option<&'static str>,
        name: &'static str,
        prompts: &'static [&'static str],
        bounds: Rect,
    ) -> Self {
        let (looks, fill, insets) = (Vec::new(), None, [0.0; 4]);
        Self { kind, index: None, name, prompts, is_prompt_own: true, bounds, looks, fill, insets }
    }

    /// With this look of its text.
    pub(super) fn looking(self, looks: impl IntoIterator<Item = Look>) -> Self {
        Self { looks: looks.into_iter().collect(), ..self }
    }

    /// On a ground that reaches beyond its text by these distances.
    pub(super) fn on(self, fill: Color, insets: [f64; 4]) -> Self {
        let [left, top, right, bottom] = insets;
        let Rect { x, y, width, height } = self.bounds;
        let bounds = Rect::new(x - left, y - top, width + left + right, height + top + bottom);
        Self { bounds, fill: Some(fill), insets, ..self }
    }
}

/// How text of a placeholder looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub(super) size: f64,
    pub(super) line_height: f64,
    pub(super) align: Align,
    pub(super) color: Color,
    pub(super) is_bold: bool,
    /// Whether its family is that of titles.
    pub(super) is_heading: bool,
    /// How far numbers stand before it; none: it has none.
    pub(super) numbers: Option<f64>,
}

/// Levels of text.
const LEVELS: usize = 5;

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
            numbers: None,
        })
    }

    /// As a level of a list style, from 1.
    pub(super) fn level(self, level: usize, paint: &Paint) -> String {
        let align = match self.align {
            Align::Left => "l",
            Align::Center => "ctr",
            Align::Right => "r",
        };
        let family = if self.is_heading { "+mj" } else { "+mn" };
        let color = paint.color(self.color, 1.0);
        let (margin, bullet) = match self.numbers {
            Some(distance) => {
                let numbers = r#"<a:buFont typeface="+mj-lt"/><a:buAutoNum type="arabicPeriod"/>"#;
                (distance, format!("<a:buClr>{color}</a:buClr>{numbers}"))
            }
            None => (0.0, "<a:buNone/>".to_owned()),
        };
        format!(
            r#"<a:lvl{level}pPr marL="{}" indent="{}" algn="{align}"><a:lnSpc><a:spcPct val="{:.0}"/></a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef>{bullet}<a:defRPr sz="{}" b="{}"><a:solidFill>{color}</a:solidFill><a:latin typeface="{family}-lt"/><a:ea typeface="{family}-ea"/><a:cs typeface="{family}-cs"/></a:defRPr></a:lvl{level}pPr>"#,
            emu(margin),
            emu(-margin),
            self.line_height * 100_000.0,
            hundredths_of_a_point(self.size),
            u8::from(self.is_bold)
        )
    }
}

/// The looks of a placeholder's levels. Those that it says nothing about have at least a colour that can be read on
/// its ground.
fn levels(looks: &[Look], paint: &Paint) -> String {
    let mut xml = String::new();
    for (level, look) in (1..).zip(looks) {
        xml.push_str(&look.level(level, paint));
    }
    if let Some(last) = looks.last() {
        let color = paint.color(last.color, 1.0);
        for level in looks.len() + 1..=LEVELS {
            let _ = write!(
                xml,
                "<a:lvl{level}pPr><a:buClr>{color}</a:buClr><a:defRPr><a:solidFill>{color}</a:solidFill></a:defRPr></a:lvl{level}pPr>"
            );
        }
    }
    xml
}

/// Writes it. Its text stands at its upper edge, as all of ours.
pub(super) fn write(placeholder: &Placeholder, paint: &Paint, part: &mut Part, out: &mut String) {
    let named = named(part.shape_id(), placeholder.name, Spoken::Text);
    let mut ph = String::new();
    if let Some(kind) = placeholder.kind {
        let _ = write!(ph, r#" type="{kind}""#);
    }
    if let Some(index) = placeholder.index {
        let _ = write!(ph, r#" idx="{index}""#);
    }
    let mut words = String::new();
    if placeholder.kind == Some("sldNum") {
        words.push_str(
            r#"<a:p><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="en-US"/><a:t>‹#›</a:t></a:fld></a:p>"#,
        );
    } else {
        if placeholder.is_prompt_own {
            ph.push_str(r#" hasCustomPrompt="1""#);
        }
        for (level, prompt) in placeholder.prompts.iter().enumerate() {
            let of = if level > 0 { format!(r#"<a:pPr lvl="{level}"/>"#) } else { String::new() };
            let _ = write!(
                words,
                r#"<a:p>{of}<a:r><a:rPr lang="en-US"/><a:t>{}</a:t></a:r></a:p>"#,
                escaped(prompt)
            );
        }
    }
    let [left, top, right, bottom] = placeholder.insets.map(emu);
    let fill = placeholder.fill.map(|fill| paint.fill(Some(fill), 1.0)).unwrap_or_default();
    let _ = write!(
        out,
        r#"<p:sp><p:nvSpPr>{named}<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph{ph}/></p:nvPr></p:nvSpPr><p:spPr>{}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{fill}</p:spPr><p:txBody><a:bodyPr vert="horz" wrap="square" lIns="{left}" tIns="{top}" rIns="{right}" bIns="{bottom}" anchor="t"><a:normAutofit/></a:bodyPr><a:lstStyle>{}</a:lstStyle>{words}</p:txBody></p:sp>"#,
        xfrm(placeholder.bounds),
        levels(&placeholder.looks, paint)
    );
}

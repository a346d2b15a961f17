//! The master of the file: what all its layouts have in common.

use std::fmt::Write as _;

use super::design::Design;
use super::layouts::background;
use super::markup::{HEAD, NAMESPACES, TREE};
use super::paint::{Paint, Slots};
use super::part::{Part, emu, hundredths_of_a_point};
use super::placeholder::{self, Look, Placeholder};
use crate::deck::Layout;
use crate::display::Align;
use crate::theme::Theme;

/// The first id of a layout; the master's is one less. They are greater than all ids of slides.
pub(super) const FIRST_LAYOUT: u32 = 2_147_483_649;

/// Sizes of text by level, from the first.
const SIZES: [f64; 5] = [20.0, 16.0, 16.0, 14.0, 14.0];
/// What the levels say.
const LEVELS: &[&str] = &["Text", "Second level", "Third level", "Fourth level", "Fifth level"];
/// How far each level stands in from the one before.
const INDENT: f64 = 24.0;
/// Between items.
const GAP: f64 = 8.0;
/// The distance of lines of body text, as a part of 1.2 × their size.
const BODY: f64 = 1.1;

/// Writes it, with the layouts as they are given.
pub(super) fn write(theme: &Theme, designs: &[Design]) -> (String, Part) {
    let mut part = Part::new();
    let paint = Paint::new(theme, theme.colors.background);
    let mut xml = format!(
        r#"{HEAD}<p:sldMaster {NAMESPACES} preserve="1"><p:cSld>{}<p:spTree>{TREE}"#,
        background(theme.colors.background, &paint)
    );
    let usual = designs.iter().find(|design| design.layout == Some(Layout::TitleAndText));
    let mut title = None;
    for one in usual.iter().flat_map(|design| &design.placeholders) {
        let one = match one.kind {
            Some("title") => {
                title = one.looks.first().copied();
                Placeholder { prompts: &["Title"], ..one.clone() }
            }
            None => Placeholder { kind: Some("body"), name: "Text", prompts: LEVELS, ..one.clone() },
            _ => one.clone(),
        };
        let one = Placeholder { is_prompt_own: false, ..one };
        placeholder::write(&one, &paint, &mut part, &mut xml);
    }
    xml.push_str("</p:spTree></p:cSld>");
    let _ = write!(xml, "<p:clrMap {}/><p:sldLayoutIdLst>", Slots::of(theme).map());
    for (id, number) in (FIRST_LAYOUT..).zip(1..=designs.len()) {
        let relationship = part.relate("slideLayout", &format!("../slideLayouts/slideLayout{number}.xml"));
        let _ = write!(xml, r#"<p:sldLayoutId id="{id}" r:id="{relationship}"/>"#);
    }
    part.relate("theme", "../theme/theme1.xml");
    xml.push_str(r#"</p:sldLayoutIdLst><p:hf hdr="0" ftr="0" dt="0"/><p:txStyles><p:titleStyle>"#);
    let title = title.unwrap_or(Look {
        size: 32.0,
        line_height: 0.95,
        align: Align::Left,
        color: theme.colors.text,
        is_bold: true,
        is_heading: true,
        numbers: None,
    });
    xml.push_str(&title.level(1, &paint));
    let _ = write!(xml, "</p:titleStyle><p:bodyStyle>{}</p:bodyStyle>", levels(theme, &paint));
    let other = Look { size: 20.0, line_height: 1.0, is_bold: false, is_heading: false, ..title };
    let _ = write!(xml, "<p:otherStyle>{}</p:otherStyle></p:txStyles></p:sldMaster>", other.level(1, &paint));
    (xml, part)
}

/// The levels of lists.
fn levels(theme: &Theme, paint: &Paint) -> String {
    let mut xml = String::new();
    let mut margin = 0.0;
    for (level, size) in (1..).zip(SIZES) {
        margin += INDENT;
        let _ = write!(
            xml,
            r#"<a:lvl{level}pPr marL="{}" indent="{}" algn="l"><a:lnSpc><a:spcPct val="{:.0}"/></a:lnSpc><a:spcBef><a:spcPts val="{}"/></a:spcBef><a:buClr>{}</a:buClr><a:buFont typeface="Arial"/><a:buChar char="•"/><a:defRPr sz="{}">{}<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr></a:lvl{level}pPr>"#,
            emu(margin),
            emu(-INDENT),
            BODY * 100_000.0,
            hundredths_of_a_point(GAP),
            paint.color(theme.colors.accent, 1.0),
            hundredths_of_a_point(size),
            paint.fill(Some(theme.colors.text), 1.0)
        );
    }
    xml
}

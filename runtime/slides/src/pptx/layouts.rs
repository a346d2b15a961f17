//! The layouts of the file: one for each of a deck's layouts and one with a title alone, so that a person goes on with `New slide`.
//!
//! Their measures aren't written down twice: sample slides are laid out by [`crate::layout`], and where it
//! puts a title, a text or a chart, there is the placeholder. Decoration that all slides of a layout have, whatever
//! stands on them, is on the layout and not on each slide.

mod sample;

use super::design::Design;
use super::markup::{HEAD, NAMESPACES, TREE, escaped};
use super::paint::{Paint, Slots};
use super::part::Part;
use super::placeholder;
use super::shapes;
use crate::fonts::Fonts;
use crate::theme::{Color, Theme};

/// The layouts of a theme.
pub(super) fn designs(theme: &Theme, fonts: &Fonts) -> Vec<Design> {
    sample::designs(theme, fonts)
}

/// Writes a layout.
pub(super) fn write(design: &Design, theme: &Theme) -> (String, Part) {
    let mut part = Part::new();
    part.relate("slideMaster", "../slideMasters/slideMaster1.xml");
    let paint = Paint::new(theme, design.background);
    let kind = match design.kind {
        Some(kind) => format!(r#" type="{kind}""#),
        None => String::new(),
    };
    let mut xml = format!(
        r#"{HEAD}<p:sldLayout {NAMESPACES}{kind} preserve="1" userDrawn="1"><p:cSld name="{}">"#,
        escaped(design.name)
    );
    if design.background != theme.colors.background {
        xml.push_str(&background(design.background, &paint));
    }
    xml.push_str("<p:spTree>");
    xml.push_str(TREE);
    match &design.decoration[..] {
        [] => {}
        [only] => shapes::write(&only.shape, "Decoration", &paint, &mut part, &mut xml),
        all => shapes::group(all, "Decoration", &paint, &mut part, &mut xml),
    }
    for one in &design.placeholders {
        placeholder::write(one, &paint, &mut part, &mut xml);
    }
    xml.push_str("</p:spTree></p:cSld>");
    xml.push_str(&color_map(theme, design.background));
    xml.push_str("</p:sldLayout>");
    (xml, part)
}

/// What is behind a slide or layout.
pub(super) fn background(color: Color, paint: &Paint) -> String {
    format!("<p:bg><p:bgPr>{}<a:effectLst/></p:bgPr></p:bg>", paint.fill(Some(color), 1.0))
}

/// Which slots of the theme are the background and the text of a slide or layout.
pub(super) fn color_map(theme: &Theme, background: Color) -> String {
    let own = Slots::of(theme).map_for(background);
    let map = own.map_or("<a:masterClrMapping/>".to_owned(), |map| format!("<a:overrideClrMapping {map}/>"));
    format!("<p:clrMapOvr>{map}</p:clrMapOvr>")
}

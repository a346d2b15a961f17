//! The number of a slide's page: a field that counts, in the layout's placeholder.

use std::fmt::Write as _;

use super::super::design::Design;
use super::super::markup::{Spoken, escaped, named, xfrm};
use super::super::paint::Paint;
use super::super::part::Part;
use super::super::placeholder::{Look, NUMBER};
use crate::display::{Align, DisplayList, Element, Shape, Text};

/// Which element is the page's number: the last text that belongs to no block, if it says so.
pub(super) fn find(list: &DisplayList, number: usize) -> Option<usize> {
    let number = number.to_string();
    list.elements.iter().rposition(|element| match &element.shape {
        Shape::Text(text) if element.of.is_none() && text.align == Align::Right => {
            let runs = text.lines.iter().flat_map(|line| &line.runs);
            runs.map(|run| run.text.as_str()).collect::<String>() == number
        }
        _ => false,
    })
}

/// Writes it.
pub(super) fn write(
    element: &Element,
    number: usize,
    design: Option<&Design>,
    language: Option<&str>,
    paint: &Paint,
    part: &mut Part,
    out: &mut String,
) {
    let Shape::Text(text) = &element.shape else { return };
    let named = named(part.shape_id(), "Slide number", Spoken::Text);
    let language = language.map(|tag| format!(r#" lang="{}""#, escaped(tag))).unwrap_or_default();
    let own = design.and_then(|design| design.number.as_ref());
    let (place, style) = if own.is_some_and(|own| looks(own) == looks(text) && own.bounds == text.bounds) {
        (String::new(), "<a:lstStyle/>".to_owned())
    } else {
        let style = looks(text).map(|look| look.level(1, paint)).unwrap_or_default();
        (
            format!(r#"{}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>"#, xfrm(text.bounds)),
            format!("<a:lstStyle>{style}</a:lstStyle>"),
        )
    };
    let _ = write!(
        out,
        r#"<p:sp><p:nvSpPr>{named}<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldNum" idx="{NUMBER}"/></p:nvPr></p:nvSpPr><p:spPr>{place}</p:spPr><p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0"/>{style}<a:p><a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum"><a:rPr{language}/><a:t>{number}</a:t></a:fld></a:p></p:txBody></p:sp>"#
    );
}

fn looks(text: &Text) -> Option<Look> {
    Look::of(text, false)
}

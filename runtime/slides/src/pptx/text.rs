//! Texts: which elements form a text box, and how it is written.
//!
//! A file of PowerPoint has paragraphs, not lines: its program breaks them, and another program, or another
//! version of a font, breaks them a little differently. So a text can be written in three ways ([`Lines`]). As
//! it is usual, paragraphs are whole, and a box is as wide as its breaks are likely to stay in
//! ([`measure`]); where a line more would touch what stands below, our breaks are written even so. Exactly, each line ends with a break, and
//! the box breaks none. For Google Slides, which doesn't know boxes that break no lines, it is a little wider.
//!
//! Vertical places follow from [`crate::text_layout::first_baseline`]: boxes have no insets, spacing is
//! in per cent, and distances of paragraphs are spaces before them.

mod body;
mod fit;
mod fonts;
mod list;
mod measure;
mod paragraph;
mod plan;
mod room;
mod spacing;

use std::fmt::Write as _;

use super::lines::Lines;
use super::markup::{Spoken, named, xfrm};
use super::part::Part;
use crate::deck;
use crate::display::{self, DisplayList, Element, Rect, Shape, StepField};
use crate::theme::Theme;

pub(super) use body::{Breaks, Writer};
pub(super) use measure::{Widths, widths};
pub(super) use paragraph::paragraphs;
use plan::Role;
pub(super) use plan::{TextBox, plan};

/// Writes a text box.
#[expect(clippy::too_many_arguments, reason = "what all writers of a slide's parts are given")]
pub(super) fn write(
    text: &TextBox,
    list: &DisplayList,
    _slide: &deck::Slide,
    theme: &Theme,
    lines: Lines,
    language: Option<&str>,
    part: &mut Part,
    out: &mut String,
) {
    let Some(first) = text.elements.first().and_then(|at| list.elements.get(*at)) else { return };
    let (paragraphs, given) = match (text.role, &first.shape) {
        (Role::List { is_numbered }, _) => list::list(list, &text.elements, is_numbered),
        (_, Shape::Text(shape)) => (paragraphs(shape), shape.bounds),
        _ => return,
    };
    let fit = fit::fit(&paragraphs, given, &text.elements, list, lines);
    let mut writer = Writer::new(list, theme, language, part, out);
    if matches!(text.role, Role::Title) {
        writer.title();
    }
    shape(&mut writer, text.role, name(text.role, first), fit.bounds, fit.is_wrapped);
    for paragraph in &paragraphs {
        writer.paragraph(paragraph, paragraph.line_height, fit.breaks);
    }
    writer.raw("</p:txBody></p:sp>");
}

/// Writes a shape up to its paragraphs.
fn shape(writer: &mut Writer<'_>, role: Role, name: &str, bounds: Rect, is_wrapped: bool) {
    let id = writer.shape_id();
    let mut markup = format!("<p:sp><p:nvSpPr>{}", named(id, name, Spoken::Text));
    markup.push_str(match role {
        Role::Title => {
            r#"<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr>"#
        }
        Role::Subtitle => {
            r#"<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="subTitle" idx="1"/></p:nvPr></p:nvSpPr>"#
        }
        Role::List { .. } | Role::Text => r#"<p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>"#,
    });
    // Writing to a string can't fail.
    let _ = write!(
        markup,
        r#"<p:spPr>{}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>"#,
        xfrm(bounds)
    );
    let wrap = if is_wrapped { "square" } else { "none" };
    let _ = write!(
        markup,
        r#"<p:txBody><a:bodyPr vert="horz" wrap="{wrap}" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="t"><a:noAutofit/></a:bodyPr>"#
    );
    markup.push_str(match role {
        // A layout may write in capitals or spread letters, which would need more room.
        Role::Title | Role::Subtitle => {
            r#"<a:lstStyle><a:lvl1pPr><a:defRPr cap="none" spc="0"/></a:lvl1pPr></a:lstStyle>"#
        }
        Role::List { .. } | Role::Text => "<a:lstStyle/>",
    });
    writer.raw(&markup);
}

/// What a box is called in PowerPoint's list of a slide's objects.
fn name(role: Role, first: &Element) -> &'static str {
    use display::Part as P;
    match role {
        Role::Title => "Title",
        Role::Subtitle => "Subtitle",
        Role::List { .. } => "List",
        Role::Text => match first.of.as_ref().map(|place| place.part) {
            None => "Source",
            Some(Some(P::Value)) => "Value",
            Some(Some(P::Label | P::Data { .. } | P::Axis)) => "Label",
            Some(Some(P::Change)) => "Change",
            Some(Some(P::By)) => "Author",
            Some(Some(P::Caption)) => "Caption",
            Some(Some(P::Item { .. })) => "Item",
            Some(Some(P::Step { field: Some(StepField::Title), .. })) => "Step",
            Some(Some(P::Step { field: Some(StepField::When), .. })) => "Date",
            Some(_) => "Text",
        },
    }
}

//! What parts of a PowerPoint file have in common: heads, names, places.

use super::part::emu;
use crate::display::Rect;
use crate::xml::escape;

/// The first line of each part.
pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The namespaces of slides, layouts and masters: `a`, `r`, `p`.
pub(super) const NAMESPACES: &str = r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main""#;

/// The start of a tree of shapes.
pub(super) const TREE: &str = r#"<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>"#;

/// The most characters of a shape's name.
const MAX_NAME: usize = 80;

/// A text as it stands in content or in an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

/// What a screen reader says about a shape.
#[derive(Debug, Clone, Copy)]
pub(super) enum Spoken<'a> {
    /// Its text.
    Text,
    /// This.
    Alt(&'a str),
    /// Nothing: it is decoration.
    Nothing,
}

/// The `p:cNvPr` of a shape: its id, its name in the list of shapes, and what is said about it.
pub(super) fn named(id: u32, name: &str, spoken: Spoken<'_>) -> String {
    let name = escaped(&shortened(name, MAX_NAME));
    match spoken {
        Spoken::Text => format!(r#"<p:cNvPr id="{id}" name="{name}"/>"#),
        Spoken::Alt(alt) => {
            // An attribute's line breaks would be read as spaces anyway.
            let alt = escaped(&alt.replace(['\n', '\r', '\t'], " "));
            format!(r#"<p:cNvPr id="{id}" name="{name}" descr="{alt}"/>"#)
        }
        Spoken::Nothing => format!(
            r#"<p:cNvPr id="{id}" name="{name}"><a:extLst><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}"><adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst></p:cNvPr>"#
        ),
    }
}

/// A text on one line, with `…` if it has more characters than this.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// An `a:off` and `a:ext`.
fn place(bounds: Rect) -> String {
    format!(
        r#"<a:off x="{}" y="{}"/><a:ext cx="{}" cy="{}"/>"#,
        emu(bounds.x),
        emu(bounds.y),
        emu(bounds.width),
        emu(bounds.height)
    )
}

/// Where a shape is, an `a:xfrm`.
pub(super) fn xfrm(bounds: Rect) -> String {
    format!("<a:xfrm>{}</a:xfrm>", place(bounds))
}

/// Where a line is, an `a:xfrm` that may be mirrored.
pub(super) fn mirrored(bounds: Rect, is_flipped_x: bool, is_flipped_y: bool) -> String {
    let x = if is_flipped_x { r#" flipH="1""# } else { "" };
    let y = if is_flipped_y { r#" flipV="1""# } else { "" };
    format!("<a:xfrm{x}{y}>{}</a:xfrm>", place(bounds))
}

/// Where a group is whose shapes have the slide's coordinates.
pub(super) fn group_xfrm(bounds: Rect) -> String {
    format!(
        r#"<a:xfrm>{}<a:chOff x="{}" y="{}"/><a:chExt cx="{}" cy="{}"/></a:xfrm>"#,
        place(bounds),
        emu(bounds.x),
        emu(bounds.y),
        emu(bounds.width),
        emu(bounds.height)
    )
}

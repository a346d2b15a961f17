//! Shapes that aren't text: rectangles, ellipses, lines, paths and images.
//!
//! All but images are decoration to a screen reader: what they mean is said by the text that they belong to.

use std::fmt::Write as _;

use super::markup::{Spoken, group_xfrm, mirrored, named, xfrm};
use super::paint::Paint;
use super::part::{Part, emu};
use crate::block::Fit;
use crate::display::{Element, Line, Path, Picture, Rect, Segment, Shape};
use crate::export::PictureFile;

/// Writes a shape. An image or a text is written elsewhere.
pub(super) fn write(shape: &Shape, name: &str, paint: &Paint, part: &mut Part, out: &mut String) {
    match shape {
        Shape::Rect(rect) => {
            let geometry = rounded(rect.bounds, rect.radius);
            let look = format!(
                "{}{}",
                paint.fill(rect.fill, rect.opacity),
                paint.outline(rect.stroke.as_ref(), rect.opacity)
            );
            plain(name, rect.bounds, &geometry, &look, part, out);
        }
        Shape::Ellipse(ellipse) => {
            let look = format!(
                "{}{}",
                paint.fill(ellipse.fill, ellipse.opacity),
                paint.outline(ellipse.stroke.as_ref(), ellipse.opacity)
            );
            plain(name, ellipse.bounds, &preset("ellipse"), &look, part, out);
        }
        Shape::Path(shape) => {
            let bounds = around(&shape.path);
            let look = format!(
                "{}{}",
                paint.fill(shape.fill, shape.opacity),
                paint.outline(shape.stroke.as_ref(), shape.opacity)
            );
            plain(name, bounds, &custom(&shape.path, bounds), &look, part, out);
        }
        Shape::Line(line) => straight(line, name, paint, part, out),
        Shape::Image(_) | Shape::Text(_) => {}
    }
}

fn plain(name: &str, bounds: Rect, geometry: &str, look: &str, part: &mut Part, out: &mut String) {
    let named = named(part.shape_id(), name, Spoken::Nothing);
    let place = xfrm(bounds);
    let _ = write!(
        out,
        "<p:sp><p:nvSpPr>{named}<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>{place}{geometry}{look}</p:spPr></p:sp>"
    );
}

fn straight(line: &Line, name: &str, paint: &Paint, part: &mut Part, out: &mut String) {
    let named = named(part.shape_id(), name, Spoken::Nothing);
    let place = mirrored(of_line(line), line.to[0] < line.from[0], line.to[1] < line.from[1]);
    let outline = paint.outline(Some(&line.stroke), 1.0);
    let _ = write!(
        out,
        "<p:cxnSp><p:nvCxnSpPr>{named}<p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr><p:spPr>{place}{}{outline}</p:spPr></p:cxnSp>",
        preset("line")
    );
}

/// Writes shapes as one group that moves as one.
pub(super) fn group(elements: &[Element], name: &str, paint: &Paint, part: &mut Part, out: &mut String) {
    let all = elements.iter().filter_map(|element| bounds(&element.shape));
    let Some(bounds) = all.reduce(union) else { return };
    let named = named(part.shape_id(), name, Spoken::Nothing);
    let _ = write!(
        out,
        "<p:grpSp><p:nvGrpSpPr>{named}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr>{}</p:grpSpPr>",
        group_xfrm(bounds)
    );
    for element in elements {
        write(&element.shape, name, paint, part, out);
    }
    out.push_str("</p:grpSp>");
}

/// Writes an image, whose file is the relationship. What its place cuts off is cropped, not lost.
pub(super) fn picture(
    picture: &Picture,
    file: &PictureFile,
    relationship: &str,
    part: &mut Part,
    out: &mut String,
) {
    let (bounds, crop) = fitted(picture, file);
    let (name, spoken) = match picture.alt.trim() {
        "" => ("Picture".to_owned(), Spoken::Nothing),
        alt => (format!("Picture: {alt}"), Spoken::Alt(alt)),
    };
    let named = named(part.shape_id(), &name, spoken);
    let crop = if crop.iter().all(|part| *part <= 0.0) {
        String::new()
    } else {
        let [left, top, right, bottom] = crop.map(|part| format!("{:.0}", part * 100_000.0));
        format!(r#"<a:srcRect l="{left}" t="{top}" r="{right}" b="{bottom}"/>"#)
    };
    // The corners of an image that leaves room in its place aren't those of the place.
    let radius = if bounds.holds(picture.bounds, 1.0) { picture.radius } else { 0.0 };
    let _ = write!(
        out,
        r#"<p:pic><p:nvPicPr>{named}<p:cNvPicPr><a:picLocks noChangeAspect="1"/></p:cNvPicPr><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed="{relationship}"/>{crop}<a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr>{}{}</p:spPr></p:pic>"#,
        xfrm(bounds),
        rounded(bounds, radius)
    );
}

/// Where an image is, and which parts of its width and height are cut off: left, top, right, bottom.
fn fitted(picture: &Picture, file: &PictureFile) -> (Rect, [f64; 4]) {
    let place = picture.bounds;
    let (width, height) = (f64::from(file.width.max(1)), f64::from(file.height.max(1)));
    let (across, down) = (place.width / width, place.height / height);
    match picture.fit {
        Fit::Contain => {
            let scale = across.min(down);
            let (x, y) = ((place.width - width * scale) / 2.0, (place.height - height * scale) / 2.0);
            (place.inset(x, y), [0.0; 4])
        }
        Fit::Cover => {
            let scale = across.max(down).max(f64::MIN_POSITIVE);
            let part = |place: f64, whole: f64| ((1.0 - place / (whole * scale)) / 2.0).clamp(0.0, 0.5);
            let (x, y) = (part(place.width, width), part(place.height, height));
            (place, [x, y, x, y])
        }
    }
}

/// Whether an image leaves nothing of its place to be seen behind it.
pub(super) fn hides_its_place(picture: &Picture, file: &PictureFile) -> bool {
    fitted(picture, file).0.holds(picture.bounds, 0.5)
}

/// The rectangle around a shape; none around a text.
pub(super) fn bounds(shape: &Shape) -> Option<Rect> {
    match shape {
        Shape::Rect(rect) => Some(rect.bounds),
        Shape::Ellipse(ellipse) => Some(ellipse.bounds),
        Shape::Line(line) => Some(of_line(line)),
        Shape::Path(shape) => Some(around(&shape.path)),
        Shape::Image(picture) => Some(picture.bounds),
        Shape::Text(_) => None,
    }
}

fn of_line(line: &Line) -> Rect {
    let [x, y] = [0, 1].map(|axis| line.from[axis].min(line.to[axis]));
    Rect::new(x, y, (line.to[0] - line.from[0]).abs(), (line.to[1] - line.from[1]).abs())
}

fn union(one: Rect, two: Rect) -> Rect {
    let (x, y) = (one.x.min(two.x), one.y.min(two.y));
    Rect::new(x, y, one.right().max(two.right()) - x, one.bottom().max(two.bottom()) - y)
}

fn around(path: &Path) -> Rect {
    let points = path.points();
    points.into_iter().map(|[x, y]| Rect::new(x, y, 0.0, 0.0)).reduce(union).unwrap_or_default()
}

fn preset(name: &str) -> String {
    format!(r#"<a:prstGeom prst="{name}"><a:avLst/></a:prstGeom>"#)
}

fn rounded(bounds: Rect, radius: f64) -> String {
    let side = bounds.width.min(bounds.height);
    if radius <= 0.0 || side <= 0.0 {
        return preset("rect");
    }
    let part = (radius / side).min(0.5) * 100_000.0;
    format!(
        r#"<a:prstGeom prst="roundRect"><a:avLst><a:gd name="adj" fmla="val {part:.0}"/></a:avLst></a:prstGeom>"#
    )
}

/// A path in a rectangle.
fn custom(path: &Path, bounds: Rect) -> String {
    let mut xml = format!(
        r#"<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst><a:path w="{}" h="{}">"#,
        emu(bounds.width),
        emu(bounds.height)
    );
    let point = |[x, y]: [f64; 2]| format!(r#"<a:pt x="{}" y="{}"/>"#, emu(x - bounds.x), emu(y - bounds.y));
    for segment in &path.segments {
        let _ = match *segment {
            Segment::Move(to) => write!(xml, "<a:moveTo>{}</a:moveTo>", point(to)),
            Segment::Line(to) => write!(xml, "<a:lnTo>{}</a:lnTo>", point(to)),
            Segment::Curve([one, two, to]) => {
                write!(xml, "<a:cubicBezTo>{}{}{}</a:cubicBezTo>", point(one), point(two), point(to))
            }
            Segment::Close => write!(xml, "<a:close/>"),
        };
    }
    xml.push_str("</a:path></a:pathLst></a:custGeom>");
    xml
}

//! Shapes as paths.

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, LineJoin, Stroke as PdfStroke, StrokeDash};
use krilla::surface::Surface;

use super::place::point;
use crate::display::{Rect, Segment, Shape, Stroke};
use crate::theme::Color;

/// How long the arms of a cubic curve are that is a quarter of a circle of radius 1.
const ARM: f64 = 0.552_284_75;

/// Draws a shape that is neither text nor an image.
pub(super) fn draw(surface: &mut Surface<'_>, shape: &Shape) {
    match shape {
        Shape::Rect(rect) => {
            paint(
                surface,
                rectangle(rect.bounds, rect.radius),
                rect.fill,
                rect.stroke.as_ref(),
                rect.opacity,
            );
        }
        Shape::Ellipse(ellipse) => {
            let path = ellipse_path(ellipse.bounds);
            paint(surface, path, ellipse.fill, ellipse.stroke.as_ref(), ellipse.opacity);
        }
        Shape::Line(line) => {
            let mut path = PathBuilder::new();
            path.move_to(point(line.from[0]), point(line.from[1]));
            path.line_to(point(line.to[0]), point(line.to[1]));
            paint(surface, path.finish(), None, Some(&line.stroke), 1.0);
        }
        Shape::Path(shape) => {
            let mut path = PathBuilder::new();
            for segment in &shape.path.segments {
                match segment {
                    Segment::Move([x, y]) => path.move_to(point(*x), point(*y)),
                    Segment::Line([x, y]) => path.line_to(point(*x), point(*y)),
                    Segment::Curve([one, two, end]) => path.cubic_to(
                        point(one[0]),
                        point(one[1]),
                        point(two[0]),
                        point(two[1]),
                        point(end[0]),
                        point(end[1]),
                    ),
                    Segment::Close => path.close(),
                }
            }
            paint(surface, path.finish(), shape.fill, shape.stroke.as_ref(), shape.opacity);
        }
        Shape::Image(_) | Shape::Text(_) => {}
    }
}

/// Fills a rectangle.
pub(super) fn fill(surface: &mut Surface<'_>, bounds: Rect, radius: f64, color: Color, opacity: f64) {
    paint(surface, rectangle(bounds, radius), Some(color), None, opacity);
}

/// How something is filled.
pub(super) fn filling(color: Color, opacity: f64) -> Fill {
    Fill { paint: rgb(color).into(), opacity: normalized(opacity), rule: FillRule::NonZero }
}

/// A rectangle, its corners round; none if it has no area.
pub(super) fn rectangle(bounds: Rect, radius: f64) -> Option<Path> {
    let Rect { x, y, width, height } = bounds;
    if width <= 0.0 || height <= 0.0 {
        return None;
    }
    let radius = radius.min(width / 2.0).min(height / 2.0);
    let mut path = Pen(PathBuilder::new());
    if radius <= 0.0 {
        path.go_to(x, y);
        path.line(x + width, y);
        path.line(x + width, y + height);
        path.line(x, y + height);
    } else {
        let (right, bottom, rest) = (x + width, y + height, radius * (1.0 - ARM));
        path.go_to(x + radius, y);
        path.line(right - radius, y);
        path.curve([right - rest, y], [right, y + rest], [right, y + radius]);
        path.line(right, bottom - radius);
        path.curve([right, bottom - rest], [right - rest, bottom], [right - radius, bottom]);
        path.line(x + radius, bottom);
        path.curve([x + rest, bottom], [x, bottom - rest], [x, bottom - radius]);
        path.line(x, y + radius);
        path.curve([x, y + rest], [x + rest, y], [x + radius, y]);
    }
    path.0.close();
    path.0.finish()
}

fn ellipse_path(bounds: Rect) -> Option<Path> {
    let (x, y) = (bounds.center_x(), bounds.center_y());
    let (rx, ry) = (bounds.width / 2.0, bounds.height / 2.0);
    let (ax, ay) = (rx * ARM, ry * ARM);
    let mut path = Pen(PathBuilder::new());
    path.go_to(x + rx, y);
    path.curve([x + rx, y + ay], [x + ax, y + ry], [x, y + ry]);
    path.curve([x - ax, y + ry], [x - rx, y + ay], [x - rx, y]);
    path.curve([x - rx, y - ay], [x - ax, y - ry], [x, y - ry]);
    path.curve([x + ax, y - ry], [x + rx, y - ay], [x + rx, y]);
    path.0.close();
    path.0.finish()
}

struct Pen(PathBuilder);

impl Pen {
    fn go_to(&mut self, x: f64, y: f64) {
        self.0.move_to(point(x), point(y));
    }

    fn line(&mut self, x: f64, y: f64) {
        self.0.line_to(point(x), point(y));
    }

    fn curve(&mut self, one: [f64; 2], two: [f64; 2], end: [f64; 2]) {
        let [one, two, end] = [one, two, end].map(|place| place.map(point));
        self.0.cubic_to(one[0], one[1], two[0], two[1], end[0], end[1]);
    }
}

fn paint(
    surface: &mut Surface<'_>,
    path: Option<Path>,
    fill: Option<Color>,
    stroke: Option<&Stroke>,
    opacity: f64,
) {
    let Some(path) = path else { return };
    if fill.is_none() && stroke.is_none() {
        return;
    }
    // Where both are half transparent, the fill isn't to be seen through the outline.
    let is_group = fill.is_some() && stroke.is_some() && opacity < 1.0;
    let own = if is_group { 1.0 } else { opacity };
    if is_group {
        surface.push_opacity(normalized(opacity));
    }
    surface.set_fill(fill.map(|color| filling(color, own)));
    surface.set_stroke(stroke.map(|stroke| {
        PdfStroke {
            paint: rgb(stroke.color).into(),
            width: point(stroke.width),
            line_join: LineJoin::Round,
            opacity: normalized(own),
            dash: (!stroke.dash.is_empty())
                .then(|| StrokeDash { array: stroke.dash.iter().copied().map(point).collect(), offset: 0.0 }),
            ..PdfStroke::default()
        }
    }));
    surface.draw_path(&path);
    if is_group {
        surface.pop();
    }
}

fn rgb(color: Color) -> rgb::Color {
    let [red, green, blue] = color.rgb;
    rgb::Color::new(red, green, blue)
}

fn normalized(opacity: f64) -> NormalizedF32 {
    NormalizedF32::new(point(opacity.clamp(0.0, 1.0))).unwrap_or(NormalizedF32::ONE)
}

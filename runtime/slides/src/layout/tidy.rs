//! Rounds coordinates to hundredths, so that a display list is short and the same wherever it was made.

use crate::display::{Detail, DisplayList, Ellipse, Path, Rect, Segment, Shape, Stroke, Text};

pub(super) fn tidy(list: &mut DisplayList) {
    for frame in &mut list.frames {
        rect(&mut frame.bounds);
        match &mut frame.detail {
            Some(Detail::Table(table)) => {
                table.columns.iter_mut().chain(&mut table.rows).for_each(number);
            }
            Some(Detail::Chart(chart)) => rect(&mut chart.plot),
            None => {}
        }
    }
    for element in &mut list.elements {
        match &mut element.shape {
            Shape::Rect(shape) => {
                rect(&mut shape.bounds);
                number(&mut shape.radius);
                stroke(shape.stroke.as_mut());
            }
            Shape::Ellipse(Ellipse { bounds, stroke: outline, .. }) => {
                rect(bounds);
                stroke(outline.as_mut());
            }
            Shape::Line(line) => {
                line.from.iter_mut().chain(&mut line.to).for_each(number);
                number(&mut line.stroke.width);
            }
            Shape::Path(shape) => {
                path(&mut shape.path);
                stroke(shape.stroke.as_mut());
            }
            Shape::Image(picture) => rect(&mut picture.bounds),
            Shape::Text(shape) => text(shape),
        }
    }
}

fn text(text: &mut Text) {
    rect(&mut text.bounds);
    for line in &mut text.lines {
        for length in [&mut line.baseline, &mut line.x, &mut line.width] {
            number(length);
        }
        for run in &mut line.runs {
            for length in [&mut run.x, &mut run.width, &mut run.size] {
                number(length);
            }
            for glyph in &mut run.glyphs {
                for length in [&mut glyph.x, &mut glyph.rise, &mut glyph.advance] {
                    number(length);
                }
            }
        }
    }
}

fn path(path: &mut Path) {
    for segment in &mut path.segments {
        match segment {
            Segment::Move(point) | Segment::Line(point) => point.iter_mut().for_each(number),
            Segment::Curve(points) => points.iter_mut().flatten().for_each(number),
            Segment::Close => {}
        }
    }
}

fn stroke(stroke: Option<&mut Stroke>) {
    if let Some(stroke) = stroke {
        number(&mut stroke.width);
        stroke.dash.iter_mut().for_each(number);
    }
}

fn rect(rect: &mut Rect) {
    for length in [&mut rect.x, &mut rect.y, &mut rect.width, &mut rect.height] {
        number(length);
    }
}

fn number(number: &mut f64) {
    // Adding 0 makes a negative zero positive.
    *number = (*number * 100.0).round() / 100.0 + 0.0;
}

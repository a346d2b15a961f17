//! How far a box may grow before it touches something else.

use crate::display::{DisplayList, Element, HEIGHT, Rect, Shape, WIDTH};

/// Left free at a slide's edges and before other elements.
const EDGE: f64 = 16.0;
const DISTANCE: f64 = 4.0;

/// What a box may fill: the space around a text up to its neighbours, the edges of what it stands on, and
/// the slide's. At least the text's own rectangle.
pub(crate) fn room(list: &DisplayList, own: &[usize], text: Rect) -> Rect {
    let (mut left, mut right, mut bottom) = (EDGE, WIDTH - EDGE, HEIGHT - EDGE / 2.0);
    let others = list.elements.iter().enumerate().filter(|(at, _)| !own.contains(at));
    let others: Vec<Rect> = others.map(|(_, element)| extent(element)).collect();
    for other in &others {
        if other.holds(text, 0.5) {
            left = left.max(other.x);
            right = right.min(other.right());
            bottom = bottom.min(other.bottom());
        } else if other.overlaps(text, 0.5) {
            // Something that the text stands across, as a line behind it.
        } else if other.y < text.bottom() && other.bottom() > text.y {
            if other.x >= text.right() - 0.5 {
                right = right.min(other.x - DISTANCE);
            } else if other.right() <= text.x + 0.5 {
                left = left.max(other.right() + DISTANCE);
            }
        }
    }
    let (left, right) = (left.min(text.x), right.max(text.right()));
    for other in &others {
        if other.y >= text.bottom() - 0.5
            && other.x < right
            && other.right() > left
            && !other.holds(text, 0.5)
        {
            bottom = bottom.min(other.y);
        }
    }
    Rect::new(left, text.y, right - left, bottom.max(text.bottom()) - text.y)
}

/// What an element covers; of a text, its lines rather than the room that it was given.
pub(crate) fn extent(element: &Element) -> Rect {
    match &element.shape {
        Shape::Rect(shape) => shape.bounds,
        Shape::Ellipse(shape) => shape.bounds,
        Shape::Image(picture) => picture.bounds,
        Shape::Line(line) => around(&[line.from, line.to]),
        Shape::Path(shape) => around(&shape.path.points()),
        Shape::Text(text) => {
            let points: Vec<[f64; 2]> = text
                .lines
                .iter()
                .flat_map(|line| {
                    let (top, bottom) = (line.baseline - text.size, line.baseline + 0.25 * text.size);
                    [[line.x, top], [line.x + line.width, bottom]]
                })
                .collect();
            around(&points)
        }
    }
}

fn around(points: &[[f64; 2]]) -> Rect {
    let edge = |axis: usize, pick: fn(f64, f64) -> f64| {
        points.iter().map(|point| point[axis]).reduce(pick).unwrap_or_default()
    };
    let (x, y) = (edge(0, f64::min), edge(1, f64::min));
    Rect::new(x, y, edge(0, f64::max) - x, edge(1, f64::max) - y)
}

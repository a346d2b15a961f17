//! The items of a list as they are drawn: a marker, and a text after it.

use super::paragraph::{Marker, Paragraph, Sign, paragraphs, set_gaps};
use super::room::extent;
use crate::display::{Align, DisplayList, Element, Part, Rect, Shape, Text};
use crate::id::BlockId;
use crate::theme::Color;

/// An item that is drawn.
pub(super) struct Item<'a> {
    /// Its elements.
    pub(super) elements: Vec<usize>,
    /// Its texts; of a numbered list the first one is the number.
    pub(super) texts: Vec<(usize, &'a Text)>,
    /// Its upper edge.
    pub(super) y: f64,
}

/// The items of a list from an element on, in the order in which they are drawn.
pub(super) fn items<'a>(list: &'a DisplayList, block: &BlockId, from: usize) -> Vec<Item<'a>> {
    let mut all: Vec<Item<'a>> = Vec::new();
    let mut last = None;
    for (at, element) in list.elements.iter().enumerate().skip(from) {
        let Some(place) = element.of.as_ref().filter(|place| place.block == *block) else { continue };
        let Some(Part::Item { index }) = place.part else { continue };
        if last != Some(index) {
            all.push(Item { elements: Vec::new(), texts: Vec::new(), y: extent(element).y });
            last = Some(index);
        }
        let Some(item) = all.last_mut() else { continue };
        item.elements.push(at);
        if let Shape::Text(text) = &element.shape {
            item.texts.push((at, text));
            item.y = text.bounds.y;
        }
    }
    all
}

/// The paragraphs of items that form one box, and the rectangle that they were given.
pub(super) fn list<'a>(
    list: &'a DisplayList,
    elements: &[usize],
    is_numbered: bool,
) -> (Vec<Paragraph<'a>>, Rect) {
    let drawn: Vec<Drawn<'a>> = drawn(list, elements, is_numbered);
    let edges = |pick: fn(f64, f64) -> f64, edge: fn(&Drawn<'_>) -> f64| {
        drawn.iter().map(edge).reduce(pick).unwrap_or_default()
    };
    let left = edges(f64::min, |item| item.marker.x.min(item.text.bounds.x));
    let right = edges(f64::max, |item| item.marker.right().max(item.text.bounds.right()));
    let mut numbers = Numbers::default();
    let mut all = Vec::new();
    for item in &drawn {
        for mut paragraph in paragraphs(item.text) {
            let bounds = item.text.bounds;
            let (indent, hanging) = if paragraph.is_rtl {
                (right - bounds.right(), item.marker.right() - bounds.right())
            } else {
                (bounds.x - left, bounds.x - item.marker.x)
            };
            let sign = match &item.sign {
                Some(number) => numbers.sign(number),
                None => Sign::Dot(if item.is_second { '–' } else { '•' }),
            };
            if paragraph.is_rtl && paragraph.align == Align::Left {
                paragraph.align = Align::Right;
            }
            paragraph.marker = Some(Marker {
                level: usize::from(item.is_second),
                indent: indent.max(0.0),
                hanging: hanging.max(0.0),
                color: item.color,
                sign,
            });
            all.push(paragraph);
        }
    }
    set_gaps(&mut all);
    (all, Rect::new(left, 0.0, right - left, 0.0))
}

/// An item with both its parts.
struct Drawn<'a> {
    marker: Rect,
    text: &'a Text,
    color: Option<Color>,
    /// Of a numbered list, its number as it is drawn.
    sign: Option<String>,
    is_second: bool,
}

fn drawn<'a>(list: &'a DisplayList, elements: &[usize], is_numbered: bool) -> Vec<Drawn<'a>> {
    let mut all = Vec::new();
    let mut marker: Option<&Element> = None;
    for element in elements.iter().filter_map(|at| list.elements.get(*at)) {
        let same = marker.is_some_and(|marker| marker.of == element.of);
        let text = match &element.shape {
            Shape::Text(text) if !is_numbered || same => text,
            _ => {
                marker = Some(element);
                continue;
            }
        };
        let Some(sign) = marker.filter(|_| same) else { continue };
        all.push(Drawn {
            marker: place(sign),
            text,
            color: color(sign),
            sign: if let Shape::Text(number) = &sign.shape { Some(words(number)) } else { None },
            is_second: match &sign.shape {
                Shape::Text(number) => words(number).starts_with(|c: char| c.is_ascii_lowercase()),
                shape => matches!(shape, Shape::Line(_)),
            },
        });
    }
    all
}

/// From a list's edge to a dot, which isn't drawn at the very edge.
const DOT: f64 = 2.0;

/// Where a marker's column starts and ends.
fn place(marker: &Element) -> Rect {
    match &marker.shape {
        Shape::Text(text) => text.bounds,
        _ => extent(marker).inset(-DOT, 0.0),
    }
}

fn color(marker: &Element) -> Option<Color> {
    match &marker.shape {
        Shape::Text(text) => Some(text.lines.first()?.runs.first()?.color),
        Shape::Ellipse(dot) => dot.fill,
        Shape::Line(line) => Some(line.stroke.color),
        _ => None,
    }
}

fn words(text: &Text) -> String {
    text.lines.iter().flat_map(|line| &line.runs).map(|run| run.text.as_str()).collect()
}

/// Counts as PowerPoint does, so that its numbers are ours also after one that isn't shown.
#[derive(Default)]
struct Numbers {
    start: usize,
    next: usize,
}

impl Numbers {
    fn sign(&mut self, drawn: &str) -> Sign {
        let Ok(number) = drawn.trim_end_matches('.').parse::<usize>() else { return Sign::Letter };
        if self.next != number {
            self.start = number;
        }
        self.next = number + 1;
        Sign::Number(self.start)
    }
}

//! Advice about what is drawn of a slide.

use super::finding::{Finding, Found, Rule};
use crate::deck::Slide;
use crate::display::{DisplayList, Element, Frame, Loss, Mark, Rect, Shape, Slot, Text};
use crate::id::BlockId;
use crate::theme::Color;

/// Lengths that differ by less are alike.
const SLACK: f64 = 1.0;
/// The least contrast of text, and of large text.
const CONTRAST: [f64; 2] = [4.5, 3.0];
/// Text of this size and more is large.
const LARGE: f64 = 32.0;

/// Looks over what is drawn of a slide.
pub fn of_drawing(slide: &Slide, list: &DisplayList) -> Vec<Finding> {
    let mut found = Found { slide, findings: Vec::new() };
    for mark in &list.marks {
        loss(mark, &mut found);
    }
    overlaps(list, &mut found);
    for (index, element) in list.elements.iter().enumerate() {
        let block = element.of.as_ref().map(|of| &of.block);
        let slide = Rect::new(0.0, 0.0, list.width, list.height);
        if !slide.holds(bounds(element), SLACK) {
            let message = "Something is drawn beyond the edge of the slide".to_owned();
            found.add(Rule::Spill, block, message, None);
        }
        if let Shape::Text(text) = &element.shape {
            contrast(list, index, text, block, &mut found);
        }
    }
    found.findings
}

fn loss(mark: &Mark, found: &mut Found<'_>) {
    let block = Some(&mark.of.block);
    let (rule, message) = match mark.what {
        Loss::Smaller { size } => (
            Rule::SmallText,
            format!("The text is set at {size} pixels, smaller than usual; shorten it or use a second slide"),
        ),
        Loss::Cut => (
            Rule::Cut,
            "The text is too long for its place and is cut; shorten it or use a second slide".to_owned(),
        ),
        Loss::Left { count: 1 } => {
            (Rule::Cut, "1 part isn't shown; remove something or use a second slide".to_owned())
        }
        Loss::Left { count } => {
            (Rule::Cut, format!("{count} parts aren't shown; remove some or use a second slide"))
        }
        Loss::Hidden if mark.of.part.is_none() => (
            Rule::NotShown,
            "There is no room for this block; move it to another slide or choose another layout".to_owned(),
        ),
        Loss::Hidden => {
            (Rule::Cut, "There is no room for a text of this block; shorten the others".to_owned())
        }
    };
    if !found.findings.iter().any(|finding| finding.rule == rule && finding.block.as_ref() == block) {
        found.add(rule, block, message, None);
    }
}

fn overlaps(list: &DisplayList, found: &mut Found<'_>) {
    // What stands on an image on purpose, and what stands in a column, lies within something.
    let own = |frame: &&Frame| !matches!(frame.slot, Slot::Media | Slot::Column) && frame.bounds.height > 0.0;
    let frames: Vec<&Frame> = list.frames.iter().filter(own).collect();
    for (index, one) in frames.iter().enumerate() {
        if frames[index + 1..].iter().any(|two| one.bounds.overlaps(two.bounds, SLACK)) {
            let message = "The block lies on another one".to_owned();
            found.add(Rule::Overlap, Some(&one.block), message, None);
        }
    }
}

/// Whether the text can be read on what is behind it: the last filled rectangle under it.
fn contrast(list: &DisplayList, index: usize, text: &Text, block: Option<&BlockId>, found: &mut Found<'_>) {
    let mut faintest = f64::INFINITY;
    for line in &text.lines {
        let middle = (line.x + line.width / 2.0, line.baseline - text.size / 3.0);
        let mut ground = Some(list.background);
        for element in &list.elements[..index] {
            if let Some(behind) = ground_at(element, middle) {
                ground = behind;
            }
        }
        let Some(ground) = ground else { continue };
        for run in &line.runs {
            faintest = faintest.min(run.color.contrast(ground));
        }
    }
    let needed = CONTRAST[usize::from(text.size >= LARGE)];
    if faintest < needed {
        let message =
            format!("The text has a contrast of {faintest:.1} to what is behind it; it needs {needed}");
        found.add(Rule::Contrast, block, message, None);
    }
}

/// What an element puts behind a point: a colour, something whose colour isn't known (an image), or nothing.
#[expect(clippy::option_option, reason = "nothing, unknown and known are three answers")]
fn ground_at(element: &Element, (x, y): (f64, f64)) -> Option<Option<Color>> {
    let holds = |bounds: Rect| bounds.holds(Rect::new(x, y, 0.0, 0.0), 0.0);
    match &element.shape {
        Shape::Rect(shape) if holds(shape.bounds) => {
            shape.fill.map(|fill| (shape.opacity >= 1.0).then_some(fill))
        }
        Shape::Ellipse(shape) if holds(shape.bounds) => {
            shape.fill.map(|fill| (shape.opacity >= 1.0).then_some(fill))
        }
        Shape::Image(picture) if holds(picture.bounds) => Some(None),
        // Whether a point is within a path isn't looked at; text isn't put on one but in pies and areas.
        _ => None,
    }
}

/// The rectangle around an element.
pub(super) fn bounds(element: &Element) -> Rect {
    let around = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut ends = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for [x, y] in points {
            ends = [ends[0].min(x), ends[1].min(y), ends[2].max(x), ends[3].max(y)];
        }
        if ends[0] > ends[2] {
            Rect::default()
        } else {
            Rect::new(ends[0], ends[1], ends[2] - ends[0], ends[3] - ends[1])
        }
    };
    match &element.shape {
        Shape::Rect(shape) => shape.bounds,
        Shape::Ellipse(shape) => shape.bounds,
        Shape::Line(line) => around(&mut [line.from, line.to].into_iter()),
        Shape::Path(shape) => around(&mut shape.path.points().into_iter()),
        Shape::Image(picture) => picture.bounds,
        Shape::Text(text) => around(&mut text.lines.iter().flat_map(|line| {
            [
                [line.x, line.baseline - text.size * 0.7],
                [line.x + line.width, line.baseline + text.size * 0.2],
            ]
        })),
    }
}

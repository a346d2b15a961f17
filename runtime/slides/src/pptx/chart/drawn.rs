//! What the display list has of a chart: its marks, the labels of its values, the names of its series, its axes.
//!
//! Colours and widths are taken from here instead of being decided again, so the chart in a file looks as the
//! one on the page does.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::chart::Chart;
use crate::display::{ChartFrame, DisplayList, Part, Rect, Segment, Shape, Stroke, Text};
use crate::theme::Color;

/// A shape that stands for a value, or for a series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) color: Color,
    pub(super) bounds: Rect,
    pub(super) opacity: f64,
}

#[derive(Default)]
pub(super) struct Drawn<'a> {
    /// Bars, points and slices, by series and category.
    pub(super) marks: BTreeMap<(usize, usize), Mark>,
    /// Lines and areas, by series.
    pub(super) paths: BTreeMap<usize, (Color, Option<&'a Stroke>)>,
    /// Squares of a legend, by series; of a pie, by category.
    pub(super) swatches: BTreeMap<usize, Mark>,
    /// Texts at values, by series and category; a pie has two for each slice.
    pub(super) labels: BTreeMap<(usize, usize), Vec<&'a Text>>,
    /// Names of series, in a legend or beside their data.
    pub(super) names: BTreeMap<usize, &'a Text>,
    /// How grid lines are drawn.
    pub(super) grid: Option<&'a Stroke>,
    /// How the line at 0 is drawn.
    pub(super) zero: Option<&'a Stroke>,
    /// Texts of the axes, in the order in which they were drawn.
    pub(super) axis: Vec<&'a Text>,
}

impl<'a> Drawn<'a> {
    pub(super) fn new(chart: &Chart, frame: &ChartFrame, list: &'a DisplayList) -> Self {
        let mut drawn = Self::default();
        for element in &list.elements {
            let Some(of) = element.of.as_ref().filter(|of| of.block == chart.id) else { continue };
            match of.part {
                Some(Part::Axis) => drawn.add_axis(&element.shape),
                Some(Part::Data { series, index: Some(index) }) => {
                    drawn.add_value((series, index), &element.shape);
                }
                Some(Part::Data { series, index: None }) => drawn.add_series(series, frame, &element.shape),
                _ => {}
            }
        }
        drawn
    }

    fn add_axis(&mut self, shape: &'a Shape) {
        match shape {
            // The line at 0 is the thicker one.
            Shape::Line(line) if line.stroke.width > 1.0 => self.zero = Some(&line.stroke),
            Shape::Line(line) => self.grid = Some(&line.stroke),
            Shape::Text(text) => self.axis.push(text),
            _ => {}
        }
    }

    fn add_value(&mut self, at: (usize, usize), shape: &'a Shape) {
        let (fill, bounds, opacity) = match shape {
            Shape::Text(text) => return self.labels.entry(at).or_default().push(text),
            Shape::Rect(rect) => (rect.fill, rect.bounds, rect.opacity),
            Shape::Ellipse(ellipse) => (ellipse.fill, ellipse.bounds, ellipse.opacity),
            Shape::Path(path) => (path.fill, Rect::default(), path.opacity),
            _ => return,
        };
        let Some(color) = fill else { return };
        let mark = Mark { color, bounds, opacity };
        match self.marks.entry(at) {
            // A slice is drawn before the square beside its name.
            Entry::Occupied(_) => {
                self.swatches.insert(at.1, mark);
            }
            Entry::Vacant(entry) => {
                entry.insert(mark);
            }
        }
    }

    fn add_series(&mut self, series: usize, frame: &ChartFrame, shape: &'a Shape) {
        match shape {
            Shape::Rect(rect) => {
                if let Some(color) = rect.fill {
                    let mark = Mark { color, bounds: rect.bounds, opacity: rect.opacity };
                    self.swatches.insert(series, mark);
                }
            }
            Shape::Path(path) => {
                let bars: Vec<Rect> = path.path.segments.chunks(5).filter_map(bar).collect();
                if path.stroke.is_none() && bars.len() * 5 == path.path.segments.len() {
                    self.add_bars(series, frame, &bars, path.fill);
                } else if let Some(color) = path.fill.or(path.stroke.as_ref().map(|stroke| stroke.color)) {
                    self.paths.insert(series, (color, path.stroke.as_ref()));
                }
            }
            Shape::Text(text) => {
                self.names.insert(series, text);
            }
            _ => {}
        }
    }

    /// Very many bars are one shape of rectangles. Which category each belongs to is seen by its place.
    fn add_bars(&mut self, series: usize, frame: &ChartFrame, bars: &[Rect], fill: Option<Color>) {
        let number = u32::try_from(frame.order.len()).map_or(f64::INFINITY, f64::from);
        for bounds in bars {
            let part = if frame.is_horizontal {
                (bounds.center_y() - frame.plot.y) / frame.plot.height
            } else {
                (bounds.center_x() - frame.plot.x) / frame.plot.width
            };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "within the categories"
            )]
            let place = (part * number).clamp(0.0, 1e6) as usize;
            if let (Some(category), Some(color)) = (frame.order.get(place), fill) {
                self.marks.insert((series, *category), Mark { color, bounds: *bounds, opacity: 1.0 });
            }
        }
    }

    /// The colour of a series: of most of its marks, else of its line, area or square in the legend.
    pub(super) fn color(&self, series: usize) -> Option<Color> {
        if let Some((color, _)) = self.paths.get(&series) {
            return Some(*color);
        }
        most(self.marks.range((series, 0)..=(series, usize::MAX)).map(|(_, mark)| mark.color))
            .or_else(|| self.swatches.get(&series).map(|mark| mark.color))
    }
}

/// A rectangle of a shape of many.
fn bar(segments: &[Segment]) -> Option<Rect> {
    match segments {
        [Segment::Move(start), Segment::Line(_), Segment::Line(end), Segment::Line(_), Segment::Close] => {
            Some(Rect::new(start[0], start[1], end[0] - start[0], end[1] - start[1]))
        }
        _ => None,
    }
}

/// What there is most of; the first of several.
pub(super) fn most<T: PartialEq + Copy>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: Vec<(T, usize)> = Vec::new();
    for one in all {
        match counts.iter_mut().find(|(other, _)| *other == one) {
            Some((_, count)) => *count += 1,
            None => counts.push((one, 1)),
        }
    }
    let highest = counts.iter().map(|(_, count)| *count).max()?;
    counts.into_iter().find(|(_, count)| *count == highest).map(|(one, _)| one)
}

//! Shapes of lines and curves.

use std::borrow::Cow;
use std::fmt::Write as _;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::stroke::{Stroke, is_one, one};
use crate::theme::Color;

/// A shape of lines and curves, filled, with an outline, or both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PathShape {
    /// Its outline.
    pub path: Path,
    /// What it is filled with, by the rule `nonzero`; absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Color>,
    /// How its outline is drawn; absent: it isn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stroke: Option<Stroke>,
    /// From 0 (not seen) to 1; absent: 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub opacity: f64,
}

/// An outline, in JSON an SVG path of absolute `M`, `L`, `C` and `Z`, as in `M 0 0 L 8 0 L 4 6 Z`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Path {
    /// Its parts; the first is a [`Segment::Move`].
    pub segments: Vec<Segment>,
}

/// A part of an outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Segment {
    /// Starts at a point.
    Move([f64; 2]),
    /// A straight line to a point.
    Line([f64; 2]),
    /// A cubic curve: two control points and where it ends.
    Curve([[f64; 2]; 3]),
    /// A straight line to where it started.
    Close,
}

impl Path {
    /// A path through points.
    pub fn polyline(points: &[[f64; 2]], is_closed: bool) -> Self {
        let mut segments: Vec<Segment> = points
            .iter()
            .enumerate()
            .map(|(index, point)| if index == 0 { Segment::Move(*point) } else { Segment::Line(*point) })
            .collect();
        if is_closed {
            segments.push(Segment::Close);
        }
        Self { segments }
    }

    /// Points along it: its corners, and some of each curve.
    pub fn points(&self) -> Vec<[f64; 2]> {
        let mut points = Vec::new();
        let mut pen = [0.0, 0.0];
        for segment in &self.segments {
            match *segment {
                Segment::Move(point) | Segment::Line(point) => {
                    points.push(point);
                    pen = point;
                }
                Segment::Curve([one, two, end]) => {
                    for part in [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0] {
                        points.push([0, 1].map(|axis| {
                            let rest = 1.0 - part;
                            rest * rest * rest * pen[axis]
                                + 3.0 * rest * rest * part * one[axis]
                                + 3.0 * rest * part * part * two[axis]
                                + part * part * part * end[axis]
                        }));
                    }
                    pen = end;
                }
                Segment::Close => {}
            }
        }
        points
    }

    /// As the `d` of an SVG path.
    pub fn to_svg(&self) -> String {
        let mut text = String::new();
        for segment in &self.segments {
            if !text.is_empty() {
                text.push(' ');
            }
            // Writing to a string can't fail.
            let _ = match segment {
                Segment::Move([x, y]) => write!(text, "M {x} {y}"),
                Segment::Line([x, y]) => write!(text, "L {x} {y}"),
                Segment::Curve([one, two, end]) => {
                    write!(text, "C {} {} {} {} {} {}", one[0], one[1], two[0], two[1], end[0], end[1])
                }
                Segment::Close => write!(text, "Z"),
            };
        }
        text
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.to_svg()
    }
}

impl TryFrom<String> for Path {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut words = text.split_ascii_whitespace();
        let mut segments = Vec::new();
        while let Some(command) = words.next() {
            let mut point = || -> Result<[f64; 2], String> {
                let mut number = || {
                    let number = words.next().and_then(|word| word.parse::<f64>().ok());
                    number.filter(|number| number.is_finite()).ok_or_else(rule)
                };
                Ok([number()?, number()?])
            };
            segments.push(match command {
                "M" => Segment::Move(point()?),
                "L" => Segment::Line(point()?),
                "C" => Segment::Curve([point()?, point()?, point()?]),
                "Z" => Segment::Close,
                _ => return Err(rule()),
            });
        }
        match segments.first() {
            None | Some(Segment::Move(_)) => Ok(Self { segments }),
            Some(_) => Err(rule()),
        }
    }
}

impl JsonSchema for Path {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Path".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[-MLCZ0-9. ]*$",
            "description": "An SVG path of absolute `M`, `L`, `C` and `Z`, separated by single spaces.",
        })
    }
}

fn rule() -> String {
    "a path has absolute `M`, `L`, `C` and `Z`, and numbers, each after a space".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_it_was_read() {
        for text in ["", "M 0 0 L 8.25 0 L -4 6 Z", "M 1 2 C 1 2 3 4 5 6"] {
            assert_eq!(Path::try_from(text.to_owned()).unwrap().to_svg(), text);
        }
    }

    #[test]
    fn only_a_path_is_read_as_one() {
        for text in
            ["L 0 0", "M 0", "M 0 x", "m 0 0", "M 0 0 A 1 1 0 0 0 1 1", "M NaN 0", "M inf 0", "<script>"]
        {
            assert!(Path::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}

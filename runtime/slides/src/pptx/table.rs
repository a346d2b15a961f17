//! Tables, as tables of PowerPoint.
//!
//! Columns are as wide and rows as high as they are drawn. A row's height is only a minimum: it grows where a
//! program needs more for the text, and pushes all below it down. So the margins of a cell leave
//! room for what programs add ([`cell`]).

mod cell;

use std::fmt::Write as _;

use super::lines::Lines;
use super::markup::{Spoken, named};
use super::paint::Paint;
use super::part::{Part, emu};
use super::text::Writer;
use crate::display::{self, Detail, DisplayList, Frame, Shape, Stroke, TableFrame, Text};
use crate::table::Table;
use crate::theme::{Color, Theme};
use cell::Room;

/// Writes a table. What stands under it about rows that aren't shown is a text. A table without measures isn't
/// shown.
#[expect(clippy::too_many_arguments, reason = "what all writers of a slide's parts are given")]
pub(super) fn write(
    table: &Table,
    frame: &Frame,
    list: &DisplayList,
    theme: &Theme,
    lines: Lines,
    language: Option<&str>,
    part: &mut Part,
    out: &mut String,
) {
    let Some(Detail::Table(measures)) = &frame.detail else { return };
    let drawn = Drawn::new(table, frame, measures, list);
    let mut writer = Writer::new(list, theme, language, part, out);
    let id = writer.shape_id();
    let (x, y) = (emu(frame.bounds.x), emu(frame.bounds.y));
    let widths = lengths(frame.bounds.x, &measures.columns);
    let heights = lengths(frame.bounds.y, &measures.rows);
    let (width, height) = (widths.iter().sum::<i64>(), heights.iter().sum::<i64>());
    let mut markup = format!(
        r#"<p:graphicFrame><p:nvGraphicFramePr>{}<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr firstRow="1"/><a:tblGrid>"#,
        named(id, "Table", Spoken::Text)
    );
    for width in widths {
        // Writing to a string can't fail.
        let _ = write!(markup, r#"<a:gridCol w="{width}"/>"#);
    }
    markup.push_str("</a:tblGrid>");
    writer.raw(&markup);
    for (row, height) in heights.into_iter().enumerate() {
        writer.raw(&format!(r#"<a:tr h="{height}">"#));
        for column in 0..measures.columns.len() {
            let room = Room {
                height: measures.rows[row],
                width: measures.columns[column],
                left: drawn.left[column],
                padding: drawn.padding,
                lines: drawn.most_lines(row),
            };
            cell::write(&mut writer, drawn.cell(row, column), room, measures.size, theme.fonts.body, lines);
            let looks = drawn.looks(row, writer.paint());
            writer.raw(&looks);
        }
        writer.raw("</a:tr>");
    }
    writer.raw("</a:tbl></a:graphicData></a:graphic></p:graphicFrame>");
}

/// Lengths beside each other as EMU; their ends are rounded, so that rounding doesn't add up.
fn lengths(start: f64, lengths: &[f64]) -> Vec<i64> {
    let mut end = start;
    lengths
        .iter()
        .map(|length| {
            let from = end;
            end += length;
            (emu(end) - emu(from)).max(1)
        })
        .collect()
}

/// What is drawn of a table.
struct Drawn<'a> {
    columns: usize,
    cells: Vec<Option<&'a Text>>,
    /// From the edge of each column to its text.
    left: Vec<f64>,
    /// Above the text of each row.
    padding: f64,
    /// What is under each row.
    lines: Vec<Option<&'a Stroke>>,
    /// Behind each row.
    grounds: Vec<Option<Color>>,
}

impl<'a> Drawn<'a> {
    fn new(table: &Table, frame: &Frame, measures: &TableFrame, list: &'a DisplayList) -> Self {
        use display::Part as P;
        let (rows, columns) = (measures.rows.len(), measures.columns.len());
        let tops: Vec<f64> = ends(frame.bounds.y, &measures.rows);
        let lefts: Vec<f64> = ends(frame.bounds.x, &measures.columns);
        let mut drawn = Self {
            columns,
            cells: vec![None; rows * columns],
            left: vec![0.0; columns],
            padding: 0.0,
            lines: vec![None; rows],
            grounds: vec![None; rows],
        };
        for element in &list.elements {
            let Some(place) = element.of.as_ref().filter(|place| place.block == table.id) else { continue };
            let cell = match place.part {
                Some(P::Heading { column }) => Some((0, column)),
                Some(P::Cell { row, column }) => Some((row + 1, column)),
                _ => None,
            };
            match (&element.shape, cell) {
                (Shape::Text(text), Some((row, column))) if row < rows && column < columns => {
                    drawn.cells[row * columns + column] = Some(text);
                    drawn.left[column] = (text.bounds.x - lefts[column]).max(0.0);
                    drawn.padding = (text.bounds.y - tops[row]).max(0.0);
                }
                (Shape::Line(line), _) => {
                    if let Some(row) = near(&tops[1..], line.from[1]) {
                        drawn.lines[row] = Some(&line.stroke);
                    }
                }
                (Shape::Rect(ground), _) => {
                    if let Some(row) = near(&tops[..rows], ground.bounds.y) {
                        drawn.grounds[row] = ground.fill;
                    }
                }
                _ => {}
            }
        }
        // Columns without a text have the margin of the others.
        let margin = drawn.left.iter().copied().fold(0.0, f64::max);
        for left in &mut drawn.left {
            *left = if *left > 0.0 { *left } else { margin };
        }
        drawn
    }

    fn cell(&self, row: usize, column: usize) -> Option<&'a Text> {
        self.cells.get(row * self.columns + column).copied().flatten()
    }

    fn most_lines(&self, row: usize) -> usize {
        (0..self.columns)
            .filter_map(|column| self.cell(row, column))
            .map(|text| text.lines.len())
            .max()
            .unwrap_or(1)
    }

    /// The lines around a row's cells and what is behind them.
    fn looks(&self, row: usize, paint: &Paint) -> String {
        let none = |name: &str| format!(r#"<a:{name} w="0"><a:noFill/></a:{name}>"#);
        let line = |name: &str, stroke: Option<&Stroke>| match stroke {
            Some(stroke) => format!(
                r#"<a:{name} w="{}" cap="flat" cmpd="sng" algn="ctr">{}<a:prstDash val="solid"/></a:{name}>"#,
                emu(stroke.width),
                paint.fill(Some(stroke.color), 1.0)
            ),
            None => none(name),
        };
        let above = row.checked_sub(1).and_then(|row| self.lines[row]);
        let ground = paint.fill(self.grounds[row], 1.0);
        let (left, right) = (none("lnL"), none("lnR"));
        let (above, below) = (line("lnT", above), line("lnB", self.lines[row]));
        format!("{left}{right}{above}{below}{ground}</a:tcPr></a:tc>")
    }
}

/// Where lengths beside each other start, and where the last one ends.
fn ends(start: f64, lengths: &[f64]) -> Vec<f64> {
    let mut end = start;
    let mut all = vec![start];
    all.extend(lengths.iter().map(|length| {
        end += length;
        end
    }));
    all
}

/// Which of some places is at a coordinate, give or take what rounding adds up to.
fn near(places: &[f64], at: f64) -> Option<usize> {
    places.iter().position(|place| (place - at).abs() < 0.5)
}

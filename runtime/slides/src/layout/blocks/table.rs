//! Tables: a ground under the headings, lines under the rows, numbers to the right.

use crate::display::{Align, Detail, Loss, Part, Place, Rect, TableFrame};
use crate::layout::canvas::{Canvas, ROUNDING, Setting, count, whole};
use crate::layout::locale::Locale;
use crate::layout::need::{Need, one_line};
use crate::layout::sizes::{LABEL, Sizes, TABLE};
use crate::number::Decimal;
use crate::table::{self, Cell};
use crate::text_layout::Shaped;

/// Rows that are looked at: more never fit on a slide.
const MOST_ROWS: usize = 32;
/// A column narrower than this shows nothing that can be read.
const LEAST_COLUMN: f64 = 64.0;
/// Lines of a cell; more are cut.
const MOST_LINES: usize = 4;
/// Above and below the text of a row, the widest that fits; for each of the sizes.
const PADDINGS: [[f64; 4]; 3] = [[16.0, 14.0, 12.0, 10.0], [14.0, 12.0, 10.0, 8.0], [8.0, 6.0, 4.0, 3.0]];
/// The height of the line that says how many rows are left out.
const MORE: f64 = 24.0;

pub(in crate::layout) struct Table<'a> {
    block: &'a table::Table,
    /// The headings, then the rows.
    rows: Vec<Vec<Shaped>>,
    is_number: Vec<bool>,
}

impl<'a> Table<'a> {
    pub(in crate::layout) fn new(canvas: &mut Canvas<'_>, table: &'a table::Table) -> Self {
        let tone = canvas.tone;
        let shown = &table.rows[..table.rows.len().min(MOST_ROWS)];
        let number_of = |cell: &Cell| if let Cell::Number(number) = cell { Some(*number) } else { None };
        let columns: Vec<(bool, u8)> = (0..table.columns.len())
            .map(|column| {
                let cells: Vec<&Cell> = shown.iter().filter_map(|row| row.get(column)).collect();
                let numbers: Vec<Decimal> = cells.iter().filter_map(|cell| number_of(cell)).collect();
                let texts = cells.iter().filter(|cell| matches!(cell, Cell::Text(_))).count();
                (!numbers.is_empty() && numbers.len() >= texts, decimals(&numbers))
            })
            .collect();
        let mut rows = Vec::with_capacity(shown.len() + 1);
        let bold = canvas.bold(tone.text);
        let headings = table
            .columns
            .iter()
            .map(|column| {
                let mut title = column.title.clone();
                if let Some(unit) = &column.unit {
                    let unit = crate::text::RichText::from_plain(unit);
                    let space = if title.as_str().is_empty() { "" } else { " " };
                    title = format!("{}{space}({})", title.as_str(), unit.as_str()).as_str().into();
                }
                one_line(canvas.text, &title, bold)
            })
            .collect();
        rows.push(headings);
        let (style, muted) = (canvas.body(tone.text), canvas.body(tone.muted));
        let locale = canvas.locale;
        for row in shown {
            let cells = row
                .iter()
                .zip(&columns)
                .map(|(cell, (_, decimals))| match cell {
                    Cell::Number(number) => {
                        canvas.text.shape_plain(&written(locale, *number, *decimals), style)
                    }
                    Cell::Text(text) => one_line(canvas.text, text, style),
                    Cell::Empty => canvas.text.shape_plain("–", muted),
                })
                .collect();
            rows.push(cells);
        }
        Self { block: table, rows, is_number: columns.into_iter().map(|(is_number, _)| is_number).collect() }
    }

    fn setting(size: f64, align: Align) -> Setting {
        Setting::label(size, align)
    }

    fn inset(columns: usize) -> f64 {
        if columns > 8 { 6.0 } else { 16.0 }
    }

    /// The widths of the columns that are shown: each as wide as its content if all are, else each at
    /// least as wide as its longest word, if all are, and the rest by how much they want.
    fn widths(&self, width: f64, size: f64) -> Vec<f64> {
        let most = whole(width / LEAST_COLUMN).max(1);
        let columns = self.block.columns.len().min(most);
        let inset = 2.0 * Self::inset(columns);
        let of = |measure: fn(&Shaped, f64) -> f64, column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| measure(cell, size)).fold(0.0, f64::max) + inset + ROUNDING
        };
        // One long text doesn't take the room of all others.
        let wants: Vec<f64> =
            (0..columns).map(|column| of(Shaped::widest, column).min(0.6 * width)).collect();
        let wanted: f64 = wants.iter().sum();
        if wanted <= width {
            // Half of what is left goes to all alike, and half by what they have, so that columns of
            // numbers neither stick to each other nor drift apart.
            let spare = width - wanted;
            return wants
                .iter()
                .map(|want| want + spare / 2.0 / count(columns) + spare / 2.0 * want / wanted)
                .collect();
        }
        let fair = width / count(columns);
        let needs: Vec<f64> =
            (0..columns).map(|column| of(Shaped::narrowest, column).min(wants[column])).collect();
        let needed: f64 = needs.iter().sum();
        let needs: Vec<f64> = if needed <= width {
            needs
        } else {
            needs.iter().map(|need| need.min(fair.max(width * need / needed * 0.8))).collect()
        };
        let needed: f64 = needs.iter().sum();
        if needed >= width {
            return needs.iter().map(|need| need * width / needed).collect();
        }
        let more: f64 = wants.iter().zip(&needs).map(|(want, need)| (want - need).max(0.0)).sum();
        needs
            .iter()
            .zip(&wants)
            .map(|(need, want)| need + (width - needed) * (want - need).max(0.0) / more.max(ROUNDING))
            .collect()
    }

    /// The heights of the texts of all rows.
    fn heights(&self, widths: &[f64], size: f64) -> Vec<f64> {
        let inset = 2.0 * Self::inset(widths.len());
        let pitch = Self::setting(size, Align::Left).pitch();
        self.rows
            .iter()
            .map(|row| {
                let lines = row.iter().zip(widths).map(|(cell, width)| cell.count(width - inset, size));
                count(lines.max().unwrap_or(1).clamp(1, MOST_LINES)) * pitch
            })
            .collect()
    }

    fn paddings(size: f64) -> [f64; 4] {
        PADDINGS[TABLE.iter().position(|one| *one <= size).unwrap_or(TABLE.len() - 1)]
    }

    pub(in crate::layout) fn need(&self, width: f64, sizes: Sizes) -> Need {
        let size = sizes.table;
        let heights = self.heights(&self.widths(width, size), size);
        let padding = Self::paddings(size)[3];
        let natural: f64 = heights.iter().map(|height| height + 2.0 * padding).sum();
        let hidden = self.block.rows.len() + 1 - self.rows.len();
        // Rows that weren't even looked at can't fit.
        let beyond = if hidden > 0 { 10_000.0 } else { 0.0 };
        let least = heights.iter().take(2).map(|height| height + 2.0 * padding).sum();
        let air = 2.0 * (Self::paddings(size)[0] - padding) * count(heights.len());
        Need::fixed(natural + beyond, least).up_to(natural + beyond + air)
    }

    pub(in crate::layout) fn draw(&self, canvas: &mut Canvas<'_>, bounds: Rect, sizes: Sizes) {
        let size = sizes.table;
        let widths = self.widths(bounds.width, size);
        let heights = self.heights(&widths, size);
        let all = self.rows.len() == self.block.rows.len() + 1;
        let total = |padding: f64| heights.iter().map(|height| height + 2.0 * padding).sum::<f64>();
        let paddings = Self::paddings(size);
        let fitting = paddings.into_iter().find(|padding| total(*padding) <= bounds.height + ROUNDING);
        let padding = fitting.unwrap_or(paddings[3]);
        let mut shown: Vec<f64> = heights.iter().map(|height| height + 2.0 * padding).collect();
        if !all || fitting.is_none() {
            let mut left = bounds.height - MORE + ROUNDING;
            let fit = shown.iter().take_while(|height| {
                left -= **height;
                left >= 0.0
            });
            let fit = fit.count().max(1);
            shown.truncate(fit);
        }
        self.draw_rows(canvas, bounds, &widths, &shown, padding, size);
        let whole_block = Place::whole(&self.block.id);
        let rows_left = self.block.rows.len() + 1 - shown.len();
        if rows_left > 0 {
            let taken: f64 = shown.iter().sum();
            let text = format!("{}: {rows_left}", canvas.locale.more_rows);
            let style = canvas.body(canvas.tone.muted);
            let room = Rect::new(
                bounds.x + 12.0,
                bounds.y + taken + 6.0,
                bounds.width - 12.0,
                bounds.height - taken - 6.0,
            );
            canvas.label(Some(&whole_block), &text, style, room, Setting::label(LABEL, Align::Left));
        }
        let columns_left = self.block.columns.len() - widths.len();
        for left in [rows_left, columns_left].into_iter().filter(|left| *left > 0) {
            let left = u32::try_from(left).unwrap_or(u32::MAX);
            canvas.mark(whole_block.clone(), Loss::Left { count: left });
        }
        canvas.detail(&self.block.id, Detail::Table(TableFrame { columns: widths, rows: shown, size }));
    }

    fn draw_rows(
        &self,
        canvas: &mut Canvas<'_>,
        bounds: Rect,
        widths: &[f64],
        heights: &[f64],
        padding: f64,
        size: f64,
    ) {
        let tone = canvas.tone;
        let id = &self.block.id;
        let whole_block = Place::whole(id);
        let inset = Self::inset(widths.len());
        let mut y = bounds.y;
        for (number, (row, height)) in self.rows.iter().zip(heights).enumerate() {
            if number == 0 {
                let ground = Rect { y, height: *height, ..bounds };
                canvas.fill(Some(&whole_block), ground, tone.surface, 0.0);
                let y = y + height;
                canvas.line(Some(&whole_block), [bounds.x, y], [bounds.right(), y], tone.text, 1.5);
            } else if number + 1 < self.rows.len() || heights.len() < self.block.rows.len() + 1 {
                let y = y + height;
                canvas.line(Some(&whole_block), [bounds.x, y], [bounds.right(), y], tone.line, 1.0);
            }
            let mut x = bounds.x;
            for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
                let part = match number.checked_sub(1) {
                    None => Part::Heading { column },
                    Some(row) => Part::Cell { row, column },
                };
                let align = if self.is_number[column] { Align::Right } else { Align::Left };
                let room = Rect::new(x, y, *width, *height).inset(inset, padding);
                canvas.put(Some(&Place::part(id, part)), &[cell], room, Self::setting(size, align));
                x += width;
            }
            y += height;
        }
    }
}

/// The digits after the point that show each of some numbers, at most four.
pub(in crate::layout) fn decimals(numbers: &[Decimal]) -> u8 {
    let of = |number: &Decimal| {
        let text = number.to_string();
        let digits = text.split_once('.').map_or(0, |(_, digits)| digits.len());
        u8::try_from(digits).unwrap_or(u8::MAX)
    };
    numbers.iter().map(of).max().unwrap_or(0).min(4)
}

/// A number of a cell or card. One that so few digits would show as 0, or round, shows its own.
pub(in crate::layout) fn written(locale: Locale, number: Decimal, decimals: u8) -> String {
    locale.number(number.as_f64(), decimals)
}

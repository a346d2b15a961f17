//! Lists: hanging indents, dots or numbers in the accent's colour.

use crate::block;
use crate::display::{Align, Loss, Part, Place, Rect};
use crate::id::BlockId;
use crate::layout::canvas::{Canvas, ROUNDING, Setting, count, height};
use crate::layout::need::{Need, one_line};
use crate::layout::sizes::Sizes;
use crate::text_layout::{Shaped, first_baseline};

/// From a marker to its text, and from one level to the next.
const INDENT: f64 = 24.0;
/// Numbers of two digits need more.
const NUMBER_INDENT: f64 = 36.0;

pub(in crate::layout) struct List {
    items: Vec<Item>,
    is_numbered: bool,
}

struct Item {
    text: Shaped,
    level: u8,
    /// Of a numbered list: its number.
    number: String,
}

impl List {
    pub(in crate::layout) fn new(canvas: &mut Canvas<'_>, list: &block::List, is_numbered: bool) -> Self {
        let style = canvas.body(canvas.tone.text);
        let mut numbers = [0_usize; 2];
        let items = list
            .items
            .iter()
            .map(|item| {
                let number = if item.level > 1 {
                    numbers[1] += 1;
                    letters(numbers[1])
                } else {
                    numbers = [numbers[0] + 1, 0];
                    format!("{}.", numbers[0])
                };
                Item { text: one_line(canvas.text, &item.text, style), level: item.level, number }
            })
            .collect();
        Self { items, is_numbered }
    }

    pub(in crate::layout) fn is_rtl(&self) -> bool {
        self.items.first().is_some_and(|item| item.text.is_rtl())
    }

    fn indent(&self, item: &Item) -> f64 {
        let first = if self.is_numbered { NUMBER_INDENT } else { INDENT };
        if item.level > 1 { first + INDENT } else { first }
    }

    /// Between an item and the one before it.
    fn gap(item: &Item, sizes: Sizes) -> f64 {
        match (item.level > 1, sizes.body > 20.0) {
            (true, _) => 6.0,
            (false, true) => 18.0,
            (false, false) => 8.0,
        }
    }

    fn setting(item: &Item, sizes: Sizes) -> Setting {
        Setting::body(if item.level > 1 { sizes.small() } else { sizes.body })
    }

    pub(in crate::layout) fn need(&self, width: f64, sizes: Sizes) -> Need {
        let mut natural = 0.0;
        for (index, item) in self.items.iter().enumerate() {
            if index > 0 {
                natural += Self::gap(item, sizes);
            }
            natural += height(&[&item.text], width - self.indent(item), Self::setting(item, sizes));
        }
        Need::fixed(natural, Setting::body(sizes.body).pitch())
    }

    pub(in crate::layout) fn draw(&self, canvas: &mut Canvas<'_>, id: &BlockId, bounds: Rect, sizes: Sizes) {
        let mut y = bounds.y;
        for (index, item) in self.items.iter().enumerate() {
            let setting = Self::setting(item, sizes);
            if index > 0 {
                y += Self::gap(item, sizes);
            }
            if y + setting.pitch() > bounds.bottom() + ROUNDING {
                let left = u32::try_from(self.items.len() - index).unwrap_or(u32::MAX);
                canvas.mark(Place::whole(id), Loss::Left { count: left });
                return;
            }
            let indent = self.indent(item);
            let room = Rect::new(
                if item.text.is_rtl() { bounds.x } else { bounds.x + indent },
                y,
                bounds.width - indent,
                bounds.bottom() - y,
            );
            let needed = height(&[&item.text], room.width, setting).min(room.height);
            let of = Place::part(id, Part::Item { index });
            self.marker(canvas, &of, item, bounds, y, setting);
            y += canvas.put(Some(&of), &[&item.text], Rect { height: needed, ..room }, setting);
        }
    }

    fn marker(
        &self,
        canvas: &mut Canvas<'_>,
        of: &Place,
        item: &Item,
        bounds: Rect,
        y: f64,
        setting: Setting,
    ) {
        let indent = self.indent(item);
        let second = if item.level > 1 { INDENT } else { 0.0 };
        let size = setting.size;
        let tone = canvas.tone;
        if self.is_numbered {
            let style = if item.level > 1 { canvas.body(tone.muted) } else { canvas.bold(tone.accent_text) };
            let width = indent - second;
            let x = if item.text.is_rtl() { bounds.right() - indent } else { bounds.x + second };
            let align = if item.text.is_rtl() { Align::Right } else { Align::Left };
            let room = Rect::new(x, y, width, setting.pitch());
            canvas.label(Some(of), &item.number, style, room, Setting { align, ..setting });
            return;
        }
        // On the middle of small letters.
        let center = y + first_baseline(size, setting.line_height) - size * 0.27;
        let radius = size * 0.13;
        let x = second + radius + 2.0;
        let x = if item.text.is_rtl() { bounds.right() - x } else { bounds.x + x };
        if item.level > 1 {
            canvas.line(Some(of), [x - radius, center], [x + radius * 1.6, center], tone.muted, 1.5);
        } else {
            canvas.dot(Some(of), [x, center], radius, tone.accent);
        }
    }
}

/// `a.` to `z.`, and from there on `27.`.
fn letters(number: usize) -> String {
    match u8::try_from(number) {
        Ok(number @ 1..=26) => format!("{}.", char::from(b'a' + number - 1)),
        _ => format!("{number}."),
    }
}

/// The rows of an agenda: a number, a text and a line under it.
pub(in crate::layout) struct Agenda<'a>(pub(in crate::layout) &'a block::List);

/// How high a row of an agenda may be.
const ROW: [f64; 2] = [48.0, 104.0];

impl Agenda<'_> {
    pub(in crate::layout) fn fits(&self, height: f64) -> bool {
        count(self.0.items.len()) * ROW[0] <= height
    }

    pub(in crate::layout) fn draw(&self, canvas: &mut Canvas<'_>, bounds: Rect) {
        let tone = canvas.tone;
        let row = (bounds.height / count(self.0.items.len().max(1))).clamp(ROW[0], ROW[1]);
        let size = if row >= 64.0 { 24.0 } else { 20.0 };
        let setting = Setting::label(size, Align::Left);
        let mut numbers = 0;
        for (index, item) in self.0.items.iter().enumerate() {
            let y = bounds.y + row * count(index);
            let of = Place::part(&self.0.id, Part::Item { index });
            let text_y = y + (row - setting.pitch()) / 2.0;
            let is_second = item.level > 1;
            if !is_second {
                numbers += 1;
                let style = canvas.bold(tone.accent_text);
                let room = Rect::new(bounds.x, text_y, 56.0, setting.pitch());
                canvas.label(Some(&of), &format!("{numbers:02}"), style, room, setting);
            }
            let style = canvas.body(if is_second { tone.muted } else { tone.text });
            let shaped = one_line(canvas.text, &item.text, style);
            let indent = if is_second { 88.0 } else { 64.0 };
            let room = Rect::new(bounds.x + indent, text_y, bounds.width - indent, setting.pitch());
            canvas.put(Some(&of), &[&shaped], room, setting);
            if index + 1 < self.0.items.len() {
                let y = y + row;
                canvas.line(Some(&of), [bounds.x, y], [bounds.right(), y], tone.line, 1.0);
            }
        }
    }
}

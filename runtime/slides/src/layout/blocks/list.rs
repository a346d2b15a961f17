//! Lists: hanging indents, dots or numbers in the accent's colour.

use std::ops::Range;

use crate::block;
use crate::display::{Align, Loss, Part, Place, Rect};
use crate::id::BlockId;
use crate::layout::canvas::{Canvas, ROUNDING, Setting, count, height};
use crate::layout::grid::GUTTER;
use crate::layout::need::{Need, one_line};
use crate::layout::sizes::Sizes;
use crate::text_layout::{Shaped, first_baseline};

/// From a marker to its text, and from one level to the next.
const INDENT: f64 = 24.0;
/// Numbers of two digits need more.
const NUMBER_INDENT: f64 = 36.0;
/// A list of so many items, at least so wide, can stand in two columns.
const LONG: usize = 8;
const WIDE: f64 = 720.0;

/// The width of one of two columns.
fn column(width: f64) -> f64 {
    (width - 1.5 * GUTTER) / 2.0
}

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

    /// Whether it can stand in two columns.
    pub(in crate::layout) fn is_long(&self, width: f64) -> bool {
        self.items.len() >= LONG && width >= WIDE
    }

    /// The height of some of its items over each other.
    fn height_of(&self, items: Range<usize>, width: f64, sizes: Sizes) -> f64 {
        let start = items.start;
        let mut total = 0.0;
        for (index, item) in (start..).zip(&self.items[items]) {
            if index > start {
                total += Self::gap(item, sizes);
            }
            total += height(&[&item.text], width - self.indent(item), Self::setting(item, sizes));
        }
        total
    }

    /// The number of items in the first of two columns, if both are about as high. The second one starts
    /// with an item of the first level.
    fn half(&self, width: f64, sizes: Sizes) -> usize {
        let all = self.items.len();
        let is_start = |at: &usize| self.items[*at].level <= 1;
        let holds_half = |at: &usize| {
            let rest = self.height_of(*at..all, width, sizes);
            self.height_of(0..*at, width, sizes) >= rest - ROUNDING
        };
        (1..all).filter(is_start).find(holds_half).unwrap_or(all)
    }

    pub(in crate::layout) fn need(&self, width: f64, sizes: Sizes) -> Need {
        let all = self.items.len();
        let least = Setting::body(sizes.body).pitch();
        if sizes.splits_lists && self.is_long(width) {
            let width = column(width);
            let half = self.half(width, sizes);
            let first = self.height_of(0..half, width, sizes);
            return Need::fixed(first.max(self.height_of(half..all, width, sizes)), least);
        }
        let natural = self.height_of(0..all, width, sizes);
        Need::fixed(natural, least).up_to(natural + self.gaps() * Self::air(sizes))
    }

    /// The number of places where air can go: before each item of the first level but the first.
    fn gaps(&self) -> f64 {
        count(self.items.iter().skip(1).filter(|item| item.level <= 1).count())
    }

    /// How much further items may be from each other where there is room.
    fn air(sizes: Sizes) -> f64 {
        0.6 * sizes.body
    }

    pub(in crate::layout) fn draw(&self, canvas: &mut Canvas<'_>, id: &BlockId, bounds: Rect, sizes: Sizes) {
        let all = self.items.len();
        if sizes.splits_lists && self.is_long(bounds.width) {
            let first = Rect { width: column(bounds.width), ..bounds };
            let second = Rect { x: bounds.right() - first.width, ..first };
            let is_higher = |at: usize| self.height_of(0..at, first.width, sizes) > bounds.height + ROUNDING;
            let half = self.half(first.width, sizes);
            // Too much for both: as much as there is room for in the first one.
            let is_full = self.height_of(half..all, first.width, sizes) > bounds.height + ROUNDING;
            let half = if is_higher(half) || is_full {
                (2..=all).find(|at| is_higher(*at)).map_or(all, |at| at - 1)
            } else {
                half
            };
            let is_rtl = self.is_rtl();
            let (one, two) = if is_rtl { (second, first) } else { (first, second) };
            self.draw_items(canvas, id, 0..half, one, sizes, 0.0);
            self.draw_items(canvas, id, half..all, two, sizes, 0.0);
        } else {
            let spare = (bounds.height - self.height_of(0..all, bounds.width, sizes)).max(0.0);
            let air = (spare / self.gaps().max(1.0)).min(Self::air(sizes));
            self.draw_items(canvas, id, 0..all, bounds, sizes, air);
        }
    }

    /// Draws some items over each other, those of the first level further apart by `air`. Those for which
    /// there is no room are counted.
    fn draw_items(
        &self,
        canvas: &mut Canvas<'_>,
        id: &BlockId,
        items: Range<usize>,
        bounds: Rect,
        sizes: Sizes,
        air: f64,
    ) {
        let spare = bounds.height - self.height_of(items.clone(), bounds.width, sizes);
        let more = Setting::body(sizes.small());
        // The last line says how many items are left out.
        let bottom = if spare < -ROUNDING && bounds.height > 3.0 * more.pitch() {
            bounds.bottom() - more.pitch()
        } else {
            bounds.bottom()
        };
        let (start, end) = (items.start, items.end);
        let mut y = bounds.y;
        for (index, item) in (start..).zip(&self.items[items]) {
            let setting = Self::setting(item, sizes);
            if index > start {
                y += Self::gap(item, sizes) + if item.level > 1 { 0.0 } else { air };
            }
            if y + setting.pitch() > bottom + ROUNDING {
                let left = end - index;
                if bottom < bounds.bottom() {
                    let style = canvas.body(canvas.tone.muted);
                    let align = if self.is_rtl() { Align::Right } else { Align::Left };
                    let x = if self.is_rtl() { bounds.x } else { bounds.x + INDENT };
                    let room = Rect::new(x, bottom, bounds.width - INDENT, more.pitch());
                    let text = format!("… +{left}");
                    canvas.label(Some(&Place::whole(id)), &text, style, room, Setting { align, ..more });
                }
                let count = u32::try_from(left).unwrap_or(u32::MAX);
                canvas.mark(Place::whole(id), Loss::Left { count });
                return;
            }
            let indent = self.indent(item);
            let room = Rect::new(
                if item.text.is_rtl() { bounds.x } else { bounds.x + indent },
                y,
                bounds.width - indent,
                bottom - y,
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

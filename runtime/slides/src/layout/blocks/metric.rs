//! A number, large, on a card.

use super::table::{decimals, written};
use crate::block::{self, Meaning};
use crate::display::{Align, Part, Path, Place, Rect};
use crate::layout::canvas::{Canvas, Setting, height};
use crate::layout::locale::{Locale, Scale, with_unit};
use crate::layout::need::{Need, one_line};
use crate::text_layout::{Shaped, first_baseline};

const PADDING: f64 = 24.0;
/// Sizes of the number, the first that fits.
const VALUE: [f64; 6] = [72.0, 56.0, 48.0, 40.0, 28.0, 20.0];
/// A number that fits only in a smaller size than this is shortened if it has millions: `€ 130.9 M`.
const LARGE: f64 = 56.0;
const LABEL: f64 = 16.0;
/// On a card wider than this, the label is larger.
const WIDE: f64 = 200.0;
const WIDE_LABEL: f64 = 20.0;
const GAP: f64 = 8.0;
/// The bar at a card's upper edge.
const BAR: f64 = 4.0;

pub(in crate::layout) struct Metric<'a> {
    block: &'a block::Metric,
    value: Shaped,
    /// The number in millions or more, if it has them.
    short: Option<Shaped>,
    label: Shaped,
    change: Option<Shaped>,
    /// The largest size of the number.
    pub(in crate::layout) most: f64,
}

impl<'a> Metric<'a> {
    pub(in crate::layout) fn new(canvas: &mut Canvas<'_>, metric: &'a block::Metric) -> Self {
        let tone = canvas.tone;
        let locale = canvas.locale;
        let number = |value: crate::number::Decimal| written(locale, value, decimals(&[value]));
        let mut value_style = canvas.heading();
        value_style.is_bold = true;
        let value = with_unit(&number(metric.value), metric.unit.as_deref());
        let short = shortened(locale, metric.value.as_f64())
            .map(|short| with_unit(&short, metric.unit.as_deref()))
            .map(|short| canvas.text.shape_plain(&short, value_style));
        let muted = canvas.body(tone.muted);
        let change = metric.change.as_ref().map(|change| {
            let number = number(change.value);
            let sign = if change.value.as_f64() > 0.0 { "+" } else { "" };
            let color = match change.meaning {
                Meaning::Neutral => tone.muted,
                Meaning::Positive => tone.positive,
                Meaning::Negative => tone.negative,
                Meaning::Warning => tone.warning,
            };
            let text = with_unit(&format!("{sign}{number}"), change.unit.as_deref());
            let style = canvas.bold(color);
            canvas.text.shape_plain(&text, style)
        });
        Self {
            block: metric,
            value: canvas.text.shape_plain(&value, value_style),
            short,
            label: one_line(canvas.text, &metric.label, muted),
            change,
            most: VALUE[0],
        }
    }

    /// The size of the number on a card of some width.
    pub(in crate::layout) fn value_size(&self, width: f64) -> f64 {
        self.size_within(width - 2.0 * PADDING)
    }

    fn size_within(&self, width: f64) -> f64 {
        self.shown(width).1
    }

    /// The number as it is shown within a width, and its size.
    fn shown(&self, width: f64) -> (&Shaped, f64) {
        let full = self.size_of(&self.value, width);
        match &self.short {
            Some(short) if full < LARGE => (short, self.size_of(short, width)),
            _ => (&self.value, full),
        }
    }

    fn size_of(&self, value: &Shaped, width: f64) -> f64 {
        let fits = |size: &&f64| value.widest(**size) <= width;
        VALUE
            .iter()
            .filter(|size| **size <= self.most && (width >= 300.0 || **size < 72.0))
            .find(fits)
            .copied()
            .unwrap_or(VALUE[VALUE.len() - 1])
    }

    fn label_setting(width: f64) -> Setting {
        Setting::body(if width >= WIDE { WIDE_LABEL } else { LABEL })
    }

    fn content(&self, width: f64) -> f64 {
        let value = Setting::title(self.size_within(width)).pitch();
        let label = height(&[&self.label], width, Self::label_setting(width));
        let change = if self.change.is_some() { GAP + Self::label_setting(width).pitch() } else { 0.0 };
        value + GAP + label + change
    }

    pub(in crate::layout) fn need(&self, width: f64) -> Need {
        let content = self.content(width - 2.0 * PADDING) + 2.0 * PADDING + BAR;
        Need::fixed(content, 88.0)
    }

    pub(in crate::layout) fn draw(&self, canvas: &mut Canvas<'_>, bounds: Rect) {
        let tone = canvas.tone;
        let id = &self.block.id;
        let whole = Place::whole(id);
        canvas.fill(Some(&whole), bounds, tone.surface, 0.0);
        canvas.fill(Some(&whole), Rect { height: BAR.min(bounds.height), ..bounds }, tone.accent, 0.0);
        let padding = PADDING.min(bounds.height / 5.0);
        let inner = bounds.inset(PADDING.min(bounds.width / 6.0), padding).below(BAR.min(bounds.height));
        let content = self.content(inner.width).min(inner.height);
        let mut y = inner.y + (inner.height - content) / 2.0;
        let (value, size) = self.shown(inner.width);
        let setting = Setting::title(size);
        let room = |y: f64, height: f64| Rect::new(inner.x, y, inner.width, height.min(inner.bottom() - y));
        let of = Place::part(id, Part::Value);
        y += canvas.put(Some(&of), &[value], room(y, setting.pitch()), setting) + GAP;
        let setting = Self::label_setting(inner.width);
        let change_height = if self.change.is_some() { GAP + setting.pitch() } else { 0.0 };
        let of = Place::part(id, Part::Label);
        let label_room = room(y, inner.bottom() - y - change_height);
        y += canvas.put(Some(&of), &[&self.label], label_room, setting) + GAP;
        if let (Some(shaped), Some(change)) = (&self.change, &self.block.change) {
            let of = Place::part(id, Part::Change);
            let color = match change.meaning {
                Meaning::Neutral => tone.muted,
                Meaning::Positive => tone.positive,
                Meaning::Negative => tone.negative,
                Meaning::Warning => tone.warning,
            };
            let is_shown = inner.bottom() - y >= setting.pitch() - 0.05;
            let number = change.value.as_f64();
            if is_shown && number != 0.0 {
                let middle = y + first_baseline(setting.size, setting.line_height) - setting.size * 0.32;
                canvas.path(Some(&of), arrow(inner.x, middle, number > 0.0), color);
            }
            let indent = if number == 0.0 { 0.0 } else { ARROW + 6.0 };
            let room = room(y, setting.pitch());
            let room = Rect::new(room.x + indent, room.y, room.width - indent, room.height);
            canvas.put(Some(&of), &[shaped], room, Setting { align: Align::Left, ..setting });
        }
    }
}

/// A number of millions or more, as people say it: a card is read at a glance.
fn shortened(locale: Locale, number: f64) -> Option<String> {
    let scales = [(1e12, Scale::Trillion), (1e9, Scale::Billion), (1e6, Scale::Million)];
    let (divisor, scale) = scales.into_iter().find(|(divisor, _)| number.abs() >= *divisor)?;
    let tenths = (number / divisor * 10.0).round();
    let decimals = u8::from(tenths % 10.0 != 0.0);
    Some(format!("{}\u{a0}{}", locale.number(tenths / 10.0, decimals), locale.scale(scale)))
}

/// The width of the arrow.
const ARROW: f64 = 11.0;

/// A triangle that points up or down, its left edge at `x` and its middle at `y`.
fn arrow(x: f64, y: f64, is_up: bool) -> Path {
    let (base, tip) = if is_up { (y + 4.5, y - 4.5) } else { (y - 4.5, y + 4.5) };
    Path::polyline(&[[x, base], [x + ARROW, base], [x + ARROW / 2.0, tip]], true)
}

//! Steps of a process, and dates of a timeline: side by side, in rows if there are many.

use crate::block::{self, StepsKind};
use crate::display::{Align, Loss, Part, Path, Place, Rect, StepField};
use crate::layout::canvas::{Canvas, ROUNDING, Setting, count, height};
use crate::layout::need::{Need, one_line};
use crate::layout::sizes::Sizes;
use crate::lint::guide::{MAX_PROCESS_STEPS, MAX_TIMELINE_STEPS};
use crate::text_layout::Shaped;

/// Between steps, and between rows of them.
const GAP: f64 = 24.0;
/// A numbered circle of a process.
const CIRCLE: f64 = 40.0;
/// A dot of a timeline.
const DOT: f64 = 16.0;
/// Under a circle or dot.
const UNDER: f64 = 16.0;
/// Within the card of a process' step.
const PADDING: f64 = 24.0;

pub(in crate::layout) struct Steps<'a> {
    steps: &'a block::Steps,
    texts: Vec<Texts>,
}

struct Texts {
    title: Shaped,
    when: Option<Shaped>,
    text: Option<Shaped>,
}

impl Texts {
    fn height(&self, width: f64, sizes: Sizes) -> f64 {
        let fields = [(&self.when, small(sizes)), (&self.text, small(sizes))];
        let rest: f64 = fields
            .iter()
            .filter_map(|(field, setting)| {
                field.as_ref().map(|shaped| height(&[shaped], width, *setting) + 6.0)
            })
            .sum();
        height(&[&self.title], width, title(sizes)) + rest
    }
}

fn title(sizes: Sizes) -> Setting {
    Setting::label(sizes.body, Align::Left)
}

fn small(sizes: Sizes) -> Setting {
    Setting::body(sizes.small())
}

impl<'a> Steps<'a> {
    pub(in crate::layout) fn new(canvas: &mut Canvas<'_>, steps: &'a block::Steps) -> Self {
        let tone = canvas.tone;
        let (bold, muted) = (canvas.bold(tone.text), canvas.body(tone.muted));
        let accent = canvas.bold(tone.accent_text);
        let texts = steps
            .steps
            .iter()
            .map(|step| Texts {
                title: one_line(canvas.text, &step.title, bold),
                when: step.when.as_ref().map(|when| canvas.text.shape_plain(when, accent)),
                text: step.text.as_ref().map(|text| one_line(canvas.text, text, muted)),
            })
            .collect();
        Self { steps, texts }
    }

    fn columns(&self) -> usize {
        let most = match self.steps.kind {
            StepsKind::Process => MAX_PROCESS_STEPS,
            StepsKind::Timeline => MAX_TIMELINE_STEPS,
        };
        let rows = self.texts.len().div_ceil(most).max(1);
        self.texts.len().div_ceil(rows).max(1)
    }

    fn sign(&self) -> f64 {
        match self.steps.kind {
            StepsKind::Process => CIRCLE,
            StepsKind::Timeline => DOT,
        }
    }

    fn width(&self, width: f64) -> f64 {
        let columns = count(self.columns());
        (width - GAP * (columns - 1.0)) / columns
    }

    /// Around the content of a step.
    fn padding(&self) -> f64 {
        match self.steps.kind {
            StepsKind::Process => PADDING,
            StepsKind::Timeline => 0.0,
        }
    }

    /// The heights of the rows.
    fn rows(&self, width: f64, sizes: Sizes) -> Vec<f64> {
        let width = self.width(width) - 2.0 * self.padding();
        let row = |texts: &[Texts]| {
            let texts = texts.iter().map(|texts| texts.height(width, sizes)).fold(0.0, f64::max);
            self.sign() + UNDER + texts + 2.0 * self.padding()
        };
        self.texts.chunks(self.columns()).map(row).collect()
    }

    pub(in crate::layout) fn need(&self, width: f64, sizes: Sizes) -> Need {
        let rows = self.rows(width, sizes);
        let natural = rows.iter().sum::<f64>() + GAP * count(rows.len().saturating_sub(1));
        Need::fixed(natural, self.sign() + UNDER + title(sizes).pitch() + 2.0 * self.padding())
    }

    pub(in crate::layout) fn draw(&self, canvas: &mut Canvas<'_>, bounds: Rect, sizes: Sizes) {
        let width = self.width(bounds.width);
        let columns = self.columns();
        let least = self.sign() + UNDER + title(sizes).pitch() + 2.0 * self.padding();
        let mut y = bounds.y;
        for (row, (texts, height)) in
            self.texts.chunks(columns).zip(self.rows(bounds.width, sizes)).enumerate()
        {
            let first = row * columns;
            if y + least > bounds.bottom() + ROUNDING {
                let left = u32::try_from(self.texts.len() - first).unwrap_or(u32::MAX);
                canvas.mark(Place::whole(&self.steps.id), Loss::Left { count: left });
                return;
            }
            let height = height.min(bounds.bottom() - y);
            for (column, texts) in texts.iter().enumerate() {
                let index = first + column;
                let x = bounds.x + (width + GAP) * count(column);
                let place = Rect::new(x, y, width, height);
                let is_last = index + 1 == self.texts.len();
                let is_end = is_last || column + 1 == columns;
                self.sign_at(canvas, index, place, is_end, is_last);
                let inner = place.inset(self.padding(), self.padding());
                self.texts_at(canvas, index, texts, inner.below(self.sign() + UNDER), sizes);
            }
            y += height + GAP;
        }
    }

    fn sign_at(&self, canvas: &mut Canvas<'_>, index: usize, place: Rect, is_end: bool, is_last: bool) {
        let tone = canvas.tone;
        let of = Place::part(&self.steps.id, Part::Step { index, field: None });
        let middle = place.y + self.sign() / 2.0;
        match self.steps.kind {
            StepsKind::Process => {
                canvas.fill(Some(&of), place, tone.surface, 0.0);
                let (x, middle) = (place.x + PADDING, middle + PADDING);
                canvas.dot(Some(&of), [x + CIRCLE / 2.0, middle], CIRCLE / 2.0, tone.accent);
                let setting = Setting::label(20.0, Align::Center);
                let room = Rect::new(x, middle - setting.pitch() / 2.0 - 0.5, CIRCLE, setting.pitch());
                let style = canvas.bold(tone.on_accent);
                canvas.label(Some(&of), &(index + 1).to_string(), style, room, setting);
                if !is_end {
                    // In the gap, at the height of the circles.
                    let (start, end) = (place.right() + 6.0, place.right() + GAP - 6.0);
                    let head = [[start, middle - 9.0], [end, middle], [start, middle + 9.0]];
                    canvas.path(Some(&of), Path::polyline(&head, true), tone.accent);
                }
            }
            StepsKind::Timeline => {
                let end = if is_end { place.right() } else { place.right() + GAP };
                let color = if is_last { tone.line } else { tone.accent };
                canvas.line(Some(&of), [place.x + DOT, middle], [end, middle], color, 2.0);
                canvas.dot(Some(&of), [place.x + DOT / 2.0, middle], DOT / 2.0, tone.accent);
                canvas.dot(Some(&of), [place.x + DOT / 2.0, middle], DOT / 4.0, tone.background);
            }
        }
    }

    fn texts_at(&self, canvas: &mut Canvas<'_>, index: usize, texts: &Texts, room: Rect, sizes: Sizes) {
        let mut y = room.y;
        let fields = [
            (StepField::When, texts.when.as_ref(), small(sizes)),
            (StepField::Title, Some(&texts.title), title(sizes)),
            (StepField::Text, texts.text.as_ref(), small(sizes)),
        ];
        for (field, shaped, setting) in fields {
            let Some(shaped) = shaped else { continue };
            let of = Place::part(&self.steps.id, Part::Step { index, field: Some(field) });
            let left = Rect::new(room.x, y, room.width, room.bottom() - y);
            if left.height + ROUNDING < setting.pitch() {
                canvas.mark(of, Loss::Hidden);
                continue;
            }
            y += canvas.put(Some(&of), &[shaped], left, setting) + 6.0;
        }
    }
}

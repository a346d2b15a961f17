//! A text that stands out: on a surface, with a bar that says how it is meant.

use crate::block::{self, Meaning};
use crate::display::{Part, Place, Rect};
use crate::layout::canvas::{Canvas, Setting, height};
use crate::layout::need::{Need, paragraphs};
use crate::layout::sizes::Sizes;
use crate::text_layout::Shaped;

const PADDING: [f64; 2] = [24.0, 16.0];
const BAR: f64 = 6.0;

pub(in crate::layout) struct Callout<'a> {
    callout: &'a block::Callout,
    text: Vec<Shaped>,
}

impl<'a> Callout<'a> {
    pub(in crate::layout) fn new(canvas: &mut Canvas<'_>, callout: &'a block::Callout) -> Self {
        let style = canvas.body(canvas.tone.text);
        Self { callout, text: paragraphs(canvas.text, &callout.text, style) }
    }

    pub(in crate::layout) fn need(&self, width: f64, sizes: Sizes) -> Need {
        let text: Vec<&Shaped> = self.text.iter().collect();
        let setting = Setting::body(sizes.body);
        let natural = height(&text, width - 2.0 * PADDING[0] - BAR, setting) + 2.0 * PADDING[1];
        Need::fixed(natural, setting.pitch() + 2.0 * PADDING[1])
    }

    pub(in crate::layout) fn draw(&self, canvas: &mut Canvas<'_>, bounds: Rect, sizes: Sizes) {
        let tone = canvas.tone;
        let color = match self.callout.meaning {
            Meaning::Neutral => tone.accent,
            Meaning::Positive => tone.positive,
            Meaning::Negative => tone.negative,
            Meaning::Warning => tone.warning,
        };
        let whole = Place::whole(&self.callout.id);
        canvas.fill(Some(&whole), bounds, tone.surface, 0.0);
        canvas.fill(Some(&whole), Rect { width: BAR.min(bounds.width), ..bounds }, color, 0.0);
        let inner = Rect::new(bounds.x + BAR, bounds.y, bounds.width - BAR, bounds.height);
        let of = Place::part(&self.callout.id, Part::Text);
        let text: Vec<&Shaped> = self.text.iter().collect();
        canvas.put(Some(&of), &text, inner.inset(PADDING[0], PADDING[1]), Setting::body(sizes.body));
    }
}

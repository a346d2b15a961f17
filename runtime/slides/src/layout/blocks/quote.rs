//! What somebody said, within other blocks; a slide of its own is in `slides/`.

use crate::block;
use crate::display::{Align, Part, Place, Rect};
use crate::id::BlockId;
use crate::layout::canvas::{Canvas, Setting, height};
use crate::layout::need::{Need, paragraphs};
use crate::layout::sizes::Sizes;
use crate::text_layout::Shaped;

const INDENT: f64 = 24.0;
const BAR: f64 = 4.0;
const GAP: f64 = 8.0;

pub(in crate::layout) struct Quote {
    text: Vec<Shaped>,
    by: Option<Shaped>,
}

impl Quote {
    pub(in crate::layout) fn new(canvas: &mut Canvas<'_>, quote: &block::Quote) -> Self {
        let (style, muted) = (canvas.body(canvas.tone.text), canvas.body(canvas.tone.muted));
        let text = paragraphs(canvas.text, &quote.text, style);
        let by = quote.by.as_ref().map(|by| canvas.text.shape_plain(&format!("— {by}"), muted));
        Self { text, by }
    }

    fn by_height(&self, width: f64, sizes: Sizes) -> f64 {
        let setting = Setting::label(sizes.small(), Align::Left);
        self.by.as_ref().map_or(0.0, |by| GAP + height(&[by], width, setting))
    }

    pub(in crate::layout) fn need(&self, width: f64, sizes: Sizes) -> Need {
        let width = width - INDENT;
        let text: Vec<&Shaped> = self.text.iter().collect();
        let setting = Setting::body(sizes.body);
        let by = self.by_height(width, sizes);
        Need::fixed(height(&text, width, setting) + by, setting.pitch() + by)
    }

    pub(in crate::layout) fn draw(&self, canvas: &mut Canvas<'_>, id: &BlockId, bounds: Rect, sizes: Sizes) {
        let accent = canvas.tone.accent;
        canvas.fill(Some(&Place::whole(id)), Rect { width: BAR, ..bounds }, accent, 0.0);
        let inner = Rect::new(bounds.x + INDENT, bounds.y, bounds.width - INDENT, bounds.height);
        let by_height = self.by_height(inner.width, sizes).min(inner.height);
        let text: Vec<&Shaped> = self.text.iter().collect();
        let place = Place::part(id, Part::Text);
        let room = Rect { height: inner.height - by_height, ..inner };
        let taken = canvas.put(Some(&place), &text, room, Setting::body(sizes.body));
        if let Some(by) = &self.by {
            let place = Place::part(id, Part::By);
            let room = Rect { height: by_height - GAP, ..inner.below(taken + GAP) };
            canvas.put(Some(&place), &[by], room, Setting::label(sizes.small(), Align::Left));
        }
    }
}

//! An image with its caption.

use crate::block;
use crate::display::{Align, Part, Picture as Shown, Place, Rect, Shape};
use crate::layout::canvas::{Canvas, Setting, height};
use crate::layout::need::{Need, one_line};
use crate::layout::sizes::LABEL;
use crate::text_layout::Shaped;

const LEAST: f64 = 96.0;
const GAP: f64 = 8.0;
const RADIUS: f64 = 4.0;

pub(in crate::layout) struct Picture<'a> {
    image: &'a block::Image,
    caption: Option<Shaped>,
}

impl<'a> Picture<'a> {
    pub(in crate::layout) fn new(canvas: &mut Canvas<'_>, image: &'a block::Image) -> Self {
        let style = canvas.body(canvas.tone.muted);
        let caption = image.caption.as_ref().map(|caption| one_line(canvas.text, caption, style));
        Self { image, caption: caption.filter(|caption| !caption.is_blank()) }
    }

    fn caption_height(&self, width: f64) -> f64 {
        let setting = Setting::label(LABEL, Align::Left);
        let lines = self.caption.as_ref().map_or(0.0, |caption| height(&[caption], width, setting));
        if lines > 0.0 { GAP + lines.min(2.0 * setting.pitch()) } else { 0.0 }
    }

    pub(in crate::layout) fn need(&self, width: f64) -> Need {
        Need::flexible(LEAST + self.caption_height(width))
    }

    pub(in crate::layout) fn draw(&self, canvas: &mut Canvas<'_>, bounds: Rect) {
        let caption_height = self.caption_height(bounds.width);
        let place = Rect { height: bounds.height - caption_height, ..bounds };
        show(canvas, self.image, place, self.image.fit, RADIUS);
        if let Some(caption) = &self.caption {
            let of = Place::part(&self.image.id, Part::Caption);
            let room = bounds.below(place.height + GAP);
            canvas.put(Some(&of), &[caption], room, Setting::label(LABEL, Align::Left));
        }
    }
}

/// Draws an image, on a surface that shows until the image is there and where it doesn't reach.
pub(in crate::layout) fn show(
    canvas: &mut Canvas<'_>,
    image: &block::Image,
    bounds: Rect,
    fit: block::Fit,
    radius: f64,
) {
    let of = Place::whole(&image.id);
    let surface = canvas.tone.surface;
    canvas.fill(Some(&of), bounds, surface, radius);
    let picture = Shown { image: image.image.clone(), bounds, fit, radius, alt: image.alt.clone() };
    canvas.push(Some(&of), Shape::Image(picture));
}

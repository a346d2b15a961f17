//! Titles with their subtitles.

use super::canvas::{Canvas, Setting, count, height};
use super::need::one_line;
use super::parts::Parts;
use crate::display::{Align, Loss, Part, Place, Rect, Slot};
use crate::text_layout::Shaped;

/// How a title is set: its sizes from the largest, and the most lines it may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) sizes: &'static [f64],
    pub(super) lines: usize,
    pub(super) subtitle: f64,
    /// Between the two.
    pub(super) gap: f64,
}

/// The title of most slides.
pub(super) const CONTENT: Kind = Kind { sizes: &[32.0, 28.0], lines: 2, subtitle: 20.0, gap: 8.0 };
/// One beside something.
pub(super) const NARROW: Kind = Kind { sizes: &[32.0, 28.0], lines: 5, subtitle: 20.0, gap: 12.0 };
/// Of a cover.
pub(super) const COVER: Kind = Kind { sizes: &[56.0, 48.0, 40.0], lines: 4, subtitle: 24.0, gap: 20.0 };
/// Of a section and of the last slide.
pub(super) const SECTION: Kind = Kind { sizes: &[48.0, 40.0, 32.0], lines: 4, subtitle: 24.0, gap: 16.0 };
/// A sentence that is the whole slide.
pub(super) const STATEMENT: Kind = Kind { sizes: &[40.0, 32.0, 28.0], lines: 6, subtitle: 20.0, gap: 24.0 };

/// Lines of a subtitle; more are cut.
const SUBTITLE_LINES: usize = 3;

/// A title and subtitle that are measured for a width.
pub(super) struct Header {
    title: Option<(Place, Shaped, Setting, f64)>,
    subtitle: Option<(Place, Shaped, Setting, f64)>,
    gap: f64,
    /// Of a title that is set smaller than usual.
    smaller: Option<u32>,
    width: f64,
}

impl Header {
    pub(super) fn new(canvas: &mut Canvas<'_>, parts: &Parts<'_>, width: f64, kind: Kind) -> Self {
        let mut smaller = None;
        let title = parts.title.map(|heading| {
            let style = canvas.heading();
            let shaped = one_line(canvas.text, &heading.text, style);
            let fits =
                |size: &&f64| shaped.count(width, **size) <= kind.lines && shaped.narrowest(**size) <= width;
            let last = kind.sizes[kind.sizes.len() - 1];
            let size = kind.sizes.iter().find(fits).copied().unwrap_or(last);
            if size < kind.sizes[0] {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "one of our sizes"
                )]
                let size = size as u32;
                smaller = Some(size);
            }
            let setting = Setting::title(size);
            let height = height(&[&shaped], width, setting).min(count(kind.lines) * setting.pitch());
            (Place::part(&heading.id, Part::Text), shaped, setting, height)
        });
        let subtitle = parts.subtitle.map(|heading| {
            let style = canvas.body(canvas.tone.muted);
            let shaped = one_line(canvas.text, &heading.text, style);
            let setting = Setting::label(kind.subtitle, Align::Left);
            let most = count(SUBTITLE_LINES) * setting.pitch();
            let height = height(&[&shaped], width, setting).min(most);
            (Place::part(&heading.id, Part::Text), shaped, setting, height)
        });
        Self { title, subtitle, gap: kind.gap, smaller, width }
    }

    pub(super) fn height(&self) -> f64 {
        let of = |part: &Option<(Place, Shaped, Setting, f64)>| part.as_ref().map_or(0.0, |part| part.3);
        let gap = if self.title.is_some() && self.subtitle.is_some() { self.gap } else { 0.0 };
        of(&self.title) + gap + of(&self.subtitle)
    }

    /// Draws them from a corner on; gives where they end.
    pub(super) fn draw(self, canvas: &mut Canvas<'_>, x: f64, y: f64) -> f64 {
        let mut end = y;
        for (slot, part) in [(Slot::Title, self.title), (Slot::Subtitle, self.subtitle)] {
            let Some((place, shaped, setting, height)) = part else { continue };
            if end > y {
                end += self.gap;
            }
            let bounds = Rect::new(x, end, self.width, height);
            canvas.frame(&place.block, slot, bounds);
            if slot == Slot::Title
                && let Some(size) = self.smaller
            {
                canvas.mark(place.clone(), Loss::Smaller { size });
            }
            canvas.put(Some(&place), &[&shaped], bounds, setting);
            end += height;
        }
        end
    }
}

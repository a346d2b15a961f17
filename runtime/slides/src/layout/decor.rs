//! The pictures of a theme: under everything else of a slide, and clear of its text.

use super::canvas::Canvas;
use super::grid::SLIDE;
use super::parts::Parts;
use crate::block::{Block, Fit};
use crate::deck::Layout;
use crate::display::{HEIGHT, Picture, Rect, RectShape, Shape, WIDTH};
use crate::theme::{Ground, PictureRole, Theme, ThemePicture};

/// How much of a backdrop the ground's colour covers where much is read, and on covers and sections.
/// At the second, white on near black has 7:1 even where the picture is white.
const VEIL: f64 = 0.86;
const PANEL_VEIL: f64 = 0.72;

/// Between which heights covers and sections have their text.
const PANEL: [f64; 2] = [88.0, 640.0];

/// Between a logo and the words of the footer.
const GAP: f64 = 24.0;

/// The kind of slides that a layout is one of.
pub(crate) fn ground(layout: Layout) -> Ground {
    match layout {
        Layout::Cover | Layout::Closing => Ground::Cover,
        Layout::Section => Ground::Section,
        _ => Ground::Content,
    }
}

/// A part of a slide that its layout fills beyond the usual places of text.
fn used(layout: Layout, parts: &Parts<'_>) -> Option<Rect> {
    let has_image = || parts.rest.iter().any(|block| matches!(block, Block::Image(_)));
    match layout {
        // Logos beside the text of a cover have no place when it needs the whole width.
        Layout::Cover | Layout::Section | Layout::Closing if parts.is_wide() => {
            Some(Rect::new(0.0, PANEL[0], WIDTH, PANEL[1] - PANEL[0]))
        }
        Layout::ImageHalf if has_image() => Some(Rect { x: WIDTH / 2.0, width: WIDTH / 2.0, ..SLIDE }),
        Layout::ImageFull if has_image() => Some(SLIDE),
        _ => None,
    }
}

/// Draws the pictures of a slide's theme. Logos that meet what the slide's layout fills are left out.
pub(super) fn pictures(canvas: &mut Canvas<'_>, layout: Layout, parts: &Parts<'_>) {
    let used = used(layout, parts);
    let theme = canvas.theme;
    let on = ground(layout);
    let mut is_veiled = true;
    for picture in of(theme, on).filter(|picture| picture.role == PictureRole::Backdrop) {
        is_veiled = false;
        show(canvas, picture, Fit::Cover);
    }
    if !is_veiled {
        let opacity = if on == Ground::Content { VEIL } else { PANEL_VEIL };
        let fill = Some(canvas.tone.background);
        canvas.push(None, Shape::Rect(RectShape { bounds: SLIDE, radius: 0.0, fill, stroke: None, opacity }));
    }
    for picture in of(theme, on).filter(|picture| picture.role == PictureRole::Logo) {
        if !used.is_some_and(|used| used.overlaps(place(picture), 0.0)) {
            show(canvas, picture, Fit::Contain);
        }
    }
}

fn show(canvas: &mut Canvas<'_>, picture: &ThemePicture, fit: Fit) {
    let bounds = place(picture);
    let image = picture.image.clone();
    canvas.push(None, Shape::Image(Picture { image, bounds, fit, radius: 0.0, alt: String::new() }));
}

/// A line at the foot of a slide, kept clear of logos: shortened to its longer side, or, with a width,
/// moved to the left of them.
pub(super) fn clear_of_logos(theme: &Theme, layout: Layout, line: Rect, width: Option<f64>) -> Rect {
    let is_logo = |picture: &&ThemePicture| picture.role == PictureRole::Logo;
    let mut logos: Vec<Rect> = of(theme, ground(layout)).filter(is_logo).map(place).collect();
    // From the right on, as making room for one logo may lead under the next.
    logos.sort_by(|one, two| two.right().total_cmp(&one.right()));
    let mut line = line;
    for logo in logos {
        if !line.overlaps(Rect { x: logo.x - GAP, width: logo.width + 2.0 * GAP, ..logo }, 0.0) {
            continue;
        }
        let (before, after) = (logo.x - GAP, logo.right() + GAP);
        let (x, right) = match width {
            Some(width) => (before - width, before),
            None if before - line.x >= line.right() - after => (line.x, before),
            None => (after, line.right()),
        };
        line = Rect { x, width: (right - x).max(0.0), ..line };
    }
    line
}

fn of(theme: &Theme, ground: Ground) -> impl Iterator<Item = &ThemePicture> {
    theme.pictures.iter().filter(move |picture| picture.on.contains(&ground))
}

/// Within the slide, whatever the theme says.
pub(crate) fn place(picture: &ThemePicture) -> Rect {
    let area = picture.bounds;
    let (x, y) = (f64::from(area.x).min(WIDTH), f64::from(area.y).min(HEIGHT));
    Rect::new(x, y, f64::from(area.width).min(WIDTH - x), f64::from(area.height).min(HEIGHT - y))
}

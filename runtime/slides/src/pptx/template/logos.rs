//! Where the pictures of masters and layouts go on our slides.
//!
//! A picture that fills the slide is a backdrop. A small one is a logo: it keeps its place if that is clear
//! of text, moves to the head or foot of the slide and becomes smaller if it nearly is, and is left out if it
//! stands in the middle.

use super::sheet::Drawn;
use crate::display::{HEIGHT, Rect, WIDTH};
use crate::theme::{Area, FOOTER_BAND, Ground, Spacing, header_band};

/// The highest distance above text that makes room for a logo.
const MOST_TOP: u16 = 72;
/// The part of a slide that a logo has at most.
const LOGO: f64 = 0.15;
/// The part of each side that a backdrop has at least.
const BACKDROP: f64 = 0.9;
/// Smaller ones are decoration.
const LEAST: f64 = 8.0;
/// Between the edge of a slide and a logo that was moved.
const EDGE: f64 = 16.0;

/// What becomes of a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Placed {
    At(Area),
    /// Moved or made smaller.
    Moved(Area),
    /// Left out, and why.
    Left(&'static str),
}

/// Whether a picture fills the slide.
pub(super) fn is_backdrop(drawn: &Drawn) -> bool {
    drawn.bounds.width >= BACKDROP * WIDTH && drawn.bounds.height >= BACKDROP * HEIGHT
}

/// Where a picture that doesn't fill the slide goes. Text makes a little room for one at its head.
pub(super) fn place(drawn: &Drawn, ground: Ground, spacing: &mut Spacing) -> Placed {
    let bounds = drawn.bounds;
    if bounds.width < LEAST || bounds.height < LEAST {
        return Placed::Left("it is tiny");
    }
    if bounds.width * bounds.height > LOGO * WIDTH * HEIGHT {
        return Placed::Left("it takes room that text needs");
    }
    if drawn.is_turned {
        return Placed::Left("it is turned or mirrored");
    }
    if drawn.is_cropped {
        return Placed::Left("only a part of it is shown");
    }
    let slide = Rect::new(0.0, 0.0, WIDTH, HEIGHT);
    if !slide.holds(bounds, 2.0) {
        return Placed::Left("it reaches over the edge of the slide");
    }
    let wanted = *spacing;
    if ground == Ground::Content {
        for top in (spacing.margin_top..=MOST_TOP).step_by(8) {
            let wider = Spacing { margin_top: top, ..wanted };
            if area(bounds).is_clear(wider, ground) {
                *spacing = wider;
                return Placed::At(area(bounds));
            }
        }
    } else if area(bounds).is_clear(*spacing, ground) {
        return Placed::At(area(bounds));
    }
    let (start, end) = if bounds.center_y() < 0.25 * HEIGHT {
        if ground == Ground::Content {
            spacing.margin_top = spacing.margin_top.max(MOST_TOP);
        }
        (EDGE, f64::from(header_band(*spacing, ground)))
    } else if bounds.center_y() > 0.8 * HEIGHT {
        (f64::from(FOOTER_BAND), HEIGHT - EDGE)
    } else {
        return Placed::Left("it stands where the text is");
    };
    let scale = ((end - start) / bounds.height).min(1.0);
    let (width, height) = (bounds.width * scale, bounds.height * scale);
    // At the same part of the way from the left edge to the right.
    let x = bounds.x.max(0.0) / (WIDTH - bounds.width).max(1.0) * (WIDTH - width);
    Placed::Moved(area(Rect::new(x, start + (end - start - height) / 2.0, width, height)))
}

/// The whole slide.
pub(super) const FULL: Area = Area { x: 0, y: 0, width: 1280, height: 720 };

/// A rectangle in whole pixels, within the slide.
fn area(bounds: Rect) -> Area {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place on a slide")]
    let whole = |length: f64, least: f64, most: f64| length.clamp(least, most) as u16;
    let x = whole(bounds.x.round(), 0.0, WIDTH - 1.0);
    let y = whole(bounds.y.round(), 0.0, HEIGHT - 1.0);
    Area {
        x,
        y,
        width: whole(bounds.width.floor(), 1.0, WIDTH - f64::from(x)),
        height: whole(bounds.height.floor(), 1.0, HEIGHT - f64::from(y)),
    }
}

//! Colours changed as little as needed for text to be readable.
//!
//! Companies choose colours for large areas and few words; our slides have tables and small print. A
//! colour that can't be read on its ground is mixed with black or white, in small steps, until it can.

use super::color::{BLACK, WHITE};
use crate::theme::Color;

/// Steps from a colour to black or white.
const STEPS: u32 = 128;

/// The lowest contrast of a colour to some grounds.
pub(super) fn faintest(color: Color, grounds: &[Color]) -> f64 {
    grounds.iter().map(|ground| color.contrast(*ground)).fold(f64::INFINITY, f64::min)
}

/// A colour between two, `part` (0 to 1) of the way to the second.
pub(super) fn mix(one: Color, two: Color, part: f64) -> Color {
    let mut rgb = one.rgb;
    for (channel, other) in rgb.iter_mut().zip(two.rgb) {
        let mixed = f64::from(*channel) + (f64::from(other) - f64::from(*channel)) * part;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two channels")]
        let mixed = mixed.round().clamp(0.0, 255.0) as u8;
        *channel = mixed;
    }
    Color { rgb }
}

/// The nearest colour that has a contrast to all grounds; black or white if none does.
pub(super) fn readable(color: Color, grounds: &[Color], needed: f64) -> Color {
    if faintest(color, grounds) >= needed {
        return color;
    }
    let ways = [BLACK, WHITE].map(|pole| {
        (1..=STEPS)
            .map(|step| (step, mix(color, pole, f64::from(step) / f64::from(STEPS))))
            .find(|(_, mixed)| faintest(*mixed, grounds) >= needed)
    });
    match ways {
        [Some(dark), Some(light)] => {
            if dark.0 <= light.0 {
                dark.1
            } else {
                light.1
            }
        }
        [Some(one), None] | [None, Some(one)] => one.1,
        [None, None] => strongest(grounds),
    }
}

/// Black or white, whichever is seen better on some grounds.
pub(super) fn strongest(grounds: &[Color]) -> Color {
    if faintest(BLACK, grounds) >= faintest(WHITE, grounds) { BLACK } else { WHITE }
}

/// The nearest ground on which text in black or white has a contrast with something to spare. `text` says to
/// which side if both are open.
pub(super) fn ground(color: Color, text: Color) -> Color {
    /// So that a second ground beside it, a little nearer to the text, has 7:1 too.
    const NEEDED: f64 = 8.6;
    if color.contrast(strongest(&[color])) >= NEEDED {
        return color;
    }
    // Light text was chosen for this ground: it stays light.
    let (pole, of_text) = if text.luminance() > color.luminance() { (BLACK, WHITE) } else { (WHITE, BLACK) };
    (1..=STEPS)
        .map(|step| mix(color, pole, f64::from(step) / f64::from(STEPS)))
        .find(|mixed| mixed.contrast(of_text) >= NEEDED)
        .unwrap_or(pole)
}

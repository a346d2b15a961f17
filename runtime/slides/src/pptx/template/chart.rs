//! Six colours for charts from the accents of a theme.
//!
//! They are seen on their ground (3:1), differ from each other, and differ in grey as far as their ground
//! allows. An accent that is too near to one before it is made lighter or darker, and where a theme has
//! fewer than six accents, the hues of those that there are are turned.

use super::contrast::{faintest, readable};
use crate::theme::{CHART_COLORS, Color};

/// What a part of a chart needs on its ground.
const SEEN: f64 = 3.0;
/// How far apart two colours are in Oklab, and how many times as bright one is; in the order in which
/// less is accepted. The first is what the themes that come with the app keep.
const APART: [(f64, f64); 6] =
    [(0.12, 1.3), (0.1, 1.2), (0.085, 1.12), (0.06, 1.05), (0.03, 1.0), (0.01, 1.0)];
/// Degrees that hues are turned by.
const TURNS: [f64; 8] = [0.0, 40.0, -40.0, 80.0, -80.0, 120.0, -120.0, 180.0];
/// Steps of lightness, and how far apart they are.
const SHADES: i32 = 24;
const SHADE: f64 = 0.03;

/// The colours, and whether they are the accents as they are.
pub(super) fn palette(accents: &[Color], grounds: &[Color]) -> ([Color; CHART_COLORS], bool) {
    let fallback = [Color { rgb: [0x1F, 0x5F, 0xD6] }];
    let sources = if accents.is_empty() { &fallback[..] } else { accents };
    let mut chosen: Vec<Color> = Vec::new();
    for number in 0..CHART_COLORS {
        let source = sources[number % sources.len()];
        let first_turn = if number < sources.len() { 0 } else { 1 };
        let next = APART.iter().find_map(|apart| near(source, first_turn, &chosen, grounds, *apart));
        chosen.push(next.unwrap_or_else(|| readable(source, grounds, SEEN)));
    }
    let mut colors = [chosen[0]; CHART_COLORS];
    colors.copy_from_slice(&chosen);
    let is_as_given = colors.iter().eq(accents.iter().take(CHART_COLORS));
    (colors, is_as_given)
}

/// The nearest variant of a colour that is seen and far enough from others.
fn near(
    source: Color,
    first_turn: usize,
    others: &[Color],
    grounds: &[Color],
    apart: (f64, f64),
) -> Option<Color> {
    let [lightness, a, b] = oklab(source);
    let turns = TURNS[first_turn..].iter().chain(&TURNS[..first_turn]);
    turns
        .flat_map(|turn| {
            let (sin, cos) = turn.to_radians().sin_cos();
            let (a, b) = (a * cos - b * sin, a * sin + b * cos);
            (0..=2 * SHADES).map(move |step| {
                // 0, 1, -1, 2, -2 …
                let shade = if step % 2 == 1 { (step + 1) / 2 } else { -(step / 2) };
                rgb([(lightness + SHADE * f64::from(shade)).clamp(0.0, 1.0), a, b])
            })
        })
        // As it is, before any rounding.
        .fold((None, true), |(found, is_first), made: Color| {
            let made = if is_first && first_turn == 0 { source } else { made };
            let is_apart = |other: &Color| {
                distance(*other, made) >= apart.0 && other.contrast(made) >= apart.1 && *other != made
            };
            let is_fit = || faintest(made, grounds) >= SEEN && others.iter().all(is_apart);
            (found.or_else(|| is_fit().then_some(made)), false)
        })
        .0
}

fn distance(one: Color, two: Color) -> f64 {
    oklab(one).iter().zip(oklab(two)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// A colour in Oklab, where distances are about those that people see (Björn Ottosson 2020).
fn oklab(color: Color) -> [f64; 3] {
    let [red, green, blue] = color.linear();
    let cones = [
        0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue,
        0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue,
        0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue,
    ]
    .map(f64::cbrt);
    let [l, m, s] = cones;
    [
        0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s,
    ]
}

fn rgb([lightness, a, b]: [f64; 3]) -> Color {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    let linear = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
    ];
    let gamma = |channel: f64| {
        let channel = channel.clamp(0.0, 1.0);
        if channel <= 0.003_130_8 { channel * 12.92 } else { 1.055 * channel.powf(1.0 / 2.4) - 0.055 }
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
    Color { rgb: linear.map(|channel| (gamma(channel) * 255.0).round() as u8) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_comes_back_from_oklab() {
        for color in [[0, 0, 0], [255, 255, 255], [31, 95, 214], [200, 10, 60]].map(|rgb| Color { rgb }) {
            assert_eq!(rgb(oklab(color)), color);
        }
    }
}

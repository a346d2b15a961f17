//! Six colours for charts from the accents of a theme.
//!
//! They are seen on their ground (3:1), differ from each other, and differ in grey as far as their ground
//! allows. An accent that is too near to one before it is made lighter or darker, and where a theme has
//! fewer than six accents, the hues of those that there are are turned.

use super::contrast::{faintest, readable};
use crate::theme::{CHART_COLORS, Color};

/// What a part of a chart needs on its ground.
const SEEN: f64 = 3.0;
/// How far an accent has to be from those before it in Oklab to stay as it is.
const OWN: f64 = 0.085;
/// How far apart a changed one is, and how many times as bright; in the order in which less is accepted. More
/// difference in grey would make mud of most companies' colours.
const APART: [(f64, f64); 6] =
    [(0.12, 1.15), (0.1, 1.1), (0.085, 1.06), (0.06, 1.02), (0.03, 1.0), (0.01, 1.0)];
/// Degrees that hues are turned by, in the order in which they are tried.
const TURNS: [f64; 8] = [0.0, 40.0, -40.0, 80.0, -80.0, 120.0, -120.0, 180.0];
/// A turn counts as much as this many steps of lightness more than the one before.
const TURN: i32 = 5;
/// Steps of lightness, and how far apart they are.
const SHADES: i32 = 24;
const SHADE: f64 = 0.03;

/// The colours, and whether they are the accents as they are.
pub(super) fn palette(accents: &[Color], grounds: &[Color]) -> ([Color; CHART_COLORS], bool) {
    let fallback = [Color { rgb: [0x1F, 0x5F, 0xD6] }];
    let sources = if accents.is_empty() { &fallback[..] } else { accents };
    let mut chosen: Vec<Candidate> = Vec::new();
    for number in 0..CHART_COLORS {
        let source = sources[number % sources.len()];
        let own = Candidate::new(source);
        let is_repeated = number >= sources.len();
        let next = if !is_repeated && own.is_fit(&chosen, grounds, (OWN, 1.0)) {
            own
        } else {
            let all = variants(source, is_repeated);
            let near =
                |apart: (f64, f64)| all.iter().find(|one| one.is_fit(&chosen, grounds, apart)).copied();
            APART
                .into_iter()
                .find_map(near)
                .unwrap_or_else(|| Candidate::new(readable(source, grounds, SEEN)))
        };
        chosen.push(next);
    }
    let mut colors = [chosen[0].color; CHART_COLORS];
    for (color, one) in colors.iter_mut().zip(&chosen) {
        *color = one.color;
    }
    let is_as_given = colors.iter().eq(accents.iter().take(CHART_COLORS));
    (colors, is_as_given)
}

/// A colour with what is compared of it.
#[derive(Clone, Copy)]
struct Candidate {
    color: Color,
    lab: [f64; 3],
    luminance: f64,
}

impl Candidate {
    fn new(color: Color) -> Self {
        Self { color, lab: oklab(color), luminance: color.luminance() }
    }

    /// Whether it is seen on its grounds and far enough from others.
    fn is_fit(&self, others: &[Self], grounds: &[Color], (distance, contrast): (f64, f64)) -> bool {
        let is_apart = |other: &Self| {
            let square: f64 = self.lab.iter().zip(other.lab).map(|(a, b)| (a - b).powi(2)).sum();
            let (one, two) = (self.luminance + 0.05, other.luminance + 0.05);
            square >= distance * distance
                && one.max(two) / one.min(two) >= contrast
                && self.color != other.color
        };
        others.iter().all(is_apart) && faintest(self.color, grounds) >= SEEN
    }
}

/// Variants of a colour, the nearest first. One that repeats another's hue is turned before it is shaded.
fn variants(source: Color, is_repeated: bool) -> Vec<Candidate> {
    let [lightness, a, b] = oklab(source);
    let mut all = Vec::new();
    for (turns, degrees) in (0..).zip(TURNS) {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (a, b) = (a * cos - b * sin, a * sin + b * cos);
        let turned = if is_repeated && turns == 0 { 2 * TURN } else { turns * TURN };
        for shade in -SHADES..=SHADES {
            let lightness = lightness + SHADE * f64::from(shade);
            if (0.0..=1.0).contains(&lightness) {
                all.push((turned + shade.abs(), rgb([lightness, a, b])));
            }
        }
    }
    all.sort_by_key(|(cost, _)| *cost);
    all.into_iter().map(|(_, color)| Candidate::new(color)).collect()
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

#[expect(clippy::many_single_char_names, reason = "the names of the space's definition")]
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

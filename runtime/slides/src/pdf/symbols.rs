//! Signs that decks often have and no font of ours does: arrows, comparisons, check marks, stars. They are few and
//! simple, so they are drawn as lines and areas rather than as a bar.

use krilla::geom::Transform;
use krilla::surface::Surface;

use super::place::point;
use super::shapes;
use crate::display::{Path, PathShape, Shape, Stroke};
use crate::theme::Color;

/// How a sign is drawn. Paths are in thousandths of the font's size, from the middle of the sign's width and from
/// the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    /// As lines.
    Lines(&'static str),
    /// As an area.
    Area(&'static str),
}

use Symbol::{Area, Lines};

/// The width of lines, of a regular and a bold face.
const WIDTHS: [f64; 2] = [80.0, 125.0];

const CIRCLE: &str = "M 300 -330 C 300 -164 166 -30 0 -30 C -166 -30 -300 -164 -300 -330 \
                      C -300 -496 -166 -630 0 -630 C 166 -630 300 -496 300 -330 Z";
const SMALL_CIRCLE: &str = "M 150 -330 C 150 -247 83 -180 0 -180 C -83 -180 -150 -247 -150 -330 \
                            C -150 -413 -83 -480 0 -480 C 83 -480 150 -413 150 -330 Z";
const SQUARE: &str = "M -290 -620 L 290 -620 L 290 -40 L -290 -40 Z";
const SMALL_SQUARE: &str = "M -170 -500 L 170 -500 L 170 -160 L -170 -160 Z";
const UP: &str = "M 0 -640 L 330 -50 L -330 -50 Z";
const DOWN: &str = "M 0 -20 L 330 -610 L -330 -610 Z";
const RIGHT: &str = "M 300 -330 L -290 0 L -290 -660 Z";
const LEFT: &str = "M -300 -330 L 290 0 L 290 -660 Z";
const DIAMOND: &str = "M 0 -690 L 340 -330 L 0 30 L -340 -330 Z";
const STAR: &str = "M 0 -720 L 97 -464 L 371 -451 L 157 -279 L 229 -15 L 0 -165 L -229 -15 L -157 -279 \
                    L -371 -451 L -97 -464 Z";
const CROSS: &str = "M -240 -570 L 240 -90 M 240 -570 L -240 -90";
const CHECK: &str = "M -290 -290 L -90 -80 L 300 -610";
const TO_THE_RIGHT: &str = "M -350 -330 L 340 -330 M 110 -560 L 340 -330 L 110 -100";

/// The sign of a text that is one character, whatever is said about how it looks.
pub(super) fn of(text: &str) -> Option<Symbol> {
    let mut characters = text.chars().filter(|character| !matches!(character, '\u{fe0e}' | '\u{fe0f}'));
    let (character, None) = (characters.next()?, characters.next()) else { return None };
    Some(match character {
        '→' | '➔' | '➜' | '➡' => Lines(TO_THE_RIGHT),
        '←' | '⬅' => Lines("M 350 -330 L -340 -330 M -110 -560 L -340 -330 L -110 -100"),
        '↑' | '⬆' => Lines("M 0 20 L 0 -670 M -230 -440 L 0 -670 L 230 -440"),
        '↓' | '⬇' => Lines("M 0 -680 L 0 10 M -230 -220 L 0 10 L 230 -220"),
        '↔' => Lines(
            "M -340 -330 L 340 -330 M 150 -520 L 340 -330 L 150 -140 M -150 -520 L -340 -330 L -150 -140",
        ),
        '↗' => Lines("M -260 -70 L 250 -580 M -90 -580 L 250 -580 L 250 -240"),
        '↘' => Lines("M -260 -590 L 250 -80 M -90 -80 L 250 -80 L 250 -420"),
        '↖' => Lines("M 260 -70 L -250 -580 M 90 -580 L -250 -580 L -250 -240"),
        '↙' => Lines("M 260 -590 L -250 -80 M 90 -80 L -250 -80 L -250 -420"),
        '⇒' => Lines("M -350 -430 L 230 -430 M -350 -230 L 230 -230 M 60 -610 L 340 -330 L 60 -50"),
        '⇐' => Lines("M 350 -430 L -230 -430 M 350 -230 L -230 -230 M -60 -610 L -340 -330 L -60 -50"),
        '≤' => Lines("M 260 -620 L -260 -420 L 260 -220 M -260 -60 L 260 -60"),
        '≥' => Lines("M -260 -620 L 260 -420 L -260 -220 M -260 -60 L 260 -60"),
        '≠' => Lines("M -280 -430 L 280 -430 M -280 -230 L 280 -230 M 150 -610 L -150 -50"),
        '≈' => Lines(
            "M -280 -390 C -150 -540 -80 -500 0 -430 C 80 -360 150 -320 280 -470 \
             M -280 -190 C -150 -340 -80 -300 0 -230 C 80 -160 150 -120 280 -270",
        ),
        '∞' => Lines(
            "M 0 -330 C 120 -520 370 -560 370 -330 C 370 -100 120 -140 0 -330 \
             C -120 -520 -370 -560 -370 -330 C -370 -100 -120 -140 0 -330 Z",
        ),
        '√' => Lines("M -320 -290 L -210 -350 L -60 0 L 120 -720 L 340 -720"),
        '∑' => Lines("M 260 -660 L -260 -660 L 60 -330 L -260 0 L 260 0"),
        '✓' | '✔' => Lines(CHECK),
        '✅' | '☑' => {
            Lines("M -380 -710 L 380 -710 L 380 50 L -380 50 Z M -230 -310 L -70 -150 L 240 -540")
        }
        '☐' => Lines("M -380 -710 L 380 -710 L 380 50 L -380 50 Z"),
        '✗' | '✘' | '✕' | '✖' | '❌' => Lines(CROSS),
        '⚠' => Lines("M 0 -700 L 400 0 L -400 0 Z M 0 -460 L 0 -250 M 0 -130 L 0 -100"),
        '●' | '⬤' => Area(CIRCLE),
        '○' => Lines(CIRCLE),
        '◦' => Lines(SMALL_CIRCLE),
        '■' | '◼' => Area(SQUARE),
        '□' | '◻' => Lines(SQUARE),
        '▪' | '◾' => Area(SMALL_SQUARE),
        '▫' | '◽' => Lines(SMALL_SQUARE),
        '▲' => Area(UP),
        '△' => Lines(UP),
        '▼' => Area(DOWN),
        '▽' => Lines(DOWN),
        '▶' | '►' => Area(RIGHT),
        '▷' => Lines(RIGHT),
        '◀' | '◄' => Area(LEFT),
        '◁' => Lines(LEFT),
        '◆' => Area(DIAMOND),
        '◇' => Lines(DIAMOND),
        '★' | '⭐' => Area(STAR),
        '☆' => Lines(STAR),
        _ => return None,
    })
}

/// How a sign looks.
pub(super) struct Look {
    pub(super) size: f64,
    pub(super) is_bold: bool,
    pub(super) color: Color,
}

/// Draws a sign, the middle of its width being at `x`.
pub(super) fn draw(surface: &mut Surface<'_>, symbol: Symbol, x: f64, baseline: f64, look: &Look) {
    let (text, is_area) = match symbol {
        Lines(text) => (text, false),
        Area(text) => (text, true),
    };
    let Ok(path) = Path::try_from(text.to_owned()) else { return };
    let width = WIDTHS[usize::from(look.is_bold)];
    let stroke = Stroke { color: look.color, width, dash: Vec::new() };
    let shape = PathShape {
        path,
        fill: is_area.then_some(look.color),
        stroke: (!is_area).then_some(stroke),
        opacity: 1.0,
    };
    let scale = look.size / 1000.0;
    let transform = Transform::from_row(point(scale), 0.0, 0.0, point(scale), point(x), point(baseline));
    surface.push_transform(&transform);
    shapes::draw(surface, &Shape::Path(shape));
    surface.pop();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_is_a_path_about_as_large_as_a_letter() {
        let signs = "→➔➜➡←⬅↑⬆↓⬇↔↗↘↖↙⇒⇐≤≥≠≈∞√∑✓✔✅☑☐✗✘✕✖❌⚠●⬤○◦■◼□◻▪◾▫◽▲△▼▽▶►▷◀◄◁◆◇★⭐☆";
        for sign in signs.chars() {
            let (Lines(text) | Area(text)) = of(&sign.to_string()).unwrap();
            let points = Path::try_from(text.to_owned()).unwrap().points();
            assert!(points.len() > 2, "{sign}");
            for [x, y] in points {
                assert!(x.abs() <= 400.0 && (-750.0..=60.0).contains(&y), "{sign}: {x} {y}");
            }
        }
    }

    #[test]
    fn a_sign_may_say_that_it_is_an_emoji() {
        assert_eq!(of("⚠\u{fe0f}"), of("⚠"));
        assert!(of("⚠").is_some());
        for none in ["", "a", "→→", "🚀"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}

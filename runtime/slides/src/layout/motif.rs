//! Decoration: what makes the slides of a theme look as if one hand had made them. It has no meaning,
//! belongs to no block, and stays clear of the columns where text stands.

use super::canvas::{Canvas, count};
use super::grid::{Grid, SLIDE};
use super::tone::mix;
use crate::deck::Layout;
use crate::display::{HEIGHT, Path, Rect, Segment, WIDTH};
use crate::theme::{Color, Motif};

/// The side of a tile.
const SIDE: f64 = 240.0;

/// How far the control points of a quarter circle are from its ends, in radii.
const KAPPA: f64 = 0.552_284_749_8;

/// A small sign of the theme on slides with a body.
pub(super) fn signature(canvas: &mut Canvas<'_>, grid: Grid) {
    let tone = canvas.tone;
    match canvas.theme.motif {
        Motif::None | Motif::Arcs => {}
        Motif::Bars => {
            for (index, height) in [8.0, 14.0, 20.0].into_iter().enumerate() {
                let x = WIDTH - grid.left - 28.0 + 10.0 * count(index);
                let color = if index == 2 { tone.accent } else { tone.line };
                canvas.fill(None, Rect::new(x, 40.0 - height, 8.0, height), color, 0.0);
            }
        }
        Motif::Rules => {
            let y = 28.0;
            canvas.line(None, [grid.left, y], [grid.left + grid.width, y], tone.line, 1.0);
            canvas.fill(None, Rect::new(grid.left, y - 2.0, 56.0, 4.0), tone.accent, 0.0);
        }
        Motif::Tiles => canvas.fill(None, Rect { width: 12.0, ..SLIDE }, tone.accent, 0.0),
        Motif::Layers => canvas.fill(None, Rect::new(grid.left, 0.0, 72.0, 8.0), tone.accent, 0.0),
    }
}

/// The decoration of a field of colour, in its right third or along its foot.
pub(super) fn cover(canvas: &mut Canvas<'_>, layout: Layout) {
    match canvas.theme.motif {
        Motif::None => {}
        Motif::Arcs => arcs(canvas, layout),
        Motif::Bars => bars(canvas, layout),
        Motif::Rules => rules(canvas, layout),
        Motif::Tiles => tiles(canvas, layout),
        Motif::Layers => layers(canvas, layout),
    }
}

/// A quarter circle around a corner of the slide or a tile; `right` and `down` are 1 or -1, the side to which it opens.
fn quarter([x, y]: [f64; 2], radius: f64, right: f64, down: f64) -> Path {
    let (rx, ry) = (radius * right, radius * down);
    Path {
        segments: vec![
            Segment::Move([x, y]),
            Segment::Line([x + rx, y]),
            Segment::Curve([[x + rx, y + ry * KAPPA], [x + rx * KAPPA, y + ry], [x, y + ry]]),
            Segment::Close,
        ],
    }
}

fn arcs(canvas: &mut Canvas<'_>, layout: Layout) {
    let tone = canvas.tone;
    let scale = if layout == Layout::Section { 0.72 } else { 1.0 };
    // Decoration needs no contrast.
    let accent = canvas.theme.colors.accent;
    let rings: [(f64, Color); 5] = [
        (560.0, mix(tone.background, accent, 0.22)),
        (448.0, mix(tone.background, accent, 0.45)),
        (336.0, mix(tone.background, accent, 0.72)),
        (224.0, accent),
        (112.0, mix(accent, tone.text, 0.8)),
    ];
    for (radius, color) in rings {
        canvas.path(None, quarter([WIDTH, HEIGHT], radius * scale, -1.0, -1.0), color);
    }
}

fn bars(canvas: &mut Canvas<'_>, layout: Layout) {
    let tone = canvas.tone;
    let heights = if layout == Layout::Section {
        [72.0, 104.0, 96.0, 144.0, 176.0, 168.0, 248.0]
    } else {
        [144.0, 208.0, 192.0, 288.0, 344.0, 328.0, 520.0]
    };
    for (index, height) in heights.into_iter().enumerate() {
        let x = 808.0 + 68.0 * count(index);
        let color = if index + 1 == heights.len() {
            tone.accent
        } else {
            mix(tone.background, tone.text, 0.10 + 0.05 * count(index))
        };
        let width = if index + 1 == heights.len() { WIDTH - x } else { 44.0 };
        canvas.fill(None, Rect::new(x, HEIGHT - height, width, height), color, 0.0);
    }
}

fn rules(canvas: &mut Canvas<'_>, layout: Layout) {
    let tone = canvas.tone;
    let field = Rect::new(896.0, 0.0, WIDTH - 896.0, HEIGHT);
    let (ground, rule) = if layout == Layout::Section {
        (mix(tone.background, tone.text, 0.10), mix(tone.background, tone.text, 0.28))
    } else {
        (canvas.theme.colors.accent, mix(canvas.theme.colors.accent, tone.background, 0.3))
    };
    canvas.fill(None, field, ground, 0.0);
    for index in 0..12_usize {
        let y = 72.0 + 48.0 * count(index);
        // Each shorter than the one before, like the end of a paragraph.
        let start = field.x + 48.0 + 14.0 * count(index);
        canvas.line(None, [start, y], [WIDTH, y], rule, 1.5);
    }
}

fn tiles(canvas: &mut Canvas<'_>, layout: Layout) {
    let tone = canvas.tone;
    let chart = canvas.theme.colors.chart;
    let [light, deep] =
        [mix(tone.background, tone.text, 0.22), mix(tone.background, Color { rgb: [10, 4, 30] }, 0.45)];
    let bright = if layout == Layout::Section { canvas.theme.colors.accent } else { tone.text };
    // Each tile: its ground, its quarter circle, and the corner that this is around.
    let all: [(Color, Color, [f64; 2]); 6] = [
        (light, deep, [0.0, 0.0]),
        (deep, bright, [1.0, 1.0]),
        (chart[1], deep, [1.0, 0.0]),
        (light, chart[1], [0.0, 1.0]),
        (deep, light, [0.0, 1.0]),
        (bright, chart[1], [1.0, 0.0]),
    ];
    for (index, (ground, circle, [right, down])) in all.into_iter().enumerate() {
        let x = WIDTH - SIDE * count(2 - index % 2);
        let y = SIDE * count(index / 2);
        canvas.fill(None, Rect::new(x, y, SIDE, SIDE), ground, 0.0);
        let corner = [x + SIDE * right, y + SIDE * down];
        let open = |at: f64| if at > 0.5 { -1.0 } else { 1.0 };
        canvas.path(None, quarter(corner, SIDE, open(right), open(down)), circle);
    }
}

fn layers(canvas: &mut Canvas<'_>, layout: Layout) {
    let tone = canvas.tone;
    let theme = canvas.theme.colors.clone();
    let scale = if layout == Layout::Section { 0.6 } else { 1.0 };
    // Heights above the foot at the left, in the two middles, and at the right.
    let hills: [([f64; 4], Color); 4] = [
        ([40.0, 150.0, 300.0, 470.0], mix(tone.background, theme.chart[1], 0.30)),
        ([24.0, 190.0, 140.0, 340.0], mix(tone.background, theme.chart[1], 0.62)),
        ([16.0, 60.0, 190.0, 216.0], theme.accent),
        ([8.0, 80.0, 40.0, 120.0], mix(theme.accent, Color { rgb: [255, 214, 170] }, 0.62)),
    ];
    for ([left, one, two, right], color) in hills {
        let y = |height: f64| HEIGHT - height * scale;
        let start = 480.0;
        canvas.path(
            None,
            Path {
                segments: vec![
                    Segment::Move([start, HEIGHT]),
                    Segment::Curve([
                        [start + 160.0, y(left)],
                        [start + 220.0, y(one)],
                        [start + 400.0, y(one)],
                    ]),
                    Segment::Curve([[start + 560.0, y(one)], [start + 600.0, y(two)], [WIDTH, y(right)]]),
                    Segment::Line([WIDTH, HEIGHT]),
                    Segment::Close,
                ],
            },
            color,
        );
    }
}

//! Images that fill half a slide, or all of it.

use super::super::blocks::show;
use super::super::canvas::{Canvas, Setting, height};
use super::super::footer;
use super::super::grid::{Grid, SLIDE, up_to_grid};
use super::super::header::{Header, NARROW};
use super::super::motif;
use super::super::need::one_line;
use super::super::parts::Parts;
use super::super::piece::{Anchor, pieces, stacked};
use super::super::regions::{Region, fill};
use super::super::sizes::Sizes;
use super::super::tone::Tone;
use super::content::content;
use crate::block::{Block, Fit, Image};
use crate::deck::{Layout, Slide};
use crate::display::{Align, Part, Place, Rect, RectShape, Shape, Slot, WIDTH};
use crate::theme::Color;

/// The image among the blocks, and the others.
fn split<'a>(parts: &Parts<'a>) -> Option<(&'a Image, Vec<&'a Block>)> {
    let image = parts.rest.iter().find_map(|block| match block {
        Block::Image(image) => Some(image),
        _ => None,
    })?;
    Some((image, parts.rest.iter().copied().filter(|block| block.id() != &image.id).collect()))
}

pub(in crate::layout) fn image_half(canvas: &mut Canvas<'_>, grid: Grid, parts: &Parts<'_>) {
    let Some((image, rest)) = split(parts) else {
        return content(canvas, grid, Layout::TitleAndText, parts);
    };
    motif::signature(canvas, grid);
    let half = Rect { x: WIDTH / 2.0, width: WIDTH / 2.0, ..SLIDE };
    canvas.frame(&image.id, Slot::Media, half);
    show(canvas, image, half, image.fit, 0.0);
    caption(canvas, image, half);
    let width = WIDTH / 2.0 - grid.left - 48.0;
    let header = Header::new(canvas, parts, width, NARROW);
    let rest = pieces(canvas, &rest, Slot::Body);
    let block_gap = f64::from(canvas.theme.spacing.block_gap);
    let needed = header.height() + 24.0 + stacked(&rest, width, Sizes::LEAD, block_gap);
    // Text that leaves much room stands in the middle of the image's height.
    let top = ((720.0 - needed) / 2.0).clamp(grid.top + 16.0, 200.0);
    let end = header.draw(canvas, grid.left, top);
    let y = up_to_grid(end + 24.0);
    fill(canvas, &[Region::new(Rect::new(grid.left, y, width, 640.0 - y), rest, Anchor::Top)]);
}

/// A caption on the lower edge of an image.
fn caption(canvas: &mut Canvas<'_>, image: &Image, on: Rect) {
    let Some(caption) = &image.caption else { return };
    let style = canvas.body(WHITE);
    let shaped = one_line(canvas.text, caption, style);
    if shaped.is_blank() {
        return;
    }
    let setting = Setting::label(14.0, Align::Left);
    let width = on.width - 48.0;
    let text = height(&[&shaped], width, setting).min(2.0 * setting.pitch());
    let of = Place::part(&image.id, Part::Caption);
    let ground = Rect::new(on.x, on.bottom() - text - 20.0, on.width, text + 20.0);
    scrim(canvas, &of, ground);
    canvas.put(Some(&of), &[&shaped], Rect::new(on.x + 24.0, ground.y + 10.0, width, text), setting);
}

const WHITE: Color = Color { rgb: [255; 3] };
const BLACK: Color = Color { rgb: [12, 14, 18] };
/// White on it has 7:1 even where the image under it is white.
const SCRIM: f64 = 0.72;

fn scrim(canvas: &mut Canvas<'_>, of: &Place, bounds: Rect) {
    let shape = RectShape { bounds, radius: 0.0, fill: Some(BLACK), stroke: None, opacity: SCRIM };
    canvas.push(Some(of), Shape::Rect(shape));
}

/// Between other words on an image and the sources under them.
const SOURCES: f64 = 24.0;
/// The height of the scrim where it has only sources.
const SOURCES_ALONE: f64 = 64.0;

pub(in crate::layout) fn image_full(
    canvas: &mut Canvas<'_>,
    grid: Grid,
    parts: &Parts<'_>,
    slide: &Slide,
    number: usize,
) {
    let Some((image, rest)) = split(parts) else {
        content(canvas, grid, Layout::TitleAndText, parts);
        return footer::draw(canvas, grid, slide, number);
    };
    canvas.frame(&image.id, Slot::Media, SLIDE);
    show(canvas, image, SLIDE, Fit::Cover, 0.0);
    // What stands on the scrim is white, whatever the theme.
    let ground = canvas.tone;
    canvas.tone = Tone {
        text: WHITE,
        muted: Color { rgb: [0xE4, 0xE6, 0xEA] },
        accent_text: WHITE,
        surface: Color { rgb: [0x2A, 0x2D, 0x33] },
        line: Color { rgb: [0x6A, 0x6E, 0x76] },
        ..ground
    };
    let header = Header::new(canvas, parts, grid.width, NARROW);
    let header_height = header.height();
    let rest = pieces(canvas, &rest, Slot::Body);
    let style = canvas.body(canvas.tone.muted);
    let shaped = image.caption.as_ref().map(|caption| one_line(canvas.text, caption, style));
    let setting = Setting::label(16.0, Align::Left);
    let words = shaped.filter(|shaped| !shaped.is_blank());
    let words_height = words
        .as_ref()
        .map_or(0.0, |words| height(&[words], grid.width, setting).min(3.0 * setting.pitch()) + 12.0);
    let block_gap = f64::from(canvas.theme.spacing.block_gap);
    let rest_height =
        if rest.is_empty() { 0.0 } else { 24.0 + stacked(&rest, grid.width, Sizes::USUAL, block_gap) };
    let has_sources = !footer::words(canvas, slide).is_empty();
    let foot = if has_sources { SOURCES } else { 0.0 };
    let content = (header_height + words_height + rest_height).min(592.0 - foot);
    if content > 0.0 {
        let top = 720.0 - content - foot - 32.0 - 40.0;
        scrim(canvas, &Place::whole(&image.id), Rect::new(0.0, top, WIDTH, 720.0 - top));
        let mut y = header.draw(canvas, grid.left, top + 32.0);
        if let Some(words) = &words {
            let of = Place::part(&image.id, Part::Caption);
            let gap = if header_height > 0.0 { 12.0 } else { 0.0 };
            let room = Rect::new(grid.left, y + gap, grid.width, words_height - 12.0);
            y += gap + canvas.put(Some(&of), &[words], room, setting);
        }
        if !rest.is_empty() {
            let region = Rect::new(grid.left, y + 24.0, grid.width, 680.0 - foot - y - 24.0);
            fill(canvas, &[Region::new(region, rest, Anchor::Top)]);
        }
    } else if has_sources {
        let bounds = Rect::new(0.0, 720.0 - SOURCES_ALONE, WIDTH, SOURCES_ALONE);
        scrim(canvas, &Place::whole(&image.id), bounds);
    }
    footer::draw(canvas, grid, slide, number);
    canvas.tone = ground;
}

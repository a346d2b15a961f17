//! What somebody said, as a whole slide.

use super::super::canvas::{Canvas, Setting, height};
use super::super::grid::{Grid, body_top};
use super::super::header::{CONTENT, Header};
use super::super::motif;
use super::super::need::paragraphs;
use super::super::parts::Parts;
use super::super::piece::{Anchor, pieces, stacked};
use super::super::regions::{Region, fill};
use super::super::sizes::Sizes;
use super::content::content;
use crate::block::Block;
use crate::deck::Layout;
use crate::display::{Align, Part, Place, Rect, Slot};
use crate::text_layout::{Shaped, Style};

const BOTTOM: f64 = 632.0;
/// Sizes of the words.
const SIZES: [f64; 4] = [40.0, 32.0, 28.0, 24.0];
/// The quotation mark: decoration, so not one of the sizes of text.
const MARK: f64 = 200.0;
/// What of it is seen.
const MARK_HEIGHT: f64 = 88.0;
const GAP: f64 = 28.0;

pub(in crate::layout) fn quote(canvas: &mut Canvas<'_>, grid: Grid, parts: &Parts<'_>) {
    let Some(Block::Quote(said)) = parts.rest.iter().find(|block| matches!(block, Block::Quote(_))) else {
        return content(canvas, grid, Layout::TitleAndText, parts);
    };
    motif::signature(canvas, grid);
    let header = Header::new(canvas, parts, grid.width, CONTENT);
    let end = grid.top + header.height();
    header.draw(canvas, grid.left, grid.top);
    let has_header = parts.title.is_some() || parts.subtitle.is_some();
    let top = if has_header { body_top(end) } else { 72.0 };
    let rest: Vec<&Block> = parts.rest.iter().copied().filter(|block| block.id() != &said.id).collect();
    let (x, width) = grid.columns(1, 10);
    let rest = pieces(canvas, &rest, Slot::Body);
    let block_gap = f64::from(canvas.theme.spacing.block_gap);
    let rest_height =
        if rest.is_empty() { 0.0 } else { GAP + stacked(&rest, width, Sizes::USUAL, block_gap) };
    // The words have at least half of the slide.
    let rest_height = rest_height.min((BOTTOM - top) / 2.0);

    let heading = canvas.heading();
    let style = Style { is_bold: false, family: heading.family, ..heading };
    let words = paragraphs(canvas.text, &said.text, style);
    let words: Vec<&Shaped> = words.iter().collect();
    let by_setting = Setting::label(20.0, Align::Left);
    let by_style = canvas.body(canvas.tone.muted);
    let by = said.by.as_ref().map(|by| canvas.text.shape_plain(by, by_style));
    let by_height = if by.is_some() { GAP + by_setting.pitch() } else { 0.0 };
    let room = BOTTOM - top - MARK_HEIGHT - by_height - rest_height;
    let setting = |size: f64| Setting { line_height: 1.05, gap: 12.0, ..Setting::body(size) };
    let size =
        SIZES.into_iter().find(|size| height(&words, width, setting(*size)) <= room).unwrap_or(SIZES[3]);
    let setting = setting(size);
    let words_height = height(&words, width, setting).min(room);
    let total = (MARK_HEIGHT + words_height + by_height).max(MARK);
    let y = top + (BOTTOM - top - total - rest_height) * 0.42;

    canvas.frame(&said.id, Slot::Body, Rect::new(x, y, width, total));
    let whole = Place::whole(&said.id);
    let mark = Style { color: canvas.tone.accent, is_bold: true, ..heading };
    let mark_setting = Setting { line_height: 0.5, ..Setting::label(MARK, Align::Left) };
    let mark_room = Rect::new(x, y, width, MARK);
    canvas.glyph(&whole, "“", mark, mark_room, mark_setting, y + MARK * 0.75);
    let of = Place::part(&said.id, Part::Text);
    let words_room = Rect::new(x, y + MARK_HEIGHT, width, words_height);
    canvas.put(Some(&of), &words, words_room, setting);
    if let Some(by) = &by {
        let of = Place::part(&said.id, Part::By);
        let y = words_room.bottom() + GAP;
        let accent = canvas.tone.accent;
        let middle = y + by_setting.pitch() / 2.0;
        canvas.fill(Some(&of), Rect::new(x, middle - 1.0, 32.0, 2.0), accent, 0.0);
        let room = Rect::new(x + 48.0, y, width - 48.0, by_setting.pitch());
        canvas.put(Some(&of), &[by], room, by_setting);
    }
    if !rest.is_empty() {
        let below = y + total + GAP;
        fill(canvas, &[Region::new(Rect::new(x, below, width, BOTTOM - below), rest, Anchor::Top)]);
    }
}

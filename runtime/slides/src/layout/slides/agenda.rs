//! What comes: the title to the left, the points in rows to the right.

use super::super::blocks::Agenda;
use super::super::canvas::Canvas;
use super::super::grid::Grid;
use super::super::header::{Header, NARROW};
use super::super::motif;
use super::super::parts::Parts;
use super::super::piece::{Anchor, pieces};
use super::super::regions::{Region, fill};
use super::content::content;
use crate::block::Block;
use crate::deck::Layout;
use crate::display::{Rect, Slot};

const TOP: f64 = 88.0;
const GAP: f64 = 24.0;

pub(in crate::layout) fn agenda(canvas: &mut Canvas<'_>, grid: Grid, parts: &Parts<'_>) {
    let list = match &parts.rest[..] {
        [Block::Bullets(list) | Block::Numbered(list), ..] => Some(list),
        _ => None,
    };
    let room = grid.body(TOP, 4, 8);
    let room = Rect { height: if parts.rest.len() > 1 { room.height * 0.7 } else { room.height }, ..room };
    let Some(list) = list.filter(|list| Agenda(list).fits(room.height)) else {
        return content(canvas, grid, Layout::TitleAndText, parts);
    };
    motif::signature(canvas, grid);
    let (x, width) = grid.columns(0, 4);
    let width = width - 16.0;
    let accent = canvas.tone.accent;
    canvas.fill(None, Rect::new(x, TOP + 8.0, 48.0, 4.0), accent, 0.0);
    Header::new(canvas, parts, width, NARROW).draw(canvas, x, TOP + 32.0);
    canvas.frame(&list.id, Slot::Body, room);
    Agenda(list).draw(canvas, room);
    if parts.rest.len() > 1 {
        let below = grid.body(room.bottom() + GAP, 4, 8);
        let rest = pieces(canvas, &parts.rest[1..], Slot::Body);
        fill(canvas, &[Region::new(below, rest, Anchor::Top)]);
    }
}

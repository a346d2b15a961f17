//! Slides with a title above and a body that proves it.

use super::super::canvas::{Canvas, count};
use super::super::grid::{GUTTER, Grid, body_top};
use super::super::header::{CONTENT, Header};
use super::super::motif;
use super::super::parts::Parts;
use super::super::piece::{Anchor, Piece, pieces, stacked, stacked_with_air};
use super::super::regions::{Region, fill};
use super::super::sizes::Sizes;
use crate::block::Block;
use crate::deck::Layout;
use crate::display::{Rect, Slot};

pub(in crate::layout) fn content(canvas: &mut Canvas<'_>, grid: Grid, layout: Layout, parts: &Parts<'_>) {
    motif::signature(canvas, grid);
    let header = Header::new(canvas, parts, grid.width, CONTENT);
    let end = grid.top + header.height();
    header.draw(canvas, grid.left, grid.top);
    let top = if parts.title.is_none() && parts.subtitle.is_none() { grid.top + 24.0 } else { body_top(end) };
    let body = grid.body(top, 0, 12);
    let blocks = &parts.rest[..];
    let regions = match layout {
        Layout::TwoColumns | Layout::TwoCharts => two(canvas, grid, top, blocks),
        Layout::ChartAndTakeaway => takeaway(canvas, grid, top, blocks),
        Layout::Comparison => comparison(canvas, grid, top, blocks),
        Layout::Metrics => metrics(canvas, body, blocks),
        Layout::Steps => vec![Region::new(body, pieces(canvas, blocks, Slot::Body), Anchor::Middle)],
        _ => vec![Region::new(body, pieces(canvas, blocks, Slot::Body), Anchor::Top)],
    };
    fill(canvas, &regions);
}

/// The first half of the blocks to the left, the second to the right.
fn two<'a>(canvas: &mut Canvas<'_>, grid: Grid, top: f64, blocks: &[&'a Block]) -> Vec<Region<'a>> {
    let has_columns = blocks.iter().any(|block| matches!(block, Block::Columns(_)));
    if blocks.len() < 2 || has_columns {
        return vec![Region::new(grid.body(top, 0, 12), pieces(canvas, blocks, Slot::Body), Anchor::Top)];
    }
    // A picture of data has its side for itself.
    let is_data = matches!(blocks[0], Block::Chart(_) | Block::Image(_) | Block::Table(_));
    let (left, right) = blocks.split_at(if is_data { 1 } else { blocks.len().div_ceil(2) });
    vec![
        Region::new(grid.body(top, 0, 6), pieces(canvas, left, Slot::Left), Anchor::Top),
        Region::new(grid.body(top, 6, 6), pieces(canvas, right, Slot::Right), Anchor::Top),
    ]
}

/// The chart wide, and what follows from it beside it.
fn takeaway<'a>(canvas: &mut Canvas<'_>, grid: Grid, top: f64, blocks: &[&'a Block]) -> Vec<Region<'a>> {
    let chart =
        blocks.iter().position(|block| matches!(block, Block::Chart(_) | Block::Table(_))).unwrap_or(0);
    if blocks.len() < 2 {
        return vec![Region::new(grid.body(top, 0, 12), pieces(canvas, blocks, Slot::Body), Anchor::Top)];
    }
    let beside: Vec<&Block> =
        blocks.iter().enumerate().filter(|(index, _)| *index != chart).map(|(_, block)| *block).collect();
    let aside = grid.body(top, 8, 4);
    // A rule ties the two together without closing either in.
    let accent = canvas.tone.accent;
    canvas.fill(None, Rect::new(aside.x, aside.y, 4.0, aside.height), accent, 0.0);
    let inner = Rect::new(aside.x + 28.0, aside.y, aside.width - 28.0, aside.height);
    vec![
        Region::new(grid.body(top, 0, 8), pieces(canvas, &blocks[chart..=chart], Slot::Body), Anchor::Top),
        Region::new(inner, pieces(canvas, &beside, Slot::Aside), Anchor::Middle),
    ]
}

/// Two sides on a ground each.
fn comparison<'a>(canvas: &mut Canvas<'_>, grid: Grid, top: f64, blocks: &[&'a Block]) -> Vec<Region<'a>> {
    const PADDING: f64 = 28.0;
    const LOWEST: f64 = 280.0;
    let heads: Vec<usize> =
        (0..blocks.len()).filter(|index| matches!(blocks[*index], Block::Subtitle(_))).collect();
    if let [only @ Block::Columns(columns)] = blocks
        && columns.columns.len() == 2
    {
        return vec![Region::new(grid.body(top, 0, 12), pieces(canvas, &[only], Slot::Body), Anchor::Top)];
    }
    if blocks.len() < 2 {
        return vec![Region::new(grid.body(top, 0, 12), pieces(canvas, blocks, Slot::Body), Anchor::Top)];
    }
    let middle = match heads[..] {
        [_, second, ..] => second,
        _ => blocks.len().div_ceil(2),
    };
    let (left, right) = blocks.split_at(middle);
    let tone = canvas.tone;
    let sides = [
        (0, pieces(canvas, left, Slot::Left), tone.muted),
        (6, pieces(canvas, right, Slot::Right), tone.accent),
    ];
    // Both are as high as the fuller one needs.
    let whole = grid.body(top, 0, 6);
    let block_gap = f64::from(canvas.theme.spacing.block_gap) + 16.0;
    let inner = whole.width - 2.0 * PADDING;
    let is_flexible =
        sides.iter().flat_map(|side| &side.1).any(|piece| piece.need(inner, Sizes::LEAD).is_flexible);
    let of = |height: fn(&[Piece<'_>], f64, Sizes, f64) -> f64| {
        sides.iter().map(|side| height(&side.1, inner, Sizes::LEAD, block_gap)).fold(0.0, f64::max)
    };
    let needed = (of(stacked) / 0.85).max(of(stacked_with_air));
    let height = if is_flexible {
        whole.height
    } else {
        (needed + 2.0 * PADDING).clamp(LOWEST.min(whole.height), whole.height)
    };
    let mut regions = Vec::new();
    for (column, side, color) in sides {
        let card = Rect { height, ..grid.body(top, column, 6) };
        canvas.fill(None, card, tone.surface, 0.0);
        canvas.fill(None, Rect { height: 4.0, ..card }, color, 0.0);
        regions.push(Region::new(card.inset(PADDING, PADDING), side, Anchor::Top));
    }
    regions
}

/// Metrics on cards, in rows of four, and the others under them.
fn metrics<'a>(canvas: &mut Canvas<'_>, body: Rect, blocks: &[&'a Block]) -> Vec<Region<'a>> {
    const HIGHEST: f64 = 248.0;
    const BESIDE_OTHERS: f64 = 192.0;
    let all = pieces(canvas, blocks, Slot::Card);
    let (cards, rest): (Vec<Piece<'_>>, Vec<Piece<'_>>) = all.into_iter().partition(Piece::is_metric);
    if cards.is_empty() {
        return vec![Region::new(body, rest, Anchor::Top)];
    }
    let rows = cards.len().div_ceil(4);
    let columns = cards.len().div_ceil(rows);
    let share = (body.height + GUTTER) / count(rows) - GUTTER;
    let width = (body.width + GUTTER) / count(columns) - GUTTER;
    let mut cards = cards;
    // Numbers that are compared have one size.
    let size = cards.iter().filter_map(|card| card.value_size(width)).fold(f64::INFINITY, f64::min);
    for card in &mut cards {
        card.limit_value(size);
    }
    // A large number with a label and a change may need a little more than usual.
    let needed =
        cards.iter().map(|card| card.need(width, Sizes::USUAL).natural).fold(BESIDE_OTHERS, f64::max);
    let height =
        if rest.is_empty() { share.min(HIGHEST) } else { (share / 2.0).clamp(96.0, needed.min(HIGHEST)) };
    let taken = (height + GUTTER) * count(rows) - GUTTER;
    // A little above the middle, where the eye takes the middle to be.
    let y = if rest.is_empty() { body.y + (body.height - taken) * 0.36 } else { body.y };
    let mut regions: Vec<Region<'_>> = cards
        .into_iter()
        .enumerate()
        .map(|(index, piece)| {
            let (row, column) = (index / columns, index % columns);
            let x = body.x + (width + GUTTER) * count(column);
            let y = y + (height + GUTTER) * count(row);
            let height = height.min((body.bottom() - y).max(0.0));
            Region::filled(Rect::new(x, y, width, height), piece)
        })
        .collect();
    if !rest.is_empty() {
        let below = body.below(taken + 32.0);
        regions.push(Region::new(below, rest, Anchor::Top));
    }
    regions
}

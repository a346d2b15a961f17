//! A block that is about to be placed: its texts are shaped, and it says how high it is at a width.

use super::blocks::{self, Callout, List, Metric, Picture, Quote, Steps, Table};
use super::canvas::{Canvas, ROUNDING, Setting, count, height};
use super::chart::Chart;
use super::grid::GUTTER;
use super::need::{Need, one_line, paragraphs};
use super::sizes::Sizes;
use crate::block::{self, Block};
use crate::display::{Loss, Part, Place, Rect, Slot};
use crate::text_layout::{Shaped, Style};

/// A block that is about to be placed.
pub(super) struct Piece<'a> {
    pub(super) block: &'a Block,
    pub(super) slot: Slot,
    body: Body<'a>,
}

enum Body<'a> {
    Heading(Box<Shaped>),
    Paragraphs(Vec<Shaped>),
    List(List),
    Table(Table<'a>),
    Chart(Box<Chart<'a>>),
    Picture(Box<Picture<'a>>),
    Quote(Box<Quote>),
    Metric(Box<Metric<'a>>),
    Steps(Steps<'a>),
    Callout(Callout<'a>),
    Columns(Columns<'a>),
    Divider,
}

impl<'a> Piece<'a> {
    /// Shapes a block's texts.
    pub(super) fn new(canvas: &mut Canvas<'_>, block: &'a Block, slot: Slot) -> Self {
        let tone = canvas.tone;
        let body = match block {
            Block::Title(heading) | Block::Subtitle(heading) => {
                let style = Style { is_bold: true, ..canvas.body(tone.text) };
                Body::Heading(Box::new(one_line(canvas.text, &heading.text, style)))
            }
            Block::Text(text) => {
                let style = canvas.body(tone.text);
                Body::Paragraphs(paragraphs(canvas.text, &text.text, style))
            }
            Block::Bullets(list) => Body::List(List::new(canvas, list, false)),
            Block::Numbered(list) => Body::List(List::new(canvas, list, true)),
            Block::Table(table) => Body::Table(Table::new(canvas, table)),
            Block::Chart(chart) => Body::Chart(Box::new(Chart::new(canvas, chart))),
            Block::Image(image) => Body::Picture(Box::new(Picture::new(canvas, image))),
            Block::Quote(quote) => Body::Quote(Box::new(Quote::new(canvas, quote))),
            Block::Metric(metric) => Body::Metric(Box::new(Metric::new(canvas, metric))),
            Block::Steps(steps) => Body::Steps(Steps::new(canvas, steps)),
            Block::Callout(callout) => Body::Callout(Callout::new(canvas, callout)),
            Block::Columns(columns) => Body::Columns(Columns::new(canvas, columns)),
            Block::Divider(_) => Body::Divider,
        };
        Self { block, slot, body }
    }

    /// Whether it has text that steps with the body's.
    pub(super) fn has_text(&self) -> bool {
        match &self.body {
            Body::Columns(columns) => columns.pieces().any(Piece::has_text),
            Body::Table(_) | Body::Chart(_) | Body::Divider | Body::Metric(_) | Body::Picture(_) => false,
            _ => true,
        }
    }

    /// Whether it has text that steps with the tables'.
    pub(super) fn has_table(&self) -> bool {
        match &self.body {
            Body::Table(_) => true,
            Body::Columns(columns) => columns.pieces().any(Piece::has_table),
            _ => false,
        }
    }

    /// Whether it is a heading of what follows.
    pub(super) fn is_heading(&self) -> bool {
        matches!(self.body, Body::Heading(_))
    }

    /// Whether it is a text, list or the like, which is read in lines that must not be too long.
    pub(super) fn is_prose(&self) -> bool {
        matches!(self.body, Body::Heading(_) | Body::Paragraphs(_) | Body::List(_) | Body::Quote(_))
    }

    /// Whether it is a list that can stand in two columns.
    pub(super) fn is_long_list(&self, width: f64) -> bool {
        matches!(&self.body, Body::List(list) if list.is_long(width))
    }

    /// The size of its number, if it is a metric.
    pub(super) fn value_size(&self, width: f64) -> Option<f64> {
        if let Body::Metric(metric) = &self.body { Some(metric.value_size(width)) } else { None }
    }

    /// Sets a metric's number no larger than this.
    pub(super) fn limit_value(&mut self, size: f64) {
        if let Body::Metric(metric) = &mut self.body {
            metric.most = size;
        }
    }

    /// Whether it is prose that is read from right to left.
    fn is_rtl(&self) -> bool {
        match &self.body {
            Body::Heading(shaped) => shaped.is_rtl(),
            Body::Paragraphs(all) => all.first().is_some_and(Shaped::is_rtl),
            Body::List(list) => list.is_rtl(),
            _ => false,
        }
    }

    /// Whether it is a metric.
    pub(super) fn is_metric(&self) -> bool {
        matches!(self.body, Body::Metric(_))
    }

    /// How high it is.
    pub(super) fn need(&self, width: f64, sizes: Sizes) -> Need {
        match &self.body {
            Body::Heading(shaped) => {
                let setting = Setting::body(sizes.body);
                Need::fixed(height(&[&**shaped], width, setting), setting.pitch())
            }
            Body::Paragraphs(all) => {
                let setting = Setting::body(sizes.body);
                Need::fixed(height(&all.iter().collect::<Vec<_>>(), width, setting), setting.pitch())
            }
            Body::List(list) => list.need(width, sizes),
            Body::Table(table) => table.need(width, sizes),
            Body::Chart(_) => Need::flexible(blocks::LEAST_CHART),
            Body::Picture(picture) => picture.need(width),
            Body::Quote(quote) => quote.need(width, sizes),
            Body::Metric(metric) => metric.need(width),
            Body::Steps(steps) => steps.need(width, sizes),
            Body::Callout(callout) => callout.need(width, sizes),
            Body::Columns(columns) => columns.need(width, sizes),
            Body::Divider => Need::fixed(1.0, 1.0),
        }
    }

    /// Draws it into a rectangle. What doesn't fit is left out and marked.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, bounds: Rect, sizes: Sizes) {
        let id = self.block.id();
        canvas.frame(id, self.slot, bounds);
        match &self.body {
            Body::Heading(shaped) => {
                let of = Place::part(id, Part::Text);
                canvas.put(Some(&of), &[&**shaped], bounds, Setting::body(sizes.body));
            }
            Body::Paragraphs(all) => {
                let of = Place::part(id, Part::Text);
                canvas.put(Some(&of), &all.iter().collect::<Vec<_>>(), bounds, Setting::body(sizes.body));
            }
            Body::List(list) => list.draw(canvas, id, bounds, sizes),
            Body::Table(table) => table.draw(canvas, bounds, sizes),
            Body::Chart(chart) => chart.draw(canvas, bounds),
            Body::Picture(picture) => picture.draw(canvas, bounds),
            Body::Quote(quote) => quote.draw(canvas, id, bounds, sizes),
            Body::Metric(metric) => metric.draw(canvas, bounds),
            Body::Steps(steps) => steps.draw(canvas, bounds, sizes),
            Body::Callout(callout) => callout.draw(canvas, bounds, sizes),
            Body::Columns(columns) => columns.draw(canvas, bounds, sizes),
            Body::Divider => {
                let (y, color) = (bounds.center_y(), canvas.tone.line);
                canvas.line(Some(&Place::whole(id)), [bounds.x, y], [bounds.right(), y], color, 1.0);
            }
        }
    }

    /// Says that there is no room for it.
    pub(super) fn hide(&self, canvas: &mut Canvas<'_>, at: Rect) {
        canvas.frame(self.block.id(), self.slot, Rect { height: 0.0, ..at });
        canvas.mark(Place::whole(self.block.id()), Loss::Hidden);
        if let Body::Columns(columns) = &self.body {
            for piece in columns.pieces() {
                piece.hide(canvas, at);
            }
        }
    }
}

/// Where a stack goes that doesn't fill its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Top,
    Middle,
}

/// The distance from a block to the next one.
fn gap(canvas_gap: f64, piece: &Piece<'_>, sizes: Sizes) -> f64 {
    if piece.is_heading() {
        12.0
    } else if sizes.body < 20.0 {
        canvas_gap.min(16.0)
    } else {
        canvas_gap
    }
}

/// The height of blocks over each other, the flexible ones as low as they may be.
pub(super) fn stacked(pieces: &[Piece<'_>], width: f64, sizes: Sizes, block_gap: f64) -> f64 {
    let blocks: f64 =
        pieces.iter().map(|piece| piece.need(width_of(piece, width, sizes), sizes).natural).sum();
    let gaps: f64 = pieces.iter().rev().skip(1).map(|piece| gap(block_gap, piece, sizes)).sum();
    blocks + gaps
}

/// The height of blocks over each other with air in them, as far as that is of use.
pub(super) fn stacked_with_air(pieces: &[Piece<'_>], width: f64, sizes: Sizes, block_gap: f64) -> f64 {
    let grow = |piece: &Piece<'_>| {
        let need = piece.need(width_of(piece, width, sizes), sizes);
        need.most - need.natural
    };
    stacked(pieces, width, sizes, block_gap) + pieces.iter().map(grow).sum::<f64>()
}

/// Lines of more than some 90 letters are hard to follow, so prose doesn't take a slide's whole width.
const WIDEST_PROSE: f64 = 920.0;

fn width_of(piece: &Piece<'_>, width: f64, sizes: Sizes) -> f64 {
    let is_split = sizes.splits_lists && piece.is_long_list(width);
    if piece.is_prose() && !is_split { width.min(WIDEST_PROSE) } else { width }
}

/// Draws blocks over each other.
pub(super) fn stack(
    canvas: &mut Canvas<'_>,
    pieces: &[Piece<'_>],
    region: Rect,
    sizes: Sizes,
    anchor: Anchor,
) {
    let block_gap = f64::from(canvas.theme.spacing.block_gap);
    let total = stacked(pieces, region.width, sizes, block_gap);
    let spare = (region.height - total).max(0.0);
    let needs: Vec<Need> =
        pieces.iter().map(|piece| piece.need(width_of(piece, region.width, sizes), sizes)).collect();
    let flexible = needs.iter().filter(|need| need.is_flexible).count();
    // Where there is room, blocks stand a little further apart.
    let more = if flexible == 0 { (spare / 8.0).min(16.0) } else { 0.0 };
    let gaps = count(pieces.iter().rev().skip(1).filter(|piece| !piece.is_heading()).count());
    let spare = spare - more * gaps;
    // Then the blocks themselves take some: rows of a table, items of a list.
    let wanted: f64 = needs.iter().map(|need| need.most - need.natural).sum();
    let growth = if flexible == 0 && wanted > 0.0 { (spare / wanted).min(1.0) } else { 0.0 };
    let spare = spare - growth * wanted;
    let mut y = region.y;
    if flexible == 0 && anchor == Anchor::Middle {
        // A little above the middle, where the eye takes the middle to be.
        y += spare * 0.42;
    }
    let mut is_full = false;
    for (piece, need) in pieces.iter().zip(needs) {
        let width = width_of(piece, region.width, sizes);
        let left = region.bottom() - y;
        if is_full || left + ROUNDING < need.least {
            piece.hide(canvas, Rect::new(region.x, region.bottom().min(y.max(region.y)), width, 0.0));
            // What comes after it would otherwise be read as if it followed what comes before.
            is_full = true;
            continue;
        }
        let share = if need.is_flexible { spare / count(flexible) } else { 0.0 };
        let height = (need.natural + share + growth * (need.most - need.natural)).min(left);
        let x = if piece.is_rtl() { region.right() - width } else { region.x };
        piece.draw(canvas, Rect::new(x, y, width, height), sizes);
        y += height + gap(block_gap, piece, sizes) + if piece.is_heading() { 0.0 } else { more };
    }
}

/// Blocks side by side.
struct Columns<'a> {
    columns: Vec<(f64, Vec<Piece<'a>>)>,
    block_gap: f64,
}

impl<'a> Columns<'a> {
    fn new(canvas: &mut Canvas<'_>, columns: &'a block::Columns) -> Self {
        let block_gap = f64::from(canvas.theme.spacing.block_gap);
        let columns = columns
            .columns
            .iter()
            .map(|column| {
                let pieces =
                    column.blocks.iter().map(|block| Piece::new(canvas, block, Slot::Column)).collect();
                (f64::from(column.width), pieces)
            })
            .collect();
        Self { columns, block_gap }
    }

    fn pieces(&self) -> impl Iterator<Item = &Piece<'a>> {
        self.columns.iter().flat_map(|(_, pieces)| pieces)
    }

    /// The left edge and width of each column. They share the whole width in the proportions of their
    /// widths, also when those don't add up to 12.
    fn places(&self, width: f64) -> Vec<(f64, f64)> {
        let gaps = GUTTER * 1.5 * count(self.columns.len().saturating_sub(1));
        let parts: f64 = self.columns.iter().map(|(width, _)| width).sum();
        let unit = (width - gaps).max(0.0) / parts.max(1.0);
        let mut x = 0.0;
        self.columns
            .iter()
            .map(|(part, _)| {
                let place = (x, part * unit);
                x += part * unit + GUTTER * 1.5;
                place
            })
            .collect()
    }

    fn need(&self, width: f64, sizes: Sizes) -> Need {
        let mut all = Need::fixed(0.0, 0.0);
        for ((_, width), (_, pieces)) in self.places(width).into_iter().zip(&self.columns) {
            all.natural = all.natural.max(stacked(pieces, width, sizes, self.block_gap));
            all.most = all.most.max(stacked_with_air(pieces, width, sizes, self.block_gap));
            for piece in pieces {
                let need = piece.need(width, sizes);
                all.is_flexible |= need.is_flexible;
            }
            all.least = all.least.max(pieces.first().map_or(0.0, |piece| piece.need(width, sizes).least));
        }
        all
    }

    fn draw(&self, canvas: &mut Canvas<'_>, bounds: Rect, sizes: Sizes) {
        for ((x, width), (_, pieces)) in self.places(bounds.width).into_iter().zip(&self.columns) {
            let region = Rect::new(bounds.x + x, bounds.y, width, bounds.height);
            stack(canvas, pieces, region, sizes, Anchor::Top);
        }
    }
}

/// Blocks that are about to be placed in a slot.
pub(super) fn pieces<'a>(canvas: &mut Canvas<'_>, blocks: &[&'a Block], slot: Slot) -> Vec<Piece<'a>> {
    blocks.iter().map(|block| Piece::new(canvas, block, slot)).collect()
}

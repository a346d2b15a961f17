//! Parts of a slide that are filled with blocks, and the sizes at which all of them fit.

use super::canvas::{Canvas, ROUNDING};
use super::piece::{Anchor, Piece, stack, stacked};
use super::sizes::{BODY, Sizes, TABLE};
use crate::display::{Loss, Place, Rect};

/// A part of a slide with the blocks in it.
pub(super) struct Region<'a> {
    pub(super) bounds: Rect,
    pub(super) pieces: Vec<Piece<'a>>,
    pub(super) anchor: Anchor,
    /// Whether its only block takes all of it, as a card does.
    pub(super) is_filled: bool,
}

impl<'a> Region<'a> {
    pub(super) fn new(bounds: Rect, pieces: Vec<Piece<'a>>, anchor: Anchor) -> Self {
        Self { bounds, pieces, anchor, is_filled: false }
    }

    pub(super) fn filled(bounds: Rect, piece: Piece<'a>) -> Self {
        Self { bounds, pieces: vec![piece], anchor: Anchor::Top, is_filled: true }
    }

    fn has_long_list(&self) -> bool {
        self.pieces.iter().any(|piece| piece.is_long_list(self.bounds.width))
    }

    fn fits(&self, sizes: Sizes, block_gap: f64, part: f64) -> bool {
        stacked(&self.pieces, self.bounds.width, sizes, block_gap) <= self.bounds.height * part + ROUNDING
    }
}

/// Little text, which is set larger, fills no more than this part of its region then.
const LEAD_FILLS: f64 = 0.85;

/// The sizes at which everything fits, or the smallest ones. Only what doesn't fit steps down, and
/// what has stepped down doesn't go back.
pub(super) fn sizes(regions: &[Region<'_>], block_gap: f64) -> Sizes {
    let has_words = |piece: &Piece<'_>| piece.has_text() || piece.has_table();
    let has_prose = regions.iter().any(|region| region.pieces.iter().any(has_words));
    if has_prose && regions.iter().all(|region| region.fits(Sizes::LEAD, block_gap, LEAD_FILLS)) {
        return Sizes::LEAD;
    }
    let mut sizes = Sizes::USUAL;
    loop {
        let full: Vec<&Region<'_>> =
            regions.iter().filter(|region| !region.fits(sizes, block_gap, 1.0)).collect();
        let has = |of: &dyn Fn(&Piece<'_>) -> bool| full.iter().any(|region| region.pieces.iter().any(of));
        if sizes.table > TABLE[2] && has(&|piece| piece.has_table()) {
            sizes.table = TABLE[2];
        } else if !sizes.splits_lists && full.iter().any(|region| region.has_long_list()) {
            // At the same size first: a list in two columns is read more easily than a small one.
            sizes.splits_lists = true;
        } else if sizes.body > BODY[2] && has(&|piece| piece.has_text()) {
            sizes = Sizes { body: BODY[2], splits_lists: false, ..sizes };
        } else {
            return sizes;
        }
    }
}

/// Fills the regions.
pub(super) fn fill(canvas: &mut Canvas<'_>, regions: &[Region<'_>]) {
    let block_gap = f64::from(canvas.theme.spacing.block_gap);
    let sizes = sizes(regions, block_gap);
    for region in regions {
        for piece in &region.pieces {
            let smaller = [
                (piece.has_text() && sizes.body < Sizes::USUAL.body, sizes.body),
                (piece.has_table() && sizes.table < Sizes::USUAL.table, sizes.table),
            ];
            for (_, size) in smaller.into_iter().filter(|(is_smaller, _)| *is_smaller) {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "one of our sizes"
                )]
                let size = size as u32;
                canvas.mark(Place::whole(piece.block.id()), Loss::Smaller { size });
            }
        }
        match &region.pieces[..] {
            [piece] if region.is_filled => piece.draw(canvas, region.bounds, sizes),
            pieces => stack(canvas, pieces, region.bounds, sizes, region.anchor),
        }
    }
}

//! Applying a patch.

use std::mem::replace;

use super::Patch;
use super::container::{self, Container};
use super::error::PatchError;
use super::field::Field;
use super::ids::Ids;
use crate::block::Block;
use crate::chart::Series;
use crate::check;
use crate::deck::{Deck, Slide};
use crate::id::{BlockId, SlideId};
use crate::table::Cell;

/// Applies a patch: gives the deck as it is then, and the patch that takes the change back.
pub fn apply(deck: &Deck, patch: &Patch) -> Result<(Deck, Patch), PatchError> {
    let mut deck = deck.clone();
    let inverse = change(&mut deck, patch.clone())?;
    checked(&deck)?;
    Ok((deck, inverse))
}

/// Applies patches in order: gives the deck as it is then, and the patches that take the changes back, in the
/// order in which they apply.
///
/// The deck is checked once, after the last patch, so a list costs about as much as one patch. Only ids are
/// checked after each: a patch that follows has to find the slide or block that is meant.
///
/// # Errors
/// The number of the patch, from 0, and why it can't be applied. A deck that is invalid in the end is reported
/// for the last one.
pub fn apply_all(mut deck: Deck, patches: Vec<Patch>) -> Result<(Deck, Vec<Patch>), (usize, PatchError)> {
    let last = patches.len().saturating_sub(1);
    let mut inverse = Vec::with_capacity(patches.len());
    for (index, patch) in patches.into_iter().enumerate() {
        let brought = Ids::brought_by(&patch);
        inverse.push(change(&mut deck, patch).map_err(|error| (index, error))?);
        if brought.are_ambiguous_in(&deck) {
            checked(&deck).map_err(|error| (index, error))?;
        }
    }
    checked(&deck).map_err(|error| (last, error))?;
    inverse.reverse();
    Ok((deck, inverse))
}

fn checked(deck: &Deck) -> Result<(), PatchError> {
    let problems = check::problems(deck);
    if problems.is_empty() { Ok(()) } else { Err(PatchError::Invalid(problems)) }
}

fn change(deck: &mut Deck, patch: Patch) -> Result<Patch, PatchError> {
    match patch {
        Patch::InsertSlide { slide, after } => insert_slide(deck, slide, after.as_ref()),
        Patch::RemoveSlide { slide } => {
            let (slide, after) = take_slide(deck, &slide)?;
            Ok(Patch::InsertSlide { slide, after })
        }
        Patch::MoveSlide { slide, after } => move_slide(deck, &slide, after.as_ref()),
        Patch::ReplaceSlide { slide } => {
            let old = container::slide(deck, &slide.id)?;
            Ok(Patch::ReplaceSlide { slide: replace(old, slide) })
        }
        Patch::SetLayout { slide, layout } => {
            let layout = replace(&mut container::slide(deck, &slide)?.layout, layout);
            Ok(Patch::SetLayout { slide, layout })
        }
        Patch::SetNotes { slide, notes } => {
            let notes = replace(&mut container::slide(deck, &slide)?.notes, notes);
            Ok(Patch::SetNotes { slide, notes })
        }
        Patch::SetSources { slide, sources } => {
            let sources = replace(&mut container::slide(deck, &slide)?.sources, sources);
            Ok(Patch::SetSources { slide, sources })
        }
        Patch::SetBlock { block } => {
            let old = container::block(deck, block.id())?;
            Ok(Patch::SetBlock { block: replace(old, block) })
        }
        Patch::InsertBlock { block, into, after } => {
            let id = block.id().clone();
            put_block(deck, block, &into, after.as_ref())?;
            Ok(Patch::RemoveBlock { block: id })
        }
        Patch::RemoveBlock { block } => {
            let (block, into, after) = take_block(deck, &block)?;
            Ok(Patch::InsertBlock { block, into, after })
        }
        Patch::MoveBlock { block, into, after } => move_block(deck, block, &into, after.as_ref()),
        Patch::SetField { block, field } => set_field(deck, block, &field),
        Patch::SetCell { block, row, column, cell } => set_cell(deck, block, row, column, cell),
        Patch::SetSeries { block, series } => set_series(deck, block, series),
        Patch::SetTheme { theme } => Ok(Patch::SetTheme { theme: replace(&mut deck.theme, theme) }),
        Patch::SetTitle { title } => Ok(Patch::SetTitle { title: replace(&mut deck.title, title) }),
        Patch::SetLanguage { language } => {
            Ok(Patch::SetLanguage { language: replace(&mut deck.language, language) })
        }
    }
}

fn insert_slide(deck: &mut Deck, slide: Slide, after: Option<&SlideId>) -> Result<Patch, PatchError> {
    let id = slide.id.clone();
    let at = slide_place(deck, after)?;
    deck.slides.insert(at, slide);
    Ok(Patch::RemoveSlide { slide: id })
}

fn move_slide(deck: &mut Deck, id: &SlideId, after: Option<&SlideId>) -> Result<Patch, PatchError> {
    if after == Some(id) {
        return Err(PatchError::Unsuitable("a slide can't be moved after itself".to_owned()));
    }
    let (slide, before) = take_slide(deck, id)?;
    let at = slide_place(deck, after)?;
    deck.slides.insert(at, slide);
    Ok(Patch::MoveSlide { slide: id.clone(), after: before })
}

/// Takes a slide out, and says which stood before it.
fn take_slide(deck: &mut Deck, id: &SlideId) -> Result<(Slide, Option<SlideId>), PatchError> {
    let at = deck.slides.iter().position(|slide| slide.id == *id);
    let at = at.ok_or_else(|| PatchError::not_found("slide", id))?;
    let slide = deck.slides.remove(at);
    Ok((slide, at.checked_sub(1).map(|before| deck.slides[before].id.clone())))
}

fn slide_place(deck: &Deck, after: Option<&SlideId>) -> Result<usize, PatchError> {
    let Some(after) = after else { return Ok(0) };
    let before = deck.slides.iter().position(|slide| slide.id == *after);
    before.map(|before| before + 1).ok_or_else(|| PatchError::not_found("slide", after))
}

fn move_block(
    deck: &mut Deck,
    id: BlockId,
    into: &Container,
    after: Option<&BlockId>,
) -> Result<Patch, PatchError> {
    if after == Some(&id) {
        return Err(PatchError::Unsuitable("a block can't be moved after itself".to_owned()));
    }
    if matches!(into, Container::Column { block, .. } if *block == id) {
        return Err(PatchError::Unsuitable("a block can't be moved into itself".to_owned()));
    }
    let (block, from, before) = take_block(deck, &id)?;
    put_block(deck, block, into, after)?;
    Ok(Patch::MoveBlock { block: id, into: from, after: before })
}

/// Takes a block out, and says where it stood and after which.
fn take_block(deck: &mut Deck, id: &BlockId) -> Result<(Block, Container, Option<BlockId>), PatchError> {
    let (from, at) = container::place_of(deck, id)?;
    let blocks = container::blocks(deck, &from)?;
    let block = blocks.remove(at);
    let before = at.checked_sub(1).map(|before| blocks[before].id().clone());
    Ok((block, from, before))
}

fn put_block(
    deck: &mut Deck,
    block: Block,
    into: &Container,
    after: Option<&BlockId>,
) -> Result<(), PatchError> {
    let blocks = container::blocks(deck, into)?;
    let at = match after {
        None => 0,
        Some(after) => match blocks.iter().position(|block| block.id() == after) {
            Some(before) => before + 1,
            None => return Err(PatchError::not_found("block", after)),
        },
    };
    blocks.insert(at, block);
    Ok(())
}

fn set_field(deck: &mut Deck, id: BlockId, field: &Field) -> Result<Patch, PatchError> {
    let block = container::block(deck, &id)?;
    let kind = block.kind();
    match field.set_in(block) {
        Some(field) => Ok(Patch::SetField { block: id, field }),
        None => Err(PatchError::Unsuitable(format!("a {kind} block has no field `{}`", field.name()))),
    }
}

fn set_cell(
    deck: &mut Deck,
    id: BlockId,
    row: usize,
    column: usize,
    cell: Cell,
) -> Result<Patch, PatchError> {
    let table = match container::block(deck, &id)? {
        Block::Table(table) => table,
        other => return Err(PatchError::Unsuitable(format!("a {} block has no cells", other.kind()))),
    };
    match table.rows.get_mut(row).and_then(|cells| cells.get_mut(column)) {
        Some(place) => Ok(Patch::SetCell { block: id, row, column, cell: replace(place, cell) }),
        None => Err(PatchError::Unsuitable(format!(
            "the table `{id}` has no cell in row {row}, column {column}: it has {} rows and {} columns, counted from 0",
            table.rows.len(),
            table.columns.len()
        ))),
    }
}

fn set_series(deck: &mut Deck, id: BlockId, series: Series) -> Result<Patch, PatchError> {
    let chart = match container::block(deck, &id)? {
        Block::Chart(chart) => chart,
        other => return Err(PatchError::Unsuitable(format!("a {} block has no series", other.kind()))),
    };
    match chart.series.iter_mut().find(|one| one.id == series.id) {
        Some(old) => Ok(Patch::SetSeries { block: id, series: replace(old, series) }),
        None => Err(PatchError::not_found("series", &series.id)),
    }
}

//! Changes of a deck: typed, checked, and each with its inverse.
//!
//! [`apply`] makes a new deck and leaves the old one alone, so a change that is refused has changed
//! nothing. It also gives the patch that takes the change back: undo is a patch like any other, and
//! goes the same way through checks and versions. [`apply_all`] does the same with a list of patches.
//!
//! # What a patch names
//!
//! Slides, blocks and series are named by id, and a place among them by what stands before it
//! (`after`; none: the first place), never by a number. Two people who edit one deck apply each
//! other's patches; a number would then mean another slide, and the patch would change it without
//! an error. An id means the same slide or is refused.
//!
//! A cell has a row and a column instead: cells have no ids, as a table of 500 × 30 would consist of
//! them. Rows and columns only come and go with the whole table ([`Patch::SetBlock`]), and a patch
//! is stored only on the version of the deck that it was made for. The same holds for the number of
//! a column in a `columns` block.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::block::Block;
use crate::chart::Series;
use crate::deck::{Layout, Slide};
use crate::id::{BlockId, SlideId, ThemeId};
use crate::source::Source;
use crate::table::Cell;

mod apply;
mod container;
mod error;
mod field;
mod ids;
mod read;

pub use apply::{apply, apply_all};
pub use container::Container;
pub use error::PatchError;
pub use field::Field;
pub use read::from_json;

/// A change of a deck, told from others by its `op`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Patch {
    /// Inserts a slide.
    InsertSlide {
        /// The slide; its id is new.
        slide: Slide,
        /// The slide before it; none: it becomes the first.
        after: Option<SlideId>,
    },
    /// Removes a slide.
    RemoveSlide {
        /// Which.
        slide: SlideId,
    },
    /// Moves a slide.
    MoveSlide {
        /// Which.
        slide: SlideId,
        /// The slide before its new place; none: it becomes the first.
        after: Option<SlideId>,
    },
    /// Replaces the slide that has the same id.
    ReplaceSlide {
        /// What replaces it.
        slide: Slide,
    },
    /// Places a slide's blocks in another way.
    SetLayout {
        /// Which slide.
        slide: SlideId,
        /// How they are placed.
        layout: Layout,
    },
    /// Sets a slide's speaker notes.
    SetNotes {
        /// Which slide.
        slide: SlideId,
        /// The notes.
        notes: String,
    },
    /// Sets a slide's sources.
    SetSources {
        /// Which slide.
        slide: SlideId,
        /// The sources.
        sources: Vec<Source>,
    },
    /// Replaces the block that has the same id; its type may be another.
    SetBlock {
        /// What replaces it.
        block: Block,
    },
    /// Inserts a block.
    InsertBlock {
        /// The block; its id is new.
        block: Block,
        /// The list of blocks that it joins.
        into: Container,
        /// The block before it; none: it becomes the first.
        after: Option<BlockId>,
    },
    /// Removes a block, and those in its columns.
    RemoveBlock {
        /// Which.
        block: BlockId,
    },
    /// Moves a block, also to another slide.
    MoveBlock {
        /// Which.
        block: BlockId,
        /// The list of blocks that it joins.
        into: Container,
        /// The block before its new place; none: it becomes the first.
        after: Option<BlockId>,
    },
    /// Sets one field of a block.
    SetField {
        /// Which block.
        block: BlockId,
        /// The field with its new value.
        field: Field,
    },
    /// Sets one cell of a table.
    SetCell {
        /// Which table.
        block: BlockId,
        /// Which row, from 0.
        row: usize,
        /// Which column, from 0.
        column: usize,
        /// What stands there.
        cell: Cell,
    },
    /// Replaces the series of a chart that has the same id.
    SetSeries {
        /// Which chart.
        block: BlockId,
        /// What replaces it.
        series: Series,
    },
    /// Sets the deck's theme.
    SetTheme {
        /// Which theme.
        theme: ThemeId,
    },
    /// Sets the deck's title.
    SetTitle {
        /// The title.
        title: String,
    },
    /// Sets the deck's language.
    SetLanguage {
        /// The language; none: unknown.
        language: Option<String>,
    },
}

//! The JSON Schema of a deck, `runtime/slides/deck.schema.json`.
//!
//! It says what the types say. What they can't, such as ids that are unique or rows as wide as the
//! table, is checked by [`crate::check`] alone; so the schema accepts whatever the reader accepts,
//! and the reader refuses some of what the schema accepts.

use schemars::Schema;

use crate::deck::Deck;
use crate::patch::Patch;

/// The schema of the current format.
pub fn deck_schema() -> Schema {
    let mut schema = schemars::schema_for!(Deck);
    schema.insert("title".to_owned(), "Tellr deck".into());
    schema
}

/// The schema of a patch.
pub fn patch_schema() -> Schema {
    schemars::schema_for!(Patch)
}

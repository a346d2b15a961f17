//! Decks: read, changed by patches, kept in save points.
//!
//! A deck has a version, and whoever changes it names the version that they have seen. The update has that
//! version as a condition, so of two changes made for the same version one is refused with the current
//! version, and nothing that was acknowledged is lost. Each change is one statement: the caller's role, the
//! version, the document, the words for the search and the images take effect together or not at all.

pub mod contents;
mod document;
mod history;
mod kept;
pub mod queries;
mod routes;
mod sample;
mod search_index;
pub mod themes;
pub mod types;
mod work;

pub use contents::Contents;
pub use document::{Document, SlideDocument};
pub use kept::{deck_of, invalid_deck, read_deck};
pub use routes::routes;
pub use sample::{blank, sample};
pub use search_index::SearchIndex;
pub use work::{BodyTurn, DeckWork};

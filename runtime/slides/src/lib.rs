//! What a Tellr deck is.
//!
//! A deck is data, not markup: typed JSON with a format number. This crate owns that data: what may
//! stand in it and how much of it, how it is read, and what is wrong with one that is refused. It
//! has no network, clock, randomness, files or database; ids come from the caller. It compiles to
//! `wasm32-unknown-unknown`, so that a page and the server can check the same deck the same way.
//!
//! Read it floor by floor, each module using only those below it:
//!
//! | floor | what it knows |
//! |---|---|
//! | `pptx`, `pdf`, `html` | a drawn deck as a file (feature `export`) |
//! | `export`, `alt` | what files are written from; slides and charts in words |
//! | [`svg`] | a drawn slide as a picture |
//! | [`layout`] | where a slide's blocks are: a display list |
//! | [`text_layout`], [`fonts`] | text, measured and broken into lines, in the fonts that come with the app |
//! | [`lint`] | advice about a deck that is valid, and about what is drawn, with a patch where one is clear |
//! | [`display`] | what is drawn of a slide: shapes and text with coordinates |
//! | [`patch`] | changes, each with its inverse |
//! | [`read`], [`schema`] | JSON into a deck, with each problem at its path; the JSON Schema |
//! | [`upgrade`], [`check`] | older formats; limits and rules that types can't express |
//! | [`deck`] | the deck and its slides |
//! | [`block`] | what stands on a slide |
//! | [`table`], [`chart`] | rows and cells; series and axes |
//! | [`source`], [`theme`] | where a number comes from; how a deck looks |
//! | [`text`], [`number`], [`id`] | rich text, decimals, identifiers |
//! | [`link`], [`limits`], [`problem`] | links that may be followed; how much is too much; what is wrong, and where |

#[cfg(feature = "export")]
mod alt;
pub mod block;
pub mod chart;
pub mod check;
pub mod deck;
pub mod display;
#[cfg(feature = "export")]
pub mod export;
pub mod fonts;
#[cfg(feature = "export")]
pub mod html;
pub mod id;
pub mod layout;
pub mod limits;
pub mod link;
pub mod lint;
pub mod number;
pub mod patch;
#[cfg(feature = "export")]
pub mod pdf;
#[cfg(feature = "export")]
pub mod pptx;
pub mod problem;
pub mod read;
pub mod schema;
pub mod source;
pub mod svg;
pub mod table;
pub mod text;
pub mod text_layout;
pub mod theme;
pub mod upgrade;
#[cfg(feature = "export")]
mod words;
mod xml;

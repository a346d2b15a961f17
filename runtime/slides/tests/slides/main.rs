//! What a deck is, seen from outside.

mod generate;
mod lint;
mod patches;
mod reading;
mod sample;
mod schema;
mod themes;
mod two_editors;
mod walk;

//! What a deck is, seen from outside.

mod display;
mod generate;
mod layout;
mod lint;
mod patches;
mod reading;
mod sample;
mod schema;
mod sizes;
mod svg;
mod themes;
mod two_editors;
mod walk;

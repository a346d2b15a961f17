//! What a deck is, seen from outside.

mod generate;
mod reading;
mod sample;
mod schema;

//! YAML, as much of it as a deployment needs: reading a person's configuration and a deployed
//! `app.yaml`, and writing both kinds of file.
//!
//! The two kinds of file want opposite things. A configuration is refused if it could mean something
//! else than it shows ([`read`]); of a deployed file as much as possible is understood
//! ([`read_texts`]).
//!
//! Written by hand, because a page downloads it. The usual library reads into types, with tables
//! for three ways to write a fraction: 59 KiB of the module. One that splits a text into events,
//! with what makes values of them, was 25 KiB. This is about 7, by its share of the code, and the tests
//! hold it against a library.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Problem, read, read_texts};
pub use write::{Node, write};

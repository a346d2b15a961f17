//! YAML, as much of it as a deployment needs: reading a person's configuration and a deployed
//! `app.yaml`, and writing both kinds of file.
//!
//! A library splits a text into events; what they mean is decided here, because the two kinds of
//! file want opposite things. A configuration is refused if it could mean something else than it
//! shows ([`read`]); of a deployed file as much as possible is understood ([`read_texts`]). The
//! usual way through serde would bring a page a second format's worth of code for each type, and
//! the tables of two more ways to write a decimal fraction: a quarter of what it downloads.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Problem, read, read_texts};
pub use write::{Node, write};

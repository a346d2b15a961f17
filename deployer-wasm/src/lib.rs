//! Deploys Tellr to Databricks Apps.
//!
//! The logic is written once and runs in four places: a notebook's kernel, a notebook widget, a
//! page in the browser, and natively. It therefore owns no network, clock, randomness or file
//! system; everything it needs from outside is one trait, [`host::Host`].
//!
//! Read it floor by floor, each using only those below it:
//!
//! | floor | what it knows |
//! |---|---|
//! | [`operations`] | create, update, delete, as short programs; what one would do, and how things stand |
//! | [`steps`] | one step each: look, act, wait; safe to run twice |
//! | [`engine`] | run steps side by side, remember, exclude |
//! | [`manifest`], [`workspace`] | files to generate, the platform's API |
//! | [`host`] | what is needed from outside |
//! | [`config`], [`schema`] | what is wanted, as checked values; what is done to the database, as SQL |
//! | [`events`], [`cancellation`] | what is told while it runs; stopping at a safe point |
//! | [`error`] | the catalogue of failures |
//! | [`document`] | a YAML document, read within limits |
//! | [`timestamp`], [`decode`] | a moment; JSON read into types |

#[cfg(any(feature = "browser", feature = "kernel", test))]
pub mod bindings;
pub mod cancellation;
pub mod config;
pub mod decode;
pub mod document;
pub mod engine;
pub mod error;
pub mod events;
pub mod host;
pub mod manifest;
pub mod operations;
pub mod schema;
pub mod steps;
pub mod timestamp;
pub mod workspace;

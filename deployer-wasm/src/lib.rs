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
//! | `bindings` | the faces of the WebAssembly builds |
//! | [`operations`] | create, update, delete, as short programs |
//! | [`steps`] | one step each: look, act, wait; safe to run twice |
//! | [`engine`] | run steps side by side, remember, exclude, cancel |
//! | [`manifest`], [`workspace`], [`schema`] | files to generate, the platform's API, SQL |
//! | [`config`], [`host`] | what is wanted, what is needed from outside |
//! | [`error`], [`events`] | the catalogue of failures, what is told while it runs |

#[cfg(any(feature = "browser", feature = "kernel", test))]
pub mod bindings;
pub mod cancellation;
pub mod config;
pub mod engine;
pub mod error;
pub mod events;
pub mod host;
pub mod manifest;
pub mod operations;
pub mod schema;
pub mod steps;
pub mod workspace;

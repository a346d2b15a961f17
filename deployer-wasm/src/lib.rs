//! Deploys Tellr to Databricks Apps.
//!
//! The logic is written once and runs in four environments: a notebook's kernel, a notebook widget, a page in
//! the browser, and natively. It therefore uses no network, clock, randomness or file system directly;
//! everything it needs from outside is one trait, [`host::Host`].
//!
//! The layers, each of which uses only those below it:
//!
//! | layer | content |
//! |---|---|
//! | [`command_line`] | what a command line prints; not in a page's module |
//! | [`operations`] | create, update, delete as short programs; plan and status |
//! | [`steps`] | one step each: inspect, act, wait; each is idempotent |
//! | [`engine`] | running steps concurrently, the journal, the lock |
//! | [`manifest`], [`workspace`] | the generated files, the platform's API |
//! | [`host`] | the interface to the environment |
//! | [`config`], [`schema`] | the configuration as checked values; the database operations as SQL |
//! | [`events`], [`cancellation`] | events of a run; stopping at a safe point |
//! | [`error`] | the catalogue of failures |
//! | [`document`] | YAML documents, read within limits |
//! | `together` | several futures in one task |
//! | [`timestamp`], [`decode`] | a point in time; reading JSON into types |

#[cfg(any(feature = "browser", feature = "kernel", test))]
pub mod bindings;
pub mod cancellation;
// Not in a page's module.
#[cfg(any(not(target_arch = "wasm32"), feature = "kernel"))]
pub mod command_line;
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
mod together;
pub mod workspace;

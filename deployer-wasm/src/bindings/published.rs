//! What is generated from this crate: TypeScript types, the schema of a configuration file, and the
//! table of requests in `pkg/`; the settings as the form and the notebook's package know them.
//!
//! All are committed, as their readers (an editor, a package's user, a notebook's kernel)
//! have no Rust. A test compares; `UPDATE_EXPECT=1 cargo test -p deployer-wasm published` writes them anew.
//! The derives stand behind `cfg(test)`, so no build carries them.

mod file_schema;
mod form_settings;
mod python;
mod routes;
mod typescript;

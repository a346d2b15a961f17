//! What is generated from this crate: TypeScript types, the schema of a configuration file, the table of
//! requests in `pkg/`, and the settings for the form and for the Python package.
//!
//! The generated files are committed, as their users (an editor, a package's user, a notebook's kernel) have
//! no Rust. A test compares them; `UPDATE_EXPECT=1 cargo test -p deployer-wasm published` regenerates them.
//! The derives are behind `cfg(test)`, so no build contains them.

mod file_schema;
mod form_settings;
mod python;
mod routes;
mod typescript;

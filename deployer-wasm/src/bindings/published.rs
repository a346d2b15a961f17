//! What is generated from this crate and published beside the package: its TypeScript types, the
//! schema of a configuration file, and the table of requests for whoever passes them on.
//!
//! All are committed in `pkg/`, as their readers (an editor, a package's user, a notebook's kernel)
//! have no Rust. A test compares; `UPDATE_EXPECT=1 cargo test -p deployer-wasm published` writes them anew.
//! The derives stand behind `cfg(test)`, so no build carries them.

mod file_schema;
mod surface;
mod typescript;

//! What is generated from the types of this crate and published beside the package: its
//! TypeScript types, and the schema of a configuration file.
//!
//! Both are committed in `pkg/`, as their readers (an editor, a package's user) have no Rust. A
//! test compares; `UPDATE_EXPECT=1 cargo test -p deployer-wasm published` writes them anew.
//! The derives stand behind `cfg(test)`, so no build carries them.

mod file_schema;
mod typescript;

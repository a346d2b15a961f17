//! The faces of the WebAssembly builds. No logic of a deployment lives here.
//!
//! One crate makes two modules, because the two places they run in have nothing in common but
//! the logic. A notebook's kernel has no JavaScript: its module imports *nothing*, so that any
//! WebAssembly runtime can load it, and speaks JSON through linear memory. A page has
//! JavaScript's promises and abort signals, and wants them. Features say which is built, and
//! neither adds a byte to the native crate.
//!
//! | module | owns | built with |
//! |---|---|---|
//! | [`task`] | from an operation's name and raw arguments to its result | either |
//! | [`protocol`] | the JSON that crosses to a kernel, and its version | `kernel` |
//! | [`queue`] | a host that writes down what it wants and is told later what came of it | `kernel` |
//! | [`machine`] | one run at a time: start, poll, resolve, cancel | `kernel` |
//! | [`question`] | what can be asked without a run | `kernel` |
//! | `kernel` | the exported functions, on wasm32 only | `kernel` |
//! | [`form`] | a form's values checked, and turned into a file and back | either |
//! | [`direct`] | what can be said of a workspace that is asked without a server between | `browser` |
//! | `browser` | the class that a page uses and its three hosts, on wasm32 only | `browser` |
//!
//! All but the exported functions are safe Rust that is tested natively.

#[cfg(all(feature = "browser", target_arch = "wasm32"))]
pub mod browser;
#[cfg(any(feature = "browser", test))]
pub mod direct;
pub mod form;
#[cfg(all(feature = "kernel", target_arch = "wasm32"))]
pub mod kernel;
#[cfg(any(feature = "kernel", test))]
pub mod machine;
#[cfg(any(feature = "kernel", test))]
pub mod protocol;
#[cfg(test)]
mod published;
#[cfg(any(feature = "kernel", test))]
pub mod question;
#[cfg(any(feature = "kernel", test))]
pub mod queue;
pub mod task;
#[cfg(test)]
mod tests;

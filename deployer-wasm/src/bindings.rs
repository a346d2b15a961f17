//! Bindings of the WebAssembly builds. They contain no deployment logic.
//!
//! One crate builds two modules, because their two environments have different interfaces. A notebook kernel
//! has no JavaScript: its module has *no* imports, so any WebAssembly runtime can load it, and exchanges JSON
//! through linear memory. A web page needs promises and abort signals. Cargo features select the module to
//! build; neither feature affects the native crate.
//!
//! | module | owns | built with |
//! |---|---|---|
//! | [`task`] | running an operation, given its name and raw arguments | either |
//! | [`protocol`] | the JSON exchanged with a kernel, and its version | `kernel` |
//! | [`queue`] | a host that queues commands and receives their outcomes later | `kernel` |
//! | [`machine`] | one run at a time: start, poll, resolve, cancel | `kernel` |
//! | [`question`] | queries that need no run | `kernel` |
//! | [`command`] | a command line as the kernel: what it prints of a run | `kernel` |
//! | [`command_question`] | its checks and texts without a run | `kernel` |
//! | `kernel` | the exported functions, on wasm32 only | `kernel` |
//! | [`form`] | checking a form's values, and converting them to a file and back | either |
//! | [`direct`] | diagnosing a workspace that the page reaches directly, without a server | `browser` |
//! | `browser` | the class for web pages and its three hosts, on wasm32 only | `browser` |
//!
//! Everything except the exported functions is safe Rust and is tested natively.

#[cfg(all(feature = "browser", target_arch = "wasm32"))]
pub mod browser;
#[cfg(any(feature = "kernel", test))]
pub mod command;
#[cfg(any(feature = "kernel", test))]
pub mod command_question;
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

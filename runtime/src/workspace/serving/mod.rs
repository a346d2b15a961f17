//! Chat completions of serving endpoints, from the bytes of an answer to a value.
//!
//! Problem: endpoints stand in front of models of several makers, and their streams differ in every point
//! that the interface leaves open: content as text or as blocks, the parts of a tool call, where usage
//! stands, how a stream ends, what a refusal looks like.
//!
//! Choice: four readers without network, clock or async. They are tested on streams that are cut at each
//! byte. Whatever an endpoint sends is data: it is bounded, and what a reader doesn't know it ignores. Above
//! them one client asks, and puts right what it can without its caller.
//!
//! | module | content |
//! |---|---|
//! | `events` | server-sent events from bytes |
//! | `completion` | [`Completion`]: text and calls of tools, from a stream or from a whole answer |
//! | `refusal` | [`Refusal`]: what an error says, and what can be done about it |
//! | `json_text` | the JSON document in a model's text |
//! | `request` | [`Request`]: what is asked |
//! | `learnt` | [`Learnt`]: what endpoints refused before |
//! | `endpoint` | [`ChatEndpoint`]: asks, and reads the answer as it arrives |
//! | `observer` | [`Observer`]: what watches the requests |
//! | `redacted` | keeps the credential and the request out of answers and errors |
//! | `error` | [`ModelError`]: why there is no answer |
//! | [`list`] | the endpoints of a workspace |

mod completion;
mod endpoint;
mod error;
mod events;
mod json_text;
mod learnt;
pub mod list;
mod observer;
mod redacted;
mod refusal;
mod request;
#[cfg(test)]
mod tests;

pub use completion::{BrokenAnswer, Completion, CompletionStream, Finish, ToolCall, Usage};
pub use endpoint::{ChatEndpoint, Limits};
pub use error::{ModelError, Spent};
pub use json_text::json_in;
pub use learnt::Learnt;
pub use observer::Observer;
pub use refusal::Refusal;
pub use request::{Message, Request, Schema, Tool};

//! HTTP, as both servers use it: connections, the files of the page, and the layers around every route.
//!
//! | module | content |
//! |---|---|
//! | [`listener`] | connections, HTTP/1.1 and h2c, draining |
//! | [`site`] | the page, an API beside it, and the layers around both |
//! | [`requests`] | ids, log lines, time limits, panics |
//! | [`security`] | the headers of every answer |
//! | [`error`] | API errors as JSON; [`rejection`] are those that the sender can act on |
//! | [`extract`] | bodies and parameters, refused with what is wrong in them |
//! | [`notice`] | what short pages of the server's own have in common |
//! | [`etag`] | tags of what is served |
//! | [`turns`] | how many large requests are worked on at once |
//! | [`blocking`](mod@blocking) | work that keeps a processor busy |
//! | [`frontend`] | the files of the page, embedded and compressed at build time |

pub mod blocking;
pub mod error;
pub mod etag;
pub mod extract;
pub mod frontend;
pub mod listener;
pub mod notice;
pub mod rejection;
pub mod requests;
pub mod security;
pub mod site;
pub mod turns;

pub use blocking::blocking;
pub use error::ApiError;
pub use rejection::Rejection;

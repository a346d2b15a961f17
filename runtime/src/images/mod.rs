//! Images that decks show.
//!
//! What is uploaded is never what is served: it is decoded within limits, turned upright, made as small as a
//! slide needs, and encoded anew. So what was hidden in it (places in a photo's data, another format behind
//! the picture, markup) is gone, and what is served can only be a picture.

pub mod picture;
pub(crate) mod queries;
mod routes;
mod thumbnail;
pub mod types;
mod uploads;

pub use routes::{LARGEST_BYTES, routes};
pub use thumbnail::Thumbnail;
pub use uploads::Uploads;

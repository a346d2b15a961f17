//! Decks as files: PowerPoint, PDF, HTML, and the deck itself.
//!
//! Problem: writing a file of a large deck takes longer than a request may, and a process may end while it
//! writes. Who has a deck open exports it again and again, often without a change.
//!
//! Choice: an export is a job. Its file is committed in chunks together with the job's end, so a file is there
//! whole or not at all, and any process serves it. It is kept under the deck's version and a hash of how it was
//! written (format, options, version of the program): asked for again, the same file is there at once. A file
//! may be read by those who may see the deck, for a day; then it is swept.
//!
//! The writers themselves are in `tellr-slides` and know no database; [`maker`] gives them what they need.
//!
//! | module | content |
//! |---|---|
//! | [`format`](mod@format) | the formats and their options |
//! | [`file_name`] | a deck's title as the name of a file |
//! | [`bundle`] | the deck itself as a file, with its images |
//! | [`maker`] | from a deck's row to the bytes of a file |
//! | `warnings` | what of the deck isn't in the file as it was meant |
//! | `pictures`, `queries` | images as files need them; the statements on files |
//! | [`work`], [`sweep`] | the jobs |
//! | `download` | a file, or a range of it, as a stream |
//! | [`routes`](mod@routes), `original`, `answering` | the API, the paths of the original Tellr, and what both have in common |
//! | [`command`] | `tellr-app export` |

mod answering;
pub mod bundle;
pub mod command;
mod download;
pub mod file_name;
pub mod format;
pub mod maker;
mod original;
mod pictures;
mod queries;
pub mod routes;
pub mod sweep;
pub mod types;
mod warnings;
pub mod work;

pub use format::Format;
pub use maker::{Made, Maker};
pub use routes::routes;
pub use sweep::SweepFiles;
pub use work::Exporting;

//! Data of the original Tellr (databricks-tellr-app 0.1 to 0.4), copied into this app's tables.
//!
//! Problem: an app that ran the original keeps its data in other tables, whose columns differ between its versions,
//! and it names people by their user names, where this app has the platform's ids.
//!
//! Choice: `init-database` copies them once, in one transaction with the record of it: the copy is there whole or not
//! at all, and is never repeated. The old schema is only read. Rows are read as JSON, so that a column which a
//! version doesn't have is `null`. Each owner gets a placeholder among the users; it is replaced when the
//! person first opens the app ([`claim`]), because their id isn't known before.
//!
//! | module | content |
//! |---|---|
//! | [`copy`](mod@copy) | what is copied, and the record of it |
//! | [`claim`](mod@claim) | what was copied becomes its owner's |
//! | `library` | prompts, styles and profiles |
//! | `conversations` | sessions with their messages and decks |
//! | `source`, `placeholder` | the original's tables, and the people they name |
//! | `turns` | messages as questions with their answers |
//! | `deck`, `html` | the texts of slides as a deck |

pub mod claim;
mod conversations;
pub mod copy;
mod deck;
mod html;
mod library;
mod placeholder;
mod source;
mod turns;

pub use copy::{Copied, copy};

//! Genie: questions in words, answered with SQL over the sample data.
//!
//! Problem: an app that asks Genie meets an answer that takes many polls, comes in several shapes, and may be
//! missing, cut off or expired; and what it makes of an answer must be comparable with the tables.
//!
//! Choice: `words` and `question` understand questions by rules, in English and German; `query` writes the
//! SQL, which the warehouse executes. What isn't understood is asked back, never guessed. A status lasts for
//! polls, not for time (`settings`), and rules script what the sample data can't give: failures, texts and
//! rows of any kind. `conversations` keeps what was asked, `message` is one question with its answer, and
//! `routes` is the interface.
//!
//! Trade-off: a rule knows the words in its list and no others. What the platform returns for an expired
//! result, and that other people's conversations aren't found, are assumptions.

mod conversations;
mod message;
mod period;
mod query;
mod question;
mod routes;
mod settings;
mod title;
mod words;

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::clock::Timestamp;
use crate::permissions::{Grantee, Permissions};
use conversations::Conversation;
pub(crate) use routes::routes;
pub use settings::{
    Answer, Attached, ExtraSpace, GenieSettings, MessageStatus, ScriptedAnswer, ScriptedColumn, Stay,
};

/// The id of the space with the sample data.
pub const SPACE_ID: &str = "01f0c3a2b94d17e8a5c60d9e3f7b2a41";
const SPACE_TITLE: &str = "Sample sales";
const SPACE_DESCRIPTION: &str = "Sales of a sample company from October 2024 to September 2026: revenue, units, \
     cost and margin by month, region and product line; customers and churn by month and region; revenue \
     targets by quarter and region.";
/// The object type of its permissions.
pub(crate) const OBJECT_TYPE: &str = "genie";
/// How many conversations are kept; the oldest are forgotten.
const KEPT_CONVERSATIONS: usize = 1000;

/// The Genie conversations of a workspace; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Genie(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    conversations: VecDeque<Conversation>,
    /// When questions were asked, for the rate limit.
    asked: VecDeque<Timestamp>,
}

/// Gives the space its access control list: everyone may ask.
pub(crate) fn register(permissions: &Permissions) {
    permissions.register_without_owner(OBJECT_TYPE, SPACE_ID);
    permissions.grant(OBJECT_TYPE, SPACE_ID, Grantee::Group("users".to_owned()), "CAN_RUN");
}

/// Whether the space with the sample data has this id.
pub(crate) fn exists(id: &str) -> bool {
    id == SPACE_ID
}

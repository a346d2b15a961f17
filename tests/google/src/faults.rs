//! What goes wrong, and when.

use serde::{Deserialize, Serialize};

/// What is asked of Google.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// The page that asks a person for their consent.
    Authorize,
    /// A code for tokens.
    Exchange,
    /// A refresh token for an access token.
    Refresh,
    /// The end of a grant.
    Revoke,
    /// Who a person is.
    UserInfo,
    /// Files: list, get, change, delete.
    Files,
    /// The start of an upload.
    Start,
    /// A chunk of an upload.
    Chunk,
    /// How far an upload is.
    Progress,
    /// The end of an upload without a file.
    Cancel,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// The connection is cut. Half of a chunk has arrived.
    Cut,
    /// The request has its effect, and then the connection is cut.
    LoseAnswer,
    /// Half of a chunk has arrived, and nothing happens any more.
    Hold,
    /// A refusal with a status, a reason as in Google's errors, and a pause in seconds.
    Refuse {
        /// The status.
        status: u16,
        /// As in `error.errors[0].reason`.
        reason: String,
        /// `Retry-After`.
        #[serde(default)]
        retry_after_secs: Option<u64>,
    },
}

/// A fault that is ordered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Fault {
    /// What fails.
    pub on: On,
    /// How.
    pub act: Act,
    /// How many requests pass before.
    #[serde(default)]
    pub skip: u32,
    /// How often.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// The next request fails.
    #[must_use]
    pub fn next(on: On, act: Act) -> Self {
        Self { on, act, skip: 0, times: 1 }
    }

    /// The one after so many others fails.
    #[must_use]
    pub fn after(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    /// So many fail.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }
}

//! A turn as the job keeps it: what each stage left for the next.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::types::{ChatOptions, Stage, TurnKind};
use crate::prompting::{Changes, Outline};
use crate::workspace::serving::Spent;

/// A turn of the database, for the job that works on it.
#[derive(Clone, Debug)]
pub(super) struct TurnRow {
    pub(super) id: Uuid,
    pub(super) session: Uuid,
    pub(super) author: String,
    pub(super) groups: Vec<String>,
    pub(super) message: String,
    pub(super) selection: Vec<String>,
    pub(super) options: ChatOptions,
    pub(super) kind: Option<TurnKind>,
    pub(super) stage: Stage,
    pub(super) gathered: Gathered,
    pub(super) plan: Option<Plan>,
    pub(super) tokens: i64,
    pub(super) calls: i32,
    pub(super) waits: i32,
    pub(super) created_at: OffsetDateTime,
}

impl TurnRow {
    /// Adds what answers cost, as it is kept.
    pub(super) fn spend(&mut self, spent: &Spent) {
        let tokens = spent.usage.prompt_tokens.saturating_add(spent.usage.completion_tokens);
        self.tokens = self.tokens.saturating_add(i64::try_from(tokens).unwrap_or(i64::MAX));
        self.calls = self.calls.saturating_add(i32::try_from(spent.calls).unwrap_or(i32::MAX));
    }

    /// The event about what it cost so far.
    pub(super) fn usage(&self) -> Value {
        json!({ "tokens": self.tokens, "calls": self.calls })
    }
}

/// What was gathered so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Gathered {
    /// The spaces that may be asked; absent until they were looked up.
    pub(super) spaces: Option<Vec<SpaceChoice>>,
    /// The rounds with the model.
    pub(super) rounds: Vec<Round>,
    /// What the model said at the end.
    pub(super) text: String,
}

/// A Genie space that may be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SpaceChoice {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) description: String,
}

/// One answer of the model, and what its tools said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Round {
    pub(super) text: String,
    pub(super) calls: Vec<Call>,
}

/// A tool that the model called.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
    /// The message that is waited for, once Genie was asked.
    pub(super) asked: Option<AskedGenie>,
    /// What the model is told; absent until it is known.
    pub(super) result: Option<String>,
}

/// A question to Genie that is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AskedGenie {
    pub(super) space: String,
    pub(super) conversation: String,
    pub(super) message: String,
}

/// What is to be written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Plan {
    /// A new deck.
    Outline(Outline),
    /// Changes of the deck.
    Changes(Changes),
}

/// A slide that a turn writes.
#[derive(Clone, Debug)]
pub(super) struct SlideRow {
    pub(super) number: i32,
    pub(super) slide_id: String,
    pub(super) title: String,
    pub(super) state: String,
    pub(super) slide: Option<String>,
    /// Of a slide that was rewritten: as it was when it was read.
    pub(super) replaces: Option<String>,
    pub(super) checked: bool,
}

//! How endpoints behave: the pace of their models, and how their answers differ.
//!
//! Part of the workspace's settings, as everything that a test changes. What holds for the next requests
//! only is used up there: its count goes down in the settings themselves, so that a test can read what is
//! left.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::request::{Call, Kind};

/// The behaviour of all endpoints.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServingSettings {
    /// Of endpoints that have none of their own.
    pub all: Behavior,
    /// Of single endpoints, by name.
    pub endpoints: BTreeMap<String, Behavior>,
}

impl ServingSettings {
    /// The behaviour of an endpoint.
    pub fn of(&self, endpoint: &str) -> &Behavior {
        self.endpoints.get(endpoint).unwrap_or(&self.all)
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, endpoint: &str) -> &mut Behavior {
        self.endpoints.get_mut(endpoint).unwrap_or(&mut self.all)
    }
}

/// The behaviour of an endpoint. The default is a model that answers at once and gives nothing to complain
/// about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "switches that are independent of each other")]
pub struct Behavior {
    /// Milliseconds for each token of an answer. On a virtual clock they are reported, not slept.
    pub ms_per_token: u64,
    /// Whether the platform's limits on schemas and tools hold.
    pub limits: bool,
    /// Content is a list of blocks, the first of them reasoning.
    pub content_blocks: bool,
    /// Every event of a stream has the usage so far.
    pub usage_in_every_event: bool,
    /// A stream begins with an event without choices.
    pub event_without_choices: bool,
    /// Calls of tools come in parts, by turns, told apart by `index`; only the first part has the id.
    pub tool_calls_in_parts: bool,
    /// Packets end within characters.
    pub split_characters: bool,
    /// Lines end with `\r\n`, and there are comments between events.
    pub crlf_and_pings: bool,
    /// A stream ends without `data: [DONE]`.
    pub no_done: bool,
    /// A temperature is refused.
    pub refuse_temperature: Option<RefusalForm>,
    /// `max_tokens` is refused.
    pub refuse_max_tokens: Option<RefusalForm>,
    /// `response_format` is refused.
    pub refuse_response_format: Option<RefusalForm>,
    /// The next requests are refused with 429.
    pub busy: Option<Busy>,
    /// More characters than this in all messages are refused.
    pub max_characters: Option<usize>,
    /// How a document stands in the text.
    pub document: DocumentForm,
    /// Answers end in the middle.
    pub half: Option<Half>,
    /// Answers are empty.
    pub empty: bool,
    /// The answers to the next requests, instead of the model's.
    pub scripts: Vec<Script>,
}

impl Default for Behavior {
    fn default() -> Self {
        Self {
            ms_per_token: 0,
            limits: true,
            content_blocks: false,
            usage_in_every_event: false,
            event_without_choices: false,
            tool_calls_in_parts: false,
            split_characters: false,
            crlf_and_pings: false,
            no_done: false,
            refuse_temperature: None,
            refuse_max_tokens: None,
            refuse_response_format: None,
            busy: None,
            max_characters: None,
            document: DocumentForm::Plain,
            half: None,
            empty: false,
            scripts: Vec::new(),
        }
    }
}

/// The form of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalForm {
    /// The platform's JSON.
    Json,
    /// The model maker's JSON, as text inside of the platform's.
    Nested,
    /// A line of text.
    Text,
}

/// Too many requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Busy {
    /// How many are still to be refused.
    pub requests: u32,
    /// The header `Retry-After`.
    #[serde(default)]
    pub retry_after: Option<String>,
}

/// How a JSON document stands in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentForm {
    /// Alone.
    #[default]
    Plain,
    /// In a fenced block.
    Fenced,
    /// After a sentence.
    AfterText,
    /// As a JSON string.
    InString,
}

/// How an answer ends in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// The connection closes.
    Cut,
    /// With `finish_reason: length`, as at the limit of tokens.
    Length,
}

/// A prepared answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// For requests whose schema has this name; any when absent.
    #[serde(default)]
    pub schema: Option<String>,
    /// For requests of this kind; any when absent.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// How many requests it answers.
    #[serde(default = "once")]
    pub times: u32,
    /// The answer.
    pub answer: ScriptedAnswer,
}

fn once() -> u32 {
    1
}

/// What a prepared answer says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ScriptedAnswer {
    /// The model says this text, in the form that the request asks for.
    Text(String),
    /// The model calls these tools.
    Calls(Vec<Call>),
    /// This is the whole body. A string is sent as it is, as a stream of events if one is asked for;
    /// anything else as JSON.
    Body {
        /// HTTP status.
        #[serde(default = "ok")]
        status: u16,
        /// The body.
        body: Value,
    },
}

fn ok() -> u16 {
    200
}

impl Script {
    /// The next request gets this text.
    pub fn text(text: &str) -> Self {
        Self { schema: None, kind: None, times: 1, answer: ScriptedAnswer::Text(text.to_owned()) }
    }

    /// The same for requests of this kind only.
    #[must_use]
    pub fn on(mut self, kind: Kind) -> Self {
        self.kind = Some(kind);
        self
    }
}

impl Behavior {
    /// Counts a refusal for too many requests, and says whether there is one.
    pub(crate) fn take_busy(&mut self) -> Option<Busy> {
        let busy = self.busy.as_mut().filter(|busy| busy.requests > 0)?;
        busy.requests -= 1;
        let taken = busy.clone();
        if busy.requests == 0 {
            self.busy = None;
        }
        Some(taken)
    }

    /// Takes the first prepared answer that is meant for such a request.
    pub(crate) fn take_script(&mut self, kind: Kind, schema: Option<&str>) -> Option<ScriptedAnswer> {
        let index = self.scripts.iter().position(|script| {
            script.times > 0
                && script.kind.is_none_or(|wanted| wanted == kind)
                && script.schema.as_deref().is_none_or(|wanted| Some(wanted) == schema)
        })?;
        let script = &mut self.scripts[index];
        script.times -= 1;
        let answer = script.answer.clone();
        if script.times == 0 {
            self.scripts.remove(index);
        }
        Some(answer)
    }
}

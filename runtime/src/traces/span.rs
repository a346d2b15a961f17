//! Spans of a turn while they are open, and their ids.
//!
//! The trace has the turn's id, and the spans that are once in a turn (the turn itself, its stages, its slides) have
//! ids that follow from it and from their name. So an attempt that goes on in another process continues the trace:
//! its spans have the parents that the first attempt's have, although no process knows the other's.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use prost::Message as _;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Shared;
use super::queue::Item;
use super::wire::{AnyValue, Span, Status, attribute};

/// The longest text of an attribute, in bytes, where it is one text.
const LONGEST_TEXT: usize = 64 << 10;
const INTERNAL: i32 = 1;
const CLIENT: i32 = 3;

/// The id of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanId([u8; 8]);

impl SpanId {
    /// Of what is there once in a turn under this name.
    fn named(turn: Uuid, name: &str) -> Self {
        let digest = Sha256::new().chain_update(turn.as_bytes()).chain_update(name).finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Self(id)
    }

    fn random() -> Self {
        let mut id = [0; 8];
        // Without randomness nothing else works either: TLS, for example.
        let _ = getrandom::fill(&mut id);
        // Zeros are no id.
        id[0] |= 1;
        Self(id)
    }
}

/// The trace of a turn; cheap to clone. It does nothing if traces go nowhere.
#[derive(Clone)]
pub struct TurnTrace {
    pub(super) shared: Option<Arc<Shared>>,
    pub(super) turn: Uuid,
}

impl TurnTrace {
    /// The turn as a whole, which began at `began`. To be ended once, when the turn has an outcome; ended again after
    /// a turn was resumed, it replaces the first in MLflow.
    pub fn turn(&self, began: SystemTime) -> Open {
        let mut open = self.open("invoke_agent tellr", SpanId::named(self.turn, ""), None, INTERNAL);
        open.set("gen_ai.operation.name", "invoke_agent");
        open.set("gen_ai.agent.name", "tellr");
        if let Some(draft) = &mut open.0 {
            draft.span.start_time_unix_nano = nanoseconds(began);
            draft.is_whole = true;
        }
        open
    }

    /// A stage of the turn.
    pub fn stage(&self, name: &'static str) -> Open {
        self.open(name, SpanId::named(self.turn, name), Some(SpanId::named(self.turn, "")), INTERNAL)
    }

    /// A slide of the turn, in a stage.
    pub fn slide(&self, stage: &'static str, number: i32) -> Open {
        let name = format!("slide {number}");
        let id = SpanId::named(self.turn, &format!("{stage} {name}"));
        let mut open = self.open(&name, id, Some(SpanId::named(self.turn, stage)), INTERNAL);
        open.set("tellr.slide.number", i64::from(number));
        open
    }

    /// A tool that is run in a stage.
    pub fn tool(&self, stage: &'static str, name: &'static str) -> Open {
        let stage = Some(SpanId::named(self.turn, stage));
        let mut open = self.open(&format!("execute_tool {name}"), SpanId::random(), stage, CLIENT);
        open.set("gen_ai.operation.name", "execute_tool");
        open.set("gen_ai.tool.name", name);
        open.set("gen_ai.tool.type", "function");
        open
    }

    /// A request to a model.
    pub(super) fn chat(&self, parent: SpanId, endpoint: &str, began: SystemTime) -> Open {
        let mut open = self.open(&format!("chat {endpoint}"), SpanId::random(), Some(parent), CLIENT);
        if let Some(draft) = &mut open.0 {
            draft.span.start_time_unix_nano = nanoseconds(began);
        }
        open
    }

    /// The id of the span of a stage.
    pub fn stage_id(&self, name: &'static str) -> SpanId {
        SpanId::named(self.turn, name)
    }

    fn open(&self, name: &str, id: SpanId, parent: Option<SpanId>, kind: i32) -> Open {
        let Some(shared) = &self.shared else { return Open(None) };
        let span = Span {
            trace_id: self.turn.as_bytes().to_vec(),
            id: id.0.to_vec(),
            parent_span_id: parent.map(|parent| parent.0.to_vec()).unwrap_or_default(),
            name: name.to_owned(),
            kind,
            start_time_unix_nano: nanoseconds(SystemTime::now()),
            ..Span::default()
        };
        Open(Some(Box::new(Draft { shared: Arc::clone(shared), span, id, is_whole: false })))
    }
}

/// A span that has begun. One that is dropped without an end isn't sent: the attempt was given up, and the next one
/// has it again.
#[must_use]
pub struct Open(Option<Box<Draft>>);

struct Draft {
    shared: Arc<Shared>,
    span: Span,
    id: SpanId,
    /// It is a whole turn.
    is_whole: bool,
}

impl Open {
    /// Its id, for spans below it.
    pub fn id(&self) -> SpanId {
        self.0.as_ref().map_or(SpanId([0; 8]), |draft| draft.id)
    }

    /// Adds an attribute that says nothing about what people, models or data say.
    pub(super) fn set(&mut self, key: &'static str, value: impl Into<AnyValue>) {
        if let Some(draft) = &mut self.0 {
            draft.span.attributes.push(attribute(key, value));
        }
    }

    /// Adds a number.
    pub fn count(&mut self, key: &'static str, count: i64) {
        self.set(key, count);
    }

    /// Adds the name or the id of something of the app's.
    pub fn label(&mut self, key: &'static str, label: &str) {
        self.set(key, label);
    }

    /// Adds text of a person, a model or data, if traces may hold it.
    pub fn text(&mut self, key: &'static str, text: impl FnOnce() -> String) {
        if let Some(draft) = &mut self.0
            && draft.shared.has_content
        {
            draft.span.attributes.push(attribute(key, shortened(text(), LONGEST_TEXT)));
        }
    }

    /// The same for a document that has a limit of its own.
    pub(super) fn document(&mut self, key: &'static str, document: impl FnOnce() -> String) {
        if let Some(draft) = &mut self.0
            && draft.shared.has_content
        {
            draft.span.attributes.push(attribute(key, document()));
        }
    }

    /// Ends it.
    pub fn end(self) {
        self.send(Status { code: 1, message: String::new() });
    }

    /// Ends it with an error of this kind; `why` may repeat what people, models or data say.
    pub fn fail(mut self, kind: &str, why: impl FnOnce() -> String) {
        self.set("error.type", kind);
        let has_content = self.0.as_ref().is_some_and(|draft| draft.shared.has_content);
        let message = if has_content { shortened(why(), LONGEST_TEXT) } else { String::new() };
        self.send(Status { code: 2, message });
    }

    fn send(self, status: Status) {
        let Some(draft) = self.0 else { return };
        let Draft { shared, mut span, is_whole, .. } = *draft;
        span.status = Some(status);
        span.end_time_unix_nano = nanoseconds(SystemTime::now()).max(span.start_time_unix_nano);
        shared.push(&Item::Span(span.encode_to_vec().into()));
        if is_whole {
            shared.hurry();
        }
    }
}

fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// The beginning of a text, in whole characters.
pub(super) fn shortened(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
    text
}

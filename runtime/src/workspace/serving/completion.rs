//! A completion from a stream of chunks, or from a whole answer.

use serde::Deserialize;
use serde_json::Value;

use super::events::Events;

/// The largest text of an answer, in bytes. A slide has less than a hundredth of that.
const LARGEST_TEXT: usize = 1 << 20;
/// The platform takes 32 tools in a request; no answer calls more at once.
const MOST_CALLS: usize = 32;
/// The largest arguments of a call, in bytes.
const LARGEST_ARGUMENTS: usize = 1 << 18;
/// How much of an error's message is kept, in characters.
const LONGEST_MESSAGE: usize = 300;
const DONE: &str = "[DONE]";

/// What a model answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Its text, without what it wrote for itself ("reasoning").
    pub text: String,
    /// The tools it wants called, in its order.
    pub calls: Vec<ToolCall>,
    /// Why it ended.
    pub finish: Finish,
    /// What it cost, as far as the endpoint tells.
    pub usage: Usage,
}

/// A tool that a model wants called. Name and arguments are the model's: neither is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// The endpoint's id of the call, for the message with its result; empty if it gave none.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// Its arguments: text that should be a JSON object.
    pub arguments: String,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Finish {
    /// The model was done.
    #[default]
    Stop,
    /// The limit on tokens was reached: the text is not complete.
    Length,
    /// It wants tools called.
    Calls,
    /// A filter of the endpoint ended it.
    Filtered,
}

/// Tokens of an answer; 0 where the endpoint tells nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Of the request.
    pub prompt_tokens: u64,
    /// Of the answer.
    pub completion_tokens: u64,
}

/// An answer that is no completion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenAnswer {
    /// It ended in the middle.
    #[error("the endpoint's answer ended before it was complete")]
    Cut,
    /// Something in it is not of the interface.
    #[error("the endpoint's answer can't be read: {0}")]
    Unreadable(String),
    /// It is larger than accepted.
    #[error("the endpoint's answer is larger than accepted")]
    TooLarge,
    /// The endpoint reported an error after it began to answer.
    #[error("the endpoint reported an error in its answer: {0}")]
    Reported(String),
}

/// Reads a streamed completion.
#[derive(Debug, Default)]
pub struct CompletionStream {
    events: Events,
    partial: Completion,
    /// An endpoint said why the answer ends.
    is_finished: bool,
    is_done: bool,
}

impl CompletionStream {
    /// Adds bytes as they arrive; returns the text that they add.
    ///
    /// # Errors
    /// If they are not of a completion. What was read before is in [`Self::so_far`].
    pub fn push(&mut self, bytes: &[u8]) -> Result<String, BrokenAnswer> {
        let mut added = String::new();
        for data in self.events.push(bytes).map_err(|_| BrokenAnswer::TooLarge)? {
            added.push_str(&self.read(&data)?);
        }
        Ok(added)
    }

    /// What was read until now.
    pub fn so_far(&self) -> &Completion {
        &self.partial
    }

    /// Whether the endpoint said why the answer ends: what comes after it is what it cost.
    pub fn is_finished(&self) -> bool {
        self.is_finished
    }

    /// Whether the endpoint said that nothing more comes, so that the connection can be used again.
    pub fn is_done(&self) -> bool {
        self.is_done
    }

    /// The completion, once the stream has ended.
    ///
    /// # Errors
    /// If it ended in the middle: neither a reason nor `[DONE]` was sent.
    pub fn end(mut self) -> Result<Completion, BrokenAnswer> {
        if let Some(data) = std::mem::take(&mut self.events).end() {
            // Half a chunk is the sign of a stream that was cut.
            match self.read(&data) {
                Err(BrokenAnswer::Unreadable(_)) if !self.is_finished => return Err(BrokenAnswer::Cut),
                read => read?,
            };
        }
        if self.is_finished || self.is_done { Ok(self.partial) } else { Err(BrokenAnswer::Cut) }
    }

    /// Takes in the data of an event; returns the text that it adds.
    fn read(&mut self, data: &str) -> Result<String, BrokenAnswer> {
        if self.is_done || data.trim().is_empty() {
            return Ok(String::new());
        }
        if data.trim() == DONE {
            self.is_done = true;
            return Ok(String::new());
        }
        let answer: Answer = serde_json::from_str(data).map_err(unreadable)?;
        self.take(answer)
    }

    fn take(&mut self, answer: Answer) -> Result<String, BrokenAnswer> {
        if let Some(message) = answer.error() {
            return Err(BrokenAnswer::Reported(message));
        }
        self.partial.usage.take(answer.usage.as_ref());
        // A request asks for one choice. Chunks without one carry usage or a filter's verdict.
        let Some(choice) = answer.choices.unwrap_or_default().into_iter().find(|choice| choice.index == 0)
        else {
            return Ok(String::new());
        };
        let message = choice.delta.or(choice.message).unwrap_or_default();
        let text = text_of(&message.content);
        if self.partial.text.len().saturating_add(text.len()) > LARGEST_TEXT {
            return Err(BrokenAnswer::TooLarge);
        }
        self.partial.text.push_str(&text);
        for part in message.tool_calls.unwrap_or_default() {
            take_part(&mut self.partial.calls, part)?;
        }
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            self.is_finished = true;
            self.partial.finish = finish(&reason);
        }
        Ok(text)
    }
}

impl Completion {
    /// Reads an answer that was not streamed.
    ///
    /// # Errors
    /// If it is not a completion.
    pub fn read(body: &[u8]) -> Result<Self, BrokenAnswer> {
        let answer: Answer = serde_json::from_slice(body).map_err(unreadable)?;
        let mut stream = CompletionStream::default();
        stream.take(answer)?;
        if stream.is_finished { Ok(stream.partial) } else { Err(BrokenAnswer::Cut) }
    }
}

impl Usage {
    /// Some endpoints tell usage once, some in each chunk as far as it is known: the largest is the last.
    fn take(&mut self, told: Option<&Value>) {
        let number = |name: &str| told.and_then(|usage| usage.get(name)).and_then(Value::as_u64).unwrap_or(0);
        self.prompt_tokens = self.prompt_tokens.max(number("prompt_tokens"));
        self.completion_tokens = self.completion_tokens.max(number("completion_tokens"));
    }
}

fn unreadable(error: serde_json::Error) -> BrokenAnswer {
    // The error of serde_json quotes values; an answer may repeat what a person wrote.
    BrokenAnswer::Unreadable(format!("{:?} error at column {}", error.classify(), error.column()))
}

fn finish(reason: &str) -> Finish {
    match reason {
        "length" | "max_tokens" => Finish::Length,
        "tool_calls" | "tool_use" | "function_call" => Finish::Calls,
        "content_filter" => Finish::Filtered,
        _ => Finish::Stop,
    }
}

/// Text of a message: it is text, or a list of blocks of which some are text and some the model's reasoning.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => blocks
            .iter()
            .filter(|block| {
                matches!(block.get("type").and_then(Value::as_str), None | Some("text" | "output_text"))
            })
            .filter_map(|block| block.as_str().or_else(|| block.get("text").and_then(Value::as_str)))
            .collect(),
        _ => String::new(),
    }
}

/// Adds a part of a call. The first part of a call has its id and its name, the others only its position; an
/// endpoint without positions sends whole calls, each with an id.
fn take_part(calls: &mut Vec<ToolCall>, part: CallPart) -> Result<(), BrokenAnswer> {
    let id = part.id.unwrap_or_default();
    let known = calls.iter().position(|call| !id.is_empty() && call.id == id);
    let position = match (part.index, known) {
        (Some(index), _) => usize::try_from(index).map_err(|_| BrokenAnswer::TooLarge)?,
        (None, Some(known)) => known,
        (None, None) if id.is_empty() => calls.len().saturating_sub(1),
        (None, None) => calls.len(),
    };
    if position >= MOST_CALLS {
        return Err(BrokenAnswer::TooLarge);
    }
    if position >= calls.len() {
        calls.resize_with(position + 1, ToolCall::default);
    }
    let call = &mut calls[position];
    if call.id.is_empty() {
        call.id = id;
    }
    let function = part.function.unwrap_or_default();
    // Some endpoints repeat the name in each part.
    if call.name.is_empty() {
        call.name = function.name.unwrap_or_default();
    }
    match function.arguments {
        Some(Value::String(text)) => call.arguments.push_str(&text),
        // Arguments that are not text are whole.
        Some(Value::Object(object)) => call.arguments = Value::Object(object).to_string(),
        _ => {}
    }
    if call.arguments.len() > LARGEST_ARGUMENTS { Err(BrokenAnswer::TooLarge) } else { Ok(()) }
}

/// An answer or a chunk of one; what isn't used isn't named.
#[derive(Debug, Deserialize)]
struct Answer {
    choices: Option<Vec<Choice>>,
    usage: Option<Value>,
    error: Option<Value>,
    error_code: Option<Value>,
    message: Option<Value>,
}

impl Answer {
    /// The message of an error that stands where a chunk is expected.
    fn error(&self) -> Option<String> {
        let said = match (&self.error, &self.error_code) {
            (Some(Value::Null) | None, Some(Value::Null) | None) => return None,
            (Some(Value::String(text)), _) => Some(text.as_str()),
            (Some(error), _) => error.get("message").and_then(Value::as_str),
            (None, Some(_)) => self.message.as_ref().and_then(Value::as_str),
        };
        Some(said.unwrap_or("without a message").chars().take(LONGEST_MESSAGE).collect())
    }
}

#[derive(Debug, Deserialize)]
struct Choice {
    #[serde(default)]
    index: u64,
    delta: Option<Message>,
    message: Option<Message>,
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Message {
    #[serde(default)]
    content: Value,
    tool_calls: Option<Vec<CallPart>>,
}

#[derive(Debug, Deserialize)]
struct CallPart {
    index: Option<u64>,
    id: Option<String>,
    function: Option<FunctionPart>,
}

#[derive(Debug, Default, Deserialize)]
struct FunctionPart {
    name: Option<String>,
    arguments: Option<Value>,
}

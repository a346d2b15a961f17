//! The model: rules instead of a network of weights.
//!
//! Problem: tests and demos need a model that answers at once, always alike, with decks that one can look
//! at. Choice: it reads the prompt's tags, calculates what the tables say, and writes in phrases of its own.
//! It knows nothing that isn't in the prompt. Trade-off: it understands the words in [`intent`] and no
//! others, and translates only what it wrote itself.
//!
//! | module | content |
//! |---|---|
//! | [`tags`], [`csv`], [`prompt`] | what a prompt says |
//! | [`table`], [`insight`] | what the data says |
//! | [`language`], [`nouns`], [`numbers`], [`periods`], [`phrases`] | how it is said |
//! | [`topic`], [`intent`] | what the person wants |
//! | [`gather`], [`outline`], [`slide`], [`rewrite`], [`changes`] | the answers |

mod changes;
mod csv;
mod draft;
mod gather;
mod insight;
mod intent;
mod language;
mod nouns;
mod numbers;
mod outline;
mod periods;
mod phrases;
mod prompt;
mod rewrite;
mod slide;
mod table;
mod tags;
#[cfg(test)]
mod tests;
mod topic;

use serde::Serialize;
use serde_json::{Value, json};

pub(crate) use self::gather::TOOL;
use self::prompt::Prompt;
use super::request::{Call, ChatRequest, Kind, Role};

/// The model's answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reply {
    /// What it says; a document, if one is asked for.
    pub(crate) text: String,
    /// The tools it calls.
    pub(crate) calls: Vec<Call>,
}

impl Reply {
    fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), calls: Vec::new() }
    }

    fn document(document: &impl Serialize) -> Self {
        // Only maps with keys that are no text can fail.
        Self::text(serde_json::to_string(document).unwrap_or_default())
    }
}

/// What the search for data depends on.
#[derive(Debug)]
struct Turn<'a> {
    /// What the tools answered since the person spoke.
    results: Vec<&'a str>,
    spaces: Vec<String>,
    /// What is said about the spaces.
    about_spaces: String,
}

/// Answers a request.
pub(crate) fn answer(request: &ChatRequest) -> Reply {
    let last = request.messages.iter().rposition(|message| message.role == Role::User).unwrap_or_default();
    let text = request.messages.get(last).map_or("", |message| message.text.as_str());
    let prompt = Prompt::read(text);
    let reply = match request.kind() {
        Kind::Outline => Reply::document(&outline::answer(&prompt)),
        Kind::Slide => Reply::document(&slide::answer(&prompt)),
        Kind::Changes => Reply::document(&changes::answer(&prompt)),
        Kind::Gather => {
            let tool = request.tools.iter().find(|tool| tool.name == gather::TOOL);
            let turn = Turn {
                results: request.messages[last..]
                    .iter()
                    .filter(|message| message.role == Role::Tool)
                    .map(|message| message.text.as_str())
                    .collect(),
                spaces: tool.map(|tool| gather::spaces(&tool.parameters)).unwrap_or_default(),
                about_spaces: tool.map(|tool| tool.description.clone()).unwrap_or_default(),
            };
            gather::answer(&turn, &prompt)
        }
        Kind::Other => other(request, text, last),
    };
    if request.schema.is_none() && matches!(request.kind(), Kind::Outline | Kind::Slide | Kind::Changes) {
        // Without a format that is enforced, models put documents into a fence.
        return Reply::text(format!("```json\n{}\n```", reply.text));
    }
    reply
}

/// A request that isn't the app's: a value of the schema, a call of the first tool, or a sentence.
fn other(request: &ChatRequest, text: &str, last: usize) -> Reply {
    if let Some(schema) = &request.schema {
        return Reply::document(&example(&schema.schema, 0));
    }
    let answered = request.messages[last..].iter().any(|message| message.role == Role::Tool);
    if let Some(tool) = request.tools.first().filter(|_| !answered) {
        let arguments = example(&tool.parameters, 0);
        return Reply { text: String::new(), calls: vec![Call::new(&tool.name, arguments)] };
    }
    let said: String = text.chars().take(80).collect();
    Reply::text(format!("I am the model of the local workspace and answer by rules. You said: {said}"))
}

/// The smallest value of a schema.
fn example(schema: &Value, depth: usize) -> Value {
    const DEEPEST: usize = 12;
    if depth > DEEPEST {
        return Value::Null;
    }
    if let Some(first) = schema["enum"].as_array().and_then(|list| list.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::String(kind) => kind.as_str(),
        Value::Array(kinds) => kinds.first().and_then(Value::as_str).unwrap_or("null"),
        _ if schema["properties"].is_object() => "object",
        _ => "string",
    };
    match kind {
        "object" => {
            let properties = schema["properties"].as_object();
            let members = properties.into_iter().flatten();
            members.map(|(name, schema)| (name.clone(), example(schema, depth + 1))).collect()
        }
        "array" => json!([]),
        "integer" | "number" => json!(0),
        "boolean" => json!(false),
        "null" => Value::Null,
        _ => json!("text"),
    }
}

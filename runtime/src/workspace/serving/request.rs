//! What is asked of a model, and the JSON of it.

use serde_json::{Value, json};

use super::completion::ToolCall;
use super::learnt::{Adjusted, LimitName};

/// What is asked of a model. It says nothing about the endpoint: what that one doesn't take is left out when
/// it is sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// The conversation, from its beginning.
    pub messages: Vec<Message>,
    /// The tools that the model may call.
    pub tools: Vec<Tool>,
    /// The schema of the answer; `None` for text.
    pub schema: Option<Schema>,
    /// The most tokens of the answer.
    pub max_tokens: u32,
    /// How freely the model chooses its words; `None` for the endpoint's default.
    pub temperature: Option<f64>,
}

/// One message of a conversation.
#[derive(Clone, Debug)]
pub enum Message {
    /// What the app tells the model.
    System(String),
    /// What a person asks, with what the app adds.
    User(String),
    /// What the model said before.
    Assistant {
        /// Its text; may be empty if it called tools.
        text: String,
        /// The tools that it called.
        calls: Vec<ToolCall>,
    },
    /// The result of a tool.
    Tool {
        /// The id of the call that it answers.
        call: String,
        /// The result.
        text: String,
    },
}

/// A tool that a model may call.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// What it does, for the model.
    pub description: String,
    /// The JSON schema of its arguments.
    pub parameters: Value,
}

/// The schema of an answer.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Its name.
    pub name: &'static str,
    /// The JSON schema.
    pub schema: Value,
}

impl Request {
    /// The body of the request, without what the endpoint is known to refuse.
    pub(super) fn body(&self, adjusted: Adjusted, max_tokens: u32, is_streamed: bool) -> Value {
        let in_words = self.schema.as_ref().filter(|_| adjusted.without_format);
        let mut messages: Vec<Value> = self.messages.iter().map(Message::json).collect();
        if let Some(schema) = in_words {
            add_to_system(&mut messages, &words_of(schema));
        }
        let mut body = json!({"messages": messages, "stream": is_streamed});
        match adjusted.limit {
            LimitName::MaxTokens => body["max_tokens"] = max_tokens.into(),
            LimitName::MaxCompletionTokens => body["max_completion_tokens"] = max_tokens.into(),
            LimitName::None => {}
        }
        if let Some(temperature) = self.temperature.filter(|_| !adjusted.without_temperature) {
            body["temperature"] = temperature.into();
        }
        if !self.tools.is_empty() {
            body["tools"] = self.tools.iter().map(Tool::json).collect();
        }
        if let Some(Schema { name, schema }) = self.schema.as_ref().filter(|_| !adjusted.without_format) {
            body["response_format"] = json!({
                "type": "json_schema",
                "json_schema": {"name": name, "strict": true, "schema": schema},
            });
        }
        body
    }

    /// All texts in it.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.messages.iter().map(|message| match message {
            Message::System(text)
            | Message::User(text)
            | Message::Assistant { text, .. }
            | Message::Tool { text, .. } => text.as_str(),
        })
    }
}

impl Message {
    fn json(&self) -> Value {
        match self {
            Self::System(text) => json!({"role": "system", "content": text}),
            Self::User(text) => json!({"role": "user", "content": text}),
            Self::Assistant { text, calls } if calls.is_empty() => {
                json!({"role": "assistant", "content": text})
            }
            Self::Assistant { text, calls } => {
                let calls: Vec<Value> = calls.iter().map(call_json).collect();
                // Some models refuse text that is empty; none refuses that there is none beside calls.
                let text = Some(text).filter(|text| !text.is_empty());
                json!({"role": "assistant", "content": text, "tool_calls": calls})
            }
            Self::Tool { call, text } => json!({"role": "tool", "tool_call_id": call, "content": text}),
        }
    }
}

impl Tool {
    fn json(&self) -> Value {
        let Self { name, description, parameters } = self;
        json!({
            "type": "function",
            "function": {"name": name, "description": description, "parameters": parameters},
        })
    }
}

fn call_json(call: &ToolCall) -> Value {
    let ToolCall { id, name, arguments } = call;
    json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}})
}

/// A schema for an endpoint that takes none as such.
fn words_of(schema: &Schema) -> String {
    format!(
        "Answer with one JSON document and nothing else: no text before or after it and no code fence. The document \
         must match this JSON schema:\n{}",
        schema.schema
    )
}

fn add_to_system(messages: &mut Vec<Value>, words: &str) {
    match messages.iter_mut().find(|message| message["role"] == "system") {
        Some(system) => {
            let text = system["content"].as_str().unwrap_or_default();
            system["content"] = format!("{text}\n\n{words}").into();
        }
        None => messages.insert(0, json!({"role": "system", "content": words})),
    }
}

//! A chat request.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::problem::Problem;

/// What a request is for, in the app's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Looking for data, with tools.
    Gather,
    /// The outline of a new deck.
    Outline,
    /// One slide.
    Slide,
    /// Changes to a deck.
    Changes,
    /// Anything else.
    Other,
}

/// Who says a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    System,
    User,
    Assistant,
    Tool,
}

/// A message, reduced to its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) role: Role,
    pub(crate) text: String,
}

/// A tool that the model may call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tool {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) parameters: Value,
}

/// The form that the answer is to have.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Schema {
    pub(crate) name: String,
    pub(crate) schema: Value,
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The tool.
    pub name: String,
    /// Its arguments; a string is sent as it is, anything else as JSON.
    pub arguments: Value,
}

impl Call {
    pub(crate) fn new(name: &str, arguments: Value) -> Self {
        Self { name: name.to_owned(), arguments }
    }

    /// The arguments as text.
    pub(crate) fn arguments(&self) -> String {
        match &self.arguments {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct ChatRequest {
    pub(crate) messages: Vec<Message>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) schema: Option<Schema>,
    pub(crate) stream: bool,
    pub(crate) include_usage: bool,
    pub(crate) max_tokens: Option<usize>,
    /// The body as it came.
    pub(crate) body: Value,
}

#[derive(Deserialize)]
struct Body {
    messages: Vec<RawMessage>,
    tools: Option<Vec<RawTool>>,
    response_format: Option<RawFormat>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    max_tokens: Option<u32>,
    max_completion_tokens: Option<u32>,
    temperature: Option<f64>,
}

#[derive(Deserialize)]
struct RawMessage {
    role: String,
    #[serde(default)]
    content: Value,
    tool_calls: Option<Vec<Value>>,
    tool_call_id: Option<String>,
}

#[derive(Deserialize)]
struct RawTool {
    function: RawFunction,
}

#[derive(Deserialize)]
struct RawFunction {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Value,
}

#[derive(Deserialize)]
struct RawFormat {
    r#type: String,
    json_schema: Option<RawSchema>,
}

#[derive(Deserialize)]
struct RawSchema {
    name: String,
    #[serde(default)]
    schema: Value,
}

#[derive(Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

fn refused(message: impl Into<String>) -> Problem {
    Problem::bad_request(message)
}

impl ChatRequest {
    /// Reads a body.
    ///
    /// # Errors
    /// 400, naming the field.
    pub(crate) fn read(body: Value) -> Result<Self, Problem> {
        let read: Body = crate::extract::read_value("", &body)
            .map_err(|why| refused(format!("Invalid chat request: {why}")))?;
        if read.messages.is_empty() {
            return Err(refused("Invalid chat request: 'messages' must not be empty."));
        }
        if read.temperature.is_some_and(|value| !(0.0..=2.0).contains(&value)) {
            return Err(refused("Invalid chat request: 'temperature' must be between 0 and 2."));
        }
        let max_tokens = read.max_tokens.or(read.max_completion_tokens);
        if max_tokens == Some(0) {
            return Err(refused("Invalid chat request: 'max_tokens' must be greater than 0."));
        }
        let messages = messages(read.messages)?;
        let tools = read.tools.into_iter().flatten().map(|tool| Tool {
            name: tool.function.name,
            description: tool.function.description,
            parameters: tool.function.parameters,
        });
        let schema = match read.response_format {
            None => None,
            Some(format) => match (format.r#type.as_str(), format.json_schema) {
                ("text", _) => None,
                ("json_object", _) => Some(Schema { name: String::new(), schema: json!({"type": "object"}) }),
                ("json_schema", Some(schema)) => Some(Schema { name: schema.name, schema: schema.schema }),
                ("json_schema", None) => {
                    return Err(refused("Invalid response_format: 'json_schema' is required."));
                }
                (other, _) => {
                    return Err(refused(format!("Invalid response_format: unknown type '{other}'.")));
                }
            },
        };
        Ok(Self {
            messages,
            tools: tools.collect(),
            schema,
            stream: read.stream.unwrap_or_default(),
            include_usage: read.stream_options.is_some_and(|options| options.include_usage),
            max_tokens: max_tokens.map(|tokens| usize::try_from(tokens).unwrap_or(usize::MAX)),
            body,
        })
    }

    /// What it is for: by its schema, by its tools, and without both by what its text asks for.
    pub(crate) fn kind(&self) -> Kind {
        if let Some(schema) = &self.schema {
            return of_schema(&schema.name);
        }
        let user = self.messages.iter().rfind(|message| message.role == Role::User);
        let text = user.map_or("", |message| message.text.as_str());
        if self.tools.iter().any(|tool| tool.name == super::rules::TOOL) {
            return Kind::Gather;
        }
        if !self.tools.is_empty() || !text.contains("<request>") {
            return Kind::Other;
        }
        let system: String = self
            .messages
            .iter()
            .filter(|message| message.role == Role::System)
            .map(|m| m.text.as_str())
            .collect();
        // The app's way to ask for a document where no format is taken: the schema stands in the text.
        if !self.stream && (system.contains("JSON") || system.contains("\"properties\"")) {
            if text.contains("<slide number=") {
                return Kind::Slide;
            }
            if text.contains("<deck ") || text.contains("<deck>") {
                return Kind::Changes;
            }
            if text.contains("<sources") {
                return Kind::Outline;
            }
        }
        Kind::Gather
    }

    /// The characters of all messages.
    pub(crate) fn characters(&self) -> usize {
        self.messages.iter().map(|message| message.text.chars().count()).sum()
    }

    /// Whether the body has a field with a value.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.body.get(field).is_some_and(|value| !value.is_null())
    }
}

fn of_schema(name: &str) -> Kind {
    match name {
        "outline" => Kind::Outline,
        "slide" => Kind::Slide,
        "changes" => Kind::Changes,
        _ => Kind::Other,
    }
}

/// Reads the messages. As at the makers of models, a tool's answer needs the call before it, and each call its answer.
fn messages(raw: Vec<RawMessage>) -> Result<Vec<Message>, Problem> {
    let mut open: Vec<String> = Vec::new();
    let mut messages = Vec::new();
    for message in raw {
        let role = match message.role.as_str() {
            "system" | "developer" => Role::System,
            "user" => Role::User,
            "assistant" => Role::Assistant,
            "tool" => Role::Tool,
            other => return Err(refused(format!("Invalid chat request: unknown role '{other}'."))),
        };
        if role == Role::Tool {
            let id = message.tool_call_id.unwrap_or_default();
            let Some(index) = open.iter().position(|other| *other == id) else {
                return Err(refused(format!(
                    "Invalid chat request: the tool message with tool_call_id '{id}' does not follow a tool call with this id."
                )));
            };
            open.remove(index);
        } else if let Some(id) = open.first() {
            return Err(refused(format!(
                "Invalid chat request: the tool call '{id}' has no tool message after it."
            )));
        }
        for call in message.tool_calls.iter().flatten() {
            match call["id"].as_str() {
                Some(id) if !id.is_empty() => open.push(id.to_owned()),
                _ => return Err(refused("Invalid chat request: a tool call has no id.")),
            }
        }
        let text = text(&message.content).ok_or_else(|| {
            refused("Invalid chat request: 'content' must be a text or a list of text blocks.")
        })?;
        messages.push(Message { role, text });
    }
    match open.first() {
        Some(id) => {
            Err(refused(format!("Invalid chat request: the tool call '{id}' has no tool message after it.")))
        }
        None => Ok(messages),
    }
}

/// The text of a content: a string, blocks of text, or nothing.
fn text(content: &Value) -> Option<String> {
    match content {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Array(blocks) => {
            let texts = blocks.iter().map(|block| match block["type"].as_str() {
                Some("text") => block["text"].as_str(),
                Some("reasoning") => Some(""),
                _ => None,
            });
            texts.collect()
        }
        _ => None,
    }
}

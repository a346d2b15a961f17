//! Requests to models as spans.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::span::{SpanId, TurnTrace, shortened};
use crate::workspace::serving::{Completion, Finish, Message, ModelError, Observer, Request, ToolCall};

/// The longest text of a message, and of all of a request together, in bytes.
const LONGEST_MESSAGE: usize = 16 << 10;
const LONGEST_DOCUMENT: usize = 192 << 10;
/// The most messages of a request that are shown.
const MOST_MESSAGES: usize = 64;

/// Makes a span of each request to a model.
pub struct Chats {
    trace: TurnTrace,
    parent: SpanId,
}

impl TurnTrace {
    /// What makes spans of requests to models, below `parent`.
    pub fn chats(&self, parent: SpanId) -> Chats {
        Chats { trace: self.clone(), parent }
    }
}

impl Observer for Chats {
    fn asked(
        &self,
        endpoint: &str,
        request: &Request,
        began: SystemTime,
        answer: Result<&Completion, &ModelError>,
    ) {
        let mut span = self.trace.chat(self.parent, endpoint, began);
        span.set("gen_ai.operation.name", "chat");
        span.set("gen_ai.provider.name", "databricks");
        span.set("gen_ai.request.model", endpoint);
        span.set("gen_ai.request.max_tokens", i64::from(request.max_tokens));
        if let Some(temperature) = request.temperature {
            span.set("gen_ai.request.temperature", temperature);
        }
        if let Some(schema) = &request.schema {
            span.set("gen_ai.output.type", "json");
            span.set("tellr.prompt", schema.name);
        }
        span.document("gen_ai.input.messages", || messages(&request.messages));
        match answer {
            Ok(completion) => {
                span.set("gen_ai.usage.input_tokens", completion.usage.prompt_tokens);
                span.set("gen_ai.usage.output_tokens", completion.usage.completion_tokens);
                span.set("gen_ai.response.finish_reasons", [reason(completion.finish)]);
                span.document("gen_ai.output.messages", || {
                    let mut left = LONGEST_DOCUMENT;
                    let mut said = assistant(&completion.text, &completion.calls, &mut left);
                    said["finish_reason"] = json!(reason(completion.finish));
                    json!([said]).to_string()
                });
                span.end();
            }
            Err(error) => span.fail(error.kind(), || error.to_string()),
        }
    }
}

fn reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::Calls => "tool_calls",
        Finish::Filtered => "content_filter",
    }
}

/// Messages as the conventions for `gen_ai` have them.
fn messages(messages: &[Message]) -> String {
    let mut left = LONGEST_DOCUMENT;
    let message = |message: &Message| match message {
        Message::System(text) => said("system", text, &mut left),
        Message::User(text) => said("user", text, &mut left),
        Message::Assistant { text, calls } => assistant(text, calls, &mut left),
        Message::Tool { call, text } => {
            let part = json!({ "type": "tool_call_response", "id": call, "response": cut(text, &mut left) });
            json!({ "role": "tool", "parts": [part] })
        }
    };
    messages.iter().take(MOST_MESSAGES).map(message).collect::<Value>().to_string()
}

fn said(role: &str, text: &str, left: &mut usize) -> Value {
    json!({ "role": role, "parts": [{ "type": "text", "content": cut(text, left) }] })
}

fn assistant(text: &str, calls: &[ToolCall], left: &mut usize) -> Value {
    let mut parts = Vec::new();
    if !text.is_empty() {
        parts.push(json!({ "type": "text", "content": cut(text, left) }));
    }
    for ToolCall { id, name, arguments } in calls {
        let (name, arguments) = (cut(name, left), cut(arguments, left));
        parts.push(json!({ "type": "tool_call", "id": id, "name": name, "arguments": arguments }));
    }
    json!({ "role": "assistant", "parts": parts })
}

/// As much of a text as there is room for.
fn cut(text: &str, left: &mut usize) -> String {
    let most = LONGEST_MESSAGE.min(*left);
    *left = left.saturating_sub(text.len());
    shortened(text.chars().take(most).collect(), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_bounded_and_stays_json() {
        let long = vec![Message::User("ü\"".repeat(50_000)); 100];
        let text = messages(&long);
        // Escaped text may have two bytes for one.
        assert!(text.len() < 3 * LONGEST_DOCUMENT, "{}", text.len());
        let read: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read.len(), MOST_MESSAGES);
        assert_eq!(read[0]["role"], "user");
    }
}

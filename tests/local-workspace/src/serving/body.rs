//! An answer as JSON, and the parts that streams share with it.

use serde_json::{Value, json};

use super::behavior::Behavior;
use super::completion::Completion;
use super::request::Call;

/// What the model is said to have thought. It must never get into a deck.
pub(super) const REASONING: &str = "The user wants slides. (private reasoning)";

/// What is the same in all events of an answer.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) id: String,
    /// Seconds since the epoch.
    pub(super) created: u64,
    pub(super) model: String,
}

impl Head {
    pub(super) fn value(&self, object: &str) -> Value {
        json!({"id": self.id, "object": object, "created": self.created, "model": self.model})
    }
}

pub(super) fn usage(prompt_tokens: usize, completion_tokens: usize) -> Value {
    json!({
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    })
}

pub(super) fn reasoning_block() -> Value {
    json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": REASONING}]})
}

/// The id of a call in an answer.
pub(super) fn call_id(head: &Head, index: usize) -> String {
    format!("call_{}_{index}", head.id)
}

fn call(head: &Head, index: usize, call: &Call) -> Value {
    json!({
        "id": call_id(head, index),
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments()},
    })
}

/// The whole answer.
pub(super) fn whole(head: &Head, completion: &Completion, behavior: &Behavior) -> Value {
    let text = completion.text();
    let content = if behavior.content_blocks {
        json!([reasoning_block(), {"type": "text", "text": text}])
    } else if text.is_empty() && !completion.calls.is_empty() {
        Value::Null
    } else {
        json!(text)
    };
    let mut message = json!({"role": "assistant", "content": content});
    if !completion.calls.is_empty() {
        let calls = completion.calls.iter().enumerate();
        message["tool_calls"] = calls.map(|(index, one)| call(head, index, one)).collect();
    }
    let mut body = head.value("chat.completion");
    body["choices"] = json!([{"index": 0, "message": message, "finish_reason": completion.finish}]);
    body["usage"] = usage(completion.prompt_tokens, completion.tokens);
    body
}

//! Messages as questions with their answers.

use serde_json::Value;

use super::deck::{cut, writable};
use super::html;
use super::source::text;

/// The longest question and the longest answer that our tables take, in characters.
const MESSAGE: usize = 20_000;
const REPLY: usize = 5_000;
/// What the assistant's first message answers, if no question is kept before it.
const NO_QUESTION: &str = "(the question is not kept)";
/// Kinds of messages that aren't part of the conversation.
const INTERNAL: [&str; 3] = ["tool_call", "tool_result", "reasoning"];

/// A question with its answer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Turn {
    /// What was asked.
    pub(super) message: String,
    /// What was answered; may be empty.
    pub(super) reply: String,
    /// When it was asked, as the original keeps it: UTC without a zone.
    pub(super) asked_at: String,
    /// When it was answered.
    pub(super) answered_at: String,
}

/// The conversation of a session, given its messages in their order.
pub(super) fn turns(messages: &[Value]) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for message in messages {
        let kind = message["message_type"].as_str().unwrap_or_default();
        let said = text(message, "content").map(readable).unwrap_or_default();
        let at = message["created_at"].as_str().unwrap_or_default();
        if said.is_empty() || at.is_empty() || INTERNAL.contains(&kind) {
            continue;
        }
        let begin = |message: String| Turn {
            message: cut(&message, MESSAGE),
            reply: String::new(),
            asked_at: at.to_owned(),
            answered_at: at.to_owned(),
        };
        match message["role"].as_str() {
            Some("user") => turns.push(begin(said)),
            Some("assistant") => {
                if turns.is_empty() {
                    turns.push(begin(NO_QUESTION.to_owned()));
                }
                if let Some(turn) = turns.last_mut() {
                    let between = if turn.reply.is_empty() { "" } else { "\n\n" };
                    turn.reply = cut(&format!("{}{between}{said}", turn.reply), REPLY);
                    at.clone_into(&mut turn.answered_at);
                }
            }
            _ => {}
        }
    }
    turns
}

/// What a message says: of slides as HTML, their texts.
fn readable(content: &str) -> String {
    let content = writable(content);
    if !html::is_html(&content) {
        return content.trim().to_owned();
    }
    let found = html::texts(&content);
    let title = Some(found.title).filter(|title| !title.is_empty());
    title.into_iter().chain(found.lines).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(role: &str, kind: &str, content: &str, minute: u32) -> Value {
        json!({"role": role, "message_type": kind, "content": content,
               "created_at": format!("2026-01-02T03:{minute:02}:00")})
    }

    #[test]
    fn each_question_has_what_was_answered_to_it() {
        let found = turns(&[
            message("assistant", "info", "Welcome", 0),
            message("user", "user_input", "Make six slides", 1),
            message("assistant", "tool_call", "query_genie", 2),
            message("tool", "tool_result", "rows", 3),
            message("assistant", "reasoning", "Six slides it is", 4),
            message("assistant", "llm_response", "<div class='slide'><h1>Sales</h1><p>Up</p></div>", 5),
            message("assistant", "info", "Done", 6),
            message("user", "user_input", "Thanks \u{0}", 7),
            message("system", "chat", "x", 8),
        ]);
        let said: Vec<(&str, &str)> =
            found.iter().map(|turn| (turn.message.as_str(), turn.reply.as_str())).collect();
        assert_eq!(
            said,
            [(NO_QUESTION, "Welcome"), ("Make six slides", "Sales\nUp\n\nDone"), ("Thanks", "")]
        );
        assert_eq!(found[1].answered_at, "2026-01-02T03:06:00");
    }

    #[test]
    fn long_messages_are_cut_to_what_the_tables_take() {
        let long = "ü".repeat(30_000);
        let found = turns(&[message("user", "", &long, 0), message("assistant", "", &long, 1)]);
        assert_eq!((found[0].message.chars().count(), found[0].reply.chars().count()), (MESSAGE, REPLY));
    }
}

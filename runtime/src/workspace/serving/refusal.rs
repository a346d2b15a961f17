//! What an endpoint refuses, and what can be done about it.

use std::time::Duration;

use serde_json::Value;

/// The longest wait that an endpoint can ask for.
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// How much of a refusal is read. Gateways answer with pages.
const READ: usize = 8 * 1024;

/// Why an endpoint gave no completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It takes no temperature: ask again without.
    Temperature,
    /// It wants the limit on tokens under its other name (`max_completion_tokens`), or a lower one: ask again without.
    MaxTokens,
    /// It takes no schema for the answer: ask in words, and check.
    ResponseFormat,
    /// Too many requests; wait so long if it says how long.
    Busy(Option<Duration>),
    /// The request has more text than the model reads: shorten it.
    TooLong,
    /// The caller's token isn't accepted any more.
    SignIn,
    /// The caller may not query the endpoint.
    NoRight,
    /// There is no such endpoint.
    NoEndpoint,
    /// The endpoint or its model is down or starting.
    Down,
    /// Something else; the endpoint's words.
    Other(String),
}

impl Refusal {
    /// Reads an answer whose status is no success. `retry_after` is that header.
    pub fn read(status: u16, retry_after: Option<&str>, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&body[..body.len().min(READ)]).into_owned();
        let said = message(&text).unwrap_or(text);
        let lower = said.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let is_about_length = has(&[
            "context length",
            "context_length",
            "context window",
            "input is too long",
            "prompt is too long",
            "maximum input length",
            "too many input tokens",
        ]);
        match status {
            401 => Self::SignIn,
            403 => Self::NoRight,
            404 => Self::NoEndpoint,
            429 => Self::Busy(retry_after.and_then(wait)),
            400 | 413 | 422 if is_about_length => Self::TooLong,
            413 => Self::TooLong,
            400 | 422 if has(&["temperature"]) => Self::Temperature,
            400 | 422 if has(&["max_tokens", "max_completion_tokens"]) => Self::MaxTokens,
            400 | 422 if has(&["response_format", "json_schema", "structured output"]) => {
                Self::ResponseFormat
            }
            502..=504 => Self::Down,
            _ => Self::Other(short(&said)),
        }
    }
}

/// The message of an error in JSON: the platform's, or one of a model's maker, which may stand inside it as text.
fn message(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text.trim()).ok()?;
    let said = [&value["message"], &value["error"]["message"], &value["error"], &value["detail"]]
        .into_iter()
        .find_map(Value::as_str)?;
    Some(message(said).unwrap_or_else(|| said.to_owned()))
}

/// Seconds, bounded; a date is not used, as it needs a clock that agrees with ours.
fn wait(header: &str) -> Option<Duration> {
    let seconds: f64 = header.trim().parse().ok()?;
    let wait = Duration::try_from_secs_f64(seconds).ok()?;
    Some(wait.min(LONGEST_WAIT))
}

/// One line without control characters, for a person.
fn short(text: &str) -> String {
    const LONGEST: usize = 300;
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(LONGEST).collect()
}

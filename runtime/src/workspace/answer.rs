//! What is taken from an answer of the workspace: bounded in size, without the credential.

use deployer::host::{HostError, HostErrorKind};
use secrecy::{ExposeSecret as _, SecretString};

use super::no_answer::no_answer;

/// The maximum size of an answer: a wheel of the maximum size, read back as base64.
pub(super) const LARGEST_ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// Shorter strings are no tokens, and redacting them would only damage answers.
pub(super) const SHORTEST_TOKEN: usize = 16;

/// The body of an answer, unless it is too large.
pub(super) async fn text(answer: reqwest::Response) -> Result<String, HostError> {
    text_of_at_most(answer, LARGEST_ANSWER_BYTES).await
}

/// The body of an answer, unless it is larger than `most` bytes.
pub(super) async fn text_of_at_most(mut answer: reqwest::Response, most: usize) -> Result<String, HostError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| no_answer(&error))? {
        if bytes.len().saturating_add(chunk.len()) > most {
            return Err(refused(format!("The answer is larger than {} KB", most / 1024)));
        }
        bytes.extend_from_slice(&chunk);
    }
    // All answers that are parsed are JSON, which is UTF-8; others are only shown to users.
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// The first bytes of a body, as far as they arrive: for an answer that is only looked at.
pub(super) async fn beginning(mut answer: reqwest::Response, most: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < most
        && let Ok(Some(chunk)) = answer.chunk().await
    {
        let room = most.saturating_sub(bytes.len()).min(chunk.len());
        bytes.extend_from_slice(&chunk[..room]);
    }
    bytes
}

/// `text` with the token redacted.
pub(super) fn without(token: &SecretString, text: String) -> String {
    let token = token.expose_secret();
    if token.len() >= SHORTEST_TOKEN && text.contains(token) { text.replace(token, "[token]") } else { text }
}

/// The error for a request that is not sent, or an answer that is not passed on.
pub(super) fn refused(message: String) -> HostError {
    HostError { kind: HostErrorKind::Refused, message }
}

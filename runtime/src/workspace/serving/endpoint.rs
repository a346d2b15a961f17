//! Asks a serving endpoint.
//!
//! Problem: an endpoint may refuse what its interface describes, answer for minutes, stop in the middle, or
//! answer with something else than was asked for.
//!
//! Choice: what can be put right without the caller is put right here: a parameter that is refused is left
//! out and remembered ([`Learnt`]), an answer that is too long gets more room once, and a document that is
//! missing or not accepted is asked for again with what was wrong. Waiting is left to the caller, which knows
//! how long it may: an endpoint that is busy or down is an error at once. Dropping the future ends the
//! connection, and with it the model's work.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::timeout;

use super::completion::{BrokenAnswer, Completion, CompletionStream, Finish};
use super::error::{ModelError, Spent};
use super::json_text::json_in;
use super::learnt::{Adjusted, Learnt, LimitName};
use super::observer::Observer;
use super::redacted::{Redacted, redacted, without_request};
use super::refusal::Refusal;
use super::request::{Message, Request};
use crate::workspace::answer::{beginning, text_of_at_most, without};
use crate::workspace::client::Workspace;
use crate::workspace::no_answer::no_answer;

/// How often a document is asked for again.
const FURTHER_ASKS: u32 = 2;
/// How much more room an answer gets that reached the limit on tokens.
const MORE_ROOM: u32 = 2;
/// Each parameter is left out at most once, and the limit on tokens has two names.
const MOST_REFUSALS: usize = 4;
/// How long to wait for what an answer cost, once its end was told.
const AFTER_END: Duration = Duration::from_secs(2);
/// The largest answer that is not streamed.
const LARGEST_ANSWER: usize = 4 << 20;
/// The largest stream. Each token has its own chunk around it, some of several hundred bytes.
const LARGEST_STREAM: usize = 32 << 20;
/// How much of a refusal is read.
const LARGEST_REFUSAL: usize = 64 << 10;
/// How much of an answer that is not accepted is shown to the model again, in characters.
const SHOWN_AGAIN: usize = 20_000;

/// How long an answer may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until it begins. An endpoint that scaled to zero starts first, and an answer that is not streamed begins
    /// when it is complete.
    pub first: Duration,
    /// From one piece of a stream to the next.
    pub idle: Duration,
    /// As a whole.
    pub whole: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { first: Duration::from_mins(5), idle: Duration::from_secs(90), whole: Duration::from_mins(10) }
    }
}

/// A chat endpoint, asked with one identity; cheap to clone.
#[derive(Clone)]
pub struct ChatEndpoint {
    workspace: Workspace,
    name: String,
    learnt: Learnt,
    limits: Limits,
    observer: Option<Arc<dyn Observer>>,
}

/// An answer that has begun.
struct Begun {
    answer: reqwest::Response,
    token: SecretString,
    /// The limit on tokens was sent.
    is_limited: bool,
}

/// What is called with each piece of text.
type Shown<'a> = &'a mut (dyn FnMut(&str) + Send);

impl ChatEndpoint {
    /// The endpoint of this name, asked with the credential of `workspace`. `learnt` is shared by all.
    pub fn new(workspace: Workspace, name: &str, learnt: Learnt) -> Self {
        Self { workspace, name: name.to_owned(), learnt, limits: Limits::default(), observer: None }
    }

    /// The same with other limits on time.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same, watched.
    #[must_use]
    pub fn observed(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks for a streamed answer; `text` is called with each piece of its text as it arrives. A completion
    /// that reached the limit on tokens is returned with [`Finish::Length`].
    ///
    /// # Errors
    /// If there is no complete answer; what `text` was called with is then a part of one.
    pub async fn stream(
        &self,
        request: &Request,
        mut text: impl FnMut(&str) + Send,
    ) -> Result<Completion, ModelError> {
        let began = SystemTime::now();
        // On the heap: callers keep several of these futures.
        let completion = Box::pin(async {
            let begun = self.begin(request, request.max_tokens, true).await?;
            self.read(request, begun.answer, &begun.token, &mut text).await
        });
        let completion = self.told(request, began, completion.await)?;
        if completion.finish == Finish::Filtered {
            return Err(ModelError::Filtered(Spent::of(completion.usage)));
        }
        Ok(completion)
    }

    /// Asks for a JSON document, not streamed. `check` reads it, or says what is wrong with it; then it is
    /// asked for again, at most twice.
    ///
    /// # Errors
    /// If there is no document that `check` accepts.
    pub async fn json<T>(
        &self,
        request: &Request,
        check: impl Fn(Value) -> Result<T, String> + Send,
    ) -> Result<(T, Spent), ModelError> {
        let mut spent = Spent::default();
        let mut request = request.clone();
        let (mut max_tokens, mut has_more_room) = (request.max_tokens, false);
        let mut further_asks = 0;
        loop {
            let (completion, is_limited) = match self.whole(&request, max_tokens, has_more_room).await {
                Err(ModelError::Cut(_)) => return Err(ModelError::Cut(spent)),
                whole => whole?,
            };
            spent.add(completion.usage);
            let Completion { text, finish, .. } = completion;
            let found = json_in(&text).map(&check);
            let why = match (found, finish) {
                (Some(Ok(document)), _) => return Ok((document, spent)),
                (_, Finish::Filtered) => return Err(ModelError::Filtered(spent)),
                (_, Finish::Length) if has_more_room || !is_limited => return Err(ModelError::Cut(spent)),
                (_, Finish::Length) => {
                    max_tokens = max_tokens.saturating_mul(MORE_ROOM);
                    has_more_room = true;
                    continue;
                }
                (Some(Err(why)), _) => why,
                (None, _) if text.trim().is_empty() => "it is empty".to_owned(),
                (None, _) => "it has no complete JSON document in it".to_owned(),
            };
            if further_asks == FURTHER_ASKS {
                return Err(ModelError::NotUsable { why, text, spent });
            }
            further_asks += 1;
            // Only the last answer: each was written to the same request.
            request.messages.truncate(request.messages.len() - if further_asks > 1 { 2 } else { 0 });
            request.messages.extend(again(&text, &why));
        }
    }

    /// A whole answer, and whether a limit on its tokens was sent.
    async fn whole(
        &self,
        request: &Request,
        max_tokens: u32,
        has_more_room: bool,
    ) -> Result<(Completion, bool), ModelError> {
        let began = SystemTime::now();
        let mut is_limited = false;
        let completion = Box::pin(async {
            let begun = match self.begin(request, max_tokens, false).await {
                // The limit that was asked first is the highest that the endpoint takes.
                Err(ModelError::Refused(_)) if has_more_room => {
                    return Err(ModelError::Cut(Spent::default()));
                }
                begun => begun?,
            };
            is_limited = begun.is_limited;
            self.read(request, begun.answer, &begun.token, &mut |_| ()).await
        });
        let completion = completion.await;
        Ok((self.told(request, began, completion)?, is_limited))
    }

    /// Tells what watches of the outcome of a request.
    fn told(
        &self,
        request: &Request,
        began: SystemTime,
        answer: Result<Completion, ModelError>,
    ) -> Result<Completion, ModelError> {
        if let Some(observer) = &self.observer {
            observer.asked(&self.name, request, began, answer.as_ref());
        }
        answer
    }

    /// Sends the request, without what the endpoint refuses, until an answer begins.
    async fn begin(
        &self,
        request: &Request,
        max_tokens: u32,
        is_streamed: bool,
    ) -> Result<Begun, ModelError> {
        // A higher limit than asked is refused for its size; that says nothing about its name.
        let may_drop_limit = max_tokens <= request.max_tokens;
        for _ in 0..=MOST_REFUSALS {
            let sent = self.learnt.of(&self.name);
            let body = request.body(sent, max_tokens, is_streamed);
            let Limits { first, whole, .. } = self.limits;
            let (answer, token) = self.workspace.invoke(&self.name, &body, first, whole).await?;
            if answer.status().is_success() {
                return Ok(Begun { answer, token, is_limited: sent.limit != LimitName::None });
            }
            let status = answer.status();
            if status.is_redirection() {
                let told = "it redirects to another address; check the address of the workspace";
                return Err(ModelError::Refused(told.to_owned()));
            }
            let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            let retry_after = retry_after.map(str::to_owned);
            let told = timeout(self.limits.idle, beginning(answer, LARGEST_REFUSAL)).await;
            let told = without(&token, String::from_utf8_lossy(&told.unwrap_or_default()).into_owned());
            let refusal = Refusal::read(status.as_u16(), retry_after.as_deref(), told.as_bytes());
            let Some(adjusted) = adjusted(&refusal, sent, request, may_drop_limit) else {
                return Err(error_of(refusal, request));
            };
            tracing::info!(
                endpoint = self.name,
                ?refusal,
                "an endpoint takes less than the interface offers"
            );
            self.learnt.add(&self.name, adjusted);
        }
        Err(ModelError::Refused("it refuses the request in every form".to_owned()))
    }

    /// Reads an answer, streamed or not: some endpoints don't stream although they were asked to.
    async fn read(
        &self,
        request: &Request,
        answer: reqwest::Response,
        token: &SecretString,
        shown: Shown<'_>,
    ) -> Result<Completion, ModelError> {
        let kind = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let read = if kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
            self.read_stream(answer, token, shown).await?
        } else {
            let body = text_of_at_most(answer, LARGEST_ANSWER).await?;
            Completion::read(body.as_bytes()).inspect(|completion| {
                if !completion.text.is_empty() {
                    shown(&without(token, completion.text.clone()));
                }
            })
        };
        match read {
            Ok(completion) => Ok(redacted(completion, token)),
            Err(BrokenAnswer::Reported(words)) => {
                let words = without_request(without(token, words), request.texts());
                Err(BrokenAnswer::Reported(words).into())
            }
            Err(broken) => Err(broken.into()),
        }
    }

    async fn read_stream(
        &self,
        mut answer: reqwest::Response,
        token: &SecretString,
        shown: Shown<'_>,
    ) -> Result<Result<Completion, BrokenAnswer>, ModelError> {
        let mut stream = CompletionStream::default();
        let mut text = Redacted::new(token);
        let mut show = |piece: &str| {
            if !piece.is_empty() {
                shown(piece);
            }
        };
        let mut bytes = 0_usize;
        // Why nothing more came, if the endpoint did not end the stream itself.
        let mut gave_up = None;
        while !stream.is_done() {
            let idle = if stream.is_finished() { AFTER_END.min(self.limits.idle) } else { self.limits.idle };
            let piece = match timeout(idle, answer.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => {
                    gave_up = Some(no_answer(&error).into());
                    break;
                }
                Err(_) => {
                    let idle = idle.as_secs_f32();
                    let what = format!("it stopped in the middle and sent nothing for {idle} s");
                    gave_up = Some(ModelError::NoAnswer(what));
                    break;
                }
            };
            bytes = bytes.saturating_add(piece.len());
            if bytes > LARGEST_STREAM {
                return Ok(Err(BrokenAnswer::TooLarge));
            }
            match stream.push(&piece) {
                Ok(added) => show(&text.push(&added)),
                Err(broken) => return Ok(Err(broken)),
            }
        }
        // What arrives with the end of a stream that has no last line.
        let shown_until_now = stream.so_far().text.len();
        let completion = stream.end();
        if let Ok(completion) = &completion {
            show(&text.push(&completion.text[shown_until_now..]));
            show(&text.end());
        }
        match (completion, gave_up) {
            // An answer whose end was told is complete, whatever happens to the connection after it.
            (Err(BrokenAnswer::Cut), Some(error)) => Err(error),
            (completion, _) => Ok(completion),
        }
    }
}

/// What to leave out after a refusal, if something that was sent can be.
fn adjusted(refusal: &Refusal, sent: Adjusted, request: &Request, may_drop_limit: bool) -> Option<Adjusted> {
    match refusal {
        Refusal::Temperature if request.temperature.is_some() && !sent.without_temperature => {
            Some(Adjusted { without_temperature: true, ..sent })
        }
        Refusal::MaxTokens if may_drop_limit && sent.limit != LimitName::None => {
            Some(Adjusted { limit: sent.limit.next(), ..sent })
        }
        Refusal::ResponseFormat if request.schema.is_some() && !sent.without_format => {
            Some(Adjusted { without_format: true, ..sent })
        }
        _ => None,
    }
}

/// The conversation after an answer that is not accepted.
fn again(text: &str, why: &str) -> [Message; 2] {
    // An empty message is refused by some models, and so are two of one role in a row.
    let text = if text.trim().is_empty() { "(no answer)" } else { text };
    let text = text.chars().take(SHOWN_AGAIN).collect();
    let wish = format!(
        "Your answer can't be used: {why}. Answer again with the whole JSON document and nothing else."
    );
    [Message::Assistant { text, calls: Vec::new() }, Message::User(wish)]
}

/// The error for a refusal that can't be put right here.
fn error_of(refusal: Refusal, request: &Request) -> ModelError {
    let refuses = |what: &str| ModelError::Refused(format!("it does not take {what}"));
    match refusal {
        Refusal::Temperature => refuses("the temperature"),
        Refusal::MaxTokens => refuses("the limit on tokens"),
        Refusal::ResponseFormat => refuses("a schema for the answer"),
        Refusal::Busy(wait) => ModelError::Busy(wait),
        Refusal::TooLong => ModelError::TooLong,
        Refusal::SignIn => ModelError::SignIn,
        Refusal::NoRight => ModelError::NoRight,
        Refusal::NoEndpoint => ModelError::NoEndpoint,
        Refusal::Down => ModelError::Down,
        Refusal::Other(words) if words.trim().is_empty() => {
            ModelError::Refused("it gave no reason".to_owned())
        }
        Refusal::Other(words) => ModelError::Refused(without_request(words, request.texts())),
    }
}

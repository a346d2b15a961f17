//! Genie: questions in words about the data of a workspace, answered with texts and tables.
//!
//! Problem: an answer takes a minute, in which Genie tells only what it does at the moment. It may end with a
//! text, with several tables, with nothing, or with a result that has expired by the time it is fetched.
//!
//! Choice: a question is sent once and its answer is asked for until it is there; each of these is one short
//! request whose ids can be stored, so another process can go on. What a workspace sends is bounded: rows,
//! columns, texts and bytes.

mod answer;
mod error;
mod wire;

use std::collections::HashSet;

use deployer::host::{Method, WorkspaceRequest, WorkspaceResponse};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub use answer::{Answer, Column, GenieStatus, TableResult};
pub use error::GenieError;

use super::Workspace;
use answer::{table, texts};
use wire::{AskedMessage, Attachment, ListedSpace, QueryAttachment, QueryResult, Sent, Spaces, Statement};

/// The largest answer, in bytes. A result of a thousand rows has some hundred kilobytes.
const LARGEST: usize = 4 << 20;
/// The most pages of spaces, and the spaces of one.
const MOST_PAGES: usize = 10;
const PAGE: usize = 100;
/// The most tables of an answer.
const MOST_RESULTS: usize = 5;
/// The longest id of the platform's.
const LONGEST_ID: usize = 100;
/// The longest title and description of a space, in characters.
const LONGEST_TITLE: usize = 255;
const LONGEST_DESCRIPTION: usize = 4_000;

/// Genie, asked with one identity; cheap to clone.
#[derive(Clone)]
pub struct Genie {
    workspace: Workspace,
}

/// A space: tables that Genie answers questions about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is about; may be empty.
    pub description: String,
}

/// A question that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The id of its conversation.
    pub conversation: String,
    /// The id of its message.
    pub message: String,
}

/// How far Genie is with a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It works on it; ask again in a moment.
    Working(GenieStatus),
    /// It is done.
    Done(Answer),
    /// It could not answer, with its reason. Another question may work.
    Failed(String),
}

impl Genie {
    /// Genie of this workspace, asked with its credential.
    pub fn new(workspace: Workspace) -> Self {
        Self { workspace }
    }

    /// The spaces that the caller may see, at most 1,000, in the workspace's order.
    pub async fn spaces(&self) -> Result<Vec<Space>, GenieError> {
        let mut spaces = Vec::new();
        let mut seen = HashSet::new();
        let mut token: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut query = vec![("page_size".to_owned(), PAGE.to_string())];
            query.extend(token.take().map(|token| ("page_token".to_owned(), token)));
            let page: Spaces = read(&self.send(Method::Get, "spaces", query, None).await?)?;
            spaces.extend(page.spaces.into_iter().filter_map(space));
            token = page.next_page_token.filter(|token| !token.is_empty());
            // A token that comes again would lead to the same page.
            match &token {
                Some(token) if seen.insert(token.clone()) => {}
                _ => break,
            }
        }
        spaces.truncate(MOST_PAGES * PAGE);
        Ok(spaces)
    }

    /// Asks a question in a new conversation.
    pub async fn start(&self, space: &str, content: &str) -> Result<Asked, GenieError> {
        let path = format!("spaces/{}/start-conversation", id(space)?);
        self.ask(&path, content, None).await
    }

    /// Asks a further question in a conversation.
    pub async fn follow_up(
        &self,
        space: &str,
        conversation: &str,
        content: &str,
    ) -> Result<Asked, GenieError> {
        let path = format!("spaces/{}/conversations/{}/messages", id(space)?, id(conversation)?);
        self.ask(&path, content, Some(conversation)).await
    }

    /// How far Genie is with a question. When it is done, its results are fetched.
    pub async fn poll(&self, space: &str, asked: &Asked) -> Result<Progress, GenieError> {
        let (space, conversation, message) = (id(space)?, id(&asked.conversation)?, id(&asked.message)?);
        let path = format!("spaces/{space}/conversations/{conversation}/messages/{message}");
        let answered: AskedMessage = read(&self.send(Method::Get, &path, Vec::new(), None).await?)?;
        let has_expired = match answered.status.as_deref().unwrap_or_default() {
            "COMPLETED" => false,
            "QUERY_RESULT_EXPIRED" => true,
            "FAILED" => return Ok(Progress::Failed(reason(answered.error.as_ref()))),
            "CANCELLED" => return Ok(Progress::Failed("The question was cancelled".to_owned())),
            working => return Ok(Progress::Working(GenieStatus::of(working))),
        };
        let attachments = answered.attachments.unwrap_or_default();
        let mut answer = texts(&attachments);
        for (attachment, query) in queries(&attachments).take(MOST_RESULTS) {
            let path = format!("{path}/attachments/{}", id(attachment)?);
            match self.result(&path, has_expired).await? {
                Fetched::There(statement) => answer.results.push(table(query, statement)),
                Fetched::Running => return Ok(Progress::Working(GenieStatus::ExecutingQuery)),
                Fetched::Failed(reason) => return Ok(Progress::Failed(reason)),
            }
        }
        Ok(Progress::Done(answer))
    }

    /// The result of an attachment. One that has expired is computed again.
    async fn result(&self, attachment: &str, has_expired: bool) -> Result<Fetched, GenieError> {
        let path = format!("{attachment}/query-result");
        let fetched = match self.send(Method::Get, &path, Vec::new(), None).await {
            Ok(answer) => Fetched::of(read(&answer)?),
            // It is not kept any more.
            Err(GenieError::NoSpace | GenieError::Refused(_)) if has_expired => {
                Fetched::Failed(String::new())
            }
            Err(error) => return Err(error),
        };
        if !(has_expired && matches!(fetched, Fetched::Failed(_))) {
            return Ok(fetched);
        }
        let path = format!("{attachment}/execute-query");
        Ok(Fetched::of(read(&self.send(Method::Post, &path, Vec::new(), Some(json!({}))).await?)?))
    }

    async fn ask(&self, path: &str, content: &str, conversation: Option<&str>) -> Result<Asked, GenieError> {
        let body = json!({"content": content});
        let sent: Sent = read(&self.send(Method::Post, path, Vec::new(), Some(body)).await?)?;
        let named = |named: Option<wire::Named>| named.and_then(|named| named.id);
        let started = sent.conversation_id.or(named(sent.conversation));
        let message = sent.message_id.or(named(sent.message)).or(sent.id);
        let (Some(conversation), Some(message)) = (started.or(conversation.map(str::to_owned)), message)
        else {
            return Err(GenieError::unreadable());
        };
        // They go into paths later.
        if !is_id(&conversation) || !is_id(&message) {
            return Err(GenieError::unreadable());
        }
        Ok(Asked { conversation, message })
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        query: Vec<(String, String)>,
        body: Option<Value>,
    ) -> Result<WorkspaceResponse, GenieError> {
        let path = format!("/api/2.0/genie/{path}");
        // Questions are texts of people.
        let request = WorkspaceRequest { method, path, query, body, sensitive: true };
        let answer = self.workspace.request_of_at_most(&request, LARGEST).await?;
        if answer.status == 200 { Ok(answer) } else { Err(GenieError::of(&answer)) }
    }
}

/// What was fetched of a result.
enum Fetched {
    There(Statement),
    Running,
    Failed(String),
}

impl Fetched {
    fn of(result: QueryResult) -> Self {
        let statement = result.statement_response;
        match statement.status.state.as_deref() {
            // Some answers have rows and no state.
            Some("SUCCEEDED") => Self::There(statement),
            None if statement.result.is_some() => Self::There(statement),
            Some("PENDING" | "RUNNING") => Self::Running,
            Some("CLOSED") => Self::Failed("The result has expired. Ask the question again".to_owned()),
            _ => Self::Failed(reason(statement.status.error.as_ref())),
        }
    }
}

/// The queries among the attachments.
fn queries(attachments: &[Attachment]) -> impl Iterator<Item = (&str, &QueryAttachment)> {
    attachments.iter().filter_map(|attachment| {
        let id = attachment.named.as_deref().or(attachment.id.as_deref())?;
        Some((id, attachment.query.as_ref()?))
    })
}

fn space(listed: ListedSpace) -> Option<Space> {
    let cut =
        |text: Option<String>, most| -> String { text.unwrap_or_default().chars().take(most).collect() };
    let id = listed.space_id.or(listed.id).filter(|id| is_id(id))?;
    let title = cut(listed.title, LONGEST_TITLE);
    let title = if title.trim().is_empty() { id.clone() } else { title };
    Some(Space { id, title, description: cut(listed.description, LONGEST_DESCRIPTION) })
}

/// The words of an error: a text, or an object with one.
fn reason(error: Option<&Value>) -> String {
    const LONGEST: usize = 300;
    let words = error
        .and_then(|error| [error, &error["error"], &error["message"]].into_iter().find_map(Value::as_str));
    let words: Vec<&str> = words.unwrap_or_default().split_whitespace().collect();
    let words: String = words.join(" ").chars().take(LONGEST).collect();
    if words.is_empty() { "Genie gave no reason".to_owned() } else { words }
}

fn read<T: DeserializeOwned>(answer: &WorkspaceResponse) -> Result<T, GenieError> {
    // The error of serde_json may quote data.
    serde_json::from_str(&answer.body).map_err(|_| GenieError::unreadable())
}

/// An id that goes into a path.
fn id(id: &str) -> Result<&str, GenieError> {
    if is_id(id) { Ok(id) } else { Err(GenieError::NoSpace) }
}

/// Whether it can be an id of the platform's: hexadecimal, for some a UUID.
fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

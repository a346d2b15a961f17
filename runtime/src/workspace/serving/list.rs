//! The chat endpoints that a caller may see.

use deployer::host::{Method, WorkspaceRequest};
use serde::Deserialize;

use super::error::ModelError;
use super::refusal::Refusal;
use crate::workspace::client::Workspace;

/// The most endpoints of a workspace that are read.
const MOST: usize = 1_000;
/// The largest list, in bytes.
const LARGEST: usize = 8 << 20;
/// The task of endpoints that take messages and can be asked for a schema. Agents take messages too, but
/// answer as they were built to.
const CHAT: &str = "llm/v1/chat";

/// A chat endpoint of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name.
    pub name: String,
    /// Whether it can be asked now.
    pub ready: bool,
    /// Its task, in the platform's terms.
    pub task: String,
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    endpoints: Vec<Listed>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listed {
    name: String,
    state: Option<State>,
    task: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct State {
    ready: Option<String>,
}

/// The chat endpoints that the caller may see, by name.
///
/// # Errors
/// If the workspace doesn't answer with a list.
pub async fn endpoints(workspace: &Workspace) -> Result<Vec<Endpoint>, ModelError> {
    let path = "/api/2.0/serving-endpoints".to_owned();
    let request =
        WorkspaceRequest { method: Method::Get, path, query: Vec::new(), body: None, sensitive: false };
    let answer = workspace.request_of_at_most(&request, LARGEST).await?;
    if answer.status != 200 {
        let retry_after = answer.headers.iter().find(|(name, _)| name == "retry-after");
        let retry_after = retry_after.map(|(_, value)| value.as_str());
        return Err(match Refusal::read(answer.status, retry_after, answer.body.as_bytes()) {
            Refusal::SignIn => ModelError::SignIn,
            Refusal::NoRight => ModelError::NoRight,
            Refusal::Busy(wait) => ModelError::Busy(wait),
            Refusal::Down => ModelError::Down,
            Refusal::Other(words) => ModelError::Refused(words),
            _ => ModelError::Refused(format!("the workspace answered {}", answer.status)),
        });
    }
    let list: List = serde_json::from_str(&answer.body)
        .map_err(|_| ModelError::Refused("the list of endpoints can't be read".to_owned()))?;
    let mut found: Vec<Endpoint> = list.endpoints.into_iter().filter_map(Listed::chat).take(MOST).collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

impl Listed {
    fn chat(self) -> Option<Endpoint> {
        let Self { name, state, task } = self;
        let task = task.filter(|task| task == CHAT)?;
        let ready = state.and_then(|state| state.ready).is_some_and(|ready| ready == "READY");
        (!name.is_empty() && name.len() <= 255).then_some(Endpoint { name, ready, task })
    }
}

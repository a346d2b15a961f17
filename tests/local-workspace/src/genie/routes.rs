//! The Genie API: `/api/2.0/genie/spaces`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::conversations::Conversation;
use super::message::Message;
use super::settings::MessageStatus;
use super::{OBJECT_TYPE, SPACE_DESCRIPTION, SPACE_ID, SPACE_TITLE};
use crate::apps::{Page, page};
use crate::clock::Timestamp;
use crate::extract::{Caller, JsonBody, Params};
use crate::identity::Principal;
use crate::problem::Problem;
use crate::warehouse::{Statement, WAREHOUSE_ID, shown_statement};
use crate::workspace::Workspace;

const SPACE: &str = "/api/2.0/genie/spaces/{space}";
const CONVERSATION: &str = "/api/2.0/genie/spaces/{space}/conversations/{conversation}";
const MESSAGE: &str = "/api/2.0/genie/spaces/{space}/conversations/{conversation}/messages/{message}";
/// When the sample space was made, as far as it tells.
const SPACE_CREATED: Timestamp = Timestamp(1_760_000_000_000);

pub(crate) fn routes() -> Router<Arc<Workspace>> {
    let message = |rest: &str| format!("{MESSAGE}{rest}");
    Router::new()
        .route("/api/2.0/genie/spaces", get(list_spaces))
        .route(SPACE, get(read_space))
        .route(&format!("{SPACE}/start-conversation"), post(start_conversation))
        .route(&format!("{SPACE}/conversations"), get(list_conversations))
        .route(CONVERSATION, delete(delete_conversation))
        .route(&format!("{CONVERSATION}/messages"), get(list_messages).post(create_message))
        .route(MESSAGE, get(read_message).delete(delete_message))
        .route(&message("/feedback"), post(send_feedback))
        .route(&message("/query-result"), get(first_result))
        .route(&message("/query-result/{attachment}"), get(result))
        .route(&message("/attachments/{attachment}/query-result"), get(result))
        .route(&message("/execute-query"), post(execute_first))
        .route(&message("/attachments/{attachment}/execute-query"), post(execute))
}

type Shared = State<Arc<Workspace>>;
type Answer = Result<Json<Value>, Problem>;

/// A space of this workspace.
struct Space {
    id: String,
    title: String,
    description: Option<String>,
}

impl Space {
    fn shown(&self) -> Value {
        let mut shown = json!({"space_id": self.id, "title": self.title, "warehouse_id": WAREHOUSE_ID});
        if let Some(description) = &self.description {
            shown["description"] = json!(description);
        }
        shown["create_time"] = json!(SPACE_CREATED.to_rfc3339());
        shown["update_time"] = json!(SPACE_CREATED.to_rfc3339());
        shown
    }
}

/// The spaces that the principal may use at this level.
fn spaces(workspace: &Workspace, caller: &Principal, level: &str) -> Vec<Space> {
    let sample = Space {
        id: SPACE_ID.to_owned(),
        title: SPACE_TITLE.to_owned(),
        description: Some(SPACE_DESCRIPTION.to_owned()),
    };
    let visible = workspace.permissions.can(caller, OBJECT_TYPE, SPACE_ID, level);
    let extra = workspace.settings.get().genie.extra_spaces.into_iter();
    let extra = extra.map(|space| Space { id: space.id, title: space.title, description: space.description });
    visible.then_some(sample).into_iter().chain(extra).collect()
}

/// A space that the principal may not see doesn't exist for them, as on the platform.
fn space(workspace: &Workspace, caller: &Principal, id: &str, level: &str) -> Result<Space, Problem> {
    let visible = |level| spaces(workspace, caller, level).into_iter().find(|space| space.id == id);
    if let Some(space) = visible(level) {
        return Ok(space);
    }
    if visible("CAN_VIEW").is_some() {
        let verb = level.trim_start_matches("CAN_").to_lowercase();
        return Err(Problem::permission_denied(format!(
            "You need \"Can {verb}\" permission to perform this action."
        )));
    }
    Err(Problem::resource_does_not_exist(format!(
        "Unable to get space [{id}]. Caused by Node with resource name Some(datarooms/{id}) does not exist."
    )))
}

async fn list_spaces(
    State(workspace): Shared,
    Caller(caller): Caller,
    Params(query): Params<Page>,
) -> Answer {
    let spaces = spaces(&workspace, &caller, "CAN_VIEW");
    page(&query, "spaces", spaces.iter().map(Space::shown).collect())
}

async fn read_space(State(workspace): Shared, Caller(caller): Caller, Path(id): Path<String>) -> Answer {
    Ok(Json(space(&workspace, &caller, &id, "CAN_VIEW")?.shown()))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    content: String,
}

impl Asked {
    fn content(&self) -> Result<&str, Problem> {
        if self.content.trim().is_empty() {
            return Err(Problem::invalid_parameter("content must not be empty."));
        }
        Ok(&self.content)
    }
}

async fn start_conversation(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(id): Path<String>,
    JsonBody(asked): JsonBody<Asked>,
) -> Answer {
    let space = space(&workspace, &caller, &id, "CAN_RUN")?;
    let content = asked.content()?;
    workspace.genie.admit(&workspace)?;
    let conversation = workspace.genie.begin(&workspace, &caller, &space.id, content);
    let message = workspace.genie.ask(&workspace, &caller, &conversation, content);
    Ok(Json(json!({
        "conversation_id": conversation.id,
        "message_id": message.id,
        "conversation": {
            "id": conversation.id,
            "conversation_id": conversation.id,
            "space_id": conversation.space,
            "user_id": conversation.user_id,
            "title": conversation.title,
            "created_timestamp": conversation.created,
            "last_updated_timestamp": conversation.updated,
        },
        "message": message.shown(&workspace),
    })))
}

#[derive(Deserialize)]
struct Everybody {
    #[serde(default)]
    include_all: bool,
}

async fn list_conversations(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Params(query): Params<Page>,
    Params(everybody): Params<Everybody>,
) -> Answer {
    let level = if everybody.include_all { "CAN_MANAGE" } else { "CAN_VIEW" };
    let space = space(&workspace, &caller, &id, level)?;
    let conversations = workspace.genie.all(&space.id).into_iter();
    let shown = conversations
        .filter(|conversation| everybody.include_all || conversation.owner == caller.user_name)
        .map(|conversation| {
            json!({
                "conversation_id": conversation.id,
                "title": conversation.title,
                "created_timestamp": conversation.created,
            })
        });
    page(&query, "conversations", shown.collect())
}

/// One's own conversation; that of another person only for those who manage the space.
fn conversation(
    workspace: &Workspace,
    caller: &Principal,
    space_id: &str,
    id: &str,
) -> Result<Conversation, Problem> {
    let space = space(workspace, caller, space_id, "CAN_RUN")?;
    let manages = workspace.permissions.can(caller, OBJECT_TYPE, &space.id, "CAN_MANAGE");
    workspace
        .genie
        .all(&space.id)
        .into_iter()
        .find(|known| known.id == id && (manages || known.owner == caller.user_name))
        .ok_or_else(|| Problem::resource_does_not_exist(format!("Conversation {id} does not exist.")))
}

fn message(
    workspace: &Workspace,
    caller: &Principal,
    (space_id, conversation_id, id): (&str, &str, &str),
) -> Result<Arc<Message>, Problem> {
    let conversation = conversation(workspace, caller, space_id, conversation_id)?;
    let found = conversation.messages.into_iter().find(|known| known.id == id);
    found.ok_or_else(|| Problem::resource_does_not_exist(format!("Message {id} does not exist.")))
}

async fn delete_conversation(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((space_id, id)): Path<(String, String)>,
) -> Answer {
    let found = conversation(&workspace, &caller, &space_id, &id)?;
    workspace.genie.forget(&found.id);
    Ok(Json(json!({})))
}

async fn list_messages(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((space_id, id)): Path<(String, String)>,
    Params(query): Params<Page>,
) -> Answer {
    let found = conversation(&workspace, &caller, &space_id, &id)?;
    page(&query, "messages", found.messages.iter().map(|message| message.shown(&workspace)).collect())
}

async fn create_message(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((space_id, id)): Path<(String, String)>,
    JsonBody(asked): JsonBody<Asked>,
) -> Answer {
    let found = conversation(&workspace, &caller, &space_id, &id)?;
    let content = asked.content()?;
    workspace.genie.admit(&workspace)?;
    let message = workspace.genie.ask(&workspace, &caller, &found, content);
    Ok(Json(message.shown(&workspace)))
}

type MessagePath = Path<(String, String, String)>;
type AttachmentPath = Path<(String, String, String, String)>;

async fn read_message(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((space_id, conversation_id, id)): MessagePath,
) -> Answer {
    let found = message(&workspace, &caller, (&space_id, &conversation_id, &id))?;
    found.poll(&workspace).await;
    Ok(Json(found.shown(&workspace)))
}

async fn delete_message(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((space_id, conversation_id, id)): MessagePath,
) -> Answer {
    let found = message(&workspace, &caller, (&space_id, &conversation_id, &id))?;
    workspace.genie.forget_message(&found.conversation, &found.id);
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
struct Feedback {
    rating: String,
    comment: Option<String>,
}

async fn send_feedback(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((space_id, conversation_id, id)): MessagePath,
    JsonBody(feedback): JsonBody<Feedback>,
) -> Answer {
    let found = message(&workspace, &caller, (&space_id, &conversation_id, &id))?;
    if !["POSITIVE", "NEGATIVE", "NONE"].contains(&feedback.rating.as_str()) {
        return Err(Problem::invalid_parameter(format!("Unknown rating: {}", feedback.rating)));
    }
    let mut kept = json!({"rating": feedback.rating});
    if let Some(comment) = feedback.comment {
        kept["comment"] = json!(comment);
    }
    *found.feedback.lock() = Some(kept);
    Ok(Json(json!({})))
}

fn told(workspace: &Workspace, statement: &Statement) -> Json<Value> {
    Json(json!({"statement_response": shown_statement(workspace, statement)}))
}

fn result_of(
    workspace: &Workspace,
    caller: &Principal,
    path: (&str, &str, &str),
    attachment: Option<&str>,
) -> Answer {
    let found = message(workspace, caller, path)?;
    let Some(query) = found.query(attachment) else {
        let what =
            attachment.map_or_else(|| "a query attachment".to_owned(), |id| format!("attachment {id}"));
        return Err(Problem::resource_does_not_exist(format!("Message {} does not have {what}.", found.id)));
    };
    let statement = query.statement();
    match found.status(workspace) {
        MessageStatus::Completed => Ok(told(workspace, &statement)),
        MessageStatus::ExecutingQuery | MessageStatus::PendingWarehouse => {
            let state = json!({"statement_id": statement.id, "status": {"state": "RUNNING"}});
            Ok(Json(json!({"statement_response": state})))
        }
        MessageStatus::QueryResultExpired => {
            let state = json!({"statement_id": statement.id, "status": {"state": "CLOSED"}});
            Ok(Json(json!({"statement_response": state})))
        }
        _ => Err(Problem::bad_request(format!("The query of message {} was not executed yet.", found.id))),
    }
}

async fn first_result(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((space_id, conversation_id, id)): MessagePath,
) -> Answer {
    result_of(&workspace, &caller, (&space_id, &conversation_id, &id), None)
}

async fn result(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((space_id, conversation_id, id, attachment)): AttachmentPath,
) -> Answer {
    result_of(&workspace, &caller, (&space_id, &conversation_id, &id), Some(&attachment))
}

async fn again(
    workspace: &Workspace,
    caller: &Principal,
    path: (&str, &str, &str),
    attachment: Option<&str>,
) -> Answer {
    let found = message(workspace, caller, path)?;
    let ended =
        matches!(found.status(workspace), MessageStatus::Completed | MessageStatus::QueryResultExpired);
    let Some(query) = found.query(attachment).filter(|_| ended) else {
        return Err(Problem::bad_request(format!("Message {} has no query that can be executed.", found.id)));
    };
    let statement = found.again(workspace, caller, query);
    if !statement.is_waiting(workspace.clock.now()) {
        statement.ended().await;
    }
    Ok(told(workspace, &statement))
}

async fn execute_first(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((space_id, conversation_id, id)): MessagePath,
) -> Answer {
    again(&workspace, &caller, (&space_id, &conversation_id, &id), None).await
}

async fn execute(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((space_id, conversation_id, id, attachment)): AttachmentPath,
) -> Answer {
    again(&workspace, &caller, (&space_id, &conversation_id, &id), Some(&attachment)).await
}

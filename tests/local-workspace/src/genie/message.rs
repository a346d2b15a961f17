//! One question and its answer.
//!
//! The answer is settled when the question arrives, and its SQL starts then. A poll moves the status on; the
//! last one waits for the SQL to end.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::settings::MessageStatus;
use crate::clock::Timestamp;
use crate::identity::Principal;
use crate::warehouse::{Order, ResultSet, Statement, StatementState};
use crate::workspace::Workspace;

/// Genie shows no more rows of a result.
const MAX_ROWS: usize = 5000;

/// How a message ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Completed,
    Failed { kind: String, error: String },
    Cancelled,
    Expired,
}

/// What a query attachment executes.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// SQL in the warehouse, of whose rows at most so many are shown.
    Sql(Option<usize>),
    /// Rows from a script.
    Invented(ResultSet),
}

/// A query with its execution.
#[derive(Debug)]
pub(super) struct QueryAttachment {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) sql: String,
    source: Source,
    statement: Mutex<Arc<Statement>>,
}

#[derive(Debug)]
pub(super) enum Body {
    Text(String),
    Suggestions(Vec<String>),
    Query(Box<QueryAttachment>),
}

#[derive(Debug)]
pub(super) struct Attachment {
    pub(super) id: String,
    pub(super) body: Body,
}

/// A message of a conversation.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) space: String,
    pub(super) conversation: String,
    pub(super) content: String,
    pub(super) user_id: u64,
    pub(super) created: Timestamp,
    /// What polls show, before the end.
    pub(super) waits: Vec<MessageStatus>,
    pub(super) polls: Mutex<usize>,
    pub(super) end: Mutex<End>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) feedback: Mutex<Option<Value>>,
}

impl QueryAttachment {
    /// Starts the query.
    pub(super) fn start(
        workspace: &Workspace,
        caller: &Principal,
        title: Option<String>,
        description: Option<String>,
        sql: String,
        source: Source,
    ) -> Self {
        let statement = Mutex::new(execute(workspace, caller, &sql, &source));
        Self { title, description, sql, source, statement }
    }

    /// Executes it again.
    fn again(&self, workspace: &Workspace, caller: &Principal) -> Arc<Statement> {
        let statement = execute(workspace, caller, &self.sql, &self.source);
        *self.statement.lock() = Arc::clone(&statement);
        statement
    }

    pub(super) fn statement(&self) -> Arc<Statement> {
        Arc::clone(&self.statement.lock())
    }

    fn shown(&self, id: &str, message: &Message, status: MessageStatus) -> Value {
        let statement = self.statement();
        let mut query = json!({
            "id": id,
            "query": self.sql,
            "last_updated_timestamp": message.created,
            "statement_id": statement.id,
        });
        if let Some(title) = &self.title {
            query["title"] = json!(title);
        }
        if let Some(description) = &self.description {
            query["description"] = json!(description);
        }
        if let (StatementState::Succeeded(result), true) =
            (statement.state(), status != MessageStatus::ExecutingQuery)
        {
            query["query_result_metadata"] = json!({"row_count": result.rows.len()});
            if result.truncated {
                query["query_result_metadata"]["is_truncated"] = json!(true);
            }
        }
        query
    }
}

fn execute(workspace: &Workspace, caller: &Principal, sql: &str, source: &Source) -> Arc<Statement> {
    match source {
        Source::Sql(rows) => {
            let row_limit = Some(rows.unwrap_or(MAX_ROWS));
            let order = Order { statement: sql.to_owned(), row_limit, ..Order::default() };
            workspace.warehouse.submit(caller, order)
        }
        Source::Invented(result) => workspace.warehouse.invent(caller, result.clone()),
    }
}

impl Message {
    fn queries(&self) -> impl Iterator<Item = (&Attachment, &QueryAttachment)> {
        self.attachments.iter().filter_map(|attachment| match &attachment.body {
            Body::Query(query) => Some((attachment, query.as_ref())),
            _ => None,
        })
    }

    /// A query attachment; without an id the first.
    pub(super) fn query(&self, id: Option<&str>) -> Option<&QueryAttachment> {
        self.queries().find(|(attachment, _)| id.is_none_or(|id| attachment.id == id)).map(|(_, query)| query)
    }

    /// Moves on, and says how far it is. Waits for the SQL at the end.
    pub(super) async fn poll(&self, workspace: &Workspace) -> MessageStatus {
        *self.polls.lock() += 1;
        if self.at_end() && *self.end.lock() == End::Completed {
            for (_, query) in self.queries() {
                let statement = query.statement();
                if statement.is_waiting(workspace.clock.now()) {
                    continue;
                }
                if let StatementState::Failed(failure) = statement.ended().await {
                    let kind = "SQL_EXECUTION_EXCEPTION".to_owned();
                    *self.end.lock() = End::Failed { kind, error: failure.message };
                }
            }
        }
        self.status(workspace)
    }

    fn at_end(&self) -> bool {
        *self.polls.lock() > self.waits.len()
    }

    /// How far it is.
    pub(super) fn status(&self, workspace: &Workspace) -> MessageStatus {
        let polls = *self.polls.lock();
        if polls == 0 {
            return MessageStatus::Submitted;
        }
        if let Some(status) = self.waits.get(polls - 1) {
            return *status;
        }
        match *self.end.lock() {
            End::Failed { .. } => MessageStatus::Failed,
            End::Cancelled => MessageStatus::Cancelled,
            End::Expired => MessageStatus::QueryResultExpired,
            End::Completed => {
                let now = workspace.clock.now();
                let mut statements = self.queries().map(|(_, query)| query.statement());
                if statements.any(|statement| statement.is_waiting(now)) {
                    return MessageStatus::PendingWarehouse;
                }
                let mut statements = self.queries().map(|(_, query)| query.statement());
                if statements.any(|statement| matches!(statement.state(), StatementState::Running)) {
                    return MessageStatus::ExecutingQuery;
                }
                MessageStatus::Completed
            }
        }
    }

    /// The message as the API shows it.
    pub(super) fn shown(&self, workspace: &Workspace) -> Value {
        let status = self.status(workspace);
        let mut shown = json!({
            "id": self.id,
            "message_id": self.id,
            "space_id": self.space,
            "conversation_id": self.conversation,
            "user_id": self.user_id,
            "content": self.content,
            "created_timestamp": self.created,
            "last_updated_timestamp": workspace.clock.now(),
            "status": status,
        });
        let has_queries = matches!(
            status,
            MessageStatus::ExecutingQuery | MessageStatus::Completed | MessageStatus::QueryResultExpired
        );
        let all = matches!(status, MessageStatus::Completed | MessageStatus::QueryResultExpired);
        let mut attachments = Vec::new();
        for attachment in &self.attachments {
            let id = &attachment.id;
            match &attachment.body {
                Body::Query(query) if has_queries => {
                    let query = query.shown(id, self, status);
                    attachments.push(json!({"attachment_id": id, "query": query}));
                }
                Body::Text(content) if all => {
                    attachments.push(json!({"attachment_id": id, "text": {"id": id, "content": content}}));
                }
                Body::Suggestions(questions) if all => {
                    let questions = json!({"questions": questions});
                    attachments.push(json!({"attachment_id": id, "suggested_questions": questions}));
                }
                _ => {}
            }
        }
        if !attachments.is_empty() {
            shown["attachments"] = attachments.into();
        }
        if let (End::Failed { kind, error }, MessageStatus::Failed) = (&*self.end.lock(), status) {
            shown["error"] = json!({"type": kind, "error": error});
        }
        // The older way to tell about the result.
        if let (MessageStatus::Completed, Some((_, query))) = (status, self.queries().next())
            && let StatementState::Succeeded(result) = query.statement().state()
        {
            shown["query_result"] = json!({
                "row_count": result.rows.len(),
                "statement_id": query.statement().id,
                "is_truncated": result.truncated,
            });
        }
        if let Some(feedback) = &*self.feedback.lock() {
            shown["feedback"] = feedback.clone();
        }
        shown
    }

    /// Executes a query again; an expired message is completed with that.
    pub(super) fn again(
        &self,
        workspace: &Workspace,
        caller: &Principal,
        query: &QueryAttachment,
    ) -> Arc<Statement> {
        let statement = query.again(workspace, caller);
        let mut end = self.end.lock();
        if *end == End::Expired {
            *end = End::Completed;
        }
        statement
    }
}

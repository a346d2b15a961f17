//! The conversations of a workspace, and how a question gets its answer.

use std::sync::Arc;

use parking_lot::Mutex;

use super::message::{Attachment, Body, End, Message, QueryAttachment, Source};
use super::query::write;
use super::question::{Doubt, Question, understand};
use super::settings::{Answer, Attached, MessageStatus, ScriptedAnswer};
use super::{Genie, KEPT_CONVERSATIONS};
use crate::clock::Timestamp;
use crate::identity::Principal;
use crate::problem::Problem;
use crate::warehouse::{self, Column, ResultSet};
use crate::workspace::Workspace;

/// The most characters of a conversation's title.
const MAX_TITLE_CHARS: usize = 80;
/// The time that questions are counted for, in milliseconds.
const MINUTE_MS: u64 = 60_000;

/// Messages that belong together.
#[derive(Clone, Debug)]
pub(super) struct Conversation {
    pub(super) id: String,
    pub(super) space: String,
    pub(super) owner: String,
    pub(super) user_id: u64,
    pub(super) title: String,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) messages: Vec<Arc<Message>>,
    /// The last question that was understood.
    last: Option<Question>,
}

impl Genie {
    /// Counts a question, or refuses it.
    pub(super) fn admit(&self, workspace: &Workspace) -> Result<(), Problem> {
        let Some(limit) = workspace.settings.get().genie.questions_per_minute else { return Ok(()) };
        let now = workspace.clock.now();
        let mut kept = self.0.lock();
        kept.asked.retain(|asked| now.ms_since(*asked) < MINUTE_MS);
        if kept.asked.len() >= limit {
            return Err(Problem::new(
                axum::http::StatusCode::TOO_MANY_REQUESTS,
                "REQUEST_LIMIT_EXCEEDED",
                format!("The workspace has reached its limit of {limit} Genie questions per minute."),
            ));
        }
        kept.asked.push_back(now);
        Ok(())
    }

    /// Begins a conversation.
    pub(super) fn begin(
        &self,
        workspace: &Workspace,
        caller: &Principal,
        space: &str,
        content: &str,
    ) -> Conversation {
        let now = workspace.clock.now();
        let conversation = Conversation {
            id: workspace.ids.hex(),
            space: space.to_owned(),
            owner: caller.user_name.clone(),
            user_id: caller.id,
            title: content.chars().take(MAX_TITLE_CHARS).collect(),
            created: now,
            updated: now,
            messages: Vec::new(),
            last: None,
        };
        let mut kept = self.0.lock();
        kept.conversations.push_back(conversation.clone());
        if kept.conversations.len() > KEPT_CONVERSATIONS {
            kept.conversations.pop_front();
        }
        conversation
    }

    /// Asks in a conversation.
    pub(super) fn ask(
        &self,
        workspace: &Workspace,
        caller: &Principal,
        conversation: &Conversation,
        content: &str,
    ) -> Arc<Message> {
        let mut script = None;
        workspace.settings.update(|settings| script = settings.genie.take(content));
        let Prepared { end, attachments, last } =
            prepare(workspace, caller, content, conversation.last.as_ref(), script.as_ref());
        let waits = match script.as_ref().and_then(|script| script.stays) {
            Some(stay) => vec![stay.status; stay.polls],
            None => waits(workspace, &attachments),
        };
        let message = Arc::new(Message {
            id: workspace.ids.hex(),
            space: conversation.space.clone(),
            conversation: conversation.id.clone(),
            content: content.to_owned(),
            user_id: caller.id,
            created: workspace.clock.now(),
            waits,
            polls: Mutex::new(0),
            end: Mutex::new(end),
            attachments,
            feedback: Mutex::new(None),
        });
        self.change(&conversation.id, |kept| {
            kept.messages.push(Arc::clone(&message));
            kept.updated = message.created;
            kept.last = last.or(kept.last.take());
        });
        message
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Conversation)) {
        if let Some(kept) = self.0.lock().conversations.iter_mut().find(|kept| kept.id == id) {
            change(kept);
        }
    }

    /// The conversations of a space, newest first.
    pub(super) fn all(&self, space: &str) -> Vec<Conversation> {
        let kept = self.0.lock();
        kept.conversations.iter().rev().filter(|kept| kept.space == space).cloned().collect()
    }

    pub(super) fn forget(&self, id: &str) {
        self.0.lock().conversations.retain(|kept| kept.id != id);
    }

    pub(super) fn forget_message(&self, conversation: &str, id: &str) {
        self.change(conversation, |kept| kept.messages.retain(|message| message.id != id));
    }
}

/// The usual statuses; without a query none of them is about one.
fn waits(workspace: &Workspace, attachments: &[Attachment]) -> Vec<MessageStatus> {
    let mut waits = workspace.settings.get().genie.statuses;
    if !attachments.iter().any(|attachment| matches!(attachment.body, Body::Query(_))) {
        waits.retain(|status| {
            !matches!(status, MessageStatus::ExecutingQuery | MessageStatus::PendingWarehouse)
        });
    }
    waits
}

/// The final state of a message, decided before it is polled.
struct Prepared {
    end: End,
    attachments: Vec<Attachment>,
    last: Option<Question>,
}

fn prepare(
    workspace: &Workspace,
    caller: &Principal,
    content: &str,
    before: Option<&Question>,
    script: Option<&ScriptedAnswer>,
) -> Prepared {
    let answer = script.map_or(Answer::Real, |script| script.answer.clone());
    let ended = |end| Prepared { end, attachments: Vec::new(), last: None };
    let (end, rows) = match answer {
        Answer::Real => (End::Completed, None),
        Answer::Truncated(rows) => (End::Completed, Some(rows)),
        Answer::Expired => (End::Expired, None),
        Answer::Failed { kind, error } => return ended(End::Failed { kind, error }),
        Answer::Cancelled => return ended(End::Cancelled),
        Answer::Attachments(list) => {
            let attachments =
                list.into_iter().flat_map(|attached| scripted(workspace, caller, attached)).collect();
            return Prepared { end: End::Completed, attachments, last: None };
        }
    };
    let may = workspace.permissions.can(caller, warehouse::OBJECT_TYPE, warehouse::WAREHOUSE_ID, "CAN_USE");
    if !may {
        return ended(End::Failed {
            kind: "WAREHOUSE_ACCESS_MISSING_EXCEPTION".to_owned(),
            error: format!("User {} has no access to the SQL warehouse of this space.", caller.user_name),
        });
    }
    let (attachments, last) = answered(workspace, caller, content, before, rows);
    Prepared { end, attachments, last }
}

fn attachment(workspace: &Workspace, body: Body) -> Attachment {
    Attachment { id: workspace.ids.hex(), body }
}

/// What the sample data says to a question, or what is asked back.
fn answered(
    workspace: &Workspace,
    caller: &Principal,
    content: &str,
    before: Option<&Question>,
    rows: Option<usize>,
) -> (Vec<Attachment>, Option<Question>) {
    let german = super::words::is_german(&super::words::split(content));
    let understood = understand(content, before).and_then(|question| Ok((write(&question)?, question)));
    let (query, question) = match understood {
        Ok(understood) => understood,
        Err(doubt) => return (asked_back(workspace, &doubt, german), None),
    };
    let text = if german {
        format!("Die Daten zeigen: {}.", query.title)
    } else {
        format!("Here is the data: {}.", query.title)
    };
    let query = QueryAttachment::start(
        workspace,
        caller,
        Some(query.title),
        Some(query.description),
        query.sql,
        Source::Sql(rows),
    );
    let bodies = [Body::Query(Box::new(query)), Body::Text(text)];
    (bodies.into_iter().map(|body| attachment(workspace, body)).collect(), Some(question))
}

fn asked_back(workspace: &Workspace, doubt: &Doubt, german: bool) -> Vec<Attachment> {
    let suggestions: [&str; 3] = if german {
        ["Umsatz nach Quartal", "Umsatz nach Region", "Kunden und Abwanderung nach Monat"]
    } else {
        ["Revenue by quarter", "Revenue by region", "Customers and churn by month"]
    };
    let text = Body::Text(doubt.words(german));
    let suggestions = Body::Suggestions(suggestions.map(str::to_owned).to_vec());
    vec![attachment(workspace, text), attachment(workspace, suggestions)]
}

fn scripted(workspace: &Workspace, caller: &Principal, attached: Attached) -> Vec<Attachment> {
    match attached {
        Attached::Text(text) => vec![attachment(workspace, Body::Text(text))],
        Attached::Question(question) => {
            let (attachments, _) = answered(workspace, caller, &question, None, None);
            let queries = attachments.into_iter().filter(|found| matches!(found.body, Body::Query(_)));
            queries.collect()
        }
        Attached::Rows { title, description, query, columns, rows, truncated } => {
            let columns = columns.iter().map(|column| Column::new(&column.name, &column.kind)).collect();
            let source = Source::Invented(ResultSet { columns, rows, truncated });
            let sql = query.unwrap_or_else(|| "SELECT * FROM scripted".to_owned());
            let query = QueryAttachment::start(workspace, caller, title, description, sql, source);
            vec![attachment(workspace, Body::Query(Box::new(query)))]
        }
    }
}

//! Turns and stages in traces.

use serde_json::json;

use super::stop::Stop;
use super::turn::{Plan, TurnRow};
use super::types::{FeedbackRequest, Rating, Turn};
use crate::traces::{Feedback, Open, Traces, TurnTrace};

/// The span of a turn that has an outcome.
pub(super) fn whole(trace: &TurnTrace, turn: &TurnRow) -> Open {
    let mut span = trace.turn(turn.created_at.into());
    let session = turn.session.to_string();
    span.label("gen_ai.conversation.id", &session);
    // As MLflow groups traces.
    span.label("session.id", &session);
    if let Some(kind) = turn.kind {
        span.label("tellr.turn.kind", kind.as_str());
    }
    span.count("tellr.turn.calls", i64::from(turn.calls));
    span.count("tellr.turn.tokens", turn.tokens);
    span.text("gen_ai.input.messages", || said("user", &turn.message));
    span.text("gen_ai.output.messages", || {
        let reply = turn.plan.as_ref().map(|plan| match plan {
            Plan::Outline(outline) => outline.reply.as_str(),
            Plan::Changes(changes) => changes.reply.as_str(),
        });
        said("assistant", reply.unwrap_or_default())
    });
    span
}

fn said(role: &str, text: &str) -> String {
    json!([{ "role": role, "parts": [{ "type": "text", "content": text }] }]).to_string()
}

/// Ends the span of a stage. That of a stage that goes on in another attempt is ended by that one.
pub(super) fn stage(span: Open, stop: Option<&Stop>, is_patient: bool) {
    match stop {
        None => span.end(),
        Some(Stop::Failed { code, message, .. }) => span.fail(code, || message.clone()),
        Some(Stop::Wait(_, reason)) if !is_patient => span.fail("busy", || reason.clone()),
        Some(Stop::SignIn) if !is_patient => span.fail("sign_in", String::new),
        Some(Stop::Wait(..) | Stop::SignIn | Stop::Job(_)) => {}
    }
}

/// Notes that a turn was stopped: its attempt ends without a word, in whichever process it is.
pub(super) fn cancelled(traces: &Traces, turn: &Turn) {
    let trace = traces.of_turn(turn.id);
    trace.stage(turn.stage.as_str()).fail("cancelled", String::new);
    let mut span = trace.turn(turn.created_at.into());
    span.label("gen_ai.conversation.id", &turn.session_id.to_string());
    span.text("gen_ai.input.messages", || said("user", &turn.message));
    span.fail("cancelled", String::new);
}

/// Adds what a person says about a turn.
pub(super) fn rated(traces: &Traces, turn: uuid::Uuid, person: &str, feedback: &FeedbackRequest) {
    traces.feedback(Feedback {
        turn,
        is_good: matches!(feedback.rating, Rating::Up),
        comment: feedback.comment.clone().filter(|comment| !comment.trim().is_empty()),
        person: person.to_owned(),
    });
}

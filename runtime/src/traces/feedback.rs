//! What people say about answers, as MLflow's assessments.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// The name of the assessment.
const NAME: &str = "user_feedback";

/// What a person says about a turn.
#[derive(Clone, PartialEq, Eq)]
pub struct Feedback {
    /// The turn.
    pub turn: Uuid,
    /// Thumbs up.
    pub is_good: bool,
    /// In words.
    pub comment: Option<String>,
    /// Who says so.
    pub person: String,
}

impl Feedback {
    /// The same as traces may hold it: without words and without the person unless traces hold content.
    pub(super) fn allowed(self, has_content: bool) -> Self {
        if has_content { self } else { Self { comment: None, person: "user".to_owned(), ..self } }
    }

    /// The id of the turn's trace, as OpenTelemetry has it.
    pub(super) fn trace(&self) -> String {
        self.turn.simple().to_string()
    }

    /// The assessment of a trace with this id in MLflow.
    pub(super) fn assessment(&self, trace: &str) -> Value {
        let now = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
        let mut assessment = json!({
            "assessment_name": NAME, "trace_id": trace, "valid": true, "create_time": now, "last_update_time": now,
            "source": { "source_type": "HUMAN", "source_id": self.person },
            "feedback": { "value": self.is_good },
        });
        if let Some(comment) = &self.comment {
            assessment["rationale"] = comment.as_str().into();
        }
        assessment
    }
}

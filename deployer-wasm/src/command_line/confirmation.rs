//! What an operation loses, and the questions about it.
//!
//! A delete or a reset first shows what will be lost, and continues after the user has typed the app's
//! name. If data would be lost without a restore point, the schema's name is required as well.

use serde::Serialize;

use crate::operations::{Change, Plan};

/// Whether an operation loses something, so that it has to be confirmed.
#[must_use]
pub fn loses(change: &Change) -> bool {
    match change {
        Change::Create(_) | Change::Rollback(_) => false,
        Change::Update(config) => config.reset_database,
        Change::Delete(_) | Change::Restore(_) => true,
    }
}

/// A question, and the name that confirms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// The question, without a space at its end.
    pub words: String,
    /// What has to be typed.
    pub name: String,
}

/// The questions of an operation, from its plan, in their order. What is lost is shown before
/// ([`super::report::before_run`]).
#[must_use]
pub fn questions(plan: &Plan) -> Vec<Question> {
    let app = &plan.app_name;
    let mut questions =
        vec![Question { words: format!("\nType the app's name, {app}, to continue:"), name: app.clone() }];
    if let (2.., Some(schema)) = (plan.confirmations, &plan.schema_name) {
        questions.push(Question {
            words: format!(
                "There is no restore point. Type the schema's name, {schema}, to delete its data permanently:"
            ),
            name: schema.clone(),
        });
    }
    questions
}

//! Asking before something is lost.
//!
//! A delete and a reset are shown first, with what they lose, and go on when the app's name was typed. Where data
//! is lost without a way back, the schema's name is asked for as well. A script says `--yes`; a process without a
//! terminal and without `--yes` is refused before anything has happened.

use std::io::{IsTerminal as _, Write as _};

use deployer::engine::Cancellation;
use deployer::error::{DeployError, Failure};
use deployer::host::Host;
use deployer::operations::{self, Change, Plan};

use super::report;

/// Whether an operation loses something, so that it is to be confirmed.
fn loses(change: &Change) -> bool {
    match change {
        Change::Create(_) => false,
        Change::Update(config) => config.reset_database,
        Change::Delete(_) => true,
    }
}

/// Refuses what would have to be confirmed where nobody can be asked. Nothing has been sent by then.
///
/// # Errors
/// `NOT_CONFIRMED`.
pub(super) fn can_be_asked(change: &Change, yes: bool) -> Result<(), DeployError> {
    let is_interactive = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if yes || is_interactive || !loses(change) {
        return Ok(());
    }
    let (operation, app) = (change.operation().as_str().to_owned(), change.app_name().to_owned());
    Err(Failure::ConfirmationNeeded { operation, app }.into())
}

/// Shows what the operation loses and asks for the names.
///
/// # Errors
/// What the operation would refuse; `NOT_CONFIRMED` when another name was typed, or none.
pub(super) async fn confirm<H: Host>(
    host: &H,
    change: &Change,
    yes: bool,
    cancellation: &Cancellation,
) -> Result<(), DeployError> {
    if yes || !loses(change) {
        return Ok(());
    }
    let plan = Box::pin(operations::plan(host, change, cancellation)).await?;
    // Not on standard output, which may go elsewhere.
    eprint!("{}", report::losses(&plan));
    for question in questions(&plan) {
        eprint!("{} ", question.words);
        let _ = std::io::stderr().flush();
        // In a thread of its own, so that Ctrl-C is heard meanwhile.
        let answer = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).map(|_| line).unwrap_or_default()
        });
        let answer = tokio::select! {
            answer = answer => answer.unwrap_or_default(),
            () = cancellation.stopped() => {
                return Err(Failure::Cancelled { app: plan.app_name, stands: Vec::new() }.into());
            }
        };
        if answer.trim() != question.name {
            return Err(Failure::NotConfirmed { app: plan.app_name }.into());
        }
    }
    Ok(())
}

struct Question {
    words: String,
    name: String,
}

fn questions(plan: &Plan) -> Vec<Question> {
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

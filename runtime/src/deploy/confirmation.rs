//! Confirmation before data is deleted.
//!
//! A delete or a reset first shows what will be lost, and continues after the user has typed the names that
//! [`deployer::command_line::confirmation`] asks for. Scripts use `--yes`; a process without a terminal and without `--yes` is refused before anything has happened.

use std::io::{IsTerminal as _, Write as _};

use deployer::command_line::confirmation::{loses, questions};
use deployer::command_line::report;
use deployer::engine::Cancellation;
use deployer::error::{DeployError, Failure};
use deployer::operations::{Change, Plan};

/// Refuses an operation that needs confirmation if there is no terminal to ask on. No request has been sent
/// by then.
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

/// Whether the operation has to be confirmed.
pub(super) fn is_asked(change: &Change, yes: bool) -> bool {
    !yes && loses(change)
}

/// Shows what the operation loses and changes, and asks for the names.
///
/// # Errors
/// `NOT_CONFIRMED` if another name was typed, or none.
pub(super) async fn confirm(plan: &Plan, cancellation: &Cancellation) -> Result<(), DeployError> {
    // Not on standard output, which may be redirected.
    eprint!("{}", report::before_run(plan));
    for question in questions(plan) {
        eprint!("{} ", question.words);
        let _ = std::io::stderr().flush();
        // In a separate thread, so that Ctrl-C is handled meanwhile.
        let answer = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).map(|_| line).unwrap_or_default()
        });
        let answer = tokio::select! {
            answer = answer => answer.unwrap_or_default(),
            () = cancellation.stopped() => {
                return Err(Failure::Cancelled { app: plan.app_name.clone(), stands: Vec::new() }.into());
            }
        };
        let answer = answer.trim();
        if answer != question.name {
            if answer.is_empty() {
                // Ctrl-D leaves the cursor behind the question.
                eprintln!();
            }
            return Err(Failure::NotConfirmed { name: question.name, is_typed: !answer.is_empty() }.into());
        }
    }
    Ok(())
}

//! An error as text, and the errors that only a command line has.

use std::fmt::Write as _;

use super::text::{BOLD, RED, paint, printable};
use crate::error::{DeployError, ErrorClass, ErrorDetails};

/// The platform's explanation is limited to a line or two; the log has more.
const MOST_CAUSE_LINES: usize = 8;

/// The last lines of a failed run of `program`.
#[must_use]
pub fn failure(error: &DeployError, program: &str, colour: bool) -> String {
    let mut text =
        format!("\n{} {}\n", paint("Error:", RED, colour), paint(&printable(&error.message), BOLD, colour));
    // A cause that is a log is printed like the log below.
    let shown = if error.log.is_empty() { MOST_CAUSE_LINES } else { 1 };
    let mut causes = error.cause.lines().take(shown).map(printable);
    let _ = writeln!(text, "  Why:      {}", causes.next().unwrap_or_default());
    for line in causes {
        let _ = writeln!(text, "            {line}");
    }
    let _ = writeln!(text, "  What now: {}", printable(&error.remedy));
    let _ = writeln!(text, "  More:     {}  [{}]", page(&error.docs, program), error.code);
    if !error.log.is_empty() {
        let _ = writeln!(text, "  Last lines of the log:");
        for line in &error.log {
            let _ = writeln!(text, "  | {}", printable(line));
        }
    }
    text
}

/// The documentation link. Files of the project don't exist on the user's machine; the help does.
fn page(docs: &str, program: &str) -> String {
    if docs.starts_with("https://") { docs.to_owned() } else { format!("{program} --help") }
}

/// The result couldn't be written: a script must not take an empty file for a result.
#[must_use]
pub fn output_lost(problem: &str, program: &str) -> DeployError {
    ErrorDetails {
        code: "OUTPUT_LOST".to_owned(),
        class: ErrorClass::Deployment,
        message: "The result couldn't be written to standard output".to_owned(),
        cause: problem.to_owned(),
        remedy: format!(
            "Free space, or write it elsewhere. The operation itself has finished; `{program} status` shows the state"
        ),
        docs: "README.md#configuration".to_owned(),
        reason: None,
        step: None,
        log: Vec::new(),
        refused: None,
    }
    .into()
}

/// The exit code of success.
pub const SUCCESS: u8 = 0;

/// The exit code of a failure; of `doctor`, if something would stop a deployment.
pub const FAILURE: u8 = 1;

/// The exit code of a run that ended with this error: 2 if it was refused before anything was changed, 130 if
/// it was cancelled, else 1.
#[must_use]
pub fn exit_code(error: &DeployError) -> u8 {
    match error.class {
        ErrorClass::Input => 2,
        ErrorClass::Deployment if error.is("CANCELLED") => 130,
        ErrorClass::Deployment => FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Failure;

    #[test]
    fn an_error_says_why_and_what_now() {
        let error: DeployError = Failure::AppNotFound { app: "tellr".into() }.into();
        let text = failure(&error, "tellr", false);
        assert!(
            text.contains("There is no app `tellr`") && text.contains("Why:") && text.contains("What now:"),
            "{text}"
        );
    }
}

//! Prints the event stream, as text or as JSON.
//!
//! The texts are those of [`deployer::command_line`], which the Python package's command prints as well.

use std::io::{self, IsTerminal as _, Write as _};

use deployer::command_line::failure;
use deployer::command_line::program::NATIVE;
use deployer::error::DeployError;

pub use deployer::command_line::style::Style;

/// The style for standard output.
pub fn style_of_stdout(json: bool) -> Style {
    if json { Style::Json } else { Style::Lines { colour: is_coloured(io::stdout().is_terminal()) } }
}

/// The style for standard error.
pub fn style_of_stderr() -> Style {
    Style::Lines { colour: is_coloured(io::stderr().is_terminal()) }
}

/// Writes events to standard output immediately. Errors are ignored: the run continues, and the result is written
/// by [`print_result`].
pub fn print(text: &str) {
    let _ = print_result(text);
}

/// Writes to standard output immediately.
///
/// # Errors
/// If the text is lost, as on a full disk. A reader that has closed its end, such as a pager, has seen what it
/// wanted.
pub fn print_result(text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// The error for a result that was lost.
pub(super) fn output_lost(error: &io::Error) -> DeployError {
    failure::output_lost(&error.to_string(), NATIVE)
}

fn is_coloured(is_terminal: bool) -> bool {
    is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes to standard error immediately.
pub fn print_error(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

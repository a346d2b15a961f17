//! `tellr-app deploy completions`: completions of the program's words for a shell.

use clap::Command;
use clap_complete::{Shell, generate};

/// Writes them to standard output, for the whole program `command`.
pub fn print(shell: Shell, mut command: Command) {
    let mut text = Vec::new();
    generate(shell, &mut command, "tellr-app", &mut text);
    super::printer::print(&String::from_utf8_lossy(&text));
}

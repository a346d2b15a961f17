//! `tellr-app deploy completions`: completions of the program's words for a shell.

use std::process::ExitCode;

use clap::{Command, ValueEnum};
use clap_complete::Generator;
use clap_complete::shells::{Bash, Fish, PowerShell, Zsh};

use super::printer::print_result;

/// A shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash
    Bash,
    /// Zsh
    Zsh,
    /// Fish
    Fish,
    /// `PowerShell`
    #[value(name = "powershell")]
    PowerShell,
}

/// Prints the completions of the whole program `command`.
pub fn print(shell: Shell, mut command: Command) -> ExitCode {
    command.set_bin_name("tellr-app");
    command.build();
    let generator: &dyn Generator = match shell {
        Shell::Bash => &Bash,
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
        Shell::PowerShell => &PowerShell,
    };
    let mut text = Vec::new();
    // Writing into memory can't fail.
    let _ = generator.try_generate(&command, &mut text);
    let mut text = String::from_utf8_lossy(&text).into_owned();
    if matches!(shell, Shell::Bash) {
        // The library's script reads the hyphen of the program's name as the sign of a subcommand in one of two places,
        // and so finds no words below the first.
        text = text.replace("tellr__subcmd__app__", "tellr__app__");
    }
    match print_result(&text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The completions can't be written: {error}");
            ExitCode::FAILURE
        }
    }
}

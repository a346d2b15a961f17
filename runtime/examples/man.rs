//! Writes the manual pages of `tellr-app deploy` and its operations: `man FOLDER`.
//!
//! They are made when packages are made, so that the program carries neither them nor what makes them.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Command, Subcommand as _};
use tellr_app::deploy::operation::Operation;
use tellr_app::deploy::wording;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: man FOLDER");
        return ExitCode::from(2);
    };
    let deploy = Operation::augment_subcommands(Command::new("tellr-app-deploy"))
        .bin_name("tellr-app deploy")
        .display_name("tellr-app-deploy")
        .about("Create, update, delete or inspect a Tellr app in a Databricks workspace")
        .version(tellr_app::VERSION)
        // A manual page has no subcommand of its own.
        .disable_help_subcommand(true);
    let deploy = wording::with_examples(deploy, "tellr-app deploy");
    match std::fs::create_dir_all(&folder).and_then(|()| clap_mangen::generate_to(deploy, &folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} can't be written: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

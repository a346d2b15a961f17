//! `tellr-app deploy export bundle`: the same app as a Databricks asset bundle.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use deployer::config::{CreateConfig, resolve};
use deployer::error::DeployError;
use deployer::operations::Bundle;
use serde_json::{Value, json};

use super::flags::{Connection, Program};
use super::init::{exists, failed, write_new};
use super::setting_flags::{Create, SettingFlags};

/// What can be exported.
#[derive(Debug, Subcommand)]
pub enum Export {
    /// Write the app as a Databricks asset bundle: `databricks.yml` and the app's files
    Bundle(Box<BundleFlags>),
}

/// The flags of `export bundle`.
#[derive(Debug, Args)]
pub struct BundleFlags {
    #[command(flatten)]
    connection: Connection,
    /// The folder to write; it is created, and none of its files is replaced
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    #[command(flatten)]
    settings: SettingFlags<Create>,
    #[command(flatten)]
    program: Program,
}

impl Export {
    /// The flags for the connection.
    pub(super) fn connection(&self) -> &Connection {
        let Self::Bundle(flags) = self;
        &flags.connection
    }

    /// Whether the settings come from a file.
    pub(super) fn is_from_file(&self) -> bool {
        let Self::Bundle(flags) = self;
        flags.settings.is_from_file()
    }

    /// Checks the settings, and that the folder has no bundle yet.
    pub(super) fn read(self) -> Result<(Connection, CreateConfig, PathBuf), DeployError> {
        let Self::Bundle(flags) = self;
        let BundleFlags { connection, output, mut settings, program } = *flags;
        let main = output.join("databricks.yml");
        if main.exists() {
            return Err(exists(&main));
        }
        program.pack_into(&mut settings)?;
        Ok((connection, settings.resolve(resolve::create)?, output))
    }
}

/// Writes the files below `folder`, if none of them exists.
///
/// # Errors
/// `FILE_NOT_WRITTEN`.
pub(super) fn write(folder: &Path, bundle: &Bundle) -> Result<(), DeployError> {
    let paths: Vec<PathBuf> = bundle.files.iter().map(|file| folder.join(&file.name)).collect();
    if let Some(there) = paths.iter().find(|path| path.exists()) {
        return Err(exists(there));
    }
    for (path, file) in paths.iter().zip(&bundle.files) {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| {
                let message = format!("The folder `{}` can't be created", parent.display());
                failed(&message, &error.to_string(), "Choose another place with `--output`")
            })?;
        }
        write_new(path, &file.content)?;
    }
    Ok(())
}

/// What was written, as JSON.
pub(super) fn result(folder: &Path, bundle: &Bundle) -> Value {
    let files: Vec<&str> = bundle.files.iter().map(|file| file.name.as_str()).collect();
    json!({
        "app_name": bundle.app_name,
        "folder": folder.display().to_string(),
        "files": files,
        "needed": bundle.needed,
        "not_done": bundle.not_done,
    })
}

/// What was written, what has to be done before, and what a bundle doesn't do.
pub(super) fn told(folder: &Path, bundle: &Bundle) -> String {
    let files: Vec<&str> = bundle.files.iter().map(|file| file.name.as_str()).collect();
    format!(
        "Wrote the bundle of the app `{}` to `{}`\n  {}\n\nBefore it is deployed\n  {}\n\nWhat a bundle doesn't do, and \
         `tellr-app deploy create` does\n  {}",
        bundle.app_name,
        folder.display(),
        files.join("\n  "),
        bundle.needed.join("\n  "),
        bundle.not_done.join("\n  ")
    )
}

//! `tellr-app deploy export bundle`: the same app as a Databricks asset bundle.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use deployer::config::{CreateConfig, resolve};
use deployer::error::DeployError;
use deployer::operations::Bundle;

use super::flags::Connection;
use super::init::failed;
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
}

impl Export {
    pub(super) fn connection(&self) -> &Connection {
        let Self::Bundle(flags) = self;
        &flags.connection
    }

    /// Whether the settings come from a file.
    pub(super) fn is_from_file(&self) -> bool {
        let Self::Bundle(flags) = self;
        flags.settings.is_from_file()
    }

    /// Checks the settings, and that the folder can be written.
    pub(super) fn read(self) -> Result<(Connection, CreateConfig, PathBuf), DeployError> {
        let Self::Bundle(flags) = self;
        let BundleFlags { connection, output, settings } = *flags;
        Ok((connection, settings.resolve(resolve::create)?, output))
    }
}

/// Writes the files below `folder`, if none of them exists.
pub(super) fn write(folder: &Path, bundle: &Bundle) -> Result<(), DeployError> {
    let paths: Vec<PathBuf> = bundle.files.iter().map(|file| folder.join(&file.name)).collect();
    if let Some(there) = paths.iter().find(|path| path.exists()) {
        let message = format!("`{}` exists", there.display());
        return Err(failed(&message, "An export replaces no file", "Choose another folder with `--output`"));
    }
    for (path, file) in paths.iter().zip(&bundle.files) {
        let created = path.parent().map_or(Ok(()), fs::create_dir_all);
        created.and_then(|()| fs::write(path, &file.content)).map_err(|error| {
            let message = format!("`{}` can't be written", path.display());
            failed(&message, &error.to_string(), "Choose another folder with `--output`")
        })?;
    }
    Ok(())
}

/// What was written, and what a bundle doesn't do.
pub(super) fn told(folder: &Path, bundle: &Bundle) -> String {
    let files: Vec<String> = bundle.files.iter().map(|file| format!("  {}", file.name)).collect();
    let sentences = |title: &str, sentences: &[String]| match sentences {
        [] => String::new(),
        all => format!("\n\n{title}\n  {}", all.join("\n  ")),
    };
    format!(
        "Wrote the bundle of the app `{}` to `{}`\n{}{}{}",
        bundle.app_name,
        folder.display(),
        files.join("\n"),
        sentences("What has to exist", &bundle.missing),
        sentences("What a bundle doesn't do, and `tellr-app deploy create` does", &bundle.not_done)
    )
}

//! The flags of `tellr-app deploy`, and their checked values.
//!
//! The flags of settings are in [`super::setting_flags`]; here are those for connecting, printing and
//! confirming, and which flags each operation has.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use deployer::command_line::flags::unnamed_delete;
use deployer::command_line::saved;
use deployer::config::{DoctorConfig, StatusConfig, resolve};
use deployer::error::DeployError;
use deployer::operations::{Change, Operation, SAVED_LIMIT_BYTES, SavedPlan};

use super::own_wheel;
use super::setting_flags::{Create, Delete, Given, Restore, Rollback, SettingFlags, Status, Update};
use crate::files::read_bounded;

/// The operations that change something.
#[derive(Debug, Subcommand)]
pub enum ChangeFlags {
    /// Create the app, its database and its key; run it again to resume
    Create(Box<CreateFlags>),
    /// Change the version or the settings of an app, or empty its database
    Update(Box<UpdateFlags>),
    /// Delete the app; keep the database and the key
    Delete(Box<DeleteFlags>),
    /// Deploy an earlier release again: its files, version and settings, not its data
    Rollback(Box<RollbackFlags>),
    /// Give the app the data of a restore point; its present data is kept in a branch
    Restore(Box<RestoreFlags>),
}

/// The flags of `plan`.
#[derive(Debug, Args)]
pub struct PlanFlags {
    #[command(subcommand)]
    pub(super) change: ChangeFlags,
    /// Write the plan to this file, for `--plan` of the operation
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) out: Option<PathBuf>,
}

/// A plan that was saved before.
#[derive(Debug, Args)]
pub struct Saved {
    /// Do what this saved plan says, with its settings; refused if anything has changed since. A wheel and a key
    /// are not in the file and have to be given again
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    plan: Option<PathBuf>,
}

impl Saved {
    /// Reads the file, and takes its settings.
    fn take(&self, operation: Operation, settings: &mut Given) -> Result<Option<SavedPlan>, DeployError> {
        let Some(path) = &self.plan else { return Ok(None) };
        let file = path.display().to_string();
        let bytes = read_bounded(path, SAVED_LIMIT_BYTES)
            .map_err(|error| saved::refused(&file, format!("a file that can be read ({error})")))?;
        settings.take_recorded(operation, &file, &bytes).map(Some)
    }
}

/// How to connect to the workspace and how to print.
#[derive(Debug, Args)]
pub struct Connection {
    /// The workspace's address (default: `DATABRICKS_HOST`, then the profile's)
    #[arg(long)]
    pub(super) host: Option<String>,
    /// A profile of ~/.databrickscfg (default: the environment's credential, then `DEFAULT`). There is no flag
    /// for a token: other users of this machine could read it
    #[arg(long)]
    pub(super) profile: Option<String>,
    /// Sign in with the browser instead; the credential is kept in memory, for this run only
    #[arg(long)]
    pub(super) sign_in: bool,
    /// Print events and the result as JSON lines
    #[arg(long)]
    pub(super) json: bool,
}

/// Whether data loss is already confirmed.
#[derive(Debug, Args)]
pub struct Confirmation {
    /// Don't ask for confirmation before data is deleted. Required where there is no terminal
    #[arg(long, short)]
    yes: bool,
}

/// Which program is deployed.
#[derive(Debug, Args)]
pub struct Program {
    /// Deploy the running program: it packs itself as the app's wheel
    #[arg(long = "self", conflicts_with_all = ["local_wheel", "app_version", "use_test_pypi", "app_package"])]
    own_program: bool,
}

impl Program {
    /// Adds the wheel to the settings, if the flag is given.
    pub(super) fn pack_into(&self, settings: &mut Given) -> Result<(), DeployError> {
        if self.own_program {
            let (file_name, content) = own_wheel::pack()?;
            settings.set_wheel(&file_name, &content);
        }
        Ok(())
    }
}

/// The flags of `create`.
#[derive(Debug, Args)]
pub struct CreateFlags {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    settings: SettingFlags<Create>,
    #[command(flatten)]
    program: Program,
    #[command(flatten)]
    saved: Saved,
}

/// The flags of `update`.
#[derive(Debug, Args)]
pub struct UpdateFlags {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    settings: SettingFlags<Update>,
    #[command(flatten)]
    program: Program,
    #[command(flatten)]
    confirmation: Confirmation,
    #[command(flatten)]
    saved: Saved,
}

/// The flags of `delete`.
#[derive(Debug, Args)]
pub struct DeleteFlags {
    #[command(flatten)]
    connection: Connection,
    /// The app; the same as `--app-name`
    #[arg(value_name = "APP", conflicts_with = "app_name")]
    name: Option<String>,
    #[command(flatten)]
    settings: SettingFlags<Delete>,
    #[command(flatten)]
    confirmation: Confirmation,
    #[command(flatten)]
    saved: Saved,
}

/// The flags of `rollback`.
#[derive(Debug, Args)]
pub struct RollbackFlags {
    #[command(flatten)]
    connection: Connection,
    /// The app; the same as `--app-name`
    #[arg(value_name = "APP", conflicts_with = "app_name")]
    name: Option<String>,
    #[command(flatten)]
    settings: SettingFlags<Rollback>,
    #[command(flatten)]
    saved: Saved,
}

/// The flags of `restore`.
#[derive(Debug, Args)]
pub struct RestoreFlags {
    #[command(flatten)]
    connection: Connection,
    /// The app; the same as `--app-name`
    #[arg(value_name = "APP", conflicts_with = "app_name")]
    name: Option<String>,
    #[command(flatten)]
    settings: SettingFlags<Restore>,
    #[command(flatten)]
    confirmation: Confirmation,
    #[command(flatten)]
    saved: Saved,
}

/// The flags of `status` and `history`.
#[derive(Debug, Args)]
pub struct StatusFlags {
    #[command(flatten)]
    connection: Connection,
    /// The app; the same as `--app-name`
    #[arg(value_name = "APP", conflicts_with = "app_name")]
    name: Option<String>,
    #[command(flatten)]
    settings: SettingFlags<Status>,
}

/// The flags of `list`.
#[derive(Debug, Args)]
pub struct ListFlags {
    #[command(flatten)]
    pub(super) connection: Connection,
}

/// The flags of `doctor`: the settings of `create`.
#[derive(Debug, Args)]
pub struct DoctorFlags {
    #[command(flatten)]
    connection: Connection,
    /// The app; the same as `--app-name`
    #[arg(value_name = "APP", conflicts_with = "app_name")]
    name: Option<String>,
    #[command(flatten)]
    settings: SettingFlags<Create>,
    #[command(flatten)]
    program: Program,
}

impl DoctorFlags {
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether a configuration file is given.
    pub(super) fn is_from_file(&self) -> bool {
        self.settings.is_from_file()
    }

    /// Checks what would be deployed, and in which workspace.
    pub(super) fn read(self) -> Result<(Connection, DoctorConfig), DeployError> {
        let Self { connection, name, mut settings, program } = self;
        settings.set_app_name(name);
        program.pack_into(&mut settings)?;
        Ok((connection, settings.resolve(DoctorConfig::read)?))
    }
}

impl ChangeFlags {
    pub(super) fn connection(&self) -> &Connection {
        match self {
            Self::Create(flags) => &flags.connection,
            Self::Update(flags) => &flags.connection,
            Self::Delete(flags) => &flags.connection,
            Self::Rollback(flags) => &flags.connection,
            Self::Restore(flags) => &flags.connection,
        }
    }

    /// Whether data loss is already confirmed.
    pub(super) fn is_confirmed(&self) -> bool {
        match self {
            Self::Create(_) | Self::Rollback(_) => true,
            Self::Restore(flags) => flags.confirmation.yes,
            Self::Update(flags) => flags.confirmation.yes,
            Self::Delete(flags) => flags.confirmation.yes,
        }
    }

    /// Whether a configuration file is given.
    pub(super) fn is_from_file(&self) -> bool {
        match self {
            Self::Create(flags) => flags.settings.is_from_file(),
            Self::Update(flags) => flags.settings.is_from_file(),
            Self::Delete(flags) => flags.settings.is_from_file(),
            Self::Rollback(flags) => flags.settings.is_from_file(),
            Self::Restore(flags) => flags.settings.is_from_file(),
        }
    }

    /// Checks what is to be deployed, in which workspace, and the saved plan that it follows, if any.
    pub(super) fn read(self) -> Result<(Connection, Change, Option<SavedPlan>), DeployError> {
        match self {
            Self::Create(flags) => {
                let CreateFlags { connection, mut settings, program, saved } = *flags;
                let saved = saved.take(Operation::Create, &mut settings)?;
                program.pack_into(&mut settings)?;
                Ok((connection, Change::Create(Box::new(settings.resolve(resolve::create)?)), saved))
            }
            Self::Update(flags) => {
                let UpdateFlags { connection, mut settings, program, saved, .. } = *flags;
                let saved = saved.take(Operation::Update, &mut settings)?;
                program.pack_into(&mut settings)?;
                Ok((connection, Change::Update(Box::new(settings.resolve(resolve::update)?)), saved))
            }
            Self::Delete(flags) => {
                let DeleteFlags { connection, name, mut settings, saved, .. } = *flags;
                settings.set_app_name(name);
                let saved = saved.take(Operation::Delete, &mut settings)?;
                if !settings.may_name_app() {
                    return Err(unnamed_delete());
                }
                Ok((connection, Change::Delete(Box::new(settings.resolve(resolve::delete)?)), saved))
            }
            Self::Rollback(flags) => {
                let RollbackFlags { connection, name, mut settings, saved } = *flags;
                settings.set_app_name(name);
                let saved = saved.take(Operation::Rollback, &mut settings)?;
                Ok((connection, Change::Rollback(Box::new(settings.resolve(resolve::rollback)?)), saved))
            }
            Self::Restore(flags) => {
                let RestoreFlags { connection, name, mut settings, saved, .. } = *flags;
                settings.set_app_name(name);
                let saved = saved.take(Operation::Restore, &mut settings)?;
                Ok((connection, Change::Restore(Box::new(settings.resolve(resolve::restore)?)), saved))
            }
        }
    }
}

impl StatusFlags {
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether a configuration file is given.
    pub(super) fn is_from_file(&self) -> bool {
        self.settings.is_from_file()
    }

    /// Checks the arguments of `status`.
    pub(super) fn read(self) -> Result<(Connection, StatusConfig), DeployError> {
        let Self { connection, name, mut settings } = self;
        settings.set_app_name(name);
        Ok((connection, settings.resolve(resolve::status)?))
    }
}

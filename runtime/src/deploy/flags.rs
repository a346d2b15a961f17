//! The flags of `tellr-app deploy`, and their checked values.
//!
//! The flags of settings are in [`super::setting_flags`]; here are those for connecting, printing and
//! confirming, and which flags each operation has.

use clap::{Args, Subcommand};
use deployer::config::{StatusConfig, resolve};
use deployer::error::{DeployError, Failure};
use deployer::operations::Change;

use super::own_wheel;
use super::setting_flags::{Create, Delete, Operation, SettingFlags, Status, Update};

/// The operations that change something.
#[derive(Debug, Subcommand)]
pub enum ChangeFlags {
    /// Create the app, its database and its key; run it again to resume
    Create(Box<CreateFlags>),
    /// Change the version or the settings of an app, or empty its database
    Update(Box<UpdateFlags>),
    /// Delete the app; keep the database and the key
    Delete(Box<DeleteFlags>),
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
    fn pack_into<O: Operation>(&self, settings: &mut SettingFlags<O>) -> Result<(), DeployError> {
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
}

/// The flags of `status`.
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

impl ChangeFlags {
    pub(super) fn connection(&self) -> &Connection {
        match self {
            Self::Create(flags) => &flags.connection,
            Self::Update(flags) => &flags.connection,
            Self::Delete(flags) => &flags.connection,
        }
    }

    /// Whether data loss is already confirmed.
    pub(super) fn is_confirmed(&self) -> bool {
        match self {
            Self::Create(_) => true,
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
        }
    }

    /// Checks what is to be deployed, and in which workspace.
    pub(super) fn read(self) -> Result<(Connection, Change), DeployError> {
        match self {
            Self::Create(flags) => {
                let CreateFlags { connection, mut settings, program } = *flags;
                program.pack_into(&mut settings)?;
                Ok((connection, Change::Create(Box::new(settings.resolve(resolve::create)?))))
            }
            Self::Update(flags) => {
                let UpdateFlags { connection, mut settings, program, .. } = *flags;
                program.pack_into(&mut settings)?;
                Ok((connection, Change::Update(Box::new(settings.resolve(resolve::update)?))))
            }
            Self::Delete(flags) => {
                let DeleteFlags { connection, name, mut settings, .. } = *flags;
                settings.set_app_name(name);
                if !settings.may_name_app() {
                    let why = "Name the app to delete, such as `tellr-app deploy delete tellr`".to_owned();
                    return Err(Failure::MissingValue { keys: vec!["app_name".to_owned()], why }.into());
                }
                Ok((connection, Change::Delete(Box::new(settings.resolve(resolve::delete)?))))
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

//! The flags of `tellr-app deploy`, and what they say once it is checked.
//!
//! Flags are named as the functions' parameters are.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use deployer::config::{
    CreateArguments, DeleteArguments, StatusArguments, StatusConfig, UpdateArguments, WheelArgument,
};
use deployer::error::{DeployError, Failure};
use deployer::operations::Change;

/// The operations that change something.
#[derive(Debug, Subcommand)]
pub enum ChangeFlags {
    /// From nothing to a running app; run again, it goes on where it stopped
    Create(Box<CreateFlags>),
    /// Another version, other settings, or an empty database; key and data stay
    Update(Box<UpdateFlags>),
    /// Delete the app; the database and the key stay
    Delete(Box<DeleteFlags>),
}

/// How to reach the workspace and how to print.
#[derive(Debug, Args)]
pub struct Connection {
    /// The workspace's address; else `DATABRICKS_HOST`, else the profile's
    #[arg(long)]
    pub(super) host: Option<String>,
    /// A profile of ~/.databrickscfg; else the environment's credential, else `DEFAULT`.
    /// There is no flag for a token: others on the machine could read it
    #[arg(long)]
    pub(super) profile: Option<String>,
    /// Sign in in the browser instead; the credential lives in memory and ends with this run
    #[arg(long)]
    pub(super) sign_in: bool,
    /// Print events and the result as lines of JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// Whether what is lost is confirmed already.
#[derive(Debug, Args)]
pub struct Confirmation {
    /// Don't ask before something is lost. Without a terminal, nothing is lost without this
    #[arg(long, short)]
    yes: bool,
}

/// What is deployed where; all of it may stand in a file instead.
#[derive(Debug, Args)]
pub struct Target {
    /// A YAML file with all of this; excludes the flags that say what to deploy
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Which of the file's `environments`
    #[arg(long)]
    environment: Option<String>,
    /// The app [create: tellr]
    #[arg(long)]
    app_name: Option<String>,
    /// The Lakebase database [create: tellr-db]
    #[arg(long)]
    lakebase_name: Option<String>,
    /// The schema in it [create: `app_data`]
    #[arg(long)]
    schema_name: Option<String>,
    /// The workspace folder of the app's files [create: `.apps/` and the app in your home folder]
    #[arg(long, value_name = "PATH")]
    app_file_workspace_path: Option<String>,
}

/// Which app, and how it runs.
#[derive(Debug, Args)]
pub struct Release {
    /// MEDIUM, LARGE or XLARGE
    #[arg(long)]
    app_compute: Option<String>,
    /// The app's version, or `latest` [the deployer's own version]
    #[arg(long)]
    app_version: Option<String>,
    /// What the workspace shows beside the app's name
    #[arg(long)]
    description: Option<String>,
    /// tellr-app or databricks-tellr-app
    #[arg(long)]
    app_package: Option<String>,
    /// A wheel on this machine to deploy instead of a published version
    #[arg(long, value_name = "FILE")]
    local_wheel_path: Option<PathBuf>,
    /// Install the app from the test index
    #[arg(long)]
    use_test_pypi: bool,
    /// Also add the prompts and the style about the Databricks platform
    #[arg(long)]
    seed_databricks_defaults: bool,
    /// A further API scope of the app; may be given several times
    #[arg(long = "extra-scope", value_name = "SCOPE")]
    extra_scopes: Vec<String>,
    /// A file with the Fernet key; else `TELLR_ENCRYPTION_KEY`, else one is found or made
    #[arg(long, value_name = "FILE")]
    encryption_key_file: Option<PathBuf>,
    /// `secret_scope` or `app_yaml`
    #[arg(long)]
    encryption_key_storage: Option<String>,
}

/// The flags of `create`.
#[derive(Debug, Args)]
pub struct CreateFlags {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    release: Release,
    /// `CU_1`, `CU_2`, `CU_4` or `CU_8`, for a database that is created
    #[arg(long)]
    lakebase_compute: Option<String>,
}

/// The flags of `update`.
#[derive(Debug, Args)]
pub struct UpdateFlags {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    release: Release,
    /// Empty the schema: all sessions, decks and settings go. An autoscaling database gets a restore point first
    #[arg(long)]
    reset_database: bool,
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
    target: Target,
    /// Drop the schema as well. An autoscaling database gets a restore point first
    #[arg(long)]
    reset_database: bool,
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
    /// The YAML file that it was deployed with; excludes the names
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Which of the file's `environments`
    #[arg(long)]
    environment: Option<String>,
    /// The app [tellr]
    #[arg(long)]
    app_name: Option<String>,
    /// The workspace folder of the app's files [where it was deployed from]
    #[arg(long, value_name = "PATH")]
    app_file_workspace_path: Option<String>,
}

/// What `ENVIRONMENT` says.
fn environment() -> Option<String> {
    std::env::var("ENVIRONMENT").ok()
}

impl ChangeFlags {
    pub(super) fn connection(&self) -> &Connection {
        match self {
            Self::Create(flags) => &flags.connection,
            Self::Update(flags) => &flags.connection,
            Self::Delete(flags) => &flags.connection,
        }
    }

    /// Whether what is lost is confirmed already.
    pub(super) fn is_confirmed(&self) -> bool {
        match self {
            Self::Create(_) => true,
            Self::Update(flags) => flags.confirmation.yes,
            Self::Delete(flags) => flags.confirmation.yes,
        }
    }

    /// Whether a file says what to deploy.
    pub(super) fn is_from_file(&self) -> bool {
        match self {
            Self::Create(flags) => flags.target.config.is_some(),
            Self::Update(flags) => flags.target.config.is_some(),
            Self::Delete(flags) => flags.target.config.is_some(),
        }
    }

    /// Checks what is to be deployed, in which workspace.
    pub(super) fn read(self) -> Result<(Connection, Change), DeployError> {
        let environment = environment();
        let environment = environment.as_deref();
        match self {
            Self::Create(flags) => {
                let CreateFlags { connection, target, release, lakebase_compute } = *flags;
                let file = file(target.config.as_deref())?;
                let arguments = CreateArguments { lakebase_compute, ..create_arguments(target, release)? };
                let config = arguments.resolve(file.as_deref(), environment)?;
                Ok((connection, Change::Create(Box::new(config))))
            }
            Self::Update(flags) => {
                let UpdateFlags { connection, target, release, reset_database, .. } = *flags;
                let file = file(target.config.as_deref())?;
                let arguments = update_arguments(target, release, reset_database)?;
                let config = arguments.resolve(file.as_deref(), environment)?;
                Ok((connection, Change::Update(Box::new(config))))
            }
            Self::Delete(flags) => {
                let DeleteFlags { connection, name, target, reset_database, .. } = *flags;
                let file = file(target.config.as_deref())?;
                let arguments = DeleteArguments {
                    lakebase_name: target.lakebase_name,
                    schema_name: target.schema_name,
                    app_name: target.app_name.or(name),
                    app_file_workspace_path: target.app_file_workspace_path,
                    environment: target.environment,
                    reset_database: reset_database.then_some(true),
                };
                let config = arguments.resolve(file.as_deref(), environment)?;
                Ok((connection, Change::Delete(Box::new(config))))
            }
        }
    }
}

impl StatusFlags {
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether a file says what was deployed.
    pub(super) fn is_from_file(&self) -> bool {
        self.config.is_some()
    }

    /// Checks what is asked about.
    pub(super) fn read(self) -> Result<(Connection, StatusConfig), DeployError> {
        let file = file(self.config.as_deref())?;
        let arguments = StatusArguments {
            app_name: self.app_name.or(self.name),
            app_file_workspace_path: self.app_file_workspace_path,
            environment: self.environment,
        };
        Ok((self.connection, arguments.resolve(file.as_deref(), environment().as_deref())?))
    }
}

fn create_arguments(target: Target, release: Release) -> Result<CreateArguments, DeployError> {
    Ok(CreateArguments {
        encryption_key: release.encryption_key()?,
        local_wheel: release.local_wheel()?,
        lakebase_name: target.lakebase_name,
        schema_name: target.schema_name,
        app_name: target.app_name,
        app_file_workspace_path: target.app_file_workspace_path,
        lakebase_compute: None,
        app_compute: release.app_compute,
        app_version: release.app_version,
        description: release.description,
        use_test_pypi: release.use_test_pypi.then_some(true),
        encryption_key_storage: release.encryption_key_storage,
        app_package: release.app_package,
        seed_databricks_defaults: release.seed_databricks_defaults.then_some(true),
        extra_scopes: (!release.extra_scopes.is_empty()).then_some(release.extra_scopes),
        environment: target.environment,
    })
}

fn update_arguments(target: Target, release: Release, reset: bool) -> Result<UpdateArguments, DeployError> {
    let same = create_arguments(target, release)?;
    Ok(UpdateArguments {
        lakebase_name: same.lakebase_name,
        schema_name: same.schema_name,
        app_name: same.app_name,
        app_file_workspace_path: same.app_file_workspace_path,
        app_compute: same.app_compute,
        app_version: same.app_version,
        description: same.description,
        use_test_pypi: same.use_test_pypi,
        encryption_key_storage: same.encryption_key_storage,
        app_package: same.app_package,
        seed_databricks_defaults: same.seed_databricks_defaults,
        extra_scopes: same.extra_scopes,
        encryption_key: same.encryption_key,
        environment: same.environment,
        local_wheel: same.local_wheel,
        reset_database: reset.then_some(true),
    })
}

fn file(path: Option<&Path>) -> Result<Option<String>, DeployError> {
    let Some(path) = path else { return Ok(None) };
    let bytes = read("config", path)?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("config", path, "a YAML file in UTF-8"))?;
    Ok(Some(text))
}

impl Release {
    fn local_wheel(&self) -> Result<Option<WheelArgument>, DeployError> {
        let Some(path) = &self.local_wheel_path else { return Ok(None) };
        let content = STANDARD.encode(read("local_wheel_path", path)?);
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Some(WheelArgument { file_name, content }))
    }

    fn encryption_key(&self) -> Result<Option<deployer::config::SecretText>, DeployError> {
        let text = match &self.encryption_key_file {
            Some(path) => String::from_utf8(read("encryption_key_file", path)?)
                .map_err(|_| unreadable("encryption_key_file", path, "a file with a Fernet key"))?,
            None => match std::env::var("TELLR_ENCRYPTION_KEY") {
                Ok(text) if !text.trim().is_empty() => text,
                _ => return Ok(None),
            },
        };
        Ok(Some(text.trim().to_owned().into()))
    }
}

fn read(key: &str, path: &Path) -> Result<Vec<u8>, DeployError> {
    std::fs::read(path).map_err(|error| unreadable(key, path, &format!("a file that can be read ({error})")))
}

fn unreadable(key: &str, path: &Path, expected: &str) -> DeployError {
    Failure::InvalidValue {
        key: key.to_owned(),
        given: path.display().to_string(),
        expected: expected.to_owned(),
    }
    .into()
}

//! From arguments to configurations: defaults, exclusions, every value parsed.

use base64ct::{Base64, Encoding as _};
use serde_json::Value;

use super::arguments::Arguments;
use super::given::{Given, Source};
use super::name::{ApiScope, AppName, Description, LakebaseName, SchemaName};
use super::shape;
use super::text::invalid;
use super::version::VersionPin;
use super::{
    AppPackage, Capacity, ComputeSize, CreateArguments, DeleteArguments, FernetKey, KeyStorage, LocalWheel,
    PackageIndex, SecretText, Seeds, StatusArguments, UpdateArguments, WheelArgument, WorkspacePath,
    read_file,
};
use crate::error::{DeployError, Failure, Result};

/// What the app asks its users for: to query, to use Genie, to browse the catalog, to call models.
pub const API_SCOPES: [&str; 6] = [
    "sql",
    "dashboards.genie",
    "catalog.tables:read",
    "catalog.schemas:read",
    "catalog.catalogs:read",
    "serving.serving-endpoints",
];

/// What `create` works with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateConfig {
    /// The app.
    pub app_name: AppName,
    /// The folder for its files, if one was given; see [`CreateConfig::workspace_path_for`].
    pub workspace_path: Option<WorkspacePath>,
    /// The Lakebase database, which may exist already.
    pub lakebase_name: LakebaseName,
    /// The Postgres schema.
    pub schema_name: SchemaName,
    /// The size of a database that has to be created.
    pub lakebase_compute: Capacity,
    /// The size of the app's compute.
    pub app_compute: ComputeSize,
    /// What the workspace shows beside the app's name.
    pub description: Description,
    /// Which app.
    pub package: AppPackage,
    /// Which version; without meaning where there is a local wheel.
    pub version: VersionPin,
    /// A wheel to deploy instead of a published version.
    pub local_wheel: Option<LocalWheel>,
    /// Where the package comes from.
    pub index: PackageIndex,
    /// The key to use; one is made if there is none.
    pub encryption_key: Option<FernetKey>,
    /// Where the key is kept.
    pub key_storage: KeyStorage,
    /// API scopes beside [`API_SCOPES`].
    pub extra_scopes: Vec<ApiScope>,
    /// What the database is filled with at first.
    pub seeds: Seeds,
}

/// What `update` works with; what is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateConfig {
    /// The app.
    pub app_name: AppName,
    /// The folder of its files; where it was deployed from if left out.
    pub workspace_path: Option<WorkspacePath>,
    /// The Lakebase database.
    pub lakebase_name: LakebaseName,
    /// The Postgres schema.
    pub schema_name: SchemaName,
    /// The size of the app's compute.
    pub app_compute: Option<ComputeSize>,
    /// What the workspace shows beside the app's name.
    pub description: Option<Description>,
    /// Which app.
    pub package: AppPackage,
    /// Which version; without meaning where there is a local wheel.
    pub version: VersionPin,
    /// A wheel to deploy instead of a published version.
    pub local_wheel: Option<LocalWheel>,
    /// Where the package comes from.
    pub index: PackageIndex,
    /// The key, if one was given; otherwise the one in use is found and kept.
    pub encryption_key: Option<FernetKey>,
    /// Where the key is kept.
    pub key_storage: Option<KeyStorage>,
    /// API scopes beside [`API_SCOPES`].
    pub extra_scopes: Vec<ApiScope>,
    /// What the database is filled with at first.
    pub seeds: Option<Seeds>,
    /// Drop the schema and make it anew.
    pub reset_database: bool,
}

/// What `delete` works with; what is `None` is as deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteConfig {
    /// The app.
    pub app_name: AppName,
    /// The folder of its files.
    pub workspace_path: Option<WorkspacePath>,
    /// The Lakebase database.
    pub lakebase_name: Option<LakebaseName>,
    /// The Postgres schema.
    pub schema_name: Option<SchemaName>,
    /// Drop the schema.
    pub reset_database: bool,
}

/// What `status` looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusConfig {
    /// The app.
    pub app_name: AppName,
    /// The folder of its files; where it was deployed from if left out.
    pub workspace_path: Option<WorkspacePath>,
}

impl CreateConfig {
    /// The folder for the app's files: the one given, or `/Workspace/Users/<user>/.apps/<app>`.
    ///
    /// # Errors
    /// `INVALID_VALUE` if the user's name makes no folder; a path has to be given then.
    pub fn workspace_path_for(&self, user_name: &str) -> Result<WorkspacePath> {
        match &self.workspace_path {
            Some(path) => Ok(path.clone()),
            None => Ok(WorkspacePath::of_app(user_name, &self.app_name)?),
        }
    }
}

impl CreateArguments {
    /// Checks everything and fills in the defaults. `file` is the text of a configuration file;
    /// `environment` is the variable `ENVIRONMENT`, which the argument of that name overrides.
    ///
    /// # Errors
    /// Of the class `Input`, with the key and what would be right.
    pub fn resolve(self, file: Option<&str>, environment: Option<&str>) -> Result<CreateConfig> {
        Arguments::from(self).create(file, environment)
    }
}

impl UpdateArguments {
    /// Checks everything and fills in the defaults; see [`CreateArguments::resolve`]. A file may
    /// be the one that `create` used: the size of the database in it is checked and not changed.
    ///
    /// # Errors
    /// Of the class `Input`, with the key and what would be right.
    pub fn resolve(self, file: Option<&str>, environment: Option<&str>) -> Result<UpdateConfig> {
        Arguments::from(self).update(file, environment)
    }
}

impl DeleteArguments {
    /// Checks everything and fills in the defaults; see [`CreateArguments::resolve`]. A file may
    /// be the one that `create` used: all of it is checked, and the names in it are used.
    ///
    /// # Errors
    /// Of the class `Input`, with the key and what would be right.
    pub fn resolve(self, file: Option<&str>, environment: Option<&str>) -> Result<DeleteConfig> {
        Arguments::from(self).delete(file, environment)
    }
}

impl StatusArguments {
    /// Checks everything and fills in the defaults; see [`CreateArguments::resolve`]. Of a file,
    /// the two names in question are used.
    ///
    /// # Errors
    /// Of the class `Input`, with the key and what would be right.
    pub fn resolve(self, file: Option<&str>, environment: Option<&str>) -> Result<StatusConfig> {
        Arguments::from(self).status(file, environment)
    }
}

/// [`CreateArguments`] from JSON, resolved.
///
/// # Errors
/// Of the class `Input`, with the key and what would be right.
pub fn create(arguments: Value, file: Option<&str>, environment: Option<&str>) -> Result<CreateConfig> {
    Arguments::read(shape::CREATE, arguments)?.create(file, environment)
}

/// [`UpdateArguments`] from JSON, resolved.
///
/// # Errors
/// Of the class `Input`, with the key and what would be right.
pub fn update(arguments: Value, file: Option<&str>, environment: Option<&str>) -> Result<UpdateConfig> {
    Arguments::read(shape::UPDATE, arguments)?.update(file, environment)
}

/// [`DeleteArguments`] from JSON, resolved.
///
/// # Errors
/// Of the class `Input`, with the key and what would be right.
pub fn delete(arguments: Value, file: Option<&str>, environment: Option<&str>) -> Result<DeleteConfig> {
    Arguments::read(shape::DELETE, arguments)?.delete(file, environment)
}

/// [`StatusArguments`] from JSON, resolved.
///
/// # Errors
/// Of the class `Input`, with the key and what would be right.
pub fn status(arguments: Value, file: Option<&str>, environment: Option<&str>) -> Result<StatusConfig> {
    Arguments::read(shape::STATUS, arguments)?.status(file, environment)
}

impl Arguments {
    fn create(self, file: Option<&str>, environment: Option<&str>) -> Result<CreateConfig> {
        self.checked_create(file, environment).map_err(|error| in_file(file, error))
    }

    fn checked_create(self, file: Option<&str>, environment: Option<&str>) -> Result<CreateConfig> {
        let given = choose(self.given, file, self.environment.as_deref(), environment)?;
        let package = given.package()?;
        Ok(CreateConfig {
            app_name: given.app_name()?.unwrap_or_default(),
            workspace_path: given.workspace_path()?,
            lakebase_name: given.lakebase_name()?.unwrap_or_default(),
            schema_name: given.schema_name()?.unwrap_or_default(),
            lakebase_compute: given.lakebase_compute()?.unwrap_or(Capacity::Cu1),
            app_compute: given.app_compute()?.unwrap_or(ComputeSize::Medium),
            description: given.description()?.unwrap_or_default(),
            package,
            version: given.version(package)?,
            local_wheel: wheel(self.local_wheel, &given, package)?,
            index: given.use_test_pypi.unwrap_or(false).into(),
            encryption_key: encryption_key(self.encryption_key.as_ref())?,
            key_storage: given.key_storage()?.unwrap_or(KeyStorage::SecretScope),
            extra_scopes: given.extra_scopes()?,
            seeds: given.seed_databricks_defaults.unwrap_or(false).into(),
        })
    }

    fn update(self, file: Option<&str>, environment: Option<&str>) -> Result<UpdateConfig> {
        self.checked_update(file, environment).map_err(|error| in_file(file, error))
    }

    fn checked_update(self, file: Option<&str>, environment: Option<&str>) -> Result<UpdateConfig> {
        let given = choose(self.given, file, self.environment.as_deref(), environment)?;
        given.lakebase_compute()?;
        let package = given.package()?;
        Ok(UpdateConfig {
            app_name: given.needed("app_name", given.app_name()?)?,
            workspace_path: given.workspace_path()?,
            lakebase_name: given.needed("lakebase_name", given.lakebase_name()?)?,
            schema_name: given.needed("schema_name", given.schema_name()?)?,
            app_compute: given.app_compute()?,
            description: given.description()?,
            package,
            version: given.version(package)?,
            local_wheel: wheel(self.local_wheel, &given, package)?,
            index: given.use_test_pypi.unwrap_or(false).into(),
            encryption_key: encryption_key(self.encryption_key.as_ref())?,
            key_storage: given.key_storage()?,
            extra_scopes: given.extra_scopes()?,
            seeds: given.seed_databricks_defaults.map(Seeds::from),
            reset_database: self.reset_database.unwrap_or(false),
        })
    }

    fn delete(self, file: Option<&str>, environment: Option<&str>) -> Result<DeleteConfig> {
        self.checked_delete(file, environment).map_err(|error| in_file(file, error))
    }

    fn checked_delete(self, file: Option<&str>, environment: Option<&str>) -> Result<DeleteConfig> {
        let given = choose(self.given, file, self.environment.as_deref(), environment)?;
        given.lakebase_compute()?;
        given.app_compute()?;
        given.description()?;
        given.version(given.package()?)?;
        given.key_storage()?;
        given.extra_scopes()?;
        Ok(DeleteConfig {
            app_name: given.needed("app_name", given.app_name()?)?,
            workspace_path: given.workspace_path()?,
            lakebase_name: given.lakebase_name()?,
            schema_name: given.schema_name()?,
            reset_database: self.reset_database.unwrap_or(false),
        })
    }

    fn status(self, file: Option<&str>, environment: Option<&str>) -> Result<StatusConfig> {
        self.checked_status(file, environment).map_err(|error| in_file(file, error))
    }

    fn checked_status(self, file: Option<&str>, environment: Option<&str>) -> Result<StatusConfig> {
        let given = choose(self.given, file, self.environment.as_deref(), environment)?;
        Ok(StatusConfig {
            app_name: given.app_name()?.unwrap_or_default(),
            workspace_path: given.workspace_path()?,
        })
    }
}

/// An error about a file's value, with its line and column.
fn in_file(file: Option<&str>, error: DeployError) -> DeployError {
    match file {
        Some(text) => read_file::placed(text, error),
        None => error,
    }
}

/// The file's values or the direct ones; both would be a contradiction.
fn choose(
    direct: Given,
    file: Option<&str>,
    argument: Option<&str>,
    variable: Option<&str>,
) -> Result<Given> {
    let Some(file) = file else {
        return match argument {
            Some(name) => Err(invalid(
                "environment",
                name,
                "a name together with a configuration file, and nothing without one",
            )
            .into()),
            None => Ok(direct),
        };
    };
    let arguments = direct.names();
    if !arguments.is_empty() {
        return Err(Failure::ConfigConflict { arguments }.into());
    }
    read_file::read(file, argument, variable)
}

fn encryption_key(given: Option<&SecretText>) -> Result<Option<FernetKey>> {
    Ok(given.map(|text| FernetKey::parse("encryption_key", text.expose())).transpose()?)
}

/// The wheel takes the place of the version that a file names; two direct arguments that
/// contradict each other are refused.
fn wheel(argument: Option<WheelArgument>, given: &Given, package: AppPackage) -> Result<Option<LocalWheel>> {
    let Some(WheelArgument { file_name, content }) = argument else {
        return Ok(None);
    };
    if let (Some(version), Source::Arguments) = (&given.app_version, &given.source) {
        return Err(invalid(
            "app_version",
            version,
            "nothing beside `local_wheel_path`, as the wheel is a version already",
        )
        .into());
    }
    let content = Base64::decode_vec(&content).map_err(|_| {
        invalid("local_wheel_path", &file_name, "a file that arrives whole; its content is not base64")
    })?;
    Ok(Some(LocalWheel::new(&file_name, content, package)?))
}

//! Converts arguments to configurations: applies defaults, checks exclusions, parses every value.

use std::fmt;

use base64ct::{Base64, Encoding as _};
use serde_json::Value;

use super::Facts;
use super::arguments::{SecretText, WheelArgument};
use super::enums::{AppPackage, Capacity, ComputeSize, KeyStorage, OnFailure, PackageIndex};
use super::key::FernetKey;
use super::launch::Launch;
use super::name::{ApiScope, AppName, BranchId, Description, LakebaseName, SchemaName};
use super::path::WorkspacePath;
use super::read_file;
use super::record::RecordSettings;
use super::replay::{Recorded, Replay};
use super::services::Services;
use super::setting::{Kind, Setting, Taker};
use super::settings::{
    CreateArguments, DeleteArguments, RestoreArguments, RollbackArguments, SETTINGS, Settings, Source,
    StatusArguments, UpdateArguments,
};
use super::sharing::Sharing;
use super::tags::Tags;
use super::text::{invalid, refuse_unfilled};
use super::version::{PackageVersion, VersionPin};
use super::wheel::LocalWheel;
use crate::document::Node;
use crate::error::{DeployError, Failure, Result};

/// The API scopes that the app always requests: SQL, Genie, catalog browsing, model serving.
pub const API_SCOPES: [&str; 6] = [
    "sql",
    "dashboards.genie",
    "catalog.tables:read",
    "catalog.schemas:read",
    "catalog.catalogs:read",
    "serving.serving-endpoints",
];

/// The configuration of `create`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateConfig {
    /// The app.
    pub app_name: AppName,
    /// The folder for its files, if given; otherwise `/Workspace/Users/<user>/.apps/<app>`.
    pub workspace_path: Option<WorkspacePath>,
    /// The Lakebase database; it may already exist.
    pub lakebase_name: LakebaseName,
    /// The Postgres schema.
    pub schema_name: SchemaName,
    /// The size of the database if it has to be created.
    pub lakebase_compute: Capacity,
    /// The size of the app's compute.
    pub app_compute: ComputeSize,
    /// The description that the workspace shows beside the app's name.
    pub description: Description,
    /// Which app.
    pub package: AppPackage,
    /// Which version; ignored if there is a local wheel.
    pub version: VersionPin,
    /// A wheel to deploy instead of a published version.
    pub local_wheel: Option<LocalWheel>,
    /// The index that the package is installed from.
    pub index: PackageIndex,
    /// The key to use; if absent, one is created when needed.
    pub encryption_key: Option<FernetKey>,
    /// Where the key is stored.
    pub key_storage: KeyStorage,
    /// API scopes beside [`API_SCOPES`].
    pub extra_scopes: Vec<ApiScope>,
    /// The settings in `app.yaml` other than database and key.
    pub launch: Launch,
    /// What the assistant works with.
    pub services: Services,
    /// Who may use the app, in addition to those who may already.
    pub share_with: Sharing,
    /// Tags of the app, in addition to those that it has.
    pub tags: Tags,
    /// Further settings of the app's record.
    pub record: RecordSettings,
    /// What the saved plan saw, if the run follows one.
    pub planned: Option<Facts>,
    /// The settings that reproduce this configuration.
    pub(super) settings: Replay,
}

/// The configuration of `update`; settings that are `None` stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateConfig {
    /// The app.
    pub app_name: AppName,
    /// The folder of its files; if omitted, the folder it was deployed from.
    pub workspace_path: Option<WorkspacePath>,
    /// The Lakebase database.
    pub lakebase_name: LakebaseName,
    /// The Postgres schema.
    pub schema_name: SchemaName,
    /// The size of the app's compute.
    pub app_compute: Option<ComputeSize>,
    /// The description that the workspace shows beside the app's name.
    pub description: Option<Description>,
    /// Which app.
    pub package: AppPackage,
    /// Which version; ignored if there is a local wheel.
    pub version: VersionPin,
    /// Whether the version that is deployed stays, if one is: of the original app, with no version given.
    pub keeps_version: bool,
    /// A wheel to deploy instead of a published version.
    pub local_wheel: Option<LocalWheel>,
    /// The index that the package is installed from.
    pub index: PackageIndex,
    /// The key, if given; otherwise the key in use is found and kept.
    pub encryption_key: Option<FernetKey>,
    /// Where the key is stored.
    pub key_storage: Option<KeyStorage>,
    /// API scopes beside [`API_SCOPES`].
    pub extra_scopes: Vec<ApiScope>,
    /// The settings in `app.yaml` other than database and key.
    pub launch: Launch,
    /// What the assistant works with.
    pub services: Services,
    /// Who may use the app, in addition to those who may already.
    pub share_with: Sharing,
    /// Tags of the app, in addition to those that it has.
    pub tags: Tags,
    /// Further settings of the app's record.
    pub record: RecordSettings,
    /// Drop the schema and create it again.
    pub reset_database: bool,
    /// Take over an app that the original deployer created.
    pub adopt: bool,
    /// What happens if the app isn't healthy afterwards.
    pub on_failure: OnFailure,
    /// What the saved plan saw, if the run follows one.
    pub planned: Option<Facts>,
    /// The settings that reproduce this configuration.
    pub(super) settings: Replay,
}

/// The configuration of `delete`; settings that are `None` are taken from the deployed app.
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
    /// What the saved plan saw, if the run follows one.
    pub planned: Option<Facts>,
    /// The settings that reproduce this configuration.
    pub(super) settings: Replay,
}

/// The configuration of `status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusConfig {
    /// The app.
    pub app_name: AppName,
    /// The folder of its files; if omitted, the folder it was deployed from.
    pub workspace_path: Option<WorkspacePath>,
}

/// The configuration of `rollback`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollbackConfig {
    /// The app.
    pub app_name: AppName,
    /// The folder of its files; if omitted, the folder it was deployed from.
    pub workspace_path: Option<WorkspacePath>,
    /// The number of the release to go back to; if omitted, the last healthy one before the present.
    pub to: Option<u32>,
    /// What happens if the app isn't healthy afterwards.
    pub on_failure: OnFailure,
    /// What the saved plan saw, if the run follows one.
    pub planned: Option<Facts>,
    /// The settings that reproduce this configuration.
    pub(super) settings: Replay,
}

/// The configuration of `restore`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreConfig {
    /// The app.
    pub app_name: AppName,
    /// The folder of its files; if omitted, the folder it was deployed from.
    pub workspace_path: Option<WorkspacePath>,
    /// The branch of the database to restore from; if omitted, the newest restore point.
    pub from: Option<BranchId>,
    /// What happens if the app isn't healthy afterwards.
    pub on_failure: OnFailure,
    /// What the saved plan saw, if the run follows one.
    pub planned: Option<Facts>,
    /// The settings that reproduce this configuration.
    pub(super) settings: Replay,
}

impl CreateConfig {
    /// What the journal keeps; `folder` is the folder of the app's files.
    pub fn recorded(&self, folder: &WorkspacePath) -> Recorded {
        self.settings.recorded(folder, self.local_wheel.as_ref())
    }
}

impl UpdateConfig {
    /// What the journal keeps; `folder` is the folder of the app's files.
    pub fn recorded(&self, folder: &WorkspacePath) -> Recorded {
        self.settings.recorded(folder, self.local_wheel.as_ref())
    }
}

impl DeleteConfig {
    /// What the journal keeps; `folder` is the folder of the app's files.
    pub fn recorded(&self, folder: &WorkspacePath) -> Recorded {
        self.settings.recorded(folder, None)
    }
}

impl RollbackConfig {
    /// What the journal keeps; `folder` is the folder of the app's files.
    pub fn recorded(&self, folder: &WorkspacePath) -> Recorded {
        self.settings.recorded(folder, None)
    }
}

impl RestoreConfig {
    /// What the journal keeps; `folder` is the folder of the app's files.
    pub fn recorded(&self, folder: &WorkspacePath) -> Recorded {
        self.settings.recorded(folder, None)
    }
}

impl CreateArguments {
    /// Checks everything and fills in the defaults. `file` is the text of a configuration file;
    /// `environment` is the variable `ENVIRONMENT`, which the argument of that name overrides.
    ///
    /// # Errors
    /// Of the class `Input`, with the key and what would be right.
    pub fn resolve(self, file: Option<&str>, environment: Option<&str>) -> Result<CreateConfig> {
        Settings::from(self).create(file, environment)
    }
}

impl UpdateArguments {
    /// Checks everything and fills in the defaults; see [`CreateArguments::resolve`]. The file may be the one
    /// that `create` used: its database size is checked and otherwise ignored.
    ///
    /// # Errors
    /// Of the class `Input`, with the key and what would be right.
    pub fn resolve(self, file: Option<&str>, environment: Option<&str>) -> Result<UpdateConfig> {
        Settings::from(self).update(file, environment)
    }
}

impl DeleteArguments {
    /// Checks everything and fills in the defaults; see [`CreateArguments::resolve`]. The file may be the one
    /// that `create` used: all of it is checked, and its names are used.
    ///
    /// # Errors
    /// Of the class `Input`, with the key and what would be right.
    pub fn resolve(self, file: Option<&str>, environment: Option<&str>) -> Result<DeleteConfig> {
        Settings::from(self).delete(file, environment)
    }
}

impl StatusArguments {
    /// Checks everything and fills in the defaults; see [`CreateArguments::resolve`]. Only the two names that
    /// `status` needs are used from a file.
    ///
    /// # Errors
    /// Of the class `Input`, with the key and what would be right.
    pub fn resolve(self, file: Option<&str>, environment: Option<&str>) -> Result<StatusConfig> {
        Settings::from(self).status(file, environment)
    }
}

impl RollbackArguments {
    /// Checks everything and fills in the defaults; see [`StatusArguments::resolve`].
    ///
    /// # Errors
    /// Of the class `Input`, with the key and what would be right.
    pub fn resolve(self, file: Option<&str>, environment: Option<&str>) -> Result<RollbackConfig> {
        Settings::from(self).rollback(file, environment)
    }
}

impl RestoreArguments {
    /// Checks everything and fills in the defaults; see [`StatusArguments::resolve`].
    ///
    /// # Errors
    /// Of the class `Input`, with the key and what would be right.
    pub fn resolve(self, file: Option<&str>, environment: Option<&str>) -> Result<RestoreConfig> {
        Settings::from(self).restore(file, environment)
    }
}

/// [`CreateArguments`] from JSON, resolved.
///
/// # Errors
/// Of the class `Input`, with the key and what would be right.
pub fn create(arguments: Value, file: Option<&str>, environment: Option<&str>) -> Result<CreateConfig> {
    Settings::read(Taker::Create, arguments)?.create(file, environment)
}

/// [`UpdateArguments`] from JSON, resolved.
///
/// # Errors
/// Of the class `Input`, with the key and what would be right.
pub fn update(arguments: Value, file: Option<&str>, environment: Option<&str>) -> Result<UpdateConfig> {
    Settings::read(Taker::Update, arguments)?.update(file, environment)
}

/// [`DeleteArguments`] from JSON, resolved.
///
/// # Errors
/// Of the class `Input`, with the key and what would be right.
pub fn delete(arguments: Value, file: Option<&str>, environment: Option<&str>) -> Result<DeleteConfig> {
    Settings::read(Taker::Delete, arguments)?.delete(file, environment)
}

/// [`StatusArguments`] from JSON, resolved.
///
/// # Errors
/// Of the class `Input`, with the key and what would be right.
pub fn status(arguments: Value, file: Option<&str>, environment: Option<&str>) -> Result<StatusConfig> {
    Settings::read(Taker::Status, arguments)?.status(file, environment)
}

/// [`RollbackArguments`] from JSON, resolved.
///
/// # Errors
/// Of the class `Input`, with the key and what would be right.
pub fn rollback(arguments: Value, file: Option<&str>, environment: Option<&str>) -> Result<RollbackConfig> {
    Settings::read(Taker::Rollback, arguments)?.rollback(file, environment)
}

/// [`RestoreArguments`] from JSON, resolved.
///
/// # Errors
/// Of the class `Input`, with the key and what would be right.
pub fn restore(arguments: Value, file: Option<&str>, environment: Option<&str>) -> Result<RestoreConfig> {
    Settings::read(Taker::Restore, arguments)?.restore(file, environment)
}

/// The settings of one operation during the check. Checked settings are written back in normalised form,
/// defaults included, so that the remaining settings reproduce the same configuration.
struct Checking {
    settings: Settings,
    taker: Taker,
}

impl Checking {
    fn begin(taker: Taker, direct: Settings, file: Option<&str>, variable: Option<&str>) -> Result<Self> {
        let mut settings = choose(direct, file, variable)?;
        // One file serves all operations, and has the settings of `create`.
        let is_whole = settings.source != Source::Arguments;
        for setting in SETTINGS {
            let filled = taker == Taker::Create && setting.is_taken_by(taker)
                || is_whole && setting.is_needed_by(taker);
            if let Some(default) = setting.default.filter(|_| filled && !settings.is_given(setting.name)) {
                settings.set_default(setting, default);
            }
        }
        let missing =
            SETTINGS.iter().filter(|setting| setting.is_needed_by(taker) && !settings.is_given(setting.name));
        let keys: Vec<String> = missing.map(|setting| settings.source.key(setting.name)).collect();
        if !keys.is_empty() {
            let why = "An existing app is changed only if these settings are given explicitly".to_owned();
            return Err(Failure::MissingValue { keys, why }.into());
        }
        Ok(Self { settings, taker })
    }

    fn package(&mut self) -> Result<AppPackage> {
        let Settings { source, app_package, .. } = &mut self.settings;
        checked_or(source, "app_package", app_package, AppPackage::parse, || AppPackage::TellrApp)
    }

    /// The version. By default, our app gets the deployer's own version, as the two are released together;
    /// the original app has no matching version.
    fn version(&mut self, package: AppPackage) -> Result<VersionPin> {
        let Settings { source, app_version, .. } = &mut self.settings;
        checked_or(source, "app_version", app_version, VersionPin::parse, || match package {
            AppPackage::TellrApp => VersionPin::Exact(PackageVersion::own()),
            AppPackage::DatabricksTellrApp => VersionPin::Latest,
        })
    }

    /// Whether an update keeps the version that is deployed. The original app has no version to go with, and a newer
    /// one of it may change or delete data, so it gets one only on request.
    fn keeps_version(&self, package: AppPackage) -> bool {
        package == AppPackage::DatabricksTellrApp && self.settings.app_version.is_none()
    }

    fn index(&mut self) -> PackageIndex {
        (*self.settings.use_test_pypi.get_or_insert(false)).into()
    }

    fn on_failure(&mut self) -> Result<OnFailure> {
        let Settings { source, on_failure, .. } = &mut self.settings;
        checked_or(source, "on_failure", on_failure, OnFailure::parse, || OnFailure::Rollback)
    }

    fn reset(&mut self) -> bool {
        *self.settings.reset_database.get_or_insert(false)
    }

    /// The additional scopes, without duplicates.
    fn extra_scopes(&mut self) -> Result<Vec<ApiScope>> {
        let Settings { source, extra_scopes, .. } = &mut self.settings;
        let mut scopes = Vec::new();
        for (index, text) in extra_scopes.iter().flatten().enumerate() {
            let scope = ApiScope::parse(&format!("{}[{index}]", source.key("extra_scopes")), text)?;
            if !API_SCOPES.contains(&scope.as_str()) && !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        // None is the default, and isn't written.
        *extra_scopes = (!scopes.is_empty()).then(|| scopes.iter().map(ToString::to_string).collect());
        Ok(scopes)
    }

    fn encryption_key(&self) -> Result<Option<FernetKey>> {
        let text = self.settings.encryption_key.as_ref().map(SecretText::expose);
        Ok(text.map(|text| FernetKey::parse("encryption_key", text)).transpose()?)
    }

    /// The wheel replaces the version in a file; two contradicting direct arguments are refused.
    fn wheel(&mut self, package: AppPackage) -> Result<Option<LocalWheel>> {
        let Some(WheelArgument { file_name, content }) = self.settings.local_wheel.take() else {
            return Ok(None);
        };
        if let (Some(version), Source::Arguments) = (&self.settings.app_version, &self.settings.source) {
            return Err(invalid(
                "app_version",
                version,
                "no version together with `local_wheel_path`: the wheel has its own",
            )
            .into());
        }
        let content = Base64::decode_vec(&content).map_err(|_| {
            invalid("local_wheel_path", &file_name, "a complete file; its content is not valid base64")
        })?;
        Ok(Some(LocalWheel::new(&file_name, content, package)?))
    }

    /// The remaining settings, for the journal and for a file.
    fn end(self) -> Replay {
        Replay::of(&self.settings, self.taker)
    }
}

/// Checks one setting's text, and writes it back in normalised form.
macro_rules! check {
    ($checking:ident.$name:ident, $parse:path) => {{
        let Settings { source, $name, .. } = &mut $checking.settings;
        checked(source, stringify!($name), $name, $parse)
    }};
}

fn checked<T: fmt::Display>(
    source: &Source,
    name: &str,
    given: &mut Option<String>,
    parse: impl Fn(&str, &str) -> Result<T, Failure>,
) -> Result<Option<T>> {
    let Some(text) = given else { return Ok(None) };
    let key = source.key(name);
    refuse_unfilled(&key, text)?;
    let value = parse(&key, text)?;
    *text = value.to_string();
    Ok(Some(value))
}

fn checked_or<T: fmt::Display>(
    source: &Source,
    name: &str,
    given: &mut Option<String>,
    parse: impl Fn(&str, &str) -> Result<T, Failure>,
    default: impl Fn() -> T,
) -> Result<T> {
    if let Some(value) = checked(source, name, given, parse)? {
        return Ok(value);
    }
    let value = default();
    *given = Some(value.to_string());
    Ok(value)
}

impl Settings {
    fn create(self, file: Option<&str>, environment: Option<&str>) -> Result<CreateConfig> {
        self.checked_create(file, environment).map_err(|error| in_file(file, error))
    }

    fn checked_create(self, file: Option<&str>, environment: Option<&str>) -> Result<CreateConfig> {
        let mut given = Checking::begin(Taker::Create, self, file, environment)?;
        let package = given.package()?;
        let local_wheel = given.wheel(package)?;
        Ok(CreateConfig {
            app_name: check!(given.app_name, AppName::parse)?.unwrap_or_default(),
            workspace_path: check!(given.app_file_workspace_path, WorkspacePath::parse)?,
            lakebase_name: check!(given.lakebase_name, LakebaseName::parse)?.unwrap_or_default(),
            schema_name: check!(given.schema_name, SchemaName::parse)?.unwrap_or_default(),
            lakebase_compute: check!(given.lakebase_compute, Capacity::parse)?.unwrap_or(Capacity::Cu1),
            app_compute: check!(given.app_compute, ComputeSize::parse)?.unwrap_or(ComputeSize::Medium),
            description: check!(given.description, Description::parse)?.unwrap_or_default(),
            package,
            version: given.version(package)?,
            local_wheel,
            index: given.index(),
            encryption_key: given.encryption_key()?,
            key_storage: check!(given.encryption_key_storage, KeyStorage::parse)?
                .unwrap_or(KeyStorage::SecretScope),
            extra_scopes: given.extra_scopes()?,
            launch: Launch::check(&mut given.settings)?,
            services: Services::check(&mut given.settings)?,
            share_with: Sharing::check(&mut given.settings)?,
            tags: Tags::check(&mut given.settings)?,
            record: RecordSettings::check(&mut given.settings)?,
            planned: None,
            settings: given.end(),
        })
    }

    fn update(self, file: Option<&str>, environment: Option<&str>) -> Result<UpdateConfig> {
        self.checked_update(file, environment).map_err(|error| in_file(file, error))
    }

    fn checked_update(self, file: Option<&str>, environment: Option<&str>) -> Result<UpdateConfig> {
        let mut given = Checking::begin(Taker::Update, self, file, environment)?;
        check!(given.lakebase_compute, Capacity::parse)?;
        let package = given.package()?;
        let local_wheel = given.wheel(package)?;
        let keeps_version = local_wheel.is_none() && given.keeps_version(package);
        Ok(UpdateConfig {
            app_name: check!(given.app_name, AppName::parse)?.unwrap_or_default(),
            workspace_path: check!(given.app_file_workspace_path, WorkspacePath::parse)?,
            lakebase_name: check!(given.lakebase_name, LakebaseName::parse)?.unwrap_or_default(),
            schema_name: check!(given.schema_name, SchemaName::parse)?.unwrap_or_default(),
            app_compute: check!(given.app_compute, ComputeSize::parse)?,
            description: check!(given.description, Description::parse)?,
            package,
            version: if keeps_version { VersionPin::Latest } else { given.version(package)? },
            keeps_version,
            local_wheel,
            index: given.index(),
            encryption_key: given.encryption_key()?,
            key_storage: check!(given.encryption_key_storage, KeyStorage::parse)?,
            extra_scopes: given.extra_scopes()?,
            launch: Launch::check(&mut given.settings)?,
            services: Services::check(&mut given.settings)?,
            share_with: Sharing::check(&mut given.settings)?,
            tags: Tags::check(&mut given.settings)?,
            record: RecordSettings::check(&mut given.settings)?,
            reset_database: given.reset(),
            // Without effect once the app is taken over, so the default isn't written.
            adopt: given.settings.adopt.unwrap_or(false),
            on_failure: given.on_failure()?,
            planned: None,
            settings: given.end(),
        })
    }

    fn delete(self, file: Option<&str>, environment: Option<&str>) -> Result<DeleteConfig> {
        self.checked_delete(file, environment).map_err(|error| in_file(file, error))
    }

    fn checked_delete(self, file: Option<&str>, environment: Option<&str>) -> Result<DeleteConfig> {
        let mut given = Checking::begin(Taker::Delete, self, file, environment)?;
        check!(given.lakebase_compute, Capacity::parse)?;
        check!(given.app_compute, ComputeSize::parse)?;
        check!(given.description, Description::parse)?;
        let package = given.package()?;
        given.version(package)?;
        check!(given.encryption_key_storage, KeyStorage::parse)?;
        given.extra_scopes()?;
        Launch::check(&mut given.settings)?;
        Services::check(&mut given.settings)?;
        Sharing::check(&mut given.settings)?;
        Tags::check(&mut given.settings)?;
        RecordSettings::check(&mut given.settings)?;
        Ok(DeleteConfig {
            app_name: check!(given.app_name, AppName::parse)?.unwrap_or_default(),
            workspace_path: check!(given.app_file_workspace_path, WorkspacePath::parse)?,
            lakebase_name: check!(given.lakebase_name, LakebaseName::parse)?,
            schema_name: check!(given.schema_name, SchemaName::parse)?,
            reset_database: given.reset(),
            planned: None,
            settings: given.end(),
        })
    }

    fn status(self, file: Option<&str>, environment: Option<&str>) -> Result<StatusConfig> {
        self.checked_status(file, environment).map_err(|error| in_file(file, error))
    }

    fn checked_status(self, file: Option<&str>, environment: Option<&str>) -> Result<StatusConfig> {
        let mut given = Checking::begin(Taker::Status, self, file, environment)?;
        Ok(StatusConfig {
            app_name: check!(given.app_name, AppName::parse)?.unwrap_or_default(),
            workspace_path: check!(given.app_file_workspace_path, WorkspacePath::parse)?,
        })
    }

    fn rollback(self, file: Option<&str>, environment: Option<&str>) -> Result<RollbackConfig> {
        let checked = || -> Result<RollbackConfig> {
            let mut given = Checking::begin(Taker::Rollback, self, file, environment)?;
            Ok(RollbackConfig {
                app_name: check!(given.app_name, AppName::parse)?.unwrap_or_default(),
                workspace_path: check!(given.app_file_workspace_path, WorkspacePath::parse)?,
                to: check!(given.to_release, release_number)?,
                on_failure: given.on_failure()?,
                planned: None,
                settings: given.end(),
            })
        };
        checked().map_err(|error| in_file(file, error))
    }

    fn restore(self, file: Option<&str>, environment: Option<&str>) -> Result<RestoreConfig> {
        let checked = || -> Result<RestoreConfig> {
            let mut given = Checking::begin(Taker::Restore, self, file, environment)?;
            Ok(RestoreConfig {
                app_name: check!(given.app_name, AppName::parse)?.unwrap_or_default(),
                workspace_path: check!(given.app_file_workspace_path, WorkspacePath::parse)?,
                from: check!(given.restore_from, BranchId::parse)?,
                on_failure: given.on_failure()?,
                planned: None,
                settings: given.end(),
            })
        };
        checked().map_err(|error| in_file(file, error))
    }

    fn set_default(&mut self, setting: &Setting, default: &str) {
        let value = match setting.kind {
            Kind::Flag => Node::flag(default == "true"),
            _ => Node::text(default),
        };
        self.set(setting.name, value);
    }
}

/// The number of a release.
fn release_number(key: &str, text: &str) -> Result<u32, Failure> {
    let is_plain =
        text.len() <= 7 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| is_plain).ok_or_else(|| {
        invalid(key, text, "the number of a release, as the history (`history`) shows it, such as `3`")
    })
}

/// An error about a file's value, with its line and column.
fn in_file(file: Option<&str>, error: DeployError) -> DeployError {
    match file {
        Some(text) => read_file::placed(text, error),
        None => error,
    }
}

/// The file's values or the direct ones; both together are refused.
fn choose(direct: Settings, file: Option<&str>, variable: Option<&str>) -> Result<Settings> {
    let argument = direct.environment.as_deref();
    let Some(file) = file else {
        return match argument {
            Some(name) => Err(invalid(
                "environment",
                name,
                "an environment's name, and only together with a configuration file",
            )
            .into()),
            None => Ok(direct),
        };
    };
    let in_file = SETTINGS.iter().filter(|setting| setting.file.is_some());
    let arguments: Vec<String> = in_file
        .filter(|setting| direct.is_given(setting.name))
        .map(|setting| setting.name.to_owned())
        .collect();
    if !arguments.is_empty() {
        return Err(Failure::ConfigConflict { arguments }.into());
    }
    // Settings that a file can't hold are given as arguments.
    Ok(Settings {
        encryption_key: direct.encryption_key,
        local_wheel: direct.local_wheel,
        reset_database: direct.reset_database,
        adopt: direct.adopt,
        on_failure: direct.on_failure,
        to_release: direct.to_release,
        restore_from: direct.restore_from,
        ..read_file::read(file, argument, variable)?
    })
}

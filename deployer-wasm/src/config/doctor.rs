//! The configuration of a check of everything that a deployment needs.
//!
//! It takes the settings of `create`. Whether the app exists is only known in the workspace: an existing one is
//! checked as for `update`, where what isn't given stays as it is deployed.

use serde_json::{Map, Value};

use super::resolve::{self, CreateConfig, UpdateConfig};
use super::setting::Taker;
use super::settings::SETTINGS;
use crate::error::Result;

const KEY: &str = "encryption_key";
const WHEEL: &str = "local_wheel";

/// The configuration of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct DoctorConfig {
    /// The settings as for `create`.
    pub create: CreateConfig,
    /// The arguments as they were given, without a key and a wheel.
    given: Map<String, Value>,
    file: Option<String>,
    environment: Option<String>,
}

/// What is known of a deployed app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deployed {
    /// The folder of its files.
    pub folder: Option<String>,
    /// Its database.
    pub database: Option<String>,
    /// Its schema.
    pub schema: Option<String>,
    /// Its package.
    pub package: Option<String>,
}

impl DoctorConfig {
    /// Checks the arguments of `create`, for a check.
    ///
    /// # Errors
    /// Of the class `Input`, with the key and what would be right.
    pub fn read(arguments: Value, file: Option<&str>, environment: Option<&str>) -> Result<Self> {
        let mut given = Map::new();
        if let Value::Object(all) = &arguments {
            let kept = all.iter().filter(|(name, value)| *name != KEY && *name != WHEEL && !value.is_null());
            given.extend(kept.map(|(name, value)| (name.clone(), value.clone())));
        }
        let create = resolve::create(arguments, file, environment)?;
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Ok(Self { create, given, file: owned(file), environment: owned(environment) })
    }

    /// The same for `update`; what isn't given is taken from the deployed app.
    ///
    /// # Errors
    /// As the settings of `update` are refused.
    pub fn update(&self, deployed: &Deployed) -> Result<UpdateConfig> {
        let is_taken = |name: &String| {
            SETTINGS.iter().any(|setting| setting.name == name && setting.is_taken_by(Taker::Update))
        };
        let taken = self.given.iter().filter(|(name, _)| is_taken(name));
        let mut arguments: Map<String, Value> =
            taken.map(|(name, value)| (name.clone(), value.clone())).collect();
        if self.file.is_none() {
            arguments.insert("app_name".to_owned(), self.create.app_name.as_str().into());
            for (name, value) in [
                ("app_file_workspace_path", &deployed.folder),
                ("lakebase_name", &deployed.database),
                ("schema_name", &deployed.schema),
                ("app_package", &deployed.package),
            ] {
                if let (Some(value), false) = (value, arguments.contains_key(name)) {
                    arguments.insert(name.to_owned(), value.as_str().into());
                }
            }
            // As `create` would name them, where nothing is known.
            for (name, value) in [
                ("lakebase_name", self.create.lakebase_name.to_string()),
                ("schema_name", self.create.schema_name.to_string()),
            ] {
                arguments.entry(name).or_insert_with(|| value.into());
            }
        }
        let arguments = Value::Object(arguments);
        let mut update = resolve::update(arguments, self.file.as_deref(), self.environment.as_deref())?;
        update.encryption_key.clone_from(&self.create.encryption_key);
        update.local_wheel.clone_from(&self.create.local_wheel);
        Ok(update)
    }
}

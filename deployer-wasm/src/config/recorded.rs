//! A configuration as the arguments that lead to it again.
//!
//! The journal keeps them, so that whoever goes on with a run (after a reload, from another
//! machine, as another person) goes on with the same. Every default is written out, as another
//! version may have others. Two things are left out: a key, which is a secret and is found where
//! it was put, and a wheel's bytes, of which the name is kept to ask for it again.

use serde_json::{Map, Value};

use super::{
    ApiScope, ComputeSize, CreateConfig, DeleteConfig, Description, KeyStorage, LakebaseName, LocalWheel,
    PackageIndex, SchemaName, Seeds, UpdateConfig, VersionPin, WorkspacePath,
};

/// What the journal keeps of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The arguments, as each operation takes them from JSON.
    pub arguments: Value,
    /// The file name of the wheel, if there is one.
    pub wheel: Option<String>,
}

#[derive(Default)]
struct Arguments(Map<String, Value>);

impl Arguments {
    fn text(mut self, name: &str, text: Option<&str>) -> Self {
        if let Some(text) = text {
            self.0.insert(name.to_owned(), Value::from(text));
        }
        self
    }

    fn flag(mut self, name: &str, flag: Option<bool>) -> Self {
        if let Some(flag) = flag {
            self.0.insert(name.to_owned(), Value::from(flag));
        }
        self
    }

    fn scopes(mut self, scopes: &[ApiScope]) -> Self {
        if !scopes.is_empty() {
            let scopes = scopes.iter().map(|scope| Value::from(scope.as_str())).collect();
            self.0.insert("extra_scopes".to_owned(), Value::Array(scopes));
        }
        self
    }

    /// A wheel takes the place of the version; naming both would be refused.
    fn recorded(self, version: Option<&VersionPin>, wheel: Option<&LocalWheel>) -> Recorded {
        let version = version.filter(|_| wheel.is_none()).map(VersionPin::as_str);
        let arguments = Value::Object(self.text("app_version", version).0);
        Recorded { arguments, wheel: wheel.map(|wheel| wheel.file_name.clone()) }
    }
}

impl CreateConfig {
    /// What the journal keeps; `folder` is where the app's files are.
    pub fn recorded(&self, folder: &WorkspacePath) -> Recorded {
        Arguments::default()
            .text("app_name", Some(self.app_name.as_str()))
            .text("app_file_workspace_path", Some(folder.as_str()))
            .text("lakebase_name", Some(self.lakebase_name.as_str()))
            .text("schema_name", Some(self.schema_name.as_str()))
            .text("lakebase_compute", Some(self.lakebase_compute.as_str()))
            .text("app_compute", Some(self.app_compute.as_str()))
            .text("description", Some(self.description.as_str()))
            .text("app_package", Some(self.package.as_str()))
            .text("encryption_key_storage", Some(self.key_storage.as_str()))
            .flag("use_test_pypi", Some(self.index == PackageIndex::TestPypi))
            .flag("seed_databricks_defaults", Some(self.seeds == Seeds::Databricks))
            .scopes(&self.extra_scopes)
            .recorded(Some(&self.version), self.local_wheel.as_ref())
    }
}

impl UpdateConfig {
    /// What the journal keeps; `folder` is where the app's files are.
    pub fn recorded(&self, folder: &WorkspacePath) -> Recorded {
        Arguments::default()
            .text("app_name", Some(self.app_name.as_str()))
            .text("app_file_workspace_path", Some(folder.as_str()))
            .text("lakebase_name", Some(self.lakebase_name.as_str()))
            .text("schema_name", Some(self.schema_name.as_str()))
            .text("app_compute", self.app_compute.map(ComputeSize::as_str))
            .text("description", self.description.as_ref().map(Description::as_str))
            .text("app_package", Some(self.package.as_str()))
            .text("encryption_key_storage", self.key_storage.map(KeyStorage::as_str))
            .flag("use_test_pypi", Some(self.index == PackageIndex::TestPypi))
            .flag("seed_databricks_defaults", self.seeds.map(|seeds| seeds == Seeds::Databricks))
            .flag("reset_database", Some(self.reset_database))
            .scopes(&self.extra_scopes)
            .recorded(Some(&self.version), self.local_wheel.as_ref())
    }
}

impl DeleteConfig {
    /// What the journal keeps; `folder` is where the app's files are.
    pub fn recorded(&self, folder: &WorkspacePath) -> Recorded {
        Arguments::default()
            .text("app_name", Some(self.app_name.as_str()))
            .text("app_file_workspace_path", Some(folder.as_str()))
            .text("lakebase_name", self.lakebase_name.as_ref().map(LakebaseName::as_str))
            .text("schema_name", self.schema_name.as_ref().map(SchemaName::as_str))
            .flag("reset_database", Some(self.reset_database))
            .recorded(None, None)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::{CreateArguments, DeleteArguments, UpdateArguments};

    const KEY: &str = "bWFya2VkLXNlY3JldC1tYXJrZWQtc2VjcmV0LW1hcms=";

    fn folder() -> WorkspacePath {
        WorkspacePath::parse("app_file_workspace_path", "/Workspace/Shared/slides").unwrap()
    }

    /// Everything that can be given, each not as it is by default.
    fn release() -> Value {
        json!({
            "app_name": "slides",
            "lakebase_name": "slides-db",
            "schema_name": "decks",
            "app_file_workspace_path": "/Workspace/Shared/slides",
            "app_compute": "LARGE",
            "app_version": "1.2.3",
            "description": "Slides for all",
            "use_test_pypi": true,
            "encryption_key_storage": "app_yaml",
            "app_package": "databricks-tellr-app",
            "seed_databricks_defaults": true,
            "extra_scopes": ["files"],
        })
    }

    #[test]
    fn what_is_kept_leads_to_the_same_configuration() {
        let mut create = release();
        create["lakebase_compute"] = "CU_4".into();
        let config = CreateArguments::from_json(create).unwrap().resolve(None, None).unwrap();
        let Recorded { arguments, wheel } = config.recorded(&folder());
        assert_eq!(wheel, None);
        assert_eq!(CreateArguments::from_json(arguments).unwrap().resolve(None, None).unwrap(), config);

        let mut update = release();
        update["reset_database"] = true.into();
        let config = UpdateArguments::from_json(update).unwrap().resolve(None, None).unwrap();
        let arguments = config.recorded(&folder()).arguments;
        assert_eq!(UpdateArguments::from_json(arguments).unwrap().resolve(None, None).unwrap(), config);

        let delete = json!({
            "app_name": "slides", "lakebase_name": "slides-db", "schema_name": "decks",
            "app_file_workspace_path": "/Workspace/Shared/slides", "reset_database": true,
        });
        let config = DeleteArguments::from_json(delete).unwrap().resolve(None, None).unwrap();
        let arguments = config.recorded(&folder()).arguments;
        assert_eq!(DeleteArguments::from_json(arguments).unwrap().resolve(None, None).unwrap(), config);
    }

    #[test]
    fn every_key_but_the_secret_the_wheel_and_the_choice_of_environment_is_kept() {
        let config = CreateArguments::from_json(release()).unwrap().resolve(None, None).unwrap();
        let arguments = config.recorded(&folder()).arguments;
        let kept: Vec<&String> = arguments.as_object().unwrap().keys().collect();
        let mut known: Vec<String> =
            crate::config::flat_keys().iter().map(|key| key.argument.to_owned()).collect();
        known.sort();
        assert_eq!(kept, known.iter().collect::<Vec<_>>());
    }

    #[test]
    fn of_a_wheel_the_name_is_kept_and_of_a_key_nothing() {
        let name = "tellr_app-0.2.0-py3-none-any.whl";
        let given = json!({
            "encryption_key": KEY, "local_wheel": {"file_name": name, "content": "bWFya2Vk"},
        });
        let config = CreateArguments::from_json(given).unwrap().resolve(None, None).unwrap();
        let Recorded { arguments, wheel } = config.recorded(&folder());
        assert_eq!(wheel.as_deref(), Some(name));
        assert_eq!(arguments.get("app_version"), None, "the wheel is given again, not a version");
        let text = arguments.to_string();
        assert!(!text.contains(KEY) && !text.contains("bWFya2Vk") && !text.contains("wheel"), "{text}");
    }
}

//! The settings that reproduce a configuration.
//!
//! The journal keeps them, so that a run is resumed with the same settings after a reload, on another machine
//! or by another user; a configuration file is written from them too. Every default is written out, as
//! another version may have other defaults. Three things are omitted: the key, which is a secret and is found
//! where it is stored; a wheel's bytes, of which only the name is kept, to ask for the file again; and the
//! selected environment of a file, whose settings are already included.

use serde_json::Value;

use super::path::WorkspacePath;
use super::setting::Taker;
use super::settings::{SETTINGS, Settings};
use super::wheel::LocalWheel;
use crate::document::Node;

const FOLDER: &str = "app_file_workspace_path";
const VERSION: &str = "app_version";
const ENVIRONMENT: &str = "environment";

/// Settings with their values, in the order of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Replay(Vec<(&'static str, Node)>);

/// The settings that the journal keeps of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The arguments, as each operation takes them from JSON.
    pub arguments: Value,
    /// The file name of the wheel, if there is one.
    pub wheel: Option<String>,
}

impl Replay {
    /// Selects what is kept of checked settings.
    pub(super) fn of(settings: &Settings, taker: Taker) -> Self {
        let kept =
            SETTINGS.iter().filter(|setting| setting.is_taken_by(taker) && setting.name != ENVIRONMENT);
        Self(kept.filter_map(|setting| Some((setting.name, settings.get(setting.name)?))).collect())
    }

    /// The part that a flat file holds.
    pub(super) fn flat_file(&self) -> Node {
        let in_file =
            |name: &str| SETTINGS.iter().any(|setting| setting.name == name && setting.file.is_some());
        let entries = self.0.iter().filter(|(name, _)| in_file(name));
        Node::Map(entries.map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    /// What the journal keeps; `folder` is the folder of the app's files.
    pub(super) fn recorded(&self, folder: &WorkspacePath, wheel: Option<&LocalWheel>) -> Recorded {
        // The wheel replaces the version; giving both would be refused.
        let kept =
            self.0.iter().filter(|(name, _)| *name != FOLDER && !(*name == VERSION && wheel.is_some()));
        let mut entries: Vec<(String, Node)> =
            kept.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        entries.push((FOLDER.to_owned(), Node::text(folder.as_str())));
        Recorded { arguments: Node::Map(entries).into(), wheel: wheel.map(|wheel| wheel.file_name.clone()) }
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

    /// All settings, each with a value other than its default.
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
            "serving_endpoint": "my-model",
            "genie_spaces": ["01ef274d35a310b5bffd01dadcbaf577"],
            "sql_warehouse": "4b9b953939869799",
            "instances": "1-3",
            "share_with": ["users:CAN_USE"],
            "tags": {"cost_center": "4711"},
            "telemetry": "main.tellr",
            "usage_policy": "6f9a0c1e-1111-4222-8333-0123456789ab",
            "extra_scopes": ["files"],
            "extra_env": {"LOG_LEVEL": "debug"},
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
            crate::config::flat_keys().iter().map(|key| key.setting.to_owned()).collect();
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

//! What a face collected, before anything is checked.
//!
//! The faces differ in how they ask (keyword arguments, flags, a form) and agree in what they
//! hand over: these structures, or the same as JSON through `from_json`, which refuses unknown
//! keys and wrong types in the same words as for a file.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::given::{Given, take, take_flag, take_text};
use super::shape::{self, Key};
use crate::document::Node;
use crate::error::Result;

/// The arguments of `create`, all optional; named as in every other face.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CreateArguments {
    /// The Lakebase database; `tellr-db` if left out.
    pub lakebase_name: Option<String>,
    /// The Postgres schema; `app_data` if left out.
    pub schema_name: Option<String>,
    /// The app; `tellr` if left out.
    pub app_name: Option<String>,
    /// The folder for the app's files; `/Workspace/Users/<me>/.apps/<app>` if left out.
    pub app_file_workspace_path: Option<String>,
    /// `CU_1` (if left out), `CU_2`, `CU_4` or `CU_8`.
    pub lakebase_compute: Option<String>,
    /// `MEDIUM` (if left out), `LARGE` or `XLARGE`.
    pub app_compute: Option<String>,
    /// The version of the app's package, or `latest`.
    pub app_version: Option<String>,
    /// What the workspace shows beside the app's name.
    pub description: Option<String>,
    /// Install from the index for trials.
    pub use_test_pypi: Option<bool>,
    /// `secret_scope` (if left out) or `app_yaml`.
    pub encryption_key_storage: Option<String>,
    /// `tellr-app` (if left out) or `databricks-tellr-app`.
    pub app_package: Option<String>,
    /// Fill the database with the content made for Databricks as well.
    pub seed_databricks_defaults: Option<bool>,
    /// API scopes beside the six that the app always asks for.
    pub extra_scopes: Option<Vec<String>>,
    /// A Fernet key; one is made if left out. Allowed beside a file.
    #[cfg_attr(test, schemars(skip))]
    pub encryption_key: Option<SecretText>,
    /// Which of a file's `environments`.
    #[cfg_attr(test, schemars(skip))]
    pub environment: Option<String>,
    /// A wheel to deploy instead of a published version. Allowed beside a file.
    #[cfg_attr(test, schemars(skip))]
    pub local_wheel: Option<WheelArgument>,
}
/// The arguments of `update`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
pub struct UpdateArguments {
    /// The Lakebase database.
    pub lakebase_name: Option<String>,
    /// The Postgres schema.
    pub schema_name: Option<String>,
    /// The app.
    pub app_name: Option<String>,
    /// The folder of the app's files.
    pub app_file_workspace_path: Option<String>,
    /// `MEDIUM`, `LARGE` or `XLARGE`; unchanged if left out.
    pub app_compute: Option<String>,
    /// The version of the app's package, or `latest`.
    pub app_version: Option<String>,
    /// What the workspace shows beside the app's name; unchanged if left out.
    pub description: Option<String>,
    /// Install from the index for trials.
    pub use_test_pypi: Option<bool>,
    /// `secret_scope` or `app_yaml`; where the key is now if left out.
    pub encryption_key_storage: Option<String>,
    /// `tellr-app` (if left out) or `databricks-tellr-app`.
    pub app_package: Option<String>,
    /// Fill the database with the content made for Databricks as well; as deployed if left out.
    pub seed_databricks_defaults: Option<bool>,
    /// API scopes beside the six that the app always asks for.
    pub extra_scopes: Option<Vec<String>>,
    /// The Fernet key in use; it is found by itself if left out. Allowed beside a file.
    pub encryption_key: Option<SecretText>,
    /// Which of a file's `environments`.
    pub environment: Option<String>,
    /// A wheel to deploy instead of a published version. Allowed beside a file.
    pub local_wheel: Option<WheelArgument>,
    /// Drop the schema and make it anew. Allowed beside a file, and never in one.
    pub reset_database: Option<bool>,
}
/// The arguments of `delete`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
pub struct DeleteArguments {
    /// The Lakebase database; as deployed if left out.
    pub lakebase_name: Option<String>,
    /// The Postgres schema; as deployed if left out.
    pub schema_name: Option<String>,
    /// The app.
    pub app_name: Option<String>,
    /// The folder of the app's files; as deployed if left out.
    pub app_file_workspace_path: Option<String>,
    /// Which of a file's `environments`.
    pub environment: Option<String>,
    /// Drop the schema. Allowed beside a file, and never in one.
    pub reset_database: Option<bool>,
}
/// What `status` is asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
pub struct StatusArguments {
    /// The app; `tellr` if left out.
    pub app_name: Option<String>,
    /// The folder of the app's files; as deployed if left out.
    pub app_file_workspace_path: Option<String>,
    /// Which of a file's `environments`.
    pub environment: Option<String>,
}
/// A wheel as a face hands it over.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct WheelArgument {
    /// The file's name, without its folder.
    pub file_name: String,
    /// Its bytes in base64.
    pub content: String,
}

impl fmt::Debug for WheelArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WheelArgument").field("file_name", &self.file_name).finish_non_exhaustive()
    }
}

/// A secret that was not checked yet: never printed, overwritten when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SecretText(String);

impl SecretText {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText([hidden])")
    }
}

/// The arguments of any operation; those that one doesn't take are absent. They are read and resolved as
/// this one type, which is compiled once and not once for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    pub(super) given: Given,
    pub(super) encryption_key: Option<SecretText>,
    pub(super) environment: Option<String>,
    pub(super) local_wheel: Option<WheelArgument>,
    pub(super) reset_database: Option<bool>,
}

impl Arguments {
    /// Reads those of `keys` from JSON.
    pub(super) fn read(keys: &[&[Key]], value: Value) -> Result<Self> {
        let node = Node::from(value);
        shape::check("", keys, shape::mapping("arguments", &node)?)?;
        let Node::Map(mut entries) = node else { return Ok(Self::default()) };
        let wheel = match take(&mut entries, "local_wheel") {
            Some(Node::Map(mut wheel)) => Some(WheelArgument {
                file_name: take_text(&mut wheel, "file_name").unwrap_or_default(),
                content: take_text(&mut wheel, "content").unwrap_or_default(),
            }),
            _ => None,
        };
        Ok(Self {
            encryption_key: take_text(&mut entries, "encryption_key").map(SecretText),
            environment: take_text(&mut entries, "environment"),
            local_wheel: wheel,
            reset_database: take_flag(&mut entries, "reset_database"),
            given: Given::read(&mut entries),
        })
    }
}

/// One operation's arguments: made into those of any, and read from JSON.
macro_rules! arguments_of {
    ($type:ident, $keys:path, given: $($given:ident),*; beside: $($beside:ident),*) => {
        impl From<$type> for Arguments {
            #[allow(clippy::needless_update, reason = "an operation may take all there are, and then nothing is left to the default")]
            fn from(arguments: $type) -> Self {
                Self {
                    given: Given { $($given: arguments.$given,)* ..Given::default() },
                    $($beside: arguments.$beside,)*
                    ..Self::default()
                }
            }
        }

        impl $type {
            /// Reads them from JSON.
            ///
            /// # Errors
            /// `UNKNOWN_KEY` and `WRONG_TYPE`, with the key and what would be right.
            pub fn from_json(value: Value) -> Result<Self> {
                let arguments = Arguments::read($keys, value)?;
                Ok(Self { $($given: arguments.given.$given,)* $($beside: arguments.$beside,)* })
            }
        }
    };
}
arguments_of!(
    CreateArguments, shape::CREATE,
    given: lakebase_name, schema_name, app_name, app_file_workspace_path, lakebase_compute, app_compute,
        app_version, description, use_test_pypi, encryption_key_storage, app_package,
        seed_databricks_defaults, extra_scopes;
    beside: encryption_key, environment, local_wheel
);
arguments_of!(
    UpdateArguments, shape::UPDATE,
    given: lakebase_name, schema_name, app_name, app_file_workspace_path, app_compute, app_version,
        description, use_test_pypi, encryption_key_storage, app_package, seed_databricks_defaults,
        extra_scopes;
    beside: encryption_key, environment, local_wheel, reset_database
);
arguments_of!(
    DeleteArguments, shape::DELETE,
    given: lakebase_name, schema_name, app_name, app_file_workspace_path;
    beside: environment, reset_database
);
arguments_of!(
    StatusArguments, shape::STATUS,
    given: app_name, app_file_workspace_path;
    beside: environment
);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_read_from_json() {
        let arguments = CreateArguments::from_json(json!({
            "app_name": "slides",
            "description": null,
            "use_test_pypi": true,
            "extra_scopes": ["files"],
            "local_wheel": {"file_name": "a.whl", "content": "AAAA"},
            "encryption_key": "marked-secret",
        }))
        .unwrap();
        assert_eq!(arguments.app_name.as_deref(), Some("slides"));
        assert_eq!(arguments.description, None);
        assert_eq!(arguments.use_test_pypi, Some(true));
        assert_eq!(arguments.encryption_key.as_ref().map(SecretText::expose), Some("marked-secret"));
        assert!(!format!("{arguments:?}").contains("marked-secret"));
    }

    #[test]
    fn each_operation_has_its_own_keys() {
        assert!(UpdateArguments::from_json(json!({"reset_database": true})).is_ok());
        assert!(DeleteArguments::from_json(json!({"reset_database": true})).is_ok());
        assert_eq!(
            CreateArguments::from_json(json!({"reset_database": true})).unwrap_err().code,
            "UNKNOWN_KEY"
        );
        assert_eq!(
            UpdateArguments::from_json(json!({"lakebase_compute": "CU_1"})).unwrap_err().code,
            "UNKNOWN_KEY"
        );
        assert_eq!(DeleteArguments::from_json(json!({"description": "x"})).unwrap_err().code, "UNKNOWN_KEY");
    }

    #[test]
    fn every_key_of_the_tables_has_its_field() {
        fn all(keys: &[&[Key]]) -> Value {
            let sample = |key: &Key| match key.kind {
                shape::Kind::Text => json!("x"),
                shape::Kind::Flag => json!(true),
                shape::Kind::Texts => json!(["x"]),
                shape::Kind::Group(_) => json!({"file_name": "x", "content": "x"}),
            };
            keys.iter().copied().flatten().map(|key| (key.name.to_owned(), sample(key))).collect()
        }
        CreateArguments::from_json(all(shape::CREATE)).unwrap();
        UpdateArguments::from_json(all(shape::UPDATE)).unwrap();
        DeleteArguments::from_json(all(shape::DELETE)).unwrap();
        StatusArguments::from_json(all(shape::STATUS)).unwrap();
    }

    #[test]
    fn a_wrong_type_of_a_secret_does_not_repeat_it() {
        let error = CreateArguments::from_json(json!({"encryption_key": ["marked-secret"]})).unwrap_err();
        assert_eq!(error.code, "WRONG_TYPE");
        assert!(!format!("{error:?}").contains("marked-secret"));
        let error = CreateArguments::from_json(json!("marked-secret")).unwrap_err();
        assert!(!format!("{error:?}").contains("marked-secret"));
    }
}

//! What is wanted, from wherever it came: direct arguments, or one of the two shapes of file.
//!
//! It remembers where it came from, for two reasons. An error names a key as it was written
//! there, `environments.development.lakebase.schema` rather than `schema_name`. And a file
//! stands for a whole deployment, so `update` and `delete` by the same file take the same
//! defaults that `create` took, while direct arguments have to name what they change.

use super::name::{ApiScope, AppName, Description, LakebaseName, SchemaName};
use super::resolve::API_SCOPES;
use super::shape;
use super::version::{PackageVersion, VersionPin};
use super::{AppPackage, Capacity, ComputeSize, KeyStorage, WorkspacePath};
use crate::document::{Node, ScalarKind};
use crate::error::Failure;

/// The arguments that say what is wanted; the ones a file can hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) lakebase_name: Option<String>,
    pub(super) schema_name: Option<String>,
    pub(super) app_name: Option<String>,
    pub(super) app_file_workspace_path: Option<String>,
    pub(super) lakebase_compute: Option<String>,
    pub(super) app_compute: Option<String>,
    pub(super) app_version: Option<String>,
    pub(super) description: Option<String>,
    pub(super) use_test_pypi: Option<bool>,
    pub(super) encryption_key_storage: Option<String>,
    pub(super) app_package: Option<String>,
    pub(super) seed_databricks_defaults: Option<bool>,
    pub(super) extra_scopes: Option<Vec<String>>,
    pub(super) source: Source,
}
/// Where it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Source {
    #[default]
    Arguments,
    FlatFile,
    Environment(String),
}

/// Takes the value of a key out of entries.
pub(super) fn take(entries: &mut Vec<(String, Node)>, name: &str) -> Option<Node> {
    let index = entries.iter().position(|(key, _)| key == name)?;
    Some(entries.swap_remove(index).1)
}

/// Takes a text out of entries.
pub(super) fn take_text(entries: &mut Vec<(String, Node)>, name: &str) -> Option<String> {
    text(take(entries, name)?)
}

/// Takes a flag out of entries.
pub(super) fn take_flag(entries: &mut Vec<(String, Node)>, name: &str) -> Option<bool> {
    match take(entries, name)? {
        Node::Scalar(scalar) if scalar.kind == ScalarKind::Flag => {
            Some(scalar.text.eq_ignore_ascii_case("true"))
        }
        _ => None,
    }
}

fn take_texts(entries: &mut Vec<(String, Node)>, name: &str) -> Option<Vec<String>> {
    match take(entries, name)? {
        Node::List(items) => Some(items.into_iter().filter_map(text).collect()),
        _ => None,
    }
}

fn text(node: Node) -> Option<String> {
    match node {
        Node::Scalar(scalar) => Some(scalar.text),
        _ => None,
    }
}

impl Given {
    /// Reads it from entries with the arguments' names, which were checked.
    pub(super) fn read(entries: &mut Vec<(String, Node)>) -> Self {
        let (text, flag, texts) = (take_text, take_flag, take_texts);
        Self {
            lakebase_name: text(entries, "lakebase_name"),
            schema_name: text(entries, "schema_name"),
            app_name: text(entries, "app_name"),
            app_file_workspace_path: text(entries, "app_file_workspace_path"),
            lakebase_compute: text(entries, "lakebase_compute"),
            app_compute: text(entries, "app_compute"),
            app_version: text(entries, "app_version"),
            description: text(entries, "description"),
            use_test_pypi: flag(entries, "use_test_pypi"),
            encryption_key_storage: text(entries, "encryption_key_storage"),
            app_package: text(entries, "app_package"),
            seed_databricks_defaults: flag(entries, "seed_databricks_defaults"),
            extra_scopes: texts(entries, "extra_scopes"),
            source: Source::Arguments,
        }
    }

    /// The arguments that were given.
    pub(super) fn names(&self) -> Vec<String> {
        let given = [
            ("lakebase_name", self.lakebase_name.is_some()),
            ("schema_name", self.schema_name.is_some()),
            ("app_name", self.app_name.is_some()),
            ("app_file_workspace_path", self.app_file_workspace_path.is_some()),
            ("lakebase_compute", self.lakebase_compute.is_some()),
            ("app_compute", self.app_compute.is_some()),
            ("app_version", self.app_version.is_some()),
            ("description", self.description.is_some()),
            ("use_test_pypi", self.use_test_pypi.is_some()),
            ("encryption_key_storage", self.encryption_key_storage.is_some()),
            ("app_package", self.app_package.is_some()),
            ("seed_databricks_defaults", self.seed_databricks_defaults.is_some()),
            ("extra_scopes", self.extra_scopes.is_some()),
        ];
        given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name.to_owned()).collect()
    }

    /// The argument `flat` as it is called where it was given.
    fn key(&self, flat: &str) -> String {
        match &self.source {
            Source::Arguments | Source::FlatFile => flat.to_owned(),
            Source::Environment(name) => {
                format!("environments.{name}.{}", shape::key_in_environment(flat))
            }
        }
    }

    fn parsed<T>(
        &self,
        flat: &str,
        given: Option<&String>,
        parse: impl Fn(&str, &str) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        given.map(|text| parse(&self.key(flat), text)).transpose()
    }

    /// A value that direct arguments have to give; a file may leave it to the default.
    pub(super) fn needed<T: Default>(&self, flat: &str, value: Option<T>) -> Result<T, Failure> {
        match (value, &self.source) {
            (Some(value), _) => Ok(value),
            (None, Source::Arguments) => Err(self.missing(flat)),
            (None, Source::FlatFile | Source::Environment(_)) => Ok(T::default()),
        }
    }

    pub(super) fn missing(&self, flat: &str) -> Failure {
        Failure::MissingValue {
            key: self.key(flat),
            why: "What exists already is changed only if it is named".to_owned(),
        }
    }

    pub(super) fn app_name(&self) -> Result<Option<AppName>, Failure> {
        self.parsed("app_name", self.app_name.as_ref(), AppName::parse)
    }

    pub(super) fn lakebase_name(&self) -> Result<Option<LakebaseName>, Failure> {
        self.parsed("lakebase_name", self.lakebase_name.as_ref(), LakebaseName::parse)
    }

    pub(super) fn schema_name(&self) -> Result<Option<SchemaName>, Failure> {
        self.parsed("schema_name", self.schema_name.as_ref(), SchemaName::parse)
    }

    pub(super) fn workspace_path(&self) -> Result<Option<WorkspacePath>, Failure> {
        self.parsed("app_file_workspace_path", self.app_file_workspace_path.as_ref(), WorkspacePath::parse)
    }

    pub(super) fn lakebase_compute(&self) -> Result<Option<Capacity>, Failure> {
        self.parsed("lakebase_compute", self.lakebase_compute.as_ref(), Capacity::parse)
    }

    pub(super) fn app_compute(&self) -> Result<Option<ComputeSize>, Failure> {
        self.parsed("app_compute", self.app_compute.as_ref(), ComputeSize::parse)
    }

    pub(super) fn description(&self) -> Result<Option<Description>, Failure> {
        self.parsed("description", self.description.as_ref(), Description::parse)
    }

    pub(super) fn key_storage(&self) -> Result<Option<KeyStorage>, Failure> {
        self.parsed("encryption_key_storage", self.encryption_key_storage.as_ref(), KeyStorage::parse)
    }

    pub(super) fn package(&self) -> Result<AppPackage, Failure> {
        let package = self.parsed("app_package", self.app_package.as_ref(), AppPackage::parse)?;
        Ok(package.unwrap_or(AppPackage::TellrApp))
    }

    /// The version; without one, our app goes with the deployer's own version, as the two are
    /// made together, and the original app has none to go with.
    pub(super) fn version(&self, package: AppPackage) -> Result<VersionPin, Failure> {
        let given = self.parsed("app_version", self.app_version.as_ref(), VersionPin::parse)?;
        Ok(given.unwrap_or_else(|| match package {
            AppPackage::TellrApp => VersionPin::Exact(PackageVersion::own()),
            AppPackage::DatabricksTellrApp => VersionPin::Latest,
        }))
    }

    /// The scopes beside the six, each once.
    pub(super) fn extra_scopes(&self) -> Result<Vec<ApiScope>, Failure> {
        let mut scopes = Vec::new();
        for (index, text) in self.extra_scopes.iter().flatten().enumerate() {
            let scope = ApiScope::parse(&format!("{}[{index}]", self.key("extra_scopes")), text)?;
            if !API_SCOPES.contains(&scope.as_str()) && !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Ok(scopes)
    }
}

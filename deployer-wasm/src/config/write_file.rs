//! Writing a configuration file.

use super::resolve::CreateConfig;
use super::{PackageIndex, Seeds};
use crate::document::{self, Node};

/// The configuration as a flat file that reads as the same again, without the two parts that a
/// file never holds: the key and the local wheel.
pub fn to_yaml(config: &CreateConfig) -> String {
    document::write(&to_node(config))
}

/// The same as a value.
pub fn to_node(config: &CreateConfig) -> Node {
    let scopes = config.extra_scopes.iter().map(|scope| Node::text(scope.as_str())).collect::<Vec<_>>();
    let lines = [
        ("app_name", Some(Node::text(config.app_name.as_str()))),
        ("app_file_workspace_path", config.workspace_path.as_ref().map(|path| Node::text(path.as_str()))),
        ("lakebase_name", Some(Node::text(config.lakebase_name.as_str()))),
        ("schema_name", Some(Node::text(config.schema_name.as_str()))),
        ("lakebase_compute", Some(Node::text(config.lakebase_compute.as_str()))),
        ("app_compute", Some(Node::text(config.app_compute.as_str()))),
        ("description", Some(Node::text(config.description.as_str()))),
        ("app_package", Some(Node::text(config.package.as_str()))),
        ("app_version", Some(Node::text(config.version.as_str()))),
        ("use_test_pypi", Some(Node::flag(config.index == PackageIndex::TestPypi))),
        ("encryption_key_storage", Some(Node::text(config.key_storage.as_str()))),
        ("extra_scopes", (!scopes.is_empty()).then_some(Node::List(scopes))),
        ("seed_databricks_defaults", Some(Node::flag(config.seeds == Seeds::Databricks))),
    ];
    Node::Map(lines.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect())
}

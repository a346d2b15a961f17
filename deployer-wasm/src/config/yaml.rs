//! A configuration file.
//!
//! YAML has corners that make a file mean something else than it shows, or grow to gigabytes
//! when read: aliases, tags, several documents, duplicate keys. A configuration needs none of
//! them, so they are refused, with the line. What is left is then checked by the same tables as
//! direct arguments.

use serde_json::{Map, Value};

use super::given::{Given, Source};
use super::resolve::CreateConfig;
use super::shape::{self, ENVIRONMENT_FILE, FLAT_FILE};
use super::{PackageIndex, Seeds};
use crate::error::{Failure, Result};
use crate::json::Fields;
use crate::yaml::{self, Node, Problem};

/// The largest configuration that is read, in bytes.
pub const YAML_LIMIT_BYTES: usize = 256 * 1024;

const ENVIRONMENTS: &str = "environments";
/// The environment of a file that has several, if nobody names one.
const DEFAULT_ENVIRONMENT: &str = "development";
/// The one argument that is a secret, and therefore never stands in a file.
const SECRET: &str = "encryption_key";

/// Reads a file of either shape. `argument` and `variable` are the two ways to name an
/// environment; the first wins.
pub(super) fn read(text: &str, argument: Option<&str>, variable: Option<&str>) -> Result<Given> {
    let tree = parse(text)?;
    let top = shape::mapping("configuration", &tree)?;

    match top.get(ENVIRONMENTS) {
        Some(environments) => {
            if let Some(other) = top.keys().find(|key| *key != ENVIRONMENTS) {
                return Err(unknown_beside_environments(other).into());
            }
            let environments = shape::mapping(ENVIRONMENTS, environments)?;
            let name = environment(environments, argument, variable)?;
            environment_file(name, environments.get(name).unwrap_or(&Value::Null))
        }
        None => match argument {
            Some(wanted) => {
                Err(Failure::UnknownEnvironment { wanted: wanted.to_owned(), known: vec![] }.into())
            }
            None => flat_file(top),
        },
    }
}

/// The names of a file's environments, sorted; none for a file without them.
///
/// # Errors
/// Of the class `Input`, with line and column.
pub fn environments(text: &str) -> Result<Vec<String>> {
    let tree = parse(text)?;
    match shape::mapping("configuration", &tree)?.get(ENVIRONMENTS) {
        Some(environments) => Ok(shape::mapping(ENVIRONMENTS, environments)?.keys().cloned().collect()),
        None => Ok(Vec::new()),
    }
}

fn parse(text: &str) -> Result<Value> {
    if text.len() > YAML_LIMIT_BYTES {
        return Err(Failure::YamlTooLarge { bytes: text.len(), limit: YAML_LIMIT_BYTES }.into());
    }
    Ok(yaml::read(text).map_err(Failure::from)?)
}

fn flat_file(top: &Map<String, Value>) -> Result<Given> {
    refuse_secret("", top)?;
    shape::check("", FLAT_FILE, top)?;
    read_given("configuration", top.clone(), Source::FlatFile)
}

fn environment_file(name: &str, value: &Value) -> Result<Given> {
    let at = shape::join(ENVIRONMENTS, name);
    let environment = shape::mapping(&at, value)?;
    refuse_secret(&at, environment)?;
    shape::check(&at, ENVIRONMENT_FILE, environment)?;
    let mut flat = Map::new();
    for keys in ENVIRONMENT_FILE {
        shape::flatten(keys, environment, &mut flat);
    }
    read_given(&at, flat, Source::Environment(name.to_owned()))
}

/// What `fields` give, which were checked.
fn read_given(at: &str, fields: Map<String, Value>, source: Source) -> Result<Given> {
    let given = Fields::of(fields.into()).and_then(|mut fields| Given::read(&mut fields));
    match given {
        Some(given) => Ok(Given { source, ..given }),
        None => Err(shape::unreadable(at).into()),
    }
}

/// The environment that is meant: the one named, else `development`, else the only one.
fn environment<'a>(
    environments: &'a Map<String, Value>,
    argument: Option<&str>,
    variable: Option<&str>,
) -> Result<&'a str> {
    let named = argument.or(variable.filter(|name| !name.is_empty()));
    let wanted = named.unwrap_or(DEFAULT_ENVIRONMENT);
    let mut there = environments.keys().map(String::as_str);
    if let Some(name) = there.clone().find(|name| *name == wanted) {
        return Ok(name);
    }
    match (named, there.next(), there.next()) {
        (None, Some(only), None) => Ok(only),
        _ => Err(Failure::UnknownEnvironment {
            wanted: wanted.to_owned(),
            known: environments.keys().cloned().collect(),
        }
        .into()),
    }
}

fn refuse_secret(at: &str, given: &Map<String, Value>) -> Result<()> {
    if given.contains_key(SECRET) {
        return Err(Failure::SecretInFile { key: shape::join(at, SECRET) }.into());
    }
    Ok(())
}

fn unknown_beside_environments(key: &str) -> Failure {
    Failure::UnknownKey {
        key: key.chars().take(120).collect(),
        known: vec![ENVIRONMENTS.to_owned()],
        nearest: None,
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Syntax { line, column, problem } => Self::YamlSyntax { line, column, problem },
            Problem::Reference { line } => Self::YamlAlias { line },
        }
    }
}

/// The configuration as a flat file that reads as the same again, without the two parts that a
/// file never holds: the key and the local wheel.
pub fn to_yaml(config: &CreateConfig) -> String {
    let scopes = config.extra_scopes.iter().map(|scope| Node::Text(scope.as_str())).collect::<Vec<_>>();
    let lines = [
        ("app_name", Some(Node::Text(config.app_name.as_str()))),
        ("app_file_workspace_path", config.workspace_path.as_ref().map(|path| Node::Text(path.as_str()))),
        ("lakebase_name", Some(Node::Text(config.lakebase_name.as_str()))),
        ("schema_name", Some(Node::Text(config.schema_name.as_str()))),
        ("lakebase_compute", Some(Node::Text(config.lakebase_compute.as_str()))),
        ("app_compute", Some(Node::Text(config.app_compute.as_str()))),
        ("description", Some(Node::Text(config.description.as_str()))),
        ("app_package", Some(Node::Text(config.package.as_str()))),
        ("app_version", Some(Node::Text(config.version.as_str()))),
        ("use_test_pypi", Some(Node::Flag(config.index == PackageIndex::TestPypi))),
        ("encryption_key_storage", Some(Node::Text(config.key_storage.as_str()))),
        ("extra_scopes", (!scopes.is_empty()).then_some(Node::List(scopes))),
        ("seed_databricks_defaults", Some(Node::Flag(config.seeds == Seeds::Databricks))),
    ];
    let given = lines.into_iter().filter_map(|(key, value)| Some((key, value?)));
    yaml::write(&Node::Map(given.collect()))
}

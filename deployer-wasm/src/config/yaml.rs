//! A configuration file.
//!
//! YAML has corners that make a file mean something else than it shows, or grow to gigabytes
//! when read: aliases, tags, several documents, duplicate keys. A configuration needs none of
//! them, so they are refused, with the line, before the parser sees them. What the parser
//! returns is then checked by the same tables as direct arguments.

use std::fmt;

use serde::Serialize;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::arguments::fill;
use super::given::{Given, Source};
use super::resolve::CreateConfig;
use super::shape::{self, ENVIRONMENT_FILE, FLAT_FILE};
use super::{
    ApiScope, AppName, AppPackage, Capacity, ComputeSize, Description, KeyStorage, LakebaseName,
    PackageIndex, SchemaName, Seeds, WorkspacePath, yaml_scan,
};
use crate::error::{Failure, Result};

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
    yaml_scan::refuse_references(text)?;
    let Tree(tree) = serde_yaml::from_str(text).map_err(|error| syntax(&error))?;
    Ok(tree)
}

fn flat_file(top: &Map<String, Value>) -> Result<Given> {
    refuse_secret("", top)?;
    shape::check("", FLAT_FILE, top)?;
    let given: Given = fill("configuration", Value::Object(top.clone()))?;
    Ok(Given { source: Source::FlatFile, ..given })
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
    let given: Given = fill(&at, Value::Object(flat))?;
    Ok(Given { source: Source::Environment(name.to_owned()), ..given })
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

fn syntax(error: &serde_yaml::Error) -> Failure {
    let (line, column) = error.location().map_or((1, 1), |at| (at.line(), at.column()));
    let whole = error.to_string();
    let problem = whole.split(" at line ").next().unwrap_or(&whole).to_owned();
    Failure::YamlSyntax { line, column, problem }
}

/// A configuration as a flat file; serialised in this order.
#[derive(Serialize)]
struct FlatFile<'a> {
    app_name: &'a AppName,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_file_workspace_path: Option<&'a WorkspacePath>,
    lakebase_name: &'a LakebaseName,
    schema_name: &'a SchemaName,
    lakebase_compute: Capacity,
    app_compute: ComputeSize,
    description: &'a Description,
    app_package: AppPackage,
    app_version: &'a str,
    use_test_pypi: bool,
    encryption_key_storage: KeyStorage,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    extra_scopes: &'a [ApiScope],
    seed_databricks_defaults: bool,
}

/// The configuration as a flat file that reads as the same again, without the two parts that a
/// file never holds: the key and the local wheel.
///
/// # Panics
/// Never: what is written are texts and booleans, which YAML has.
pub fn to_yaml(config: &CreateConfig) -> String {
    serde_yaml::to_string(&FlatFile {
        app_name: &config.app_name,
        app_file_workspace_path: config.workspace_path.as_ref(),
        lakebase_name: &config.lakebase_name,
        schema_name: &config.schema_name,
        lakebase_compute: config.lakebase_compute,
        app_compute: config.app_compute,
        description: &config.description,
        app_package: config.package,
        app_version: config.version.as_str(),
        use_test_pypi: config.index == PackageIndex::TestPypi,
        encryption_key_storage: config.key_storage,
        extra_scopes: &config.extra_scopes,
        seed_databricks_defaults: config.seeds == Seeds::Databricks,
    })
    .expect("texts and booleans always make YAML")
}

/// A YAML value as JSON, with duplicate keys refused: as JSON the last one would win silently.
struct Tree(Value);

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor).map(Self)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        serde_json::Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Tree(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(Tree(key)) = entries.next_key()? {
            let key = match key {
                Value::String(key) => key,
                // A number or `true` as a key is unknown, and is told as it was written.
                other => other.to_string(),
            };
            if map.contains_key(&key) {
                return Err(de::Error::custom(format_args!(
                    "the key `{}` stands here twice",
                    key.escape_debug()
                )));
            }
            let Tree(value) = entries.next_value()?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

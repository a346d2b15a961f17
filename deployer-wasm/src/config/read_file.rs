//! Reading a configuration file.
//!
//! The document is read by [`crate::document`], which enforces limits and refuses ambiguous input, and then
//! checked with the same tables as direct arguments. An error names the key as it is written in the file,
//! with line and column where the library reports them.

use super::key_schema::{self, Entries, Key};
use super::settings::{Settings, Source};
use crate::document::{self, Node, Place, Problem, SIZE_LIMIT_BYTES, ScalarKind};
use crate::error::{DeployError, Failure, RefusedInput, Result};

const ENVIRONMENTS: &str = "environments";
/// What the environments of a file share.
const DEFAULTS: &str = super::settings::DEFAULTS;
/// The default environment of a file that has several.
const DEFAULT_ENVIRONMENT: &str = "development";
/// The one argument that is a secret, and therefore never allowed in a file.
const SECRET: &str = "encryption_key";

/// Reads a file of either shape. `argument` and `variable` are the two ways to select an environment; the
/// first takes precedence.
pub(super) fn read(text: &str, argument: Option<&str>, variable: Option<&str>) -> Result<Settings> {
    let tree = parse(text)?;
    read_tree(tree, argument, variable).map_err(|error| placed(text, error))
}

/// The error with the line and column of its key.
pub(super) fn placed(text: &str, mut error: DeployError) -> DeployError {
    let key = error
        .refused
        .as_ref()
        .filter(|refused| refused.line.is_none())
        .and_then(|refused| refused.key.clone());
    // What is wrong is the key itself, or its value.
    let is_of_key = error.is("UNKNOWN_KEY") || error.is("SECRET_IN_FILE");
    let locate = if is_of_key { document::locate_key } else { document::locate };
    if let Some((key, Place { line, column })) =
        key.and_then(|key| Some((locate(text, &key)?, key)).map(|(place, key)| (key, place)))
    {
        error.message = format!("{} (line {line}, column {column})", error.message);
        error.refused = Some(RefusedInput { key: Some(key), line: Some(line), column: Some(column) });
    }
    error
}

fn read_tree(tree: Node, argument: Option<&str>, variable: Option<&str>) -> Result<Settings> {
    let top = key_schema::mapping("configuration", &tree)?;
    match tree.get(ENVIRONMENTS) {
        Some(environments) => {
            if let Some((other, _)) = top.iter().find(|(key, _)| key != ENVIRONMENTS && key != DEFAULTS) {
                return Err(unknown_beside_environments(other).into());
            }
            let environments = key_schema::mapping(ENVIRONMENTS, environments)?;
            let name = environment(environments, argument, variable)?;
            let value =
                environments.iter().find(|(key, _)| key == name).map_or(&Node::Null, |(_, value)| value);
            environment_file(name, value, tree.get(DEFAULTS))
        }
        None => match argument {
            Some(wanted) => {
                Err(Failure::UnknownEnvironment { wanted: wanted.to_owned(), known: vec![] }.into())
            }
            None => flat_file(top),
        },
    }
}

/// The text of a configuration file.
///
/// # Errors
/// `YAML_ENCODING`: it is not UTF-8.
pub fn file_text(bytes: &[u8]) -> Result<&str> {
    Ok(document::decode(bytes).map_err(Failure::from)?)
}

/// The names of a file's environments in order; none for a file without them.
///
/// # Errors
/// Of the class `Input`, with line and column.
pub fn environments(text: &str) -> Result<Vec<String>> {
    let tree = parse(text)?;
    key_schema::mapping("configuration", &tree)?;
    match tree.get(ENVIRONMENTS) {
        Some(environments) => {
            let environments = key_schema::mapping(ENVIRONMENTS, environments)?;
            Ok(environments.iter().map(|(name, _)| name.clone()).collect())
        }
        None => Ok(Vec::new()),
    }
}

fn parse(text: &str) -> Result<Node> {
    match document::parse(text).map_err(Failure::from)? {
        Node::Null => {
            let problem = "The file is empty, or has only comments".to_owned();
            Err(Failure::YamlSyntax { place: None, problem }.into())
        }
        tree => Ok(tree),
    }
}

fn flat_file(top: &Entries) -> Result<Settings> {
    refuse_secret("", top)?;
    let keys = key_schema::flat_file();
    key_schema::check("", &keys, top)?;
    Ok(read_checked(&keys, top, Source::FlatFile))
}

/// An environment's settings, and those that it inherits. An environment's own value replaces the inherited one
/// as a whole, a list or mapping too; an empty one (`null`) leaves the setting at its own default.
fn environment_file(name: &str, value: &Node, defaults: Option<&Node>) -> Result<Settings> {
    let keys = key_schema::environment();
    let inherited = match defaults {
        None | Some(Node::Null) => Vec::new(),
        Some(defaults) => found(&keys, checked(DEFAULTS, &keys, defaults)?),
    };
    let entries = checked(&key_schema::join(ENVIRONMENTS, name), &keys, value)?;
    let written = key_schema::by_setting(&keys, entries.to_vec());
    let own = found(&keys, entries);
    let inherited: Vec<_> =
        inherited.into_iter().filter(|(name, _)| !written.iter().any(|(own, _)| own == name)).collect();
    let names = inherited.iter().map(|(name, _)| *name).collect();
    let source = Source::Environment { name: name.to_owned(), inherited: names };
    let mut settings = Settings { source, ..Settings::default() };
    settings.set_all(inherited);
    settings.set_all(own);
    Ok(settings)
}

fn checked<'a>(at: &str, keys: &[Key], value: &'a Node) -> Result<&'a Entries> {
    let entries = key_schema::mapping(at, value)?;
    refuse_secret(at, entries)?;
    key_schema::check(at, keys, entries)?;
    Ok(entries)
}

/// The given values of entries that were checked, by the names of their settings.
fn found(keys: &[Key], entries: &Entries) -> Vec<(&'static str, Node)> {
    let mut found = key_schema::by_setting(keys, entries.to_vec());
    found.retain(|(_, value)| *value != Node::Null);
    for (_, value) in &mut found {
        trim_last_newline(value);
    }
    found
}

/// The settings in entries that were checked.
fn read_checked(keys: &[Key], entries: &Entries, source: Source) -> Settings {
    let mut settings = Settings { source, ..Settings::default() };
    settings.set_all(found(keys, entries));
    settings
}

/// Removes the newline that ends a block scalar (`|`, `>`) and isn't part of the value.
fn trim_last_newline(node: &mut Node) {
    match node {
        Node::Scalar(scalar) if scalar.kind == ScalarKind::Text && scalar.text.ends_with('\n') => {
            scalar.text.pop();
        }
        Node::List(items) => items.iter_mut().for_each(trim_last_newline),
        Node::Map(entries) => entries.iter_mut().for_each(|(_, value)| trim_last_newline(value)),
        _ => {}
    }
}

/// The selected environment: the one named, else `development`, else the only one.
fn environment<'a>(
    environments: &'a Entries,
    argument: Option<&str>,
    variable: Option<&str>,
) -> Result<&'a str> {
    let named = argument.or(variable.filter(|name| !name.is_empty()));
    let wanted = named.unwrap_or(DEFAULT_ENVIRONMENT);
    let mut there = environments.iter().map(|(name, _)| name.as_str());
    if let Some(name) = there.clone().find(|name| *name == wanted) {
        return Ok(name);
    }
    match (named, there.next(), there.next()) {
        (None, Some(only), None) => Ok(only),
        _ => Err(Failure::UnknownEnvironment {
            wanted: wanted.to_owned(),
            known: environments.iter().map(|(name, _)| name.clone()).collect(),
        }
        .into()),
    }
}

fn refuse_secret(at: &str, entries: &Entries) -> Result<()> {
    if entries.iter().any(|(key, _)| key == SECRET) {
        return Err(Failure::SecretInFile { key: key_schema::join(at, SECRET) }.into());
    }
    Ok(())
}

fn unknown_beside_environments(key: &str) -> Failure {
    Failure::UnknownKey {
        key: key.chars().take(120).collect(),
        known: vec![ENVIRONMENTS.to_owned(), DEFAULTS.to_owned()],
        nearest: None,
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::TooLarge { bytes } => Self::YamlTooLarge { bytes, limit: SIZE_LIMIT_BYTES },
            Problem::Encoding { found } => Self::YamlEncoding { found: found.to_owned() },
            Problem::Syntax { place, problem } => {
                Self::YamlSyntax { place: place.map(|place| (place.line, place.column)), problem }
            }
        }
    }
}

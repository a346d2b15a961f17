//! Reads an `app.yaml` from the workspace.
//!
//! It may be ours, the original deployer's, or an edited one. It may hold the only copy of the key that
//! encrypts the app's data, so it is either read completely or refused: a file that can't be read, or that
//! specifies the key in an unsupported form, is an error, and never counts as a file without a key. Errors
//! that don't concern the key are ignored.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{IMPORT_OWNER, IMPORT_SCHEMA, KEY_VARIABLE, ORIGINAL_START, SEED_KEYWORD, SEED_OPTION};
use crate::config::launch::{ExtraEnv, Import, Launch, looks_secret};
use crate::config::{AppPackage, FernetKey, Seeds};
use crate::document::{self, Node, Problem};
use crate::error::{HIDDEN, holds_credential};

/// The text for display in the place of a key.
const HIDDEN_KEY: &str = "(the encryption key)";

/// The value of an environment variable. Overwritten when dropped and hidden by `Debug`, as it may be the
/// key.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub enum EnvValue {
    /// A literal text.
    Literal(String),
    /// The value of the resource of this name.
    From(String),
}

impl fmt::Debug for EnvValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(_) => f.write_str("Literal([hidden])"),
            Self::From(resource) => f.debug_tuple("From").field(resource).finish(),
        }
    }
}

/// The source of the app's key in a deployed `app.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeployedKey {
    /// The file holds the key itself.
    Literal(FernetKey),
    /// The attached resource of this name holds it.
    Resource(String),
}

/// Why a deployed `app.yaml` can't be used, for users; repeats no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// It is not YAML, or not a mapping.
    File(String),
    /// The entry of the key is in an unsupported form.
    KeyEntry(String),
}

/// A deployed `app.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeployedManifest {
    command: String,
    env: Vec<(String, EnvValue)>,
    key: Option<DeployedKey>,
}

impl DeployedManifest {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Unusable`]: the file can't be read, or the key's entry is in an unsupported form.
    pub fn parse(bytes: &[u8]) -> Result<Self, Unusable> {
        let Entries { command, env, odd, beside } = Entries::read(bytes)?;
        let key = key(&env, &odd, &beside)?;
        Ok(Self { command, env, key })
    }

    /// The source of the app's key; `None` if the file has none.
    pub fn key(&self) -> Option<&DeployedKey> {
        self.key.as_ref()
    }

    /// The value of the variable `name`; the last one if there are several, as the platform uses that.
    pub fn variable(&self, name: &str) -> Option<&EnvValue> {
        self.env.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The names of all variables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.env.iter().map(|(name, _)| name.as_str())
    }

    /// The text of the variable `name`, if it is a non-empty literal. The original deployer wrote `None` for
    /// an unset value.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.variable(name)? {
            EnvValue::Literal(text) if !matches!(text.as_str(), "" | "None") => Some(text),
            _ => None,
        }
    }

    /// The app that it starts, if the command shows it.
    pub fn package(&self) -> Option<AppPackage> {
        if self.command.contains("databricks_tellr_app") || self.command.contains("databricks-tellr-app") {
            Some(AppPackage::DatabricksTellrApp)
        } else if self.command.contains("tellr-app") || self.command.contains("tellr_app") {
            Some(AppPackage::TellrApp)
        } else {
            None
        }
    }

    /// The app's settings other than its database and its key.
    pub fn launch(&self) -> Launch {
        let literals = self.env.iter().filter_map(|(name, value)| match value {
            EnvValue::Literal(text) => Some((name.as_str(), text.as_str())),
            EnvValue::From(_) => None,
        });
        Launch { seeds: Some(self.seeds()), extra_env: Some(ExtraEnv::kept(literals)), import: self.import() }
    }

    /// The original app's data that the app copies, or has copied.
    pub fn import(&self) -> Option<Import> {
        Import::read(self.text(IMPORT_SCHEMA)?, self.text(IMPORT_OWNER)?)
    }

    /// Whether the original deployer, or someone with an editor, wrote it for the original app; not this deployer.
    pub fn is_of_original_deployer(&self) -> bool {
        self.package() == Some(AppPackage::DatabricksTellrApp) && !self.command.contains(ORIGINAL_START)
    }

    /// The initial content of the app's database.
    fn seeds(&self) -> Seeds {
        let spaceless: String = self.command.split_whitespace().collect();
        Seeds::from(self.command.contains(SEED_OPTION) || spaceless.contains(SEED_KEYWORD))
    }
}

/// The content of a file, before its key is looked for.
#[derive(Default)]
struct Entries {
    command: String,
    env: Vec<(String, EnvValue)>,
    /// The unsupported entries of `env`.
    odd: Vec<Node>,
    /// The other keys of the file.
    beside: Vec<Node>,
}

impl Entries {
    fn read(bytes: &[u8]) -> Result<Self, Unusable> {
        let text = document::decode(bytes).map_err(unreadable)?;
        let document = document::parse(text).map_err(unreadable)?;
        let entries = match document {
            Node::Map(entries) => entries,
            // An empty file has no variables.
            Node::Null => return Ok(Self::default()),
            _ => {
                return Err(Unusable::File(
                    "it is not a mapping with keys such as `command` and `env`".into(),
                ));
            }
        };
        let (mut command, mut env) = (String::new(), Vec::new());
        // The unsupported entries of `env`, and the other keys of the file.
        let (mut odd, mut beside) = (Vec::new(), Vec::new());
        for (name, value) in entries {
            match (name.as_str(), value) {
                ("command", value) => {
                    command = words(&value).join(" ");
                    beside.push(value);
                }
                ("env", Node::List(items)) => {
                    for item in items {
                        match variable(&item) {
                            Some(variable) => env.push(variable),
                            None => odd.push(item),
                        }
                    }
                }
                ("env", Node::Map(items)) => {
                    for (name, value) in items {
                        match setting(&value) {
                            Some(value) => env.push((name, value)),
                            None => odd.push(Node::Map(vec![(name, value)])),
                        }
                    }
                }
                ("env", value) => odd.push(value),
                (_, value) => beside.push(Node::Map(vec![(name, value)])),
            }
        }
        Ok(Self { command, env, odd, beside })
    }
}

/// The text of a generated `app.yaml` for display: like [`shown`], without the values that look like secrets.
pub fn without_secrets(app_yaml: &str) -> String {
    let Ok(mut file) = document::parse(app_yaml) else { return HIDDEN.to_owned() };
    let Node::Map(entries) = &mut file else { return app_yaml.to_owned() };
    let env = entries.iter_mut().filter(|(name, _)| name == "env");
    let variables = env.filter_map(|(_, env)| match env {
        Node::List(variables) => Some(variables),
        _ => None,
    });
    let mut is_hidden = false;
    for variable in variables.flatten() {
        let name = variable.get("name").and_then(scalar).unwrap_or_default();
        let Node::Map(fields) = variable else { continue };
        for (_, value) in fields.iter_mut().filter(|(field, _)| field == "value") {
            if looks_secret(&name) || scalar(value).is_some_and(|text| holds_credential(&text)) {
                *value = Node::text(HIDDEN);
                is_hidden = true;
            }
        }
    }
    if is_hidden { document::write(&file) } else { app_yaml.to_owned() }
}

/// The command and the variables of a file for display, as `command` and `env.NAME` with their values; `None`
/// if it can't be read. The key, and values of variables whose names look like secrets, are replaced: the file
/// may have been edited.
pub fn shown(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let Entries { command, env, .. } = Entries::read(bytes).ok()?;
    let is_hidden = looks_secret(&command) || holds_credential(&command);
    let command = if is_hidden { HIDDEN.to_owned() } else { command };
    let mut all = vec![("command".to_owned(), command)];
    for (name, value) in &env {
        let text = match value {
            EnvValue::From(resource) => format!("from the resource `{resource}`"),
            EnvValue::Literal(_) if name.trim() == KEY_VARIABLE => HIDDEN_KEY.to_owned(),
            EnvValue::Literal(text) if looks_secret(name) || holds_credential(text) => HIDDEN.to_owned(),
            EnvValue::Literal(text) => text.clone(),
        };
        // The platform uses the last one of a name.
        let name = format!("env.{name}");
        all.retain(|(known, _)| *known != name);
        all.push((name, text));
    }
    Some(all)
}

fn unreadable(problem: Problem) -> Unusable {
    Unusable::File(match problem {
        Problem::TooLarge { bytes } => format!("it has {bytes} bytes, too many for an `app.yaml`"),
        Problem::Encoding { found } => format!("it is not UTF-8 but {found}"),
        Problem::Syntax { place: Some(place), problem } => {
            format!("at line {}, column {}: {problem}", place.line, place.column)
        }
        Problem::Syntax { place: None, problem } => problem,
    })
}

/// A variable, from an item of the list `env`. `None` if it has an unsupported form.
fn variable(item: &Node) -> Option<(String, EnvValue)> {
    Some((scalar(item.get("name")?)?, setting(item)?))
}

/// The value of a variable: `value: …`, `valueFrom: …`, `valueFrom: {resource: …}`, or the value itself.
fn setting(node: &Node) -> Option<EnvValue> {
    if !matches!(node, Node::Map(_)) {
        return scalar(node).map(EnvValue::Literal);
    }
    match (node.get("value"), node.get("valueFrom")) {
        (Some(value), None) => scalar(value).map(EnvValue::Literal),
        (None, Some(Node::Map(inner))) => match inner.as_slice() {
            [(key, value)] if matches!(key.as_str(), "resource" | "name") => {
                scalar(value).map(EnvValue::From)
            }
            _ => None,
        },
        (None, Some(value)) => scalar(value).map(EnvValue::From),
        _ => None,
    }
}

/// The source text of any scalar, including `8000` and `1.0`.
fn scalar(node: &Node) -> Option<String> {
    match node {
        Node::Scalar(scalar) => Some(scalar.text.clone()),
        Node::Null => Some(String::new()),
        Node::List(_) | Node::Map(_) => None,
    }
}

fn words(node: &Node) -> Vec<String> {
    match node {
        Node::List(items) => items.iter().filter_map(scalar).collect(),
        other => scalar(other).into_iter().collect(),
    }
}

/// The key's entry. An entry that names the variable in an unsupported form is refused; outside `env`, only
/// if `env` has no key, as an entry's anchor may be defined there.
fn key(env: &[(String, EnvValue)], odd: &[Node], beside: &[Node]) -> Result<Option<DeployedKey>, Unusable> {
    let unknown = || Unusable::KeyEntry("it has an unsupported form".into());
    if odd.iter().any(mentions_key) {
        return Err(unknown());
    }
    let mut found: Option<DeployedKey> = None;
    for (_, value) in env.iter().filter(|(name, _)| name.trim() == KEY_VARIABLE) {
        let this = match value {
            EnvValue::Literal(text) => {
                // A key folded over several lines contains spaces, which its readers ignore.
                let text: Zeroizing<String> = Zeroizing::new(text.split_ascii_whitespace().collect());
                if text.is_empty() {
                    continue;
                }
                let key = FernetKey::parse(KEY_VARIABLE, &text);
                DeployedKey::Literal(
                    key.map_err(|_| Unusable::KeyEntry("its value is not a Fernet key".into()))?,
                )
            }
            EnvValue::From(resource) if resource.trim().is_empty() => continue,
            EnvValue::From(resource) => DeployedKey::Resource(resource.trim().to_owned()),
        };
        match &found {
            Some(other) if *other != this => {
                return Err(Unusable::KeyEntry("it has two entries that differ".into()));
            }
            _ => found = Some(this),
        }
    }
    if found.is_none() && beside.iter().any(mentions_key) {
        return Err(unknown());
    }
    Ok(found)
}

fn mentions_key(node: &Node) -> bool {
    match node {
        Node::Null => false,
        Node::Scalar(scalar) => scalar.text.contains(KEY_VARIABLE),
        Node::List(items) => items.iter().any(mentions_key),
        Node::Map(entries) => {
            entries.iter().any(|(name, value)| name.contains(KEY_VARIABLE) || mentions_key(value))
        }
    }
}

#[cfg(test)]
mod tests;

//! Which keys there are, and of what type.
//!
//! Arguments as JSON and configuration files as YAML go through the same tables, so that a
//! mistyped key or a number in the place of a name is told in the same words wherever it was
//! written. Only afterwards the types are filled, and nothing is left to complain about.
//!
//! A file has one of two shapes. The flat one has the arguments' names as keys. The other has
//! `environments`, each with keys of its own names; [`Key::flat`] says which argument each is.

use super::text::shown;
use crate::document::{Node, Scalar, ScalarKind};
use crate::error::Failure;

/// What a mapping holds.
pub(super) type Entries = [(String, Node)];

/// A key and what it holds.
#[derive(Clone, Copy)]
pub(super) struct Key {
    /// Its name where it stands.
    pub(super) name: &'static str,
    /// The argument it gives.
    pub(super) flat: &'static str,
    /// What it holds.
    pub(super) kind: Kind,
}

/// What a key holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Flag,
    Texts,
    Group(&'static [Key]),
}

const fn key(name: &'static str, kind: Kind) -> Key {
    Key { name, flat: name, kind }
}

const fn text(name: &'static str) -> Key {
    key(name, Kind::Text)
}

const fn renamed(name: &'static str, flat: &'static str) -> Key {
    Key { name, flat, kind: Kind::Text }
}

const APP: &[Key] = &[text("app_name"), text("app_file_workspace_path")];
const DATABASE: &[Key] = &[text("lakebase_name"), text("schema_name")];
const SIZES: &[Key] = &[text("lakebase_compute")];
const SETTINGS: &[Key] = &[
    text("app_compute"),
    text("app_version"),
    text("description"),
    key("use_test_pypi", Kind::Flag),
    text("encryption_key_storage"),
    text("app_package"),
    key("seed_databricks_defaults", Kind::Flag),
    key("extra_scopes", Kind::Texts),
];
const ENVIRONMENT: &[Key] = &[text("environment")];
const BESIDE: &[Key] =
    &[text("encryption_key"), key("local_wheel", Kind::Group(&[text("file_name"), text("content")]))];
const RESET: &[Key] = &[key("reset_database", Kind::Flag)];

/// The keys of each operation's arguments.
pub(super) const CREATE: &[&[Key]] = &[DATABASE, APP, SIZES, SETTINGS, BESIDE, ENVIRONMENT];
pub(super) const UPDATE: &[&[Key]] = &[DATABASE, APP, SETTINGS, BESIDE, ENVIRONMENT, RESET];
pub(super) const DELETE: &[&[Key]] = &[DATABASE, APP, ENVIRONMENT, RESET];
pub(super) const STATUS: &[&[Key]] = &[APP, ENVIRONMENT];

/// The keys of a flat file.
pub(super) const FLAT_FILE: &[&[Key]] = &[DATABASE, APP, SIZES, SETTINGS];

/// The keys of one of a file's `environments`.
pub(super) const ENVIRONMENT_FILE: &[&[Key]] = &[&[
    text("app_name"),
    text("description"),
    renamed("workspace_path", "app_file_workspace_path"),
    renamed("compute_size", "app_compute"),
    key("lakebase", Kind::Group(LAKEBASE)),
    text("app_version"),
    key("use_test_pypi", Kind::Flag),
    text("encryption_key_storage"),
    text("app_package"),
    key("seed_databricks_defaults", Kind::Flag),
    key("extra_scopes", Kind::Texts),
]];
const LAKEBASE: &[Key] = &[
    renamed("database_name", "lakebase_name"),
    renamed("schema", "schema_name"),
    renamed("capacity", "lakebase_compute"),
];

/// The key that the argument `flat` has within an environment, such as `lakebase.schema`.
pub(super) fn key_in_environment(flat: &str) -> String {
    let keys = || ENVIRONMENT_FILE.iter().copied().flatten();
    keys()
        .find_map(|key| match key.kind {
            Kind::Group(inner) => inner
                .iter()
                .find(|inner| inner.flat == flat)
                .map(|inner| format!("{}.{}", key.name, inner.name)),
            _ => (key.flat == flat).then(|| key.name.to_owned()),
        })
        .unwrap_or_else(|| flat.to_owned())
}

/// Refuses keys that don't exist and values of the wrong type. `at` is where `given` stands,
/// such as `environments.development`, and empty at the top.
pub(super) fn check(at: &str, keys: &[&[Key]], entries: &Entries) -> Result<(), Failure> {
    for (name, value) in entries {
        let path = join(at, name);
        let Some(key) = keys.iter().copied().flatten().find(|key| key.name == name) else {
            return Err(unknown(&path, name, keys));
        };
        match (key.kind, value) {
            // An empty value is one that was left out.
            (_, Node::Null) => {}
            (Kind::Text, Node::Scalar(scalar)) if scalar.kind == ScalarKind::Text => {}
            (Kind::Flag, Node::Scalar(scalar)) if scalar.kind == ScalarKind::Flag => {}
            (Kind::Group(inner), Node::Map(value)) => check(&path, &[inner], value)?,
            (Kind::Texts, Node::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    if !matches!(item, Node::Scalar(scalar) if scalar.kind == ScalarKind::Text) {
                        return Err(wrong_type(&format!("{path}[{index}]"), Kind::Text, item));
                    }
                }
            }
            (kind, value) => return Err(wrong_type(&path, kind, value)),
        }
    }
    Ok(())
}

/// The entries of the mapping that `value` is.
pub(super) fn mapping<'a>(path: &str, value: &'a Node) -> Result<&'a Entries, Failure> {
    value.as_map().ok_or_else(|| wrong_type(path, Kind::Group(&[]), value))
}

/// Moves what stands in an environment to the arguments' names.
pub(super) fn flatten(keys: &[Key], entries: Vec<(String, Node)>, into: &mut Vec<(String, Node)>) {
    for (name, value) in entries {
        let Some(key) = keys.iter().find(|key| key.name == name) else { continue };
        match (key.kind, value) {
            (Kind::Group(inner), Node::Map(entries)) => flatten(inner, entries, into),
            (Kind::Group(_), _) => {}
            (_, value) => into.push((key.flat.to_owned(), value)),
        }
    }
}

pub(super) fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

fn wrong_type(path: &str, kind: Kind, found: &Node) -> Failure {
    let scalar = match found {
        Node::Scalar(scalar) => Some(scalar),
        _ => None,
    };
    let kind_found = scalar.map(|scalar| scalar.kind);
    let expected = match (kind, kind_found) {
        (Kind::Text, Some(ScalarKind::Number | ScalarKind::Flag)) => "text; put quotes around it",
        (Kind::Text, _) => "text",
        (Kind::Flag, _) => "`true` or `false`",
        (Kind::Texts, _) => "a list of texts",
        (Kind::Group(_), _) => "keys with values of their own",
    };
    // What stands in the place of a flag is a word, and no secret; any other text is not repeated.
    let text = |scalar: &Scalar| shown(&scalar.text, 40);
    let found = match found {
        Node::Null => "nothing".to_owned(),
        Node::List(_) => "a list".to_owned(),
        Node::Map(_) => "keys with values of their own".to_owned(),
        Node::Scalar(scalar) => match (scalar.kind, kind) {
            (ScalarKind::Number, _) => format!("the number `{}`", text(scalar)),
            (ScalarKind::Flag, _) => format!("`{}`, which is no text,", text(scalar)),
            (ScalarKind::Text, Kind::Flag) => format!("the text `{}`", text(scalar)),
            (ScalarKind::Text, _) => "text".to_owned(),
        },
    };
    Failure::WrongType { key: path.to_owned(), expected: expected.to_owned(), found }
}

fn unknown(path: &str, name: &str, keys: &[&[Key]]) -> Failure {
    let known: Vec<&Key> = keys.iter().copied().flatten().collect();
    let nearest = other_name(name, &known).or_else(|| {
        known
            .iter()
            .map(|key| (strsim::osa_distance(&name.to_ascii_lowercase(), key.name), key.name))
            .min()
            .filter(|(distance, nearest)| *distance <= nearest.len() / 3)
            .map(|(_, nearest)| nearest)
    });
    Failure::UnknownKey {
        key: shown(path, 120),
        known: known.iter().map(|key| key.name.to_owned()).collect(),
        nearest: nearest.map(str::to_owned),
    }
}

/// The key that means here what `name` means in the other shape of file.
fn other_name(name: &str, known: &[&Key]) -> Option<&'static str> {
    let pairs = || ENVIRONMENT_FILE.iter().copied().flatten().chain(LAKEBASE);
    pairs()
        .filter_map(|key| match name {
            name if name == key.name => Some(key.flat),
            name if name == key.flat => Some(key.name),
            _ => None,
        })
        .find_map(|counterpart| known.iter().find(|key| key.name == counterpart).map(|key| key.name))
}

#[cfg(test)]
pub(crate) use published::{FileKey, FileKeyKind, environment_keys, flat_keys};

/// The tables of a file's keys, for the schema that is generated from them.
#[cfg(test)]
mod published {
    use super::{ENVIRONMENT_FILE, FLAT_FILE, Key, Kind};

    pub(crate) struct FileKey {
        pub(crate) name: &'static str,
        /// The argument it gives.
        pub(crate) argument: &'static str,
        pub(crate) kind: FileKeyKind,
    }

    pub(crate) enum FileKeyKind {
        Text,
        Flag,
        Texts,
        Group(Vec<FileKey>),
    }

    pub(crate) fn flat_keys() -> Vec<FileKey> {
        FLAT_FILE.iter().copied().flat_map(read).collect()
    }

    pub(crate) fn environment_keys() -> Vec<FileKey> {
        ENVIRONMENT_FILE.iter().copied().flat_map(read).collect()
    }

    fn read(keys: &'static [Key]) -> Vec<FileKey> {
        let one = |key: &Key| FileKey {
            name: key.name,
            argument: key.flat,
            kind: match key.kind {
                Kind::Text => FileKeyKind::Text,
                Kind::Flag => FileKeyKind::Flag,
                Kind::Texts => FileKeyKind::Texts,
                Kind::Group(inner) => FileKeyKind::Group(read(inner)),
            },
        };
        keys.iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::DeployError;

    fn refusal(keys: &[&[Key]], given: serde_json::Value) -> DeployError {
        check("", keys, Node::from(given).as_map().unwrap()).unwrap_err().into()
    }

    #[test]
    fn a_mistyped_key_is_told_the_nearest() {
        for (given, nearest) in [
            ("lakebase_nam", "lakebase_name"),
            ("Schema_Name", "schema_name"),
            ("app_verison", "app_version"),
            ("schema", "schema_name"),
            ("compute_size", "app_compute"),
            ("capacity", "lakebase_compute"),
            ("workspace_path", "app_file_workspace_path"),
        ] {
            let error = refusal(FLAT_FILE, json!({given: "x"}));
            assert_eq!(error.code, "UNKNOWN_KEY");
            assert!(error.message.contains(&format!("did you mean `{nearest}`")), "{}", error.message);
        }
        let error = refusal(FLAT_FILE, json!({"größe\u{202e}\n": 1}));
        assert_eq!(error.message, r"There is no key `größe\u{202e}\n`", "what isn't seen is made visible");
        let error = refusal(FLAT_FILE, json!({"colour": "red"}));
        assert_eq!(error.message, "There is no key `colour`");
        assert!(error.cause.contains("`lakebase_name`"));
    }

    #[test]
    fn a_wrong_type_is_named_in_plain_words() {
        for (given, cause) in [
            (
                json!({"app_version": 1.0}),
                "It takes text; put quotes around it, and the number `1.0` was given",
            ),
            (json!({"app_name": ["a"]}), "It takes text, and a list was given"),
            (json!({"use_test_pypi": "yes"}), "It takes `true` or `false`, and the text `yes` was given"),
            (json!({"extra_scopes": "sql"}), "It takes a list of texts, and text was given"),
            (
                json!({"description": {"en": "x"}}),
                "It takes text, and keys with values of their own was given",
            ),
        ] {
            let error = refusal(FLAT_FILE, given);
            assert_eq!((error.code.as_str(), error.cause.as_str()), ("WRONG_TYPE", cause));
        }
        let error = refusal(FLAT_FILE, json!({"extra_scopes": ["sql", 7]}));
        assert!(error.message.contains("`extra_scopes[1]`"));
    }

    #[test]
    fn every_argument_has_a_key_in_an_environment() {
        for key in FLAT_FILE.iter().copied().flatten() {
            let nested = key_in_environment(key.name);
            let (group, name) = nested.split_once('.').unwrap_or(("", &nested));
            let known = if group == "lakebase" { LAKEBASE } else { ENVIRONMENT_FILE[0] };
            assert!(known.iter().any(|known| known.name == name && known.flat == key.name), "{nested}");
        }
    }
}

//! The valid keys and their types.
//!
//! Arguments as JSON and configuration files as YAML go through the same check, so a mistyped key or a value
//! of the wrong type gets the same message in both. Filling the types afterwards can't fail.
//!
//! A file has one of two shapes. The flat one has the settings' names as keys. The other has `environments`,
//! each with keys of different names, some of them in groups; [`Setting::file`] gives a setting's key there.

use super::setting::{Kind, Setting, Taker};
use super::settings::SETTINGS;
use super::text::shown;
use crate::document::{Node, Scalar, ScalarKind};
use crate::error::Failure;

/// The keys of a mapping.
pub(super) type Entries = [(String, Node)];

/// A key and its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// Its name in this mapping.
    pub(crate) name: &'static str,
    /// The setting that it sets; empty for a group.
    pub(crate) setting: &'static str,
    pub(crate) holds: Holds,
}

/// The content of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holds {
    /// The value of a setting.
    Value(Kind),
    /// A group of further keys.
    Group(Vec<Key>),
}

fn key(setting: &Setting) -> Key {
    let holds = match setting.kind {
        Kind::Wheel => Holds::Group(vec![part("file_name"), part("content")]),
        kind => Holds::Value(kind),
    };
    Key { name: setting.name, setting: setting.name, holds }
}

const fn part(name: &'static str) -> Key {
    Key { name, setting: name, holds: Holds::Value(Kind::Text) }
}

/// The keys of an operation's arguments.
pub(super) fn arguments(taker: Taker) -> Vec<Key> {
    SETTINGS.iter().filter(|setting| setting.is_taken_by(taker)).map(key).collect()
}

/// The keys of a flat file.
pub(crate) fn flat_file() -> Vec<Key> {
    SETTINGS.iter().filter(|setting| setting.file.is_some()).map(key).collect()
}

/// The keys of one of a file's `environments`.
pub(crate) fn environment() -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    for setting in SETTINGS {
        match setting.file.map(|path| path.split_once('.').unwrap_or(("", path))) {
            None => {}
            Some(("", name)) => keys.push(Key { name, ..key(setting) }),
            Some((group, name)) => {
                let inner = Key { name, ..key(setting) };
                match keys.iter_mut().find(|key| key.name == group) {
                    Some(Key { holds: Holds::Group(keys), .. }) => keys.push(inner),
                    _ => keys.push(Key { name: group, setting: "", holds: Holds::Group(vec![inner]) }),
                }
            }
        }
    }
    keys
}

/// Refuses unknown keys and values of the wrong type. `at` is the path of the mapping, such as
/// `environments.development`, and empty at the top level.
pub(super) fn check(at: &str, keys: &[Key], entries: &Entries) -> Result<(), Failure> {
    for (name, value) in entries {
        let path = join(at, name);
        let Some(key) = keys.iter().find(|key| key.name == name) else {
            return Err(unknown(&path, name, keys));
        };
        check_value(&path, &key.holds, value)?;
    }
    Ok(())
}

fn check_value(path: &str, holds: &Holds, value: &Node) -> Result<(), Failure> {
    let is = |node: &Node, wanted| matches!(node, Node::Scalar(scalar) if scalar.kind == wanted);
    match (holds, value) {
        // An empty value counts as omitted.
        (_, Node::Null) => Ok(()),
        (Holds::Group(inner), Node::Map(entries)) => check(path, inner, entries),
        (Holds::Value(Kind::Text | Kind::Secret), value) if is(value, ScalarKind::Text) => Ok(()),
        (Holds::Value(Kind::Count), value)
            if is(value, ScalarKind::Number) || is(value, ScalarKind::Text) =>
        {
            Ok(())
        }
        (Holds::Value(Kind::Flag), value) if is(value, ScalarKind::Flag) => Ok(()),
        (Holds::Value(Kind::Texts), Node::List(items)) => {
            match items.iter().enumerate().find(|(_, item)| !is(item, ScalarKind::Text)) {
                Some((index, item)) => {
                    Err(wrong_type(&format!("{path}[{index}]"), &Holds::Value(Kind::Text), item))
                }
                None => Ok(()),
            }
        }
        (Holds::Value(Kind::Map), Node::Map(entries)) => {
            let odd = entries.iter().find(|(_, item)| !is(item, ScalarKind::Text));
            match odd {
                Some((name, item)) => Err(wrong_type(&join(path, name), &Holds::Value(Kind::Text), item)),
                None => Ok(()),
            }
        }
        (holds, value) => Err(wrong_type(path, holds, value)),
    }
}

/// The entries of the mapping that `value` is.
pub(super) fn mapping<'a>(path: &str, value: &'a Node) -> Result<&'a Entries, Failure> {
    value.as_map().ok_or_else(|| wrong_type(path, &Holds::Group(Vec::new()), value))
}

/// The values of checked entries, by the settings' names.
pub(super) fn by_setting(keys: &[Key], entries: Vec<(String, Node)>) -> Vec<(&'static str, Node)> {
    let mut found = Vec::new();
    for (name, value) in entries {
        match (keys.iter().find(|key| key.name == name), value) {
            (Some(Key { setting: "", holds: Holds::Group(inner), .. }), Node::Map(entries)) => {
                found.extend(by_setting(inner, entries));
            }
            (Some(Key { setting: "", holds: Holds::Group(inner), .. }), Node::Null) => {
                found.extend(inner.iter().map(|key| (key.setting, Node::Null)));
            }
            (Some(Key { setting, .. }), value) if !setting.is_empty() => found.push((*setting, value)),
            _ => {}
        }
    }
    found
}

pub(super) fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

fn wrong_type(path: &str, holds: &Holds, found: &Node) -> Failure {
    let scalar = match found {
        Node::Scalar(scalar) => Some(scalar),
        _ => None,
    };
    let kind_found = scalar.map(|scalar| scalar.kind);
    let expected = match (holds, kind_found) {
        (Holds::Value(Kind::Text | Kind::Secret), Some(ScalarKind::Number | ScalarKind::Flag)) => {
            "text (put quotes around it)"
        }
        (Holds::Value(Kind::Text | Kind::Secret), _) => "text",
        (Holds::Value(Kind::Count), _) => "a number, or a range as text",
        (Holds::Value(Kind::Flag), _) => "`true` or `false`",
        (Holds::Value(Kind::Texts), _) => "a list of text values",
        (Holds::Value(Kind::Map), _) => "names with text values",
        (Holds::Value(Kind::Wheel) | Holds::Group(_), _) => "a mapping with keys and values",
    };
    // A value given for a flag is no secret and can be repeated; any other text is not repeated.
    let text = |scalar: &Scalar| shown(&scalar.text, 40);
    let is_secret = matches!(holds, Holds::Value(Kind::Secret));
    let found = match found {
        Node::Null => "nothing".to_owned(),
        Node::List(_) => "a list".to_owned(),
        Node::Map(_) => "a mapping with keys and values".to_owned(),
        Node::Scalar(scalar) => match (scalar.kind, holds) {
            (ScalarKind::Number, _) if is_secret => "a number".to_owned(),
            (ScalarKind::Number, _) => format!("the number `{}`", text(scalar)),
            (ScalarKind::Flag, _) => format!("`{}`, which is not text,", text(scalar)),
            (ScalarKind::Text, Holds::Value(Kind::Flag)) => format!("the text `{}`", text(scalar)),
            (ScalarKind::Text, _) => "text".to_owned(),
        },
    };
    Failure::WrongType { key: path.to_owned(), expected: expected.to_owned(), found }
}

fn unknown(path: &str, name: &str, keys: &[Key]) -> Failure {
    let nearest = other_name(name, keys).or_else(|| {
        keys.iter()
            .map(|key| (strsim::osa_distance(&name.to_ascii_lowercase(), key.name), key.name))
            .min()
            .filter(|(distance, nearest)| *distance <= nearest.len() / 3)
            .map(|(_, nearest)| nearest)
    });
    Failure::UnknownKey {
        key: shown(path, 120),
        known: keys.iter().map(|key| key.name.to_owned()).collect(),
        nearest: nearest.map(str::to_owned),
    }
}

/// The key in this shape of file that corresponds to `name` in the other shape.
fn other_name(name: &str, keys: &[Key]) -> Option<&'static str> {
    let pairs = SETTINGS.iter().filter_map(|setting| {
        let path = setting.file?;
        Some((setting.name, path.rsplit('.').next().unwrap_or(path)))
    });
    pairs
        .filter_map(|(flat, nested)| match name {
            name if name == nested => Some(flat),
            name if name == flat => Some(nested),
            _ => None,
        })
        .find_map(|counterpart| keys.iter().find(|key| key.name == counterpart).map(|key| key.name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::DeployError;

    fn refusal(keys: &[Key], given: serde_json::Value) -> DeployError {
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
            let error = refusal(&flat_file(), json!({given: "x"}));
            assert_eq!(error.code, "UNKNOWN_KEY");
            assert!(error.message.contains(&format!("did you mean `{nearest}`")), "{}", error.message);
        }
        let error = refusal(&flat_file(), json!({"größe\u{202e}\n": 1}));
        assert_eq!(error.message, r"There is no key `größe\u{202e}\n`", "what isn't seen is made visible");
        let error = refusal(&flat_file(), json!({"colour": "red"}));
        assert_eq!(error.message, "There is no key `colour`");
        assert!(error.cause.contains("`lakebase_name`"));
    }

    #[test]
    fn a_wrong_type_is_named_in_plain_words() {
        for (given, cause) in [
            (json!({"app_version": 1.0}), "Expected text (put quotes around it), found the number `1.0`"),
            (json!({"app_name": ["a"]}), "Expected text, found a list"),
            (json!({"use_test_pypi": "yes"}), "Expected `true` or `false`, found the text `yes`"),
            (json!({"extra_scopes": "sql"}), "Expected a list of text values, found text"),
            (json!({"description": {"en": "x"}}), "Expected text, found a mapping with keys and values"),
        ] {
            let error = refusal(&flat_file(), given);
            assert_eq!((error.code.as_str(), error.cause.as_str()), ("WRONG_TYPE", cause));
        }
        let error = refusal(&flat_file(), json!({"extra_scopes": ["sql", 7]}));
        assert!(error.message.contains("`extra_scopes[1]`"));
    }

    #[test]
    fn every_key_of_a_file_is_a_setting_in_both_shapes() {
        let mut nested = Vec::new();
        for key in environment() {
            match key.holds {
                Holds::Group(inner) => nested.extend(inner.into_iter().map(|key| key.setting)),
                Holds::Value(_) => nested.push(key.setting),
            }
        }
        let mut flat: Vec<&str> = flat_file().iter().map(|key| key.setting).collect();
        nested.sort_unstable();
        flat.sort_unstable();
        assert_eq!(nested, flat);
    }
}

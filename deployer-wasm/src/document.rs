//! A YAML document that was written by hand or may have been edited: a configuration file, a deployed
//! `app.yaml`.
//!
//! The library does the parsing of comments, anchors, block scalars, flow collections and the rest of YAML.
//! This module adds three things.
//!
//! * **Limits.** A few bytes of aliases can expand to gigabytes, so values, their depth and the bytes of
//!   their texts are counted while they are read, and reading stops at the limits below.
//! * **Ambiguous input is refused**: duplicate keys, a second document, custom tags, a file that is not
//!   UTF-8.
//! * **The source text of a scalar.** A number keeps its original text, so that `1.10` is never shown as
//!   `1.1`. The library returns either a scalar's type or its text, so the document is read twice.
//!
//! Merge keys (`<<`) are applied: a mapping's own entries take precedence, then the first of several merged
//! mappings.

mod locate;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use locate::{locate, locate_key};
pub use read::parse;
pub use write::write;

/// The maximum size of a document, in bytes. A configuration has about one thousand.
pub const SIZE_LIMIT_BYTES: usize = 256 * 1024;
/// The maximum nesting depth. A configuration needs four.
pub const DEPTH_LIMIT: usize = 32;
/// The maximum number of values, with every alias expanded. An `app.yaml` has dozens.
pub const NODE_LIMIT: usize = 20_000;
/// The maximum size of all texts together, in bytes, with every alias expanded.
pub const TEXT_LIMIT_BYTES: usize = 4 * SIZE_LIMIT_BYTES;

/// A value.
#[derive(Clone, PartialEq, Eq)]
pub enum Node {
    /// Nothing, `~` or `null`.
    Null,
    /// A single value.
    Scalar(Scalar),
    /// Values in order.
    List(Vec<Node>),
    /// Keys and their values in order, without duplicate keys.
    Map(Vec<(String, Node)>),
}

/// A single value.
#[derive(Clone, PartialEq, Eq)]
pub struct Scalar {
    /// Its source text, without quotes.
    pub text: String,
    /// Its type.
    pub kind: ScalarKind,
}

/// The type of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarKind {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A number, or what other parsers read as one, such as `012`.
    Number,
}

/// A position in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// Why a document was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It has more than [`SIZE_LIMIT_BYTES`].
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It is not UTF-8 text.
    Encoding {
        /// The encoding that it seems to have.
        found: &'static str,
    },
    /// It is not valid YAML, or uses an unsupported feature.
    Syntax {
        /// The position, if the library reports it.
        place: Option<Place>,
        /// A description for users.
        problem: String,
    },
}

/// The text of a file.
///
/// # Errors
/// [`Problem::Encoding`]: it is not UTF-8.
pub fn decode(bytes: &[u8]) -> Result<&str, Problem> {
    let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    match std::str::from_utf8(bytes) {
        Ok(text) if !utf16 => Ok(text),
        _ if utf16 || bytes.contains(&0) => Err(Problem::Encoding { found: "UTF-16" }),
        _ => Err(Problem::Encoding { found: "not text, or text in another encoding" }),
    }
}

impl Node {
    /// The value of a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The entries, if this is a mapping.
    pub fn as_map(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Scalar(Scalar { text: text.into(), kind: ScalarKind::Text })
    }

    /// `true` or `false`.
    pub fn flag(flag: bool) -> Self {
        Self::Scalar(Scalar { text: flag.to_string(), kind: ScalarKind::Flag })
    }
}

impl From<serde_json::Value> for Node {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value;

        let scalar = |text, kind| Self::Scalar(Scalar { text, kind });
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => scalar(flag.to_string(), ScalarKind::Flag),
            Value::Number(number) => scalar(number.to_string(), ScalarKind::Number),
            Value::String(text) => scalar(text, ScalarKind::Text),
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(entries) => {
                Self::Map(entries.into_iter().map(|(key, value)| (key, value.into())).collect())
            }
        }
    }
}

impl From<Node> for serde_json::Value {
    fn from(node: Node) -> Self {
        match node {
            Node::Null => Self::Null,
            Node::Scalar(Scalar { text, kind: ScalarKind::Flag }) => {
                Self::Bool(text.eq_ignore_ascii_case("true"))
            }
            // No setting is a number.
            Node::Scalar(scalar) => Self::String(scalar.text),
            Node::List(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Node::Map(entries) => {
                // `collect` would sort first, with code of its own for each type of map.
                let mut object = serde_json::Map::new();
                object.extend(entries.into_iter().map(|(key, value)| (key, Self::from(value))));
                Self::Object(object)
            }
        }
    }
}

impl serde::Serialize for Node {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Scalar(Scalar { text, kind: ScalarKind::Flag }) => {
                serializer.serialize_bool(text.eq_ignore_ascii_case("true"))
            }
            // No setting is a number, but other documents have some.
            Self::Scalar(Scalar { text, kind }) => match text.parse::<i64>() {
                Ok(number) if *kind == ScalarKind::Number && number.to_string() == *text => {
                    serializer.serialize_i64(number)
                }
                _ => serializer.serialize_str(text),
            },
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (key, value))),
        }
    }
}

/// Without the texts: one of them may be a key.
impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Scalar(scalar) => f.debug_tuple("Scalar").field(&scalar.kind).finish(),
            Self::List(items) => f.debug_list().entries(items).finish(),
            Self::Map(entries) => {
                f.debug_map().entries(entries.iter().map(|(key, value)| (key, value))).finish()
            }
        }
    }
}

//! A YAML document that a person wrote or may have edited: a configuration file, a deployed `app.yaml`.
//!
//! The library does the parsing: comments, anchors, block scalars, flow collections and the rest of YAML are
//! what it says they are. Three things are added here.
//!
//! * **Limits.** A few bytes of aliases can stand for gigabytes, so values, their depth and the bytes of their
//!   texts are counted while they are read, and the reading stops at the limits below.
//! * **What would be ambiguous is refused**: a key that stands twice, a second document, a tag of somebody's
//!   own, a file that is not UTF-8.
//! * **The source of a scalar.** A number keeps the text it was written as, so that `1.10` is never shown as
//!   `1.1`. The library gives a scalar either its type or its text, so it is asked twice.
//!
//! Merge keys (`<<`) are applied: what stands in a mapping itself wins, then the first of several merged ones.

mod locate;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use locate::locate;
pub use read::parse;
pub use write::write;

/// The largest document that is read, in bytes. A configuration has about one thousand.
pub const SIZE_LIMIT_BYTES: usize = 256 * 1024;
/// How deep values may be nested. A configuration needs four.
pub const DEPTH_LIMIT: usize = 32;
/// How many values there may be, with every alias counted as what it stands for. An `app.yaml` has dozens.
pub const NODE_LIMIT: usize = 20_000;
/// How many bytes all texts may have together, with every alias counted as what it stands for.
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
    /// Keys and their values in order. No key stands twice.
    Map(Vec<(String, Node)>),
}

/// A single value.
#[derive(Clone, PartialEq, Eq)]
pub struct Scalar {
    /// As it was written, without quotes.
    pub text: String,
    /// What it is taken for.
    pub kind: ScalarKind,
}

/// What a scalar is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarKind {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A number, or what other parsers take for one, such as `012`.
    Number,
}

/// Where something stands.
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
        /// How many it has.
        bytes: usize,
    },
    /// It is not text in UTF-8.
    Encoding {
        /// What it seems to be.
        found: &'static str,
    },
    /// It is no YAML, or not what is read here.
    Syntax {
        /// Where, as far as the library tells.
        place: Option<Place>,
        /// For people.
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
            Node::Map(entries) => entries.into_iter().map(|(key, value)| (key, Self::from(value))).collect(),
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
            // No setting is a number.
            Self::Scalar(scalar) => serializer.serialize_str(&scalar.text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (key, value))),
        }
    }
}

/// Without the texts: one may be a key.
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

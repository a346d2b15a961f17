//! Raw values of settings, before they are checked.

use std::collections::BTreeMap;

use super::arguments::{SecretText, WheelArgument};
use crate::document::{Node, ScalarKind};

/// Names, each with a text.
pub type Pairs = BTreeMap<String, String>;

/// The raw value of a setting.
pub(super) trait Raw: Sized {
    /// The value of a node that was checked against the setting's type; `None` for an empty one.
    fn from_node(node: Node) -> Option<Self>;
    /// The value as written to a file; `None` if it is never written.
    fn to_node(&self) -> Option<Node>;
}

impl Raw for String {
    fn from_node(node: Node) -> Option<Self> {
        match node {
            Node::Scalar(scalar) => Some(scalar.text),
            _ => None,
        }
    }

    fn to_node(&self) -> Option<Node> {
        Some(Node::text(self.as_str()))
    }
}

impl Raw for bool {
    fn from_node(node: Node) -> Option<Self> {
        match node {
            Node::Scalar(scalar) if scalar.kind == ScalarKind::Flag => {
                Some(scalar.text.eq_ignore_ascii_case("true"))
            }
            _ => None,
        }
    }

    fn to_node(&self) -> Option<Node> {
        Some(Node::flag(*self))
    }
}

impl Raw for Vec<String> {
    fn from_node(node: Node) -> Option<Self> {
        match node {
            Node::List(items) => Some(items.into_iter().filter_map(String::from_node).collect()),
            _ => None,
        }
    }

    fn to_node(&self) -> Option<Node> {
        // An empty list means "none".
        Some(Node::List(self.iter().map(Node::text).collect()))
    }
}

impl Raw for Pairs {
    fn from_node(node: Node) -> Option<Self> {
        match node {
            Node::Map(entries) => {
                // A name without a value gets an empty text.
                let text = |value| String::from_node(value).unwrap_or_default();
                let mut pairs = Self::new();
                pairs.extend(entries.into_iter().map(|(name, value)| (name, text(value))));
                Some(pairs)
            }
            _ => None,
        }
    }

    fn to_node(&self) -> Option<Node> {
        // An empty mapping means "none".
        Some(Node::Map(self.iter().map(|(name, text)| (name.clone(), Node::text(text.as_str()))).collect()))
    }
}

impl Raw for SecretText {
    fn from_node(node: Node) -> Option<Self> {
        String::from_node(node).map(Self::from)
    }

    fn to_node(&self) -> Option<Node> {
        None
    }
}

impl Raw for WheelArgument {
    fn from_node(node: Node) -> Option<Self> {
        let Node::Map(entries) = node else { return None };
        let mut wheel = Self::default();
        for (name, value) in entries {
            match name.as_str() {
                "file_name" => wheel.file_name = String::from_node(value).unwrap_or_default(),
                "content" => wheel.content = String::from_node(value).unwrap_or_default(),
                _ => {}
            }
        }
        Some(wheel)
    }

    fn to_node(&self) -> Option<Node> {
        None
    }
}

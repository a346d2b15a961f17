//! Finds the position of a key's value.
//!
//! The library reports a position only with an error, so the document is read again up to the key and an
//! error is raised there.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Place;

/// The position of the value of `path` in a text that was read before, such as
/// `environments.dev.lakebase.schema` or `extra_scopes[1]`; for a key without a value, of the key. `None` for
/// merged entries.
pub fn locate(text: &str, path: &str) -> Option<Place> {
    search(text, path, Wanted::Value)
}

/// The position of the last key of `path` itself.
pub fn locate_key(text: &str, path: &str) -> Option<Place> {
    search(text, path, Wanted::Key)
}

fn search(text: &str, path: &str, wanted: Wanted) -> Option<Place> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let found = Cell::new(false);
    let first = serde_yaml::Deserializer::from_str(text).next()?;
    let error = Search { path, wanted, found: &found }.deserialize(first).err()?;
    let location = error.location().filter(|_| found.get())?;
    Some(Place { line: location.line(), column: location.column() })
}

/// What a path leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Key,
    Value,
}

#[derive(Clone, Copy)]
struct Search<'a> {
    /// The rest of the path; empty at the value itself.
    path: &'a str,
    wanted: Wanted,
    found: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Search<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Search<'_> {
    fn here<E: serde::de::Error>(self) -> Result<(), E> {
        if self.path.is_empty() {
            self.found.set(true);
            return Err(E::custom("here"));
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Search<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.here()
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        self.here()
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.here()
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.here()
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.here()
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.here()
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        self.here()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.here()?;
        let index = self.path.strip_prefix('[').and_then(|path| path.split_once(']'));
        let wanted = index.and_then(|(index, rest)| Some((index.parse::<usize>().ok()?, rest)));
        let mut index = 0;
        loop {
            let more = match wanted {
                Some((wanted, rest)) if wanted == index => {
                    let path = rest.strip_prefix('.').unwrap_or(rest);
                    items.next_element_seed(Search { path, ..self })?.is_some()
                }
                _ => items.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                return Ok(());
            }
            index += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        self.here()?;
        while let Some(key) = entries.next_key_seed(Key(self))? {
            let rest = self.path.strip_prefix(key.as_str()).filter(|_| !key.is_empty());
            match rest {
                Some(rest) if rest.is_empty() || rest.starts_with(['.', '[']) => {
                    let path = rest.strip_prefix('.').unwrap_or(rest);
                    entries.next_value_seed(Search { path, ..self })?;
                }
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A key of a mapping.
struct Key<'a>(Search<'a>);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<String, E> {
        let Search { path, wanted, found } = self.0;
        if wanted == Wanted::Key && path == key {
            found.set(true);
            return Err(E::custom("here"));
        }
        Ok(key.to_owned())
    }
}
